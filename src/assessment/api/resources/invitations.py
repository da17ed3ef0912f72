"""Invitations and their links."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET
from sqlalchemy.orm import Session

from assessment.api.http import etags, list_pagination
from assessment.api.http.idempotency import IdempotentRequest, Representation
from assessment.api.http.list_pagination import Cursor, Limit, ListName, Page
from assessment.api.http.long_lists import LongListBody
from assessment.api.http.request_bodies import MAX_LIST_BYTES, StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources import bulk_jobs
from assessment.api.resources.bulk_jobs import BulkJobOut, build_job_out
from assessment.api.resources.wire.invitations import (
    MAX_AT_ONCE,
    MAX_INVITATIONS,
    InvitationChange,
    InvitationOut,
    InvitedOut,
    InvitedPeople,
    MailRecipients,
    NewInvitations,
    QueuedMails,
    build_invitation_out,
    build_invited_out,
    parse_invitation_patch,
    parse_invitee,
)
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.errors import (
    AlreadyReplacedError,
    ClosedError,
    ImportInProgressError,
    LockedError,
    MailedLinkError,
    MailNotAvailableError,
    MixedSourcesError,
    NotFoundError,
    NothingToMailError,
    RevokedError,
)
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.bulk import bulk_requests
from assessment.services.delivery import mailings
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.settings import Settings
from assessment.storage import cursor_pagination
from assessment.storage.cursor_pagination import PageRequest
from assessment.storage.survey.invitations import ALL_INVITATIONS, Invitation, InvitationFilter

TAG = "Invitations"
InvitationSort: TypeAlias = Literal["created_on", "-created_on"]
REQUEST_EXAMPLE = {"email": "kim@example.org", "name": "Kim Berg", "role": "colleague", "functions": ["care"]}
STATE_EXAMPLE = {
    "deliver": "link",
    "mailed_on": None,
    "replaces": None,
    "is_late": False,
    "created_on": "2026-11-02",
    "revoked_on": None,
}
RESPONSE_EXAMPLE = {"id": "nb2hi4dthixs6ztm", **REQUEST_EXAMPLE, **STATE_EXAMPLE}
LINK_EXAMPLE = {**RESPONSE_EXAMPLE, "link": "https://survey.example.org/s/kQ3…"}
REPLACEMENT_EXAMPLE = {
    **LINK_EXAMPLE,
    "id": "ovzwk4tfobsw64dm",
    "functions": ["kiosk"],
    "replaces": RESPONSE_EXAMPLE["id"],
    "is_late": True,
}


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
        _require_page_match(request, idempotent.session, caller, assessment)
        invitees = tuple(parse_invitee(invitation) for invitation in data)
        invitations = people_invitations.invite_people(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), invitees, catalogue, idempotent.now
        )
        return InvitedPeople(tuple(build_invited_out(linked, settings.public_url) for linked in invitations))

    def locate_invited(invited: InvitedPeople) -> Representation:
        if len(invited.data) == 1:
            return _locate_invitation(assessment, invited.data[0])
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


@patch(
    "/assessments/{assessment:str}/invitations/{invitation:str}",
    sync_to_thread=True,
    dto=StructBody[InvitationChange],
    **build_route_options(
        "Change an invitation",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(LockedError, RevokedError, ClosedError),
            request_example={"name": "Kim Berg"},
            response_example=RESPONSE_EXAMPLE,
        ),
    ),
)
def change_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
) -> Response[InvitationOut]:
    """Change an invitation; links stay valid.

    Role, functions and address can be changed until the assessment opens, whatever the person has done; after that
    they are `#locked` (409), and a correction is a replacement. The name can be changed until the close.
    """

    def perform_request() -> InvitationOut:
        key = AssessmentKey(caller.workspace_id, assessment)
        current = _load_matching_invitation(request, idempotent.session, key, invitation)
        changed = invitation_changes.update_invitation(
            idempotent.session,
            key,
            invitation,
            parse_invitation_patch(data),
            catalogue,
            idempotent.now,
            revision=current.revision,
        )
        return build_invitation_out(changed)

    return idempotent.run_once(perform_request, status=200)


@post(
    "/assessments/{assessment:str}/invitations/{invitation:str}/replacement",
    sync_to_thread=True,
    dto=StructBody[InvitationChange],
    **build_route_options(
        "Replace an invitation",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(AlreadyReplacedError, ClosedError),
            request_example={"functions": ["kiosk"]},
            response_example=REPLACEMENT_EXAMPLE,
        ),
    ),
)
def replace_invitation(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    invitation: FromPath[str],
    data: JSONBody[InvitationChange],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
    catalogue: NamedDependency[QuestionnaireCatalogue],
    settings: NamedDependency[Settings],
) -> Response[InvitedOut]:
    """Invite the person again, with a link, and revoke the earlier invitation. Fields not sent stay as they were.

    Nothing is deleted. Of one person's responses one is used: the first that was sent, otherwise the oldest with at
    least half its questions answered.
    """

    def perform_request() -> InvitedOut:
        key = AssessmentKey(caller.workspace_id, assessment)
        current = _load_matching_invitation(request, idempotent.session, key, invitation)
        replacement = invitation_changes.replace_invitation(
            idempotent.session,
            key,
            current.id,
            parse_invitation_patch(data),
            catalogue,
            idempotent.now,
            revision=current.revision,
        )
        is_mailed = replacement.deliver == DeliveryMode.MAIL  # the server mails the link; nobody else sees it
        token = (
            "" if is_mailed else people_invitations.create_link(idempotent.session, key, replacement.id, idempotent.now)
        )
        return build_invited_out(LinkedInvitation(replacement, token), settings.public_url)

    return idempotent.run_once(perform_request, locate=partial(_locate_invitation, assessment))


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
        current = _load_matching_invitation(request, idempotent.session, key, invitation)
        token = people_invitations.create_link(idempotent.session, key, current.id, idempotent.now)
        return build_invited_out(LinkedInvitation(current, token), settings.public_url)

    return idempotent.run_once(perform_request, locate=partial(_locate_invitation, assessment))


@post(
    "/assessments/{assessment:str}/invitations/send",
    status_code=202,
    sync_to_thread=True,
    dto=StructBody[MailRecipients],
    **build_route_options(
        "Mail invitations",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, MailNotAvailableError),
            request_example={"ids": [RESPONSE_EXAMPLE["id"]]},
            response_example={"queued": 1},
        ),
    ),
)
def send_invitations(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    data: JSONBody[MailRecipients],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[QueuedMails]:
    """Mail the link to everyone with `deliver: mail` who has not been mailed yet, or to those of `ids`.

    The assessment must be open. Mails are sent in the background; `mailed_on` is set when a mail server accepts one.
    `If-Match` is compared with the first page of the list.
    """

    def perform_request() -> QueuedMails:
        _require_page_match(request, idempotent.session, caller, assessment)
        ids = None if data.ids is UNSET else data.ids
        queued = mailings.queue_invitations(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), idempotent.now, ids
        )
        return QueuedMails(queued.shown_count)

    return idempotent.run_once(perform_request, 202)


@post(
    "/assessments/{assessment:str}/invitations/remind",
    status_code=202,
    sync_to_thread=True,
    **build_route_options(
        "Remind people",
        TAG,
        Operation(
            scope="write:assessments",
            is_idempotent=True,
            takes_if_match=True,
            error_statuses=(404, 409),
            problems=(ClosedError, MailNotAvailableError, NothingToMailError),
            response_example={"queued": 31},
        ),
    ),
)
def send_reminders(
    request: Request[Any, Any, Any],
    assessment: FromPath[str],
    idempotent: NamedDependency[IdempotentRequest],
    caller: NamedDependency[KeyHolder],
) -> Response[QueuedMails]:
    """Remind those who were mailed at least three days ago and have not sent; the server chooses them.

    At most three times. `queued` comes from the last hourly count, so that it shows nothing about one person.
    """

    def perform_request() -> QueuedMails:
        _require_page_match(request, idempotent.session, caller, assessment)
        queued = mailings.queue_reminders(
            idempotent.session, AssessmentKey(caller.workspace_id, assessment), idempotent.now
        )
        return QueuedMails(queued.shown_count)

    return idempotent.run_once(perform_request, 202)


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
    current = _load_matching_invitation(request, write_session, key, invitation)
    if current.revoked_on is not None:
        raise NotFoundError  # a second DELETE has nothing left to revoke
    people_invitations.revoke_invitation(write_session, key, invitation, now, current.revision)


def _load_matching_invitation(
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
    people: NewInvitations,
) -> BulkJobOut:
    _require_page_match(request, idempotent.session, caller, assessment)
    queued = bulk_requests.queue_invitations(
        idempotent.session,
        AssessmentKey(caller.workspace_id, assessment),
        tuple(parse_invitee(invitation) for invitation in people),
        idempotent.now,
        secret=settings.secret,
    )
    return build_job_out(queued, None)


def _require_page_match(request: Request[Any, Any, Any], session: Session, caller: KeyHolder, assessment: str) -> None:
    """Compare `If-Match` with the first page of the list."""
    etags.require_match(request, _encode_invitation_page(session, AssessmentKey(caller.workspace_id, assessment)))


def _locate_invitation(assessment: str, invited: InvitedOut) -> Representation:
    """Return where an invitation can be read, without its link."""
    fields = {name: getattr(invited, name) for name in InvitationOut.__struct_fields__}
    return Representation(
        f"/assessments/{assessment}/invitations/{invited.id}", etags.encode_json(InvitationOut(**fields))
    )


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
