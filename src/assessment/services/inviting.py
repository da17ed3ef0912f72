"""Invitations: create, change, replace and revoke them, and make links that are shown once.

Nothing here depends on what an invited person has done, because a refusal would reveal who has answered.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at
from assessment.errors import (
    ChangedError,
    ConflictError,
    InvalidError,
    LockedError,
    MailNotAvailableError,
    Problem,
    with_values,
)
from assessment.library import Library
from assessment.services import auditing, guests, invited_people, tokens
from assessment.services.auditing import Act
from assessment.services.guests import Guest
from assessment.services.shelf import questionnaire_for
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, invitations, responses
from assessment.storage.assessments import Assessment
from assessment.storage.invitations import LINK, MAIL, Invitation, Links
from assessment.storage.pages import Page, Place
from assessment.wording.sentences import N_

FIRST = Place()
INVITED_MOST = 100_000
FIXED = ("role", "functions", "email")  # once the assessment has opened


class Invited(Struct, frozen=True):
    """Invitation with the token of a new link (`/s/{token}`), which is shown once; only its hash is stored."""

    invitation: Invitation
    token: str


class Linked(Struct, frozen=True):
    """Number of invited people whose links the consultant hands out, and of those `without` a link."""

    invited: int
    without: int


class Mended(Struct, frozen=True, kw_only=True):
    """Changed fields of an invitation; unset fields stay as they are."""

    role: str | UnsetType = UNSET
    functions: tuple[str, ...] | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET


def invite(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    people: Sequence[Guest],
    library: Library,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invited, ...]:
    """Invite all people with a link each, or none; `InvalidError` lists the problems by index."""
    enlisted = enlist(session, workspace_id, assessment_id, people, library, now, random)
    return _linked(session, enlisted, workspace_id, now, random)


def enlist(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    people: Sequence[Guest],
    library: Library,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invitation, ...]:
    """Invite all people or none, without links: those are made later, when the consultant can see them."""
    assessment = _changeable(session, workspace_id, assessment_id, now)
    _refuse_mixing(session, assessment)
    _refuse_mail(people)
    problems = check(session, assessment, people, library)
    if problems:
        raise InvalidError("Nobody was invited.", problems)
    first = invitations.next_position(session, workspace_id, assessment_id)
    rows = [_row(assessment, guest, position, now, random) for position, guest in enumerate(people, start=first)]
    if rows:
        invitations.add(session, rows)
        invited_people.note_uncounted_groups(session, workspace_id, assessment_id)
        auditing.record(session, workspace_id, now, auditing.PEOPLE_INVITED, assessment_id, people=len(rows))
    return tuple(_shown(row) for row in rows)


def check(session: Session, assessment: Assessment, people: Sequence[Guest], library: Library) -> list[Problem]:
    """Return the problems of a list of people, ordered by line (index + 1)."""
    questionnaire = questionnaire_for(session, assessment, library)
    problems = [
        problem
        for index, guest in enumerate(people)
        for problem in guests.find_problems(index, guest, questionnaire, assessment.mode)
    ]
    taken = {each.email for each in invitations.everyone(session, assessment.workspace_id, assessment.id) if each.email}
    problems += guests.find_repeated(people, taken)
    if len(people) > INVITED_MOST:
        problems.append(Problem(with_values("Invite at most {most} people at once.", most=INVITED_MOST)))
    return sorted(problems, key=lambda problem: problem.line or 0)


def new_link(
    session: Session, workspace_id: str, assessment_id: str, invitation_id: str, now: datetime, random: Random = RANDOM
) -> str:
    """Create a further link and return its token; earlier links stay valid. It is recorded and shown to the person."""
    held = invitations.find(session, workspace_id, assessment_id, invitation_id)
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    if held.deliver != LINK:
        raise ConflictError("This invitation is mailed by the server: nobody else gets its link.")
    return _linked(session, [held], workspace_id, now, random)[0].token


def new_links(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, *, everyone: bool, random: Random = RANDOM
) -> tuple[Invited, ...]:
    """Create a link for those without one, or a further one for `everyone`; earlier links stay valid."""
    _changeable(session, workspace_id, assessment_id, now)
    chosen = invitations.handed_out(session, workspace_id, assessment_id, without_link=not everyone)
    return _linked(session, chosen, workspace_id, now, random)


def count_links(session: Session, workspace_id: str, assessment_id: str) -> Linked:
    handed_out = len(invitations.handed_out(session, workspace_id, assessment_id))
    return Linked(handed_out, len(invitations.handed_out(session, workspace_id, assessment_id, without_link=True)))


def links_of(session: Session, workspace_id: str, invited: Sequence[Invitation]) -> dict[str, Links]:
    """Count the links of each invitation that has any."""
    return invitations.count_links(session, workspace_id, [each.id for each in invited])


def replaced_among(session: Session, workspace_id: str, invited: Sequence[Invitation]) -> set[str]:
    """Return the ids of those invitations that were replaced."""
    return invitations.replaced_among(session, workspace_id, [each.id for each in invited])


def get(session: Session, workspace_id: str, assessment_id: str, invitation_id: str) -> Invitation:
    return invitations.find(session, workspace_id, assessment_id, invitation_id)


def list_invitations(session: Session, workspace_id: str, assessment_id: str, place: Place = FIRST) -> Page[Invitation]:
    """List all invitations, revoked ones too, in the order of creation."""
    assessments.find(session, workspace_id, assessment_id)
    return invitations.listed(session, workspace_id, assessment_id, place)


def change(  # noqa: PLR0913  # three ids identify an invitation
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    mended: Mended,
    library: Library,
    now: datetime,
    *,
    revision: int | None = None,
) -> Invitation:
    """Change an invitation; once the assessment has opened, only the name.

    `LockedError` lists the fixed fields; `replace_invitation` can correct those.
    """
    assessment = _changeable(session, workspace_id, assessment_id, now)
    held = _standing(session, assessment, invitation_id, revision)
    guest = _corrected(held, mended)
    _refuse_fixed(assessment, held, guest)
    _check_one(session, assessment, held, guest, library)
    values, before = guests.values_of(guest), _held_values(held)
    invitations.change(session, workspace_id, held, **values)
    changed = [name for name, value in values.items() if value != before[name]]
    details = {"fields": changed, "revision": held.revision + 1}
    auditing.record(session, workspace_id, now, auditing.INVITATION_CHANGED, held.id, **details)
    return invitations.find(session, workspace_id, assessment_id, invitation_id)


def is_only_name(held: Invitation, mended: Mended) -> bool:
    """Return whether the patch changes nothing but the name."""
    return not _fixed_fields(held, _corrected(held, mended))


def replace(  # noqa: PLR0913  # three ids identify an invitation
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    corrected: Mended,
    library: Library,
    now: datetime,
    *,
    revision: int | None = None,
    random: Random = RANDOM,
) -> Invitation:
    """Invite a person again with another role, functions or address, and revoke the earlier invitation.

    No answer is deleted; of one person's responses, one counts. Unset fields stay as they are.
    """
    assessment = _changeable(session, workspace_id, assessment_id, now)
    _refuse_mixing(session, assessment)
    held = invitations.find(session, workspace_id, assessment_id, invitation_id)
    _refuse_changed(held, revision)
    if invitations.replacement_of(session, workspace_id, held.id) is not None:
        raise ConflictError("This invitation has been replaced already.")
    guest = _corrected(held, corrected)
    _refuse_mail([guest])
    _check_one(session, assessment, held, guest, library)
    position = invitations.next_position(session, workspace_id, assessment_id)
    row = _row(assessment, guest, position, now, random) | {"replaces": held.id}
    if held.revoked_on is None:
        _revoke(session, workspace_id, held, now)
    invitations.add(session, [row])
    invited_people.note_uncounted_groups(session, workspace_id, assessment_id)
    details = {"replacement": row["id"], "revision": held.revision + 1}
    auditing.record(session, workspace_id, now, auditing.INVITATION_REPLACED, held.id, **details)
    return _shown(row)


def revoke(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Prevent new drafts by an invitation; a person who has begun is notified, and may still send."""
    assessment = _changeable(session, workspace_id, assessment_id, now)
    held = _standing(session, assessment, invitation_id, revision)
    _revoke(session, workspace_id, held, now)
    auditing.record(session, workspace_id, now, auditing.INVITATION_REVOKED, held.id, revision=held.revision + 1)


def _revoke(session: Session, workspace_id: str, held: Invitation, now: datetime) -> None:
    invitations.change(session, workspace_id, held, revoked_on=now.date())


def _corrected(held: Invitation, mended: Mended) -> Guest:
    given = {name: value for name, value in msgspec.structs.asdict(mended).items() if value is not UNSET}
    return Guest(**({name: getattr(held, name) for name in Guest.__struct_fields__} | given))


def _refuse_fixed(assessment: Assessment, held: Invitation, guest: Guest) -> None:
    """Raise `LockedError` after the opening: the start page promises respondents who was invited in which role."""
    if assessment.state == "draft":
        return
    fixed = _fixed_fields(held, guest)
    if fixed:
        reason = N_("Fixed since the assessment opened. Replace the invitation to correct it.")
        problems = [Problem(reason, pointer=f"/{name}") for name in fixed]
        raise LockedError("Role, functions and address are fixed since the assessment opened.", problems)


def _fixed_fields(held: Invitation, guest: Guest) -> list[str]:
    """Return the fixed fields that differ; the order of functions does not matter."""
    values, before = guests.values_of(guest), _held_values(held)
    if set(guest.functions) == set(held.functions):
        values["functions"] = before["functions"]
    return [name for name in FIXED if values[name] != before[name]]


def _check_one(session: Session, assessment: Assessment, held: Invitation, guest: Guest, library: Library) -> None:
    questionnaire = questionnaire_for(session, assessment, library)
    problems = list(guests.find_problems(None, guest, questionnaire, assessment.mode))
    others = invitations.everyone(session, assessment.workspace_id, assessment.id)
    if guest.email and guests.address_of(guest) in {each.email for each in others if each.id != held.id}:
        problems.append(Problem("This address is already invited.", pointer="/email"))
    if problems:
        raise InvalidError("The invitation can't be changed so.", problems)


def _linked(
    session: Session, invited: Sequence[Invitation], workspace_id: str, now: datetime, random: Random
) -> tuple[Invited, ...]:
    made = tuple(Invited(each, tokens.new_token(random)) for each in invited)
    links = {tokens.digest(each.token): each.invitation.id for each in made}
    before = invitations.count_links(session, workspace_id, [each.id for each in invited])
    invitations.add_links(session, workspace_id, links, now.date())
    acts = [
        Act(auditing.LINK_MADE, each.id, {"number": 1 + (before[each.id].count if each.id in before else 0)})
        for each in invited
    ]
    auditing.record_all(session, workspace_id, now, acts)
    return made


def _changeable(session: Session, workspace_id: str, assessment_id: str, now: datetime) -> Assessment:
    """Lock the assessment, so that no one saves or invites at the same time; `ConflictError` once closed."""
    assessment = assessments.find(session, workspace_id, assessment_id, lock=True)
    if state_at(assessment.state, assessment.closes_at, now) == "closed":
        raise ConflictError("This assessment is closed.")
    return assessment


def _refuse_mixing(session: Session, assessment: Assessment) -> None:
    """Refuse after an import: subtracting its file from the results would reveal the invited people's answers."""
    if assessment.confidentiality != "attributable" and responses.has_imported(
        session, assessment.workspace_id, assessment.id
    ):
        raise ConflictError("Responses were taken in from a file: nobody can be invited in confidence beside them.")


def _refuse_mail(people: Sequence[Guest]) -> None:
    if any(guest.deliver == MAIL for guest in people):
        raise MailNotAvailableError("This server can't mail links. Hand them out yourself: deliver is link.")


def _refuse_changed(held: Invitation, revision: int | None) -> None:
    if revision is not None and revision != held.revision:
        raise ChangedError


def _standing(session: Session, assessment: Assessment, invitation_id: str, revision: int | None) -> Invitation:
    held = invitations.find(session, assessment.workspace_id, assessment.id, invitation_id)
    _refuse_changed(held, revision)
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    return held


def _held_values(held: Invitation) -> dict[str, Any]:
    return {"email": held.email, "name": held.name, "role": held.role, "functions": ";".join(held.functions)}


def _row(assessment: Assessment, guest: Guest, position: int, now: datetime, random: Random) -> dict[str, Any]:
    return guests.values_of(guest) | {
        "id": tokens.new_id(random),
        "workspace_id": assessment.workspace_id,
        "assessment_id": assessment.id,
        "position": position,
        "deliver": guest.deliver,
        "replaces": None,
        "is_late": assessment.state != "draft",
        "created_on": now.date(),
        "revoked_on": None,
        "revision": 1,
    }


def _shown(row: dict[str, Any]) -> Invitation:
    values = {name: row[name] for name in Invitation.__struct_fields__}
    return Invitation(**(values | {"functions": tuple(row["functions"].split(";"))}))
