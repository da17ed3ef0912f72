"""Results page and files, all rendered from the same report of the release."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Template
from sqlalchemy.orm import Session

from assessment.access_policies import CONSULTANT
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.domain.report import Report
from assessment.domain.report.audiences import (
    BOARD_EDITION,
    FULL_EDITION,
    FUNCTION_EDITION_PREFIX,
    RESPONDENT_EDITION,
)
from assessment.domain.report.file_formats import MISSING_AUDIENCES, FileFormat
from assessment.errors import NoResultsError, NotFoundError
from assessment.i18n import get_translator
from assessment.services.assessments import assessment_setup
from assessment.services.auth import workspace_preferences
from assessment.services.auth.principals import Consultant
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.rendering import build_job_report
from assessment.services.reports.report_requests import ReportRequest
from assessment.services.results import page_cache_keys, voices
from assessment.storage.assessments import Assessment
from assessment.web.console.direct_results import SHOWN_DIRECTLY
from assessment.web.console.handlers.report_progress import WAIT_SECONDS, build_progress_path
from assessment.web.console.views.answer_view import list_answer_rows, list_contents_figures, list_index_methods
from assessment.web.console.views.formula_view import build_formula_view
from assessment.web.console.views.rendered_results import RenderedResultsCache
from assessment.web.console.views.result_charts import draw_result_charts
from assessment.web.console.views.withheld_results import describe_withheld
from assessment.web.http.downloads import build_report_disposition
from assessment.web.http.languages import get_page_language, list_language_names
from assessment.web.http.page_responses import redirect_to, render_page

FIGURE_FORMATS = {"json": "json", "csv": "csv", "table": "xlsx"}  # formats of the selector that hold figures only

ISO_DATE_LENGTH = len("2026-11-02")


@get(
    "/assessments/{assessment_id:str}/results",
    name="console:results",
    policy=CONSULTANT,
    sync_to_thread=True,
    opt={SHOWN_DIRECTLY: True},
)
def show_results(
    request: Request[Any, Any, Any],
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    rendered_results: NamedDependency[RenderedResultsCache],
) -> Template:
    """Show the report in the reader's language if the questionnaire has it; the PDF uses the survey's language."""
    assessment = assessment_setup.get_assessment(read_session, AssessmentKey(consultant.workspace_id, assessment_id))
    if assessment.state == AssessmentState.CLOSED and assessment.release is None:
        return render_page(
            "console/no-results.html", NoResultsError.status, consultant=consultant, assessment=assessment
        )
    spoken = get_page_language(request)
    reader = consultant.language, str(consultant.can_edit)
    offered = workspace_preferences.load_preferences(read_session, consultant.workspace_id).languages
    key = page_cache_keys.make_page_key(read_session, assessment, *reader, *spoken.language_pair, *offered)
    rendered = rendered_results.find_or_render(
        key, request, lambda: _load_results(read_session, assessment, consultant)
    )
    return render_page(
        "console/results-rendered.html",
        consultant=consultant,
        assessment=assessment,
        language=rendered.language,
        rendered=rendered,
    )


def _load_results(session: Session, assessment: Assessment, consultant: Consultant) -> dict[str, Any]:
    """Load what the page shows; all of it must be part of the key, so the consultant does not reach the template."""
    from assessment.pdf.editions import find_edition  # noqa: PLC0415  # loads ReportLab, for the first page only

    requested = report_requests.request_report(session, assessment.key, preferred=consultant.language)
    report = build_job_report(requested.questionnaire, requested.job)
    translator = get_translator(report.language)
    return {
        "assessment": assessment,
        "can_edit": consultant.can_edit,
        "report": report,
        "translator": translator,
        "answer_rows": list_answer_rows(report, translator),
        "contents_figures": list_contents_figures(report, translator),
        "methods": list_index_methods(report, translator),
        "charts": draw_result_charts(report, translator),
        "language": report.language,
        "comments": requested.comments,
        "released": voices.load_released_voices(session, assessment.key),
        "functions": requested.questionnaire.text(report.language).functions,
        "formulas": build_formula_view(requested.questionnaire, requested.job.contents.figures, translator),
        "withheld": describe_withheld(assessment, requested.questionnaire, consultant.language),
        "report_languages": list_language_names(
            workspace_preferences.select_languages(
                workspace_preferences.load_preferences(session, assessment.workspace_id),
                report_requests.list_report_languages(requested.questionnaire),
            )
        ),
        "editions": [
            (audience, find_edition(report, audience, translator).name) for audience in _list_audiences(report)
        ],
    }


def _list_audiences(report: Report) -> tuple[str, ...]:
    functions = (FUNCTION_EDITION_PREFIX + part.id for part in report.functions)
    return FULL_EDITION, BOARD_EDITION, *functions, RESPONDENT_EDITION


@get("/assessments/{assessment_id:str}/download", name="console:download", policy=CONSULTANT)
async def choose_download(
    assessment_id: FromPath[str],
    read_session: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    render_pool: NamedDependency[RenderPool],
    audience: FromQuery[str] = FULL_EDITION,
    language: FromQuery[str] = "",
    file_format: FromQuery[str] = FileFormat.PDF,
) -> Response[Any]:
    """Return the file that the selector of the results page names; figures have no editions."""
    key = AssessmentKey(consultant.workspace_id, assessment_id)
    if kind := FIGURE_FORMATS.get(file_format):
        return redirect_to(f"/console/assessments/{assessment_id}/figures/{kind}")
    if file_format not in tuple(FileFormat):
        raise NotFoundError
    if audience in MISSING_AUDIENCES.get(FileFormat(file_format), ()):
        assessment = await to_thread.run_sync(assessment_setup.get_assessment, read_session, key)
        return redirect_to(f"/console/assessments/{assessment.id}/results?done=no-such-edition")
    wanted = FileFormat(file_format)
    requested = await to_thread.run_sync(_request_file, read_session, key, wanted, audience, language or None)
    progress = await render_pool.start_async(requested.questionnaire, requested.job, assessment_id, WAIT_SECONDS)
    if not progress.is_ready:
        return redirect_to(build_progress_path(assessment_id, audience, language, file_format))
    return await _respond_with_requested(requested, assessment_id, render_pool)


def make_file_handler(file_format: FileFormat, name: str) -> HTTPRouteHandler:
    """Make the handler of one file format; by default it returns the full report in the survey's language."""

    @get(
        f"/assessments/{{assessment_id:str}}/report.{file_format}",
        name=name,
        policy=CONSULTANT,
        media_type=file_format.media_type,
    )
    async def download_report(
        assessment_id: FromPath[str],
        read_session: NamedDependency[Session],
        consultant: NamedDependency[Consultant],
        render_pool: NamedDependency[RenderPool],
        audience: FromQuery[str | None] = None,
        language: FromQuery[str | None] = None,
    ) -> Response[bytes]:
        key = AssessmentKey(consultant.workspace_id, assessment_id)
        requested = await to_thread.run_sync(_request_file, read_session, key, file_format, audience, language)
        return await _respond_with_requested(requested, assessment_id, render_pool)

    return download_report


def _request_file(
    session: Session, key: AssessmentKey, file_format: FileFormat, audience: str | None, language: str | None
) -> ReportRequest:
    requested = report_requests.request_report(session, key, audience, language, file_format=file_format)
    session.close()  # rendering takes seconds: do not occupy a database connection meanwhile
    return requested


async def _respond_with_requested(
    requested: ReportRequest, assessment_id: str, render_pool: RenderPool
) -> Response[bytes]:
    content = await render_pool.render_async(requested.questionnaire, requested.job, assessment_id)
    return Response(
        content,
        media_type=requested.job.file_format.media_type,
        headers={"content-disposition": build_report_disposition(requested)},
    )


FILE_HANDLERS = (
    make_file_handler(FileFormat.PDF, "console:report"),
    make_file_handler(FileFormat.DECK, "console:report-deck"),
    make_file_handler(FileFormat.DOCUMENT, "console:report-document"),
    make_file_handler(FileFormat.WORKBOOK, "console:report-workbook"),
)
