"""Files of the report of a closed assessment, as it is now."""

from typing import Annotated, Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
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
        description="`full` (also the default), `board`, `respondents`, or `function:` and a function’s id.",
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


def make_file_handler(file_format: FileFormat, name: str, summary: str, description: str) -> HTTPRouteHandler:
    """Make the handler of one file format; `name` is the id of its operation."""

    @get(
        f"/assessments/{{assessment:str}}/report.{file_format}",
        operation_id=name,
        description=description,
        media_type=file_format.media_type,
        **build_route_options(summary, TAG, _describe_report_file(file_format)),
    )
    async def read_report_file(
        request: Request[Any, Any, Any],
        assessment: FromPath[str],
        read_session: NamedDependency[Session],
        caller: NamedDependency[KeyHolder],
        render_pool: NamedDependency[RenderPool],
        audience: AudienceParameter = None,
        language: LanguageParameter = None,
    ) -> Response[bytes]:
        wanted = ReportFile(file_format, audience, language)
        return await _respond_with_file(request, assessment, wanted, caller, read_session, render_pool)

    return read_report_file


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


FILE_HANDLERS = (
    make_file_handler(
        FileFormat.PDF,
        "read_report",
        "Download the report",
        "The report as PDF, once the assessment is closed. The same figures as the scores, to the digit.",
    ),
    make_file_handler(
        FileFormat.DECK,
        "read_deck",
        "Download the slides",
        "The report as slides: sentences as titles, charts to edit with their data, tables, speaker notes.\n\n"
        "Editions: `full`, `board`, and `function:` with a function’s id.",
    ),
    make_file_handler(
        FileFormat.DOCUMENT,
        "read_document",
        "Download the document",
        "The report as a document to edit, with styles, headings and captions. The same editions as the PDF.",
    ),
    make_file_handler(
        FileFormat.WORKBOOK,
        "read_workbook",
        "Download the workbook",
        "The report as workbook: a sheet for each kind of content, with filters and charts. No cell is a formula.\n\n"
        "Editions: `full`, and `function:` with a function’s id.",
    ),
)
