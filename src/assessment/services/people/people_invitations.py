"""Invitations: create, change, replace and revoke them, and make links that are shown once.

Nothing here depends on what an invited person has done, because a refusal would reveal who has answered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.survey.closing_time import get_state_at
from assessment.errors import (
    ChangedError,
    ConflictError,
    InvalidError,
    LockedError,
    MailNotAvailableError,
    Problem,
    with_values,
)
from assessment.i18n.messages import N_
from assessment.questionnaires import QuestionnaireCatalogue
from assessment.services.assessments.published_questionnaires import find_questionnaire
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.delivery.mail_settings import find_mail
from assessment.services.operations import audit_trail
from assessment.services.operations.audit_trail import AuditEvent
from assessment.services.people import invited_people, invitee_checks
from assessment.services.people.invitee_checks import Invitee
from assessment.storage import assessments
from assessment.storage.assessments import Assessment
from assessment.storage.cursor_pagination import PageRequest, RowPage
from assessment.storage.delivery import mailings
from assessment.storage.survey import invitations, responses
from assessment.storage.survey.invitations import LINK_DELIVERY, MAIL_DELIVERY, Invitation, LinkCount

FIRST_PAGE = PageRequest()
MAX_INVITED = 100_000
FIXED_FIELDS = ("role", "functions", "email")  # once the assessment has opened


class LinkedInvitation(Struct, frozen=True):
    """Invitation with the token of a new link (`/s/{token}`), which is shown once; only its hash is stored.

    `token` is empty if the server mails the link: then nobody else sees it.
    """

    invitation: Invitation
    token: str


class LinkCounts(Struct, frozen=True):
    """Number of invited people whose links the consultant hands out, and of those `without` a link."""

    invited: int
    without: int


class InvitationPatch(Struct, frozen=True, kw_only=True):
    """Changed fields of an invitation; unset fields stay as they are."""

    role: str | UnsetType = UNSET
    functions: tuple[str, ...] | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET


def invite_people(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    people: Sequence[Invitee],
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[LinkedInvitation, ...]:
    """Invite all people or none, with a link each to hand out; `InvalidError` lists the problems by index.

    People whose link the server mails get it with `mailings.queue_invitations`.
    """
    enlisted = create_invitations(session, workspace_id, assessment_id, people, catalogue, now, random)
    handed_out = [each for each in enlisted if each.deliver == LINK_DELIVERY]
    linked = {each.invitation.id: each for each in _add_links(session, handed_out, workspace_id, now, random)}
    return tuple(linked.get(each.id) or LinkedInvitation(each, "") for each in enlisted)


def create_invitations(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    people: Sequence[Invitee],
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invitation, ...]:
    """Invite all people or none, without links: those are made later, when the consultant can see them."""
    assessment = _lock_unless_closed(session, workspace_id, assessment_id, now)
    _refuse_imported(session, assessment)
    _refuse_mail(session, people)
    problems = check_people(session, assessment, people, catalogue)
    if problems:
        raise InvalidError("Nobody was invited.", problems)
    first = invitations.find_next_position(session, workspace_id, assessment_id)
    rows = [_make_row(assessment, guest, position, now, random) for position, guest in enumerate(people, start=first)]
    if rows:
        invitations.add_invitations(session, rows)
        invited_people.update_uncounted_groups(session, workspace_id, assessment_id)
        audit_trail.record_event(
            session, workspace_id, now, audit_trail.PEOPLE_INVITED, assessment_id, people=len(rows)
        )
    return tuple(_make_invitation(row) for row in rows)


def check_people(
    session: Session, assessment: Assessment, people: Sequence[Invitee], catalogue: QuestionnaireCatalogue
) -> list[Problem]:
    """Return the problems of a list of people, ordered by line (index + 1)."""
    questionnaire = find_questionnaire(session, assessment, catalogue)
    problems = [
        problem
        for index, guest in enumerate(people)
        for problem in invitee_checks.find_invitee_problems(index, guest, questionnaire, assessment.mode)
    ]
    taken = {
        each.email
        for each in invitations.list_active_invitations(session, assessment.workspace_id, assessment.id)
        if each.email
    }
    problems += invitee_checks.find_duplicate_addresses(people, taken)
    if len(people) > MAX_INVITED:
        problems.append(Problem(with_values("Invite at most {most} people at once.", most=MAX_INVITED)))
    return sorted(problems, key=lambda problem: problem.line or 0)


def create_link(
    session: Session, workspace_id: str, assessment_id: str, invitation_id: str, now: datetime, random: Random = RANDOM
) -> str:
    """Create a further link and return its token; earlier links stay valid. It is recorded and shown to the person."""
    held = invitations.find_invitation(session, workspace_id, assessment_id, invitation_id)
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    if held.deliver != LINK_DELIVERY:
        raise ConflictError("This invitation is mailed by the server: nobody else gets its link.")
    token = tokens.generate_token(random)
    _store_links(session, {token: held}, workspace_id, now)
    return token


def create_links(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, *, everyone: bool, random: Random = RANDOM
) -> tuple[LinkedInvitation, ...]:
    """Create a link for those without one, or a further one for `everyone`; earlier links stay valid."""
    _lock_unless_closed(session, workspace_id, assessment_id, now)
    chosen = invitations.list_link_invitations(session, workspace_id, assessment_id, without_link=not everyone)
    return _add_links(session, chosen, workspace_id, now, random)


def count_links(session: Session, workspace_id: str, assessment_id: str) -> LinkCounts:
    handed_out = len(invitations.list_link_invitations(session, workspace_id, assessment_id))
    return LinkCounts(
        handed_out, len(invitations.list_link_invitations(session, workspace_id, assessment_id, without_link=True))
    )


def count_links_by_invitation(
    session: Session, workspace_id: str, invited: Sequence[Invitation]
) -> dict[str, LinkCount]:
    """Count the links of each invitation that has any."""
    return invitations.count_links(session, workspace_id, [each.id for each in invited])


def find_replaced(session: Session, workspace_id: str, invited: Sequence[Invitation]) -> set[str]:
    """Return the ids of those invitations that were replaced."""
    return invitations.find_replaced_invitations(session, workspace_id, [each.id for each in invited])


def get_invitation(session: Session, workspace_id: str, assessment_id: str, invitation_id: str) -> Invitation:
    return invitations.find_invitation(session, workspace_id, assessment_id, invitation_id)


def list_invitations(
    session: Session, workspace_id: str, assessment_id: str, place: PageRequest = FIRST_PAGE
) -> RowPage[Invitation]:
    """List all invitations, revoked ones too, in the order of creation."""
    assessments.find_assessment(session, workspace_id, assessment_id)
    return invitations.list_invitations(session, workspace_id, assessment_id, place)


def update_invitation(  # noqa: PLR0913  # three ids identify an invitation
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    mended: InvitationPatch,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    revision: int | None = None,
) -> Invitation:
    """Change an invitation; once the assessment has opened, only the name.

    `LockedError` lists the fixed fields; `replace_invitation` can correct those.
    """
    assessment = _lock_unless_closed(session, workspace_id, assessment_id, now)
    held = _find_unrevoked(session, assessment, invitation_id, revision)
    guest = _apply_patch(held, mended)
    _refuse_fixed_fields(assessment, held, guest)
    _check_invitee(session, assessment, held, guest, catalogue)
    values, before = invitee_checks.make_invitation_values(guest), _get_values(held)
    invitations.update_invitation(session, workspace_id, held, **values)
    changed = [name for name, value in values.items() if value != before[name]]
    details = {"fields": changed, "revision": held.revision + 1}
    audit_trail.record_event(session, workspace_id, now, audit_trail.INVITATION_CHANGED, held.id, **details)
    return invitations.find_invitation(session, workspace_id, assessment_id, invitation_id)


def is_name_change(held: Invitation, mended: InvitationPatch) -> bool:
    """Return whether the patch changes nothing but the name."""
    return not _find_fixed_changes(held, _apply_patch(held, mended))


def replace_invitation(  # noqa: PLR0913  # three ids identify an invitation
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    corrected: InvitationPatch,
    catalogue: QuestionnaireCatalogue,
    now: datetime,
    *,
    revision: int | None = None,
    random: Random = RANDOM,
) -> Invitation:
    """Invite a person again with another role, functions or address, and revoke the earlier invitation.

    No answer is deleted; of one person's responses, one counts. Unset fields stay as they are.
    """
    assessment = _lock_unless_closed(session, workspace_id, assessment_id, now)
    _refuse_imported(session, assessment)
    held = invitations.find_invitation(session, workspace_id, assessment_id, invitation_id)
    _check_revision(held, revision)
    if invitations.find_replacement(session, workspace_id, held.id) is not None:
        raise ConflictError("This invitation has been replaced already.")
    guest = _apply_patch(held, corrected)
    _refuse_mail(session, [guest])
    _check_invitee(session, assessment, held, guest, catalogue)
    position = invitations.find_next_position(session, workspace_id, assessment_id)
    row = _make_row(assessment, guest, position, now, random) | {"replaces": held.id}
    if held.revoked_on is None:
        _set_revoked(session, workspace_id, held, now)
    invitations.add_invitations(session, [row])
    mailings.copy_unsubscribed(session, workspace_id, held.id, row["id"])
    invited_people.update_uncounted_groups(session, workspace_id, assessment_id)
    details = {"replacement": row["id"], "revision": held.revision + 1}
    audit_trail.record_event(session, workspace_id, now, audit_trail.INVITATION_REPLACED, held.id, **details)
    return _make_invitation(row)


def revoke_invitation(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Prevent new drafts by an invitation; a person who has begun is notified, and may still send."""
    assessment = _lock_unless_closed(session, workspace_id, assessment_id, now)
    held = _find_unrevoked(session, assessment, invitation_id, revision)
    _set_revoked(session, workspace_id, held, now)
    audit_trail.record_event(
        session, workspace_id, now, audit_trail.INVITATION_REVOKED, held.id, revision=held.revision + 1
    )


def _set_revoked(session: Session, workspace_id: str, held: Invitation, now: datetime) -> None:
    invitations.update_invitation(session, workspace_id, held, revoked_on=now.date())


def _apply_patch(held: Invitation, mended: InvitationPatch) -> Invitee:
    given = {name: value for name, value in msgspec.structs.asdict(mended).items() if value is not UNSET}
    return Invitee(**({name: getattr(held, name) for name in Invitee.__struct_fields__} | given))


def _refuse_fixed_fields(assessment: Assessment, held: Invitation, guest: Invitee) -> None:
    """Raise `LockedError` after the opening: the start page promises respondents who was invited in which role."""
    if assessment.state == "draft":
        return
    fixed = _find_fixed_changes(held, guest)
    if fixed:
        reason = N_("Fixed since the assessment opened. Replace the invitation to correct it.")
        problems = [Problem(reason, pointer=f"/{name}") for name in fixed]
        raise LockedError("Role, functions and address are fixed since the assessment opened.", problems)


def _find_fixed_changes(held: Invitation, guest: Invitee) -> list[str]:
    """Return the fixed fields that differ; the order of functions does not matter."""
    values, before = invitee_checks.make_invitation_values(guest), _get_values(held)
    if set(guest.functions) == set(held.functions):
        values["functions"] = before["functions"]
    return [name for name in FIXED_FIELDS if values[name] != before[name]]


def _check_invitee(
    session: Session, assessment: Assessment, held: Invitation, guest: Invitee, catalogue: QuestionnaireCatalogue
) -> None:
    questionnaire = find_questionnaire(session, assessment, catalogue)
    problems = list(invitee_checks.find_invitee_problems(None, guest, questionnaire, assessment.mode))
    others = invitations.list_active_invitations(session, assessment.workspace_id, assessment.id)
    if guest.email and invitee_checks.normalize_invitee_address(guest) in {
        each.email for each in others if each.id != held.id
    }:
        problems.append(Problem("This address is already invited.", pointer="/email"))
    if problems:
        raise InvalidError("The invitation can't be changed so.", problems)


def _add_links(
    session: Session, invited: Sequence[Invitation], workspace_id: str, now: datetime, random: Random
) -> tuple[LinkedInvitation, ...]:
    made = {tokens.generate_token(random): each for each in invited}
    _store_links(session, made, workspace_id, now)
    return tuple(LinkedInvitation(each, token) for token, each in made.items())


def _store_links(session: Session, made: Mapping[str, Invitation], workspace_id: str, now: datetime) -> None:
    invited = tuple(made.values())
    links = {tokens.hash_token(token): each.id for token, each in made.items()}
    before = invitations.count_links(session, workspace_id, [each.id for each in invited])
    invitations.add_links(session, workspace_id, links, now.date())
    acts = [
        AuditEvent(
            audit_trail.LINK_CREATED, each.id, {"number": 1 + (before[each.id].count if each.id in before else 0)}
        )
        for each in invited
    ]
    audit_trail.record_events(session, workspace_id, now, acts)


def _lock_unless_closed(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> Assessment:
    """Lock the assessment, so that no one saves or invites at the same time; `ConflictError` once closed."""
    assessment = assessments.find_assessment(session, workspace_id, assessment_id, lock=True)
    if get_state_at(assessment.state, assessment.closes_at, now) == "closed":
        raise ConflictError("This assessment is closed.")
    return assessment


def _refuse_imported(session: Session, assessment: Assessment) -> None:
    """Refuse after an import: subtracting its file from the results would reveal the invited people's answers."""
    if assessment.confidentiality != "attributable" and responses.has_imported_responses(
        session, assessment.workspace_id, assessment.id
    ):
        raise ConflictError("Responses were taken in from a file: nobody can be invited in confidence beside them.")


def _refuse_mail(session: Session, people: Sequence[Invitee]) -> None:
    if find_mail(session) is None and any(guest.deliver == MAIL_DELIVERY for guest in people):
        raise MailNotAvailableError("This server can't mail links. Hand them out yourself: deliver is link.")


def _check_revision(held: Invitation, revision: int | None) -> None:
    if revision is not None and revision != held.revision:
        raise ChangedError


def _find_unrevoked(session: Session, assessment: Assessment, invitation_id: str, revision: int | None) -> Invitation:
    held = invitations.find_invitation(session, assessment.workspace_id, assessment.id, invitation_id)
    _check_revision(held, revision)
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    return held


def _get_values(held: Invitation) -> dict[str, Any]:
    return {"email": held.email, "name": held.name, "role": held.role, "functions": ";".join(held.functions)}


def _make_row(assessment: Assessment, guest: Invitee, position: int, now: datetime, random: Random) -> dict[str, Any]:
    return invitee_checks.make_invitation_values(guest) | {
        "id": tokens.generate_id(random),
        "workspace_id": assessment.workspace_id,
        "assessment_id": assessment.id,
        "position": position,
        "deliver": guest.deliver,
        "mailed_on": None,
        "replaces": None,
        "is_late": assessment.state != "draft",
        "created_on": now.date(),
        "revoked_on": None,
        "revision": 1,
    }


def _make_invitation(row: dict[str, Any]) -> Invitation:
    values = {name: row[name] for name in Invitation.__struct_fields__}
    return Invitation(**(values | {"functions": tuple(row["functions"].split(";"))}))
