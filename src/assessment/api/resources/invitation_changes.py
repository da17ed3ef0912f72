"""Change invitations, and replace them after the opening."""

from functools import partial
from typing import Any

from litestar import Request, Response, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from assessment.api.http.idempotency import IdempotentRequest
from assessment.api.http.request_bodies import StructBody
from assessment.api.openapi.operations import Operation, build_route_options
from assessment.api.resources.invitations import TAG, load_matching_invitation, locate_invitation
from assessment.api.resources.wire.invitations import (
    LINK_EXAMPLE,
    RESPONSE_EXAMPLE,
    InvitationChange,
    InvitationOut,
    InvitedOut,
    build_invitation_out,
    build_invited_out,
    parse_invitation_patch,
)
from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.errors import AlreadyReplacedError, ClosedError, LockedError, RevokedError
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.auth.principals import KeyHolder
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.people_invitations import LinkedInvitation
from assessment.settings import Settings

REPLACEMENT_EXAMPLE = {
    **LINK_EXAMPLE,
    "id": "ovzwk4tfobsw64dm",
    "functions": ["kiosk"],
    "replaces": RESPONSE_EXAMPLE["id"],
    "is_late": True,
}


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
        current = load_matching_invitation(request, idempotent.session, key, invitation)
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
        current = load_matching_invitation(request, idempotent.session, key, invitation)
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

    return idempotent.run_once(perform_request, locate=partial(locate_invitation, assessment))
