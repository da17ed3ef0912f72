"""Files of the report of a closed assessment, as it is now."""

from typing import Annotated, Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.api.http import etags
from assessment.api.http.pending_faults import raise_pending_faults
from assessment.api.http.problems import InvalidParametersError, ParameterProblem
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, NoResultsError, NotClosedError
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import report_requests
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.report_requests import ReportRequest

TAG = "Results"

AudienceParameter = Annotated[
    str | None,
    QueryParameter(
        max_length=80,
        description="`full` (also the default), `board`, `respondents`, or `function:` and a function's id.",
    ),
]
LanguageParameter = Annotated[
    str | None, QueryParameter(max_length=35, description="The assessment's own where absent.")
]


class ReportFile(Struct, frozen=True):
    """A file of the report: its format, whom it is for, its language."""

    file_format: FileFormat
    audience: str | None
    language: str | None


def _describe_report_file(file_format: FileFormat) -> Operation:
    return Operation(
        scope="read:reports",
        parameters=("audience", "language"),
        media_type=file_format.media_type,
        has_etag=True,
        error_statuses=(404, 409, 503),
        problems=(NotClosedError, NoResultsError),
    )


@get(
    "/assessments/{assessment:str}/report.pdf",
    media_type=FileFormat.PDF.media_type,
    **build_route_options("Download the report", TAG, _describe_report_file(FileFormat.PDF)),
)
async def read_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as PDF, once the assessment is closed. The same figures as the scores, to the digit."""
    wanted = ReportFile(FileFormat.PDF, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.pptx",
    media_type=FileFormat.DECK.media_type,
    **build_route_options("Download the slides", TAG, _describe_report_file(FileFormat.DECK)),
)
async def read_deck(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as slides: sentences as titles, charts to edit with their data, tables, speaker notes.

    Editions: `full`, `board`, and `function:` with a function's id.
    """
    wanted = ReportFile(FileFormat.DECK, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.docx",
    media_type=FileFormat.DOCUMENT.media_type,
    **build_route_options("Download the document", TAG, _describe_report_file(FileFormat.DOCUMENT)),
)
async def read_document(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as a document to edit, with styles, headings and captions. The same editions as the PDF."""
    wanted = ReportFile(FileFormat.DOCUMENT, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


@get(
    "/assessments/{assessment:str}/report.xlsx",
    media_type=FileFormat.WORKBOOK.media_type,
    **build_route_options("Download the workbook", TAG, _describe_report_file(FileFormat.WORKBOOK)),
)
async def read_workbook(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    language: LanguageParameter = None,
) -> Response[bytes]:
    """The report as workbook: a sheet for each kind of content, with filters and charts. No cell is a formula.

    Editions: `full`, and `function:` with a function's id.
    """
    wanted = ReportFile(FileFormat.WORKBOOK, audience, language)
    return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)


async def _respond_with_file(
    request: Request[Any, Any, Any],
    assessment: str,
    wanted: ReportFile,
    caller: KeyHolder,
    read_session: Session,
    render_pool: RenderPool,
) -> Response[bytes]:
    """Respond with one file of the report; an unknown audience or language is a problem of its parameter."""
    try:
        asked = await to_thread.run_sync(
            _request_file, read_session, AssessmentKey(caller.workspace_id, assessment), wanted
        )
    except InvalidError as error:
        problems = (
            ParameterProblem("parameter", problem.column, f"{problem.message} {problem.remedy}", problem.code)
            for problem in error.problems
        )
        raise InvalidParametersError(*problems) from error
    raise_pending_faults(request.scope["state"])  # before the report is rendered
    content = await render_pool.render_async(asked.questionnaire, asked.job, assessment)
    response = etags.respond_with_etag(request, content, wanted.file_format.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{asked.filename(assessment)}"'
    return response


def _request_file(session: Session, key: AssessmentKey, wanted: ReportFile) -> ReportRequest:
    requested = report_requests.request_report(
        session, key, wanted.audience, wanted.language, file_format=wanted.file_format
    )
    session.close()  # rendering takes seconds: return the connection to the pool first
    return requested
