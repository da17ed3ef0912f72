"""Documents and slides from templates of the consultant's own; nothing of a template is stored."""

from collections.abc import Mapping
from typing import Any, ClassVar

from anyio import to_thread
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace
from sqlalchemy.orm import Session

from assessment.api.http import problem_places
from assessment.api.http.pending_faults import raise_pending_faults
from assessment.api.http.request_bodies import StructBody, describe_fault_count
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import InvalidError, NoResultsError, NotClosedError, Problem
from assessment.office.template_package import MAX_TEMPLATE_BYTES
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import report_requests
from assessment.services.reports.own_templates import fill_own_template_async
from assessment.services.reports.report_requests import ReportRequest

TAG = "Results"
MAX_BODY_BYTES = MAX_TEMPLATE_BYTES * 4 // 3 + 64 * 1024  # in base64, with the other fields
REQUEST_EXAMPLE = {"template": "UEsDBBQAAAAIAA==", "audience": "full", "language": "de"}


class OwnTemplate(RequestStruct, frozen=True):
    """A template, and what to fill in."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "template": "The file as base64, at most 5 MB, without macros, embedded and linked files.",
        "audience": "Edition: `full`, `board`, or `function:` and a function’s id. The full one where it is null.",
        "language": "That of the assessment where it is null.",
    }

    template: bytes
    audience: str | None = None
    language: str | None = None


def _describe_filling(file_format: FileFormat) -> Operation:
    return Operation(
        scope="read:reports",
        media_type=file_format.media_type,
        error_statuses=(404, 409, 503),
        problems=(NotClosedError, NoResultsError),
        request_example=REQUEST_EXAMPLE,
    )


@post(
    "/assessments/{assessment:str}/report.docx",
    status_code=200,
    media_type=FileFormat.DOCUMENT.media_type,
    dto=StructBody[OwnTemplate],
    request_max_body_size=MAX_BODY_BYTES,
    **build_route_options("Fill in a Word template", TAG, _describe_filling(FileFormat.DOCUMENT)),
)
async def fill_word_document(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[OwnTemplate],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[bytes]:
    """Fill in a Word template of your own with the fields of the report; `errors` names each problem with its place.

    It runs with limits on time and memory, and nothing is stored: POST only because of the size of the file.
    """
    key = AssessmentKey(caller.workspace_id, assessment)
    return await _fill_template(request, key, data, FileFormat.DOCUMENT, read_session)


@post(
    "/assessments/{assessment:str}/report.pptx",
    status_code=200,
    media_type=FileFormat.DECK.media_type,
    dto=StructBody[OwnTemplate],
    request_max_body_size=MAX_BODY_BYTES,
    **build_route_options("Write slides with a template", TAG, _describe_filling(FileFormat.DECK)),
)
async def write_own_slides(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[OwnTemplate],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[bytes]:
    """Write the slides with the layouts of a PowerPoint template of your own; `errors` names everything missing.

    It needs the layouts `Cover` (placeholders Title, Finding, Details) and `Content` (Title, Content).
    """
    key = AssessmentKey(caller.workspace_id, assessment)
    return await _fill_template(request, key, data, FileFormat.DECK, read_session)


async def _fill_template(
    request: Request[Any, Any, Any], key: AssessmentKey, data: OwnTemplate, file_format: FileFormat, session: Session
) -> Response[bytes]:
    problems: list[Problem] = []
    requested = await to_thread.run_sync(_request_report, session, key, data, file_format, problems)
    await to_thread.run_sync(session.close)  # filling in takes seconds: return the connection to the pool first
    try:
        content = await fill_own_template_async(requested.questionnaire, requested.job, data.template)
    except InvalidError as error:
        problems += [replace(problem, pointer="/template") for problem in error.problems]
        raise InvalidError(error.detail, problems) from error
    if problems:
        raise InvalidError(describe_fault_count(len(problems)), problems)
    raise_pending_faults(request.scope["state"])
    headers: dict[str, Any] = {
        "Content-Disposition": f'attachment; filename="{requested.filename(key.assessment_id)}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=file_format.media_type, headers=headers)


def _request_report(
    session: Session, key: AssessmentKey, data: OwnTemplate, file_format: FileFormat, problems: list[Problem]
) -> ReportRequest:
    """Request the report; for an edition or language that does not exist, add the fault and request the default."""
    try:
        with problem_places.place_problems(problem_places.point_to_field):
            return report_requests.request_report(session, key, data.audience, data.language, file_format=file_format)
    except InvalidError as error:
        problems += error.problems
    return report_requests.request_report(session, key, None, None, file_format=file_format)
