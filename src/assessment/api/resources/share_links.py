"""Links by which clients read a published report: made, listed with their counts, and revoked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, TypeAlias

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, structs
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.published_reports import TAG
from assessment.api.resources.wire import RequestStruct
from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.file_formats import FileFormat
from assessment.errors import MailNotAvailableError, NotFoundError, ReportWithdrawnError
from assessment.services.assessments import assessment_setup
from assessment.services.auth.principals import KeyHolder
from assessment.services.reports import share_links
from assessment.services.reports.share_links import MAX_NOTE_LENGTH, NewShareLink
from assessment.settings import Settings
from assessment.storage.results import published_reports as stored_reports
from assessment.storage.results import share_links as stored_links
from assessment.storage.results.share_links import ShareLink

PATH = "/assessments/{assessment:str}/reports/{report:str}/links"
REQUEST_EXAMPLE = {
    "audiences": ["full", "board"],
    "formats": ["pdf"],
    "expires_on": "2027-03-31",
    "password": "",
    "recipient": "",
    "note": "For Ms Reyes",
}
RESPONSE_EXAMPLE = {
    "id": "q2uxbcdymz4wmjd3dcsrrbv5",
    "note": "For Ms Reyes",
    "audiences": ["full", "board"],
    "formats": ["pdf"],
    "has_password": False,
    "created_at": "2026-12-21T09:30:00Z",
    "expires_at": "2027-03-31T22:00:00Z",
    "expires_on": "2027-03-31",
    "revoked_at": None,
    "is_live": True,
    "viewed": 2,
    "downloaded": 1,
    "last_used_on": "2026-12-22",
}
CREATED_EXAMPLE = RESPONSE_EXAMPLE | {
    "viewed": 0,
    "downloaded": 0,
    "last_used_on": None,
    "link": "https://assessment.example.org/r/Vq2uxbcdymz4wmjd3dcsrrbv5mjd3dcsrrbv5q2uxbc",
}

# Only described here: the service validates, so that one response names every fault.
NoteText: TypeAlias = Annotated[str, Meta(extra_json_schema={"maxLength": MAX_NOTE_LENGTH})]
FormatName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [str(one) for one in FileFormat]})]


class NewLink(RequestStruct, frozen=True):
    """Report that a link opens, and the end of its life."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "audiences": "Editions: `full`, `board`, `respondents`, or `function:` and a function’s id.",
        "formats": "Of the files.",
        "expires_on": "The last day on which it opens, in the time zone of the workspace; within a year.",
        "password": "12 characters or more; empty for none.",
        "recipient": "An address to mail the link to; empty for none.",
        "note": "For you and your colleagues.",
    }

    audiences: tuple[str, ...]
    formats: tuple[FormatName, ...]
    expires_on: date
    password: str = ""
    recipient: str = ""
    note: NoteText = ""


class ShareLinkOut(Struct, frozen=True):
    """A link without its token. `viewed` and `downloaded` count requests; nothing says who it was."""

    id: str
    note: str
    audiences: tuple[str, ...]
    formats: tuple[str, ...]
    has_password: bool
    created_at: datetime
    expires_at: datetime
    expires_on: date
    revoked_at: datetime | None
    is_live: bool
    viewed: int
    downloaded: int
    last_used_on: date | None


class CreatedLinkOut(ShareLinkOut, frozen=True):
    """The same with the link, which is returned only here."""

    link: str


def build_link_out(link: ShareLink, now: datetime, time_zone: str, *, is_withdrawn: bool) -> ShareLinkOut:
    return ShareLinkOut(
        id=link.id,
        note=link.note,
        audiences=tuple(link.audiences),
        formats=tuple(link.formats),
        has_password=link.password_hash is not None,
        created_at=link.created_at,
        expires_at=link.expires_at,
        expires_on=share_links.get_last_day(link, time_zone),
        revoked_at=link.revoked_at,
        is_live=link.is_live(now) and not is_withdrawn,
        viewed=link.viewed,
        downloaded=link.downloaded,
        last_used_on=link.last_used_on,
    )


@get(
    PATH,
    sync_to_thread=True,
    **build_route_options(
        "List the links of a published report",
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
def list_share_links(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
) -> Response[Page[ShareLinkOut]]:
    """All links of a published report, ended ones too, without their tokens."""
    key = AssessmentKey(caller.workspace_id, assessment)
    return etags.respond_with_etag(request, _encode_page(read_session, key, report, now, cursor, limit))


@post(
    PATH,
    sync_to_thread=True,
    dto=StructBody[NewLink],
    **build_route_options(
        "Share a published report",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(MailNotAvailableError, ReportWithdrawnError),
            request_example=REQUEST_EXAMPLE,
            response_example=CREATED_EXAMPLE,
        ),
    ),
)
def create_share_link(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    data: JSONBody[NewLink],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[CreatedLinkOut]:
    """Make a link that opens the chosen editions and formats until the end of a day. `link` is returned only now.

    `If-Match` is compared with the first page of the list.
    """
    key = AssessmentKey(caller.workspace_id, assessment)

    def perform_request() -> CreatedLinkOut:
        session, now = idempotent.session, idempotent.now
        etags.require_match(request, _encode_page(session, key, report, now, "", list_pagination.DEFAULT_LIMIT))
        time_zone = assessment_setup.get_assessment(session, key).time_zone
        new = NewShareLink(
            note=data.note,
            audiences=data.audiences,
            formats=data.formats,
            last_day=data.expires_on,
            password=data.password,
            recipient=data.recipient,
            key_id=caller.key_id,
        )
        created = share_links.create_link(session, key, report, new, now)
        stored = stored_links.find_link(session, key.workspace_id, report, created.id)
        fields = structs.asdict(build_link_out(stored, now, time_zone, is_withdrawn=False))
        return CreatedLinkOut(**fields, link=f"{settings.public_url}{created.path}")

    def build_representation(new: CreatedLinkOut) -> Representation:
        stored = ShareLinkOut(**{name: getattr(new, name) for name in ShareLinkOut.__struct_fields__})
        path = f"/assessments/{assessment}/reports/{report}/links/{new.id}"
        return Representation(path, etags.encode_json(stored))

    return idempotent.run_once(perform_request, locate=build_representation)


@get(
    f"{PATH}/{{link:str}}",
    sync_to_thread=True,
    **build_route_options(
        "Read a link",
        TAG,
        Operation(scope="read:reports", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_share_link(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    link: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> Response[ShareLinkOut]:
    """One link without its token: what it opens, until when, and how often it was used."""
    key = AssessmentKey(caller.workspace_id, assessment)
    return etags.respond_with_etag(request, _encode_link(read_session, key, report, link, now))


@delete(
    f"{PATH}/{{link:str}}",
    sync_to_thread=True,
    **build_route_options(
        "Revoke a link", TAG, Operation(scope="write:assessments", takes_if_match=True, error_statuses=(404,))
    ),
)
def revoke_share_link(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    report: FromPath[str],
    link: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Revoke it: it opens nothing any more. It stays in the list with its counts."""
    key = AssessmentKey(caller.workspace_id, assessment)
    etags.require_match(request, _encode_link(write_session, key, report, link, now))
    if stored_links.find_link(write_session, key.workspace_id, report, link).revoked_at is not None:
        raise NotFoundError  # a second DELETE has nothing left to revoke
    share_links.revoke_link(write_session, key, report, link, now)


def _encode_link(session: Session, key: AssessmentKey, report_id: str, link_id: str, now: datetime) -> bytes:
    report = stored_reports.find_report(session, key, report_id)
    link = stored_links.find_link(session, key.workspace_id, report.id, link_id)
    time_zone = assessment_setup.get_assessment(session, key).time_zone
    return etags.encode_json(build_link_out(link, now, time_zone, is_withdrawn=report.withdrawn_at is not None))


def _encode_page(  # of the list and its page
    session: Session, key: AssessmentKey, report_id: str, now: datetime, cursor: str, limit: int
) -> bytes:
    report = stored_reports.find_report(session, key, report_id)
    time_zone, is_withdrawn = assessment_setup.get_assessment(session, key).time_zone, report.withdrawn_at is not None
    links = [
        build_link_out(link, now, time_zone, is_withdrawn=is_withdrawn)
        for link in stored_links.list_links(session, key.workspace_id, [report.id])
    ]
    name = ListName(f"/assessments/{key.assessment_id}/reports/{report.id}/links")
    page = list_pagination.slice_page(links, lambda one: (one.created_at.isoformat(), one.id), name, cursor, limit)
    return etags.encode_json(page)
