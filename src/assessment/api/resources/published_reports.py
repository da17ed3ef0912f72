"""Published reports: frozen, dated, listed, downloadable as the same bytes for good, and withdrawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeAlias

from anyio import to_thread
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination, problem_places
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.comments import SavedBy
from assessment.api.resources.report_files import AudienceParameter
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.audiences import FULL_EDITION
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import NoResultsError, NotClosedError
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import published_reports
from assessment.services.reports.published_reports import MAX_NOTE_LENGTH, Publication, UnrenderedFile
from assessment.services.reports.render_pool import RenderPool
from assessment.storage.results import published_reports as stored_reports
from assessment.storage.results.published_reports import PublishedReport

TAG = "Published reports"
REQUEST_EXAMPLE = {"language": "de", "note": "For the board meeting"}
RESPONSE_EXAMPLE = {
    "id": "rrbv5q2uxbcdymz4wmjd3dcs",
    "number": 1,
    "language": "de",
    "release": 1,
    "note": "For the board meeting",
    "published_at": "2026-12-21T09:30:00Z",
    "published_by": {"kind": "key", "name": "Reports of the week"},
    "withdrawn_at": None,
    "is_amended": False,
}

# Only described here: the service validates, so that one response names every fault.
NoteText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_NOTE_LENGTH})]


class NewPublication(RequestStruct, frozen=True):
    """A report to publish."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "language": "Of the report; that of the assessment where it is null.",
        "note": "For you and your colleagues.",
    }

    language: str | None = None
    note: NoteText = ""


class PublishedReportOut(Struct, frozen=True):
    """A published report. `is_amended`: comments that it quoted were withdrawn by their authors, and removed."""

    id: str
    number: int
    language: str
    release: int
    note: str
    published_at: datetime
    published_by: SavedBy
    withdrawn_at: datetime | None
    is_amended: bool


def build_published_out(report: PublishedReport) -> PublishedReportOut:
    return PublishedReportOut(
        id=report.id,
        number=report.number,
        language=report.language,
        release=report.release,
        note=report.note,
        published_at=report.published_at,
        published_by=SavedBy("key" if report.by_key else "user", report.published_by),
        withdrawn_at=report.withdrawn_at,
        is_amended=report.is_amended,
    )


def encode_report(session: Session, key: AssessmentKey, report_id: str) -> bytes:
    """Encode a published report, for its tag; `NotFoundError` if there is none."""
    return etags.encode_json(build_published_out(stored_reports.find_report(session, key, report_id)))


@get(
    "/assessments/{assessment:str}/reports",
    sync_to_thread=True,
    **build_route_options(
        "List published reports",
        TAG,
        Operation(
            scope="read:reports",
            parameters=list_pagination.PAGE_PARAMETERS,
            has_etag=True,
            error_statuses=(404,),
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_published_reports(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[PublishedReportOut]]:
    """The published reports by number, withdrawn ones too."""
    key = AssessmentKey(caller.workspace_id, assessment)
    return etags.respond_with_etag(request, _encode_page(read_session, key, cursor, limit))


@post(
    "/assessments/{assessment:str}/reports",
    sync_to_thread=True,
    dto=StructBody[NewPublication],
    **build_route_options(
        "Publish the report",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(NotClosedError, NoResultsError),
            request_example=REQUEST_EXAMPLE,
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def publish_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[NewPublication],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[PublishedReportOut]:
    """Freeze the report as it is now, in one language: its files stay the same to the byte, whatever changes later.

    `If-Match` is compared with the first page of the list.
    """
    key = AssessmentKey(caller.workspace_id, assessment)

    def perform_request() -> PublishedReportOut:
        etags.require_match(request, _encode_page(idempotent.session, key, "", list_pagination.DEFAULT_LIMIT))
        new = Publication(data.language, data.note, idempotent.now, key_id=caller.key_id)
        with problem_places.place_problems(problem_places.point_to_field):
            report_id = published_reports.publish_report(idempotent.session, key, new)
        return build_published_out(stored_reports.find_report(idempotent.session, key, report_id))

    return idempotent.run_once(
        perform_request, locate=lambda new: Representation(f"/assessments/{assessment}/reports/{new.id}")
    )


@get(
    "/assessments/{assessment:str}/reports/{report:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read a published report",
        TAG,
        Operation(scope="read:reports", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_published_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[PublishedReportOut]:
    """One published report: number, language, when and by whom."""
    key = AssessmentKey(caller.workspace_id, assessment)
    return etags.respond_with_etag(request, encode_report(read_session, key, report))


@get(
    "/assessments/{assessment:str}/reports/{report:str}/file",
    media_type=FileFormat.PDF.media_type,
    **build_route_options(
        "Download a published report",
        TAG,
        Operation(
            scope="read:reports",
            parameters=("audience", "format"),
            media_type=FileFormat.PDF.media_type,
            formats={str(one): one.media_type for one in FileFormat},
            has_etag=True,
            error_statuses=(404, 503),
        ),
    ),
)
async def read_published_file(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    read_session: NamedDependency[Session],
    engine: NamedDependency[Engine],
    caller: NamedDependency[KeyHolder],
    render_pool: NamedDependency[RenderPool],
    audience: AudienceParameter = None,
    wanted: Annotated[
        FileFormat | None, QueryParameter(name="format", description="Of the file; PDF where absent.")
    ] = None,
) -> Response[bytes]:
    """A file of a published report: the same bytes for every reader. 404 for an edition that this format lacks."""
    file_format, edition = wanted or FileFormat.PDF, audience or FULL_EDITION
    key = AssessmentKey(caller.workspace_id, assessment)

    def prepare_file() -> tuple[PublishedReport, bytes | UnrenderedFile]:
        stored = stored_reports.find_report(read_session, key, report)
        return stored, published_reports.prepare_file(read_session, stored, edition, file_format)

    stored, prepared = await to_thread.run_sync(prepare_file)
    content = await published_reports.finish_file(prepared, engine, render_pool)
    response = etags.respond_with_etag(request, content, file_format.media_type)
    name = f"report-{assessment}-{stored.number}-{edition.replace(':', '-')}-{stored.language}.{file_format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@post(
    "/assessments/{assessment:str}/reports/{report:str}/withdraw",
    status_code=200,
    sync_to_thread=True,
    **build_route_options(
        "Withdraw a published report",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404,),
            response_example=RESPONSE_EXAMPLE | {"withdrawn_at": "2027-01-11T08:00:00Z"},
        ),
    ),
)
def withdraw_published_report(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[PublishedReportOut]:
    """Withdraw it: its links end at once, for good. No-op if it is withdrawn already."""
    key = AssessmentKey(caller.workspace_id, assessment)

    def perform_request() -> PublishedReportOut:
        etags.require_match(request, encode_report(idempotent.session, key, report))
        published_reports.withdraw_report(idempotent.session, key, report, idempotent.now)
        return build_published_out(stored_reports.find_report(idempotent.session, key, report))

    return idempotent.run_once(perform_request, status=200)


def _encode_page(session: Session, key: AssessmentKey, cursor: str, limit: int) -> bytes:
    assessment_setup.get_assessment(session, key)
    reports = [build_published_out(report) for report in stored_reports.list_reports(session, key)]
    name = ListName(f"/assessments/{key.assessment_id}/reports")
    page = list_pagination.slice_page(reports, lambda report: (f"{report.number:08}",), name, cursor, limit)
    return etags.encode_json(page)
