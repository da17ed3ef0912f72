"""Change or replace an invitation.

Nothing here depends on what an invited person has done, because a refusal would reveal who has answered.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import AssessmentState
from assessment.errors import (
    AlreadyReplacedError,
    InvalidError,
    LockedError,
    Problem,
)
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.people import invited_people, invitee_checks
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.people_invitations import (
    check_revision,
    find_unrevoked_invitation,
    lock_unless_closed,
    make_invitation,
    make_invitation_row,
    refuse_imported_responses,
    refuse_mail_delivery,
    set_revoked,
)
from assessment.storage.assessments import Assessment
from assessment.storage.delivery import mailings
from assessment.storage.people import invitations, replaced_invitations
from assessment.storage.people.invitations import Invitation

FIXED_FIELDS = ("role", "functions", "email")  # once the assessment has opened


class InvitationPatch(Struct, frozen=True, kw_only=True):
    """Changed fields of an invitation; unset fields stay as they are. Only a replacement can change `deliver`."""

    role: str | UnsetType = UNSET
    functions: tuple[str, ...] | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    deliver: str | UnsetType = UNSET


def update_invitation(
    session: Session,
    key: AssessmentKey,
    invitation_id: str,
    patch: InvitationPatch,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    revision: int | None = None,
) -> Invitation:
    """Change an invitation; once the assessment has opened, only the name.

    `LockedError` lists the fixed fields; `replace_invitation` can correct those.
    """
    assessment = lock_unless_closed(session, key, now)
    invitation = find_unrevoked_invitation(session, assessment, invitation_id, revision)
    if changes_delivery(invitation, patch):
        raise LockedError("Who delivers the link is fixed. Replace the invitation to change it.")
    invitee = _apply_patch(invitation, patch)
    _refuse_fixed_fields(assessment, invitation, invitee)
    _check_invitee(session, assessment, invitation, invitee, catalogue)
    values, before = invitee_checks.make_invitation_values(invitee), _get_values(invitation)
    invitations.update_invitation(session, key.workspace_id, invitation, **values)
    changed = [name for name, value in values.items() if value != before[name]]
    details = {"fields": changed, "revision": invitation.revision + 1}
    audit_trail.record_event(session, key.workspace_id, now, audit_trail.INVITATION_CHANGED, invitation.id, **details)
    return invitations.find_invitation(session, key, invitation_id)


def is_name_change(invitation: Invitation, patch: InvitationPatch) -> bool:
    """Return whether the patch changes nothing but the name."""
    return not changes_delivery(invitation, patch) and not _find_fixed_changes(
        invitation, _apply_patch(invitation, patch)
    )


def changes_delivery(invitation: Invitation, patch: InvitationPatch) -> bool:
    """Return whether the patch changes who delivers the link.

    That takes a replacement at any time: a link that was handed out before would keep working.
    """
    return patch.deliver is not UNSET and patch.deliver != invitation.deliver


def replace_invitation(  # noqa: PLR0913  # three ids identify an invitation
    session: Session,
    key: AssessmentKey,
    invitation_id: str,
    patch: InvitationPatch,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    revision: int | None = None,
    random: Random = RANDOM,
) -> Invitation:
    """Invite a person again with another role, functions or address, and revoke the earlier invitation.

    No answer is deleted; of one person's responses, one counts. Unset fields stay as they are.
    """
    assessment = lock_unless_closed(session, key, now)
    refuse_imported_responses(session, assessment, now)
    invitation = invitations.find_invitation(session, key, invitation_id)
    check_revision(invitation, revision)
    if replaced_invitations.find_replacement(session, key.workspace_id, invitation.id) is not None:
        raise AlreadyReplacedError("This invitation has been replaced already.")
    invitee = _apply_patch(invitation, patch)
    refuse_mail_delivery(session, [invitee])
    _check_invitee(session, assessment, invitation, invitee, catalogue)
    position = invitations.find_next_position(session, key)
    row = make_invitation_row(assessment, invitee, position, now, random) | {"replaces": invitation.id}
    if invitation.revoked_on is None:
        set_revoked(session, key.workspace_id, invitation, now)
    invitations.add_invitations(session, [row])
    mailings.copy_unsubscribed(session, key.workspace_id, invitation.id, row["id"])
    invited_people.update_uncounted_groups(session, key)
    details = {"replacement": row["id"], "revision": invitation.revision + 1}
    audit_trail.record_event(session, key.workspace_id, now, audit_trail.INVITATION_REPLACED, invitation.id, **details)
    return make_invitation(row)


def _apply_patch(invitation: Invitation, patch: InvitationPatch) -> Invitee:
    changes = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}
    return Invitee(**({name: getattr(invitation, name) for name in Invitee.__struct_fields__} | changes))


def _refuse_fixed_fields(assessment: Assessment, invitation: Invitation, invitee: Invitee) -> None:
    """Raise `LockedError` after the opening: the start page promises respondents who was invited in which role."""
    if assessment.state == AssessmentState.DRAFT:
        return
    fixed = _find_fixed_changes(invitation, invitee)
    if fixed:
        reason = N_("Fixed since the assessment opened. Replace the invitation to correct it.")
        problems = [Problem(reason, pointer=f"/{name}", code="locked") for name in fixed]
        raise LockedError("Role, functions and address are fixed since the assessment opened.", problems)


def _find_fixed_changes(invitation: Invitation, invitee: Invitee) -> list[str]:
    """Return the fixed fields that differ; the order of functions does not matter."""
    values, before = invitee_checks.make_invitation_values(invitee), _get_values(invitation)
    if set(invitee.functions) == set(invitation.functions):
        values["functions"] = before["functions"]
    return [name for name in FIXED_FIELDS if values[name] != before[name]]


def _check_invitee(
    session: Session,
    assessment: Assessment,
    invitation: Invitation,
    invitee: Invitee,
    catalogue: QuestionnaireCatalogue,
) -> None:
    questionnaire = find_questionnaire(session, assessment, catalogue)
    problems = list(invitee_checks.find_invitee_problems(None, invitee, questionnaire, assessment.mode))
    address = invitee_checks.normalize_invitee_address(invitee) if invitee.email else None
    # Anyone who stays invited with the same address can't meet it elsewhere: reading everybody would grow with people.
    keeps_address = invitation.revoked_on is None and address == invitation.email
    if (
        address
        and not keeps_address
        and address
        in {
            other.email
            for other in invitations.list_active_invitations(session, assessment.key)
            if other.id != invitation.id
        }
    ):
        problems.append(Problem("This address is already invited.", pointer="/email", code="duplicate"))
    if problems:
        raise InvalidError("The invitation can’t be changed so.", problems)


def _get_values(invitation: Invitation) -> dict[str, Any]:
    return {
        "email": invitation.email,
        "name": invitation.name,
        "role": invitation.role,
        "functions": ";".join(invitation.functions),
    }
