"""Invitations: list, create, read, make another link, revoke."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.long_lists import LongListBody
from assessment.api.http.request_bodies import MAX_LIST_BYTES
from assessment.api.http.spooled_bodies import SpooledList
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources import bulk_jobs
from assessment.api.resources.bulk_jobs import BulkJobOut, build_job_out
from assessment.api.resources.wire import copy_fields
from assessment.api.resources.wire.invitations import (
    LINK_EXAMPLE,
    MAX_AT_ONCE,
    MAX_INVITATIONS,
    REQUEST_EXAMPLE,
    RESPONSE_EXAMPLE,
    InvitationOut,
    InvitationSort,
    InvitedOut,
    InvitedPeople,
    NewInvitation,
    NewInvitations,
    ParsedInvitees,
    build_invitation_out,
    build_invited_out,
    parse_invitee,
)
from assessment.domain.assessment import AssessmentKey
from assessment.errors import (
    ClosedError,
    ImportInProgressError,
    MailedLinkError,
    MailNotAvailableError,
    MixedSourcesError,
    NotFoundError,
    RevokedError,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.bulk import bulk_requests
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.settings import Settings
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.people.invitations import ALL_INVITATIONS, Invitation, InvitationFilter

TAG = "Invitations"


@get(
    "/assessments/{assessment:str}/invitations",
    sync_to_thread=True,
    **build_route_options(
        "List invitations",
        TAG,
        Operation(
            scope="read:assessments",
            parameters=(*list_pagination.PAGE_PARAMETERS, "email", "role", "function", "sort"),
            has_etag=True,
            error_statuses=(404,),
            response_example={"data": [RESPONSE_EXAMPLE], "next_cursor": None},
        ),
    ),
)
def list_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    cursor: Cursor = "",
    limit: Limit = list_pagination.DEFAULT_LIMIT,
    email: Annotated[str, QueryParameter(max_length=254, description="Only the one of this address.")] = "",
    role: Annotated[str, QueryParameter(max_length=100, description="Only those in this role.")] = "",
    function: Annotated[str, QueryParameter(max_length=100, description="Only those in this function.")] = "",
    sort: Annotated[InvitationSort, QueryParameter(description="The order; `-` from the last to the first.")] = (
        "created_on"
    ),
) -> Response[Page[InvitationOut]]:
    """List the invitations in order of creation; they never show whether someone has answered."""
    key = AssessmentKey(caller.workspace_id, assessment)
    matching = InvitationFilter(email, role, function)
    return etags.respond_with_etag(request, _encode_invitation_page(read_session, key, cursor, limit, sort, matching))


@post(
    "/assessments/{assessment:str}/invitations",
    sync_to_thread=True,
    dto=LongListBody[NewInvitations],
    request_max_body_size=MAX_LIST_BYTES,
    **build_route_options(
        "Invite people",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, MailNotAvailableError, MixedSourcesError, ImportInProgressError),
            request_example=[REQUEST_EXAMPLE],
            body_bounds={"minItems": 1, "maxItems": MAX_INVITATIONS},
            response_example={"data": [LINK_EXAMPLE]},
            job_example=bulk_jobs.QUEUED_EXAMPLE,
        ),
    ),
)
def create_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[NewInvitations],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
) -> Response[InvitedPeople]:
    """Invite all of them or none. Each link is shown in this answer only, and leads nowhere before the opening.

    More than 1,000 people, or any number with `Prefer: respond-async`, are invited in the background: the answer is
    202, and its `Location` a job. All are checked first; then they are invited in order, a few hundred at a time.

    With `deliver: mail` the server mails the link, after `…/invitations/send`; `link` is null then. It is refused
    (`#mail-not-available`) while the server can't send mail. Who is invited after the
    opening is `is_late`. `If-Match` is compared with the first page of the list.
    """
    if len(data) > MAX_AT_ONCE or bulk_jobs.prefers_job(request):
        return idempotent.run_once(
            partial(_queue_invitations, request, idempotent, caller, settings, assessment, data),
            202,
            locate=bulk_jobs.locate_job,
        )

    def perform_request() -> InvitedPeople:
        require_page_match(request, idempotent.session, caller, assessment)
        invitees = tuple(parse_invitee(invitation) for invitation in data)
        invitations = people_invitations.invite_people(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), invitees, catalogue, idempotent.now
        )
        return InvitedPeople(tuple(build_invited_out(linked, settings.public_url) for linked in invitations))

    def locate_invited(invited: InvitedPeople) -> Representation:
        if len(invited.data) == 1:
            return locate_invitation(assessment, invited.data[0])
        key = AssessmentKey(caller.workspace_id, assessment)
        return Representation(
            f"/assessments/{assessment}/invitations", _encode_invitation_page(idempotent.session, key)
        )

    return idempotent.run_once(perform_request, locate=locate_invited)


@get(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    **build_route_options(
        "Read an invitation",
        TAG,
        Operation(scope="read:assessments", has_etag=True, error_statuses=(404,), response_example=RESPONSE_EXAMPLE),
    ),
)
def read_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    read_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
) -> Response[InvitationOut]:
    """One person who is invited."""
    current = people_invitations.get_invitation(
        read_session, AssessmentKey(caller.workspace_id, assessment), invitation
    )
    return etags.respond_with_etag(request, etags.encode_json(build_invitation_out(current)))


@post(
    "/assessments/{assessment:str}/invitations/{invitation:str}/links",
    sync_to_thread=True,
    **build_route_options(
        "Make another link",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(RevokedError, MailedLinkError),
            response_example=LINK_EXAMPLE,
        ),
    ),
)
def create_link(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    settings: NamedDependency[Settings],
) -> Response[InvitedOut]:
    """Make one more link, shown in this answer only; earlier ones keep working.

    It is recorded, with the name of your key and the day, and the person it is for sees that.
    """

    def perform_request() -> InvitedOut:
        key = AssessmentKey(caller.workspace_id, assessment)
        current = load_matching_invitation(request, idempotent.session, key, invitation)
        token = people_invitations.create_link(idempotent.session, key, current.id, idempotent.now)
        return build_invited_out(LinkedInvitation(current, token), settings.public_url)

    return idempotent.run_once(perform_request, locate=partial(locate_invitation, assessment))


@delete(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    **build_route_options(
        "Revoke an invitation",
        TAG,
        Operation(scope="write:assessments", takes_if_match=True, error_statuses=(404, 409), problems=(ClosedError,)),
    ),
)
def revoke_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    write_session: NamedDependency[Session],
    caller: NamedDependency[KeyHolder],
    now: NamedDependency[datetime],
) -> None:
    """Revoke its links: nobody can start with them. Nothing is deleted.

    People who have started see a notice, and may finish and send. The response is the same whatever the person has
    done.
    """
    key = AssessmentKey(caller.workspace_id, assessment)
    current = load_matching_invitation(request, write_session, key, invitation)
    if current.revoked_on is not None:
        raise NotFoundError  # a second DELETE has nothing left to revoke
    people_invitations.revoke_invitation(write_session, key, invitation, now, current.revision)


def load_matching_invitation(
    request: Request[Any, Any, Any], session: Session, key: AssessmentKey, invitation: str
) -> Invitation:
    current = people_invitations.get_invitation(session, key, invitation)
    etags.require_match(request, etags.encode_json(build_invitation_out(current)))
    return current


def _queue_invitations(
    request: Request[Any, Any, Any],
    idempotent: IdempotentRequest,
    caller: KeyHolder,
    settings: Settings,
    assessment: str,
    people: NewInvitations | SpooledList[NewInvitation],
) -> BulkJobOut:
    require_page_match(request, idempotent.session, caller, assessment)
    queued = bulk_requests.queue_invitations(
        idempotent.session,
        AssessmentKey(caller.workspace_id, assessment),
        ParsedInvitees(people),
        idempotent.now,
        secret=settings.secret,
    )
    return build_job_out(queued, None)


def require_page_match(request: Request[Any, Any, Any], session: Session, caller: KeyHolder, assessment: str) -> None:
    """Compare `If-Match` with the first page of the list."""
    etags.require_match(request, _encode_invitation_page(session, AssessmentKey(caller.workspace_id, assessment)))


def locate_invitation(assessment: str, invited: InvitedOut) -> Representation:
    """Return where an invitation can be read, without its link."""
    content = etags.encode_json(copy_fields(invited, InvitationOut))
    return Representation(f"/assessments/{assessment}/invitations/{invited.id}", content)


def _encode_invitation_page(
    session: Session,
    key: AssessmentKey,
    cursor: str = "",
    limit: int = list_pagination.DEFAULT_LIMIT,
    sort: InvitationSort = "created_on",
    matching: InvitationFilter = ALL_INVITATIONS,
) -> bytes:
    def find_page(page: PageRequest) -> cursor_pagination.RowPage[Invitation]:
        return people_invitations.list_invitations(session, key, page, matching)

    name = ListName(f"/assessments/{key.assessment_id}/invitations", (*msgspec.structs.astuple(matching), sort))
    return etags.encode_json(list_pagination.load_page(find_page, build_invitation_out, name, cursor, limit, sort))
