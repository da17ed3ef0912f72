"""Inviting people: many at once or none, links that are shown once, mending and revoking."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.answers import CONSENSUS
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.spelling import clean_address
from assessment.errors import AssessmentError, ChangedError, ConflictError, InvalidError, Problem, with_values
from assessment.library import Library
from assessment.services import tokens, users
from assessment.services.answering import is_writable
from assessment.services.shelf import questionnaire_for
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, invitations, responses
from assessment.storage.assessments import Assessment
from assessment.storage.invitations import Invitation
from assessment.storage.pages import Page, Place

FIRST = Place()
NAME_MOST = 200
INVITED_MOST = 100_000


class Guest(Struct, frozen=True, kw_only=True):
    """Somebody to invite."""

    role: str
    functions: tuple[str, ...]
    email: str | None = None
    name: str | None = None


class Invited(Struct, frozen=True):
    """An invitation and the token of its first link: `/s/{token}`. Shown once, kept nowhere."""

    invitation: Invitation
    token: str


class Linked(Struct, frozen=True):
    """How many are invited, and how many of them have no link yet."""

    invited: int
    without: int


class Mended(Struct, frozen=True, kw_only=True):
    """What shall be otherwise; what is not set stays."""

    role: str | UnsetType = UNSET
    functions: tuple[str, ...] | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET


def invite(  # the library and randomness come from outside
    session: Session,
    workspace_id: str,
    assessment_id: str,
    guests: Sequence[Guest],
    library: Library,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invited, ...]:
    """Invite all of them with a link each, or none: then `InvalidError` names each mistake by index."""
    enlisted = enlist(session, workspace_id, assessment_id, guests, library, now, random)
    return _linked(session, enlisted, workspace_id, now, random)


def enlist(  # the library and randomness come from outside
    session: Session,
    workspace_id: str,
    assessment_id: str,
    guests: Sequence[Guest],
    library: Library,
    now: datetime,
    random: Random = RANDOM,
) -> tuple[Invitation, ...]:
    """Invite as `invite` does, without links: those are made once somebody is there to see them."""
    assessment = _changeable(session, workspace_id, assessment_id)
    _refuse_mixing(session, assessment)
    problems = check(session, assessment, guests, library)
    if problems:
        raise InvalidError("Nobody was invited.", problems)
    first = invitations.next_position(session, workspace_id, assessment_id)
    rows = [_row(assessment, guest, position, now, random) for position, guest in enumerate(guests, start=first)]
    if rows:
        invitations.add(session, rows)
    return tuple(_shown(row) for row in rows)


def check(session: Session, assessment: Assessment, guests: Sequence[Guest], library: Library) -> list[Problem]:
    """Return what is wrong with a list of people, by index (`line` is the index from 1)."""
    questionnaire = questionnaire_for(session, assessment, library)
    problems = [
        problem
        for index, guest in enumerate(guests)
        for problem in _problems(index, guest, questionnaire, assessment.mode)
    ]
    taken = {each.email for each in invitations.everyone(session, assessment.workspace_id, assessment.id) if each.email}
    problems += _repeated(guests, taken)
    if len(guests) > INVITED_MOST:
        problems.append(Problem(with_values("Invite at most {most} people at once.", most=INVITED_MOST)))
    return sorted(problems, key=lambda problem: problem.line or 0)


def new_link(  # three ids lead to an invitation
    session: Session, workspace_id: str, assessment_id: str, invitation_id: str, now: datetime, random: Random = RANDOM
) -> str:
    """Make one more link and return its token; the earlier ones stay good."""
    held = invitations.find(session, workspace_id, assessment_id, invitation_id)
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    token = tokens.new_token(random)
    invitations.add_links(session, workspace_id, {tokens.digest(token): invitation_id}, now.date())
    return token


def new_links(
    session: Session, workspace_id: str, assessment_id: str, now: datetime, *, everyone: bool, random: Random = RANDOM
) -> tuple[Invited, ...]:
    """Make a link for all who have none, or one more for everyone; the earlier ones stay good."""
    _changeable(session, workspace_id, assessment_id)
    chosen = invitations.everyone if everyone else invitations.without_link
    return _linked(session, chosen(session, workspace_id, assessment_id), workspace_id, now, random)


def count_links(session: Session, workspace_id: str, assessment_id: str) -> Linked:
    """Count those invited who have a link, and who have none."""
    invited = len(invitations.everyone(session, workspace_id, assessment_id))
    return Linked(invited, len(invitations.without_link(session, workspace_id, assessment_id)))


def get(session: Session, workspace_id: str, assessment_id: str, invitation_id: str) -> Invitation:
    """Return one invitation."""
    return invitations.find(session, workspace_id, assessment_id, invitation_id)


def list_invitations(session: Session, workspace_id: str, assessment_id: str, place: Place = FIRST) -> Page[Invitation]:
    """List the invited, in the order they were given, revoked ones too."""
    assessments.find(session, workspace_id, assessment_id)
    return invitations.listed(session, workspace_id, assessment_id, place)


def change(  # three ids lead to an invitation
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    mended: Mended,
    library: Library,
    *,
    revision: int | None = None,
) -> Invitation:
    """Mend an invitation until the close.

    Another role or function changes what is asked from then on, of those who have answered too: to refuse it there
    would tell who has.
    """
    assessment = _changeable(session, workspace_id, assessment_id)
    held = _standing(session, assessment, invitation_id, revision)
    given = {name: value for name, value in msgspec.structs.asdict(mended).items() if value is not UNSET}
    guest = Guest(**({name: getattr(held, name) for name in Guest.__struct_fields__} | given))
    questionnaire = questionnaire_for(session, assessment, library)
    problems = list(_problems(None, guest, questionnaire, assessment.mode))
    others = (each for each in invitations.everyone(session, workspace_id, assessment_id) if each.id != held.id)
    if guest.email and _address(guest.email) in {each.email for each in others}:
        problems.append(Problem("Somebody with this address is invited already.", pointer="/email"))
    if problems:
        raise InvalidError("The invitation can't be changed so.", problems)
    values = _values(guest)
    invitations.change(session, workspace_id, held, **values)
    response = responses.of_invitation(session, workspace_id, held.id)
    if response is not None:
        responses.change(session, workspace_id, response.id, role=values["role"], functions=values["functions"])
    return invitations.find(session, workspace_id, assessment_id, invitation_id)


def revoke(
    session: Session,
    workspace_id: str,
    assessment_id: str,
    invitation_id: str,
    now: datetime,
    revision: int | None = None,
) -> None:
    """End all links of an invitation; what was sent stands, what was not sent does not count."""
    assessment = _changeable(session, workspace_id, assessment_id)
    held = _standing(session, assessment, invitation_id, revision)
    invitations.change(session, workspace_id, held, revoked_on=now.date())
    invitations.end_links(session, workspace_id, invitation_id)


def _linked(
    session: Session, invited: Sequence[Invitation], workspace_id: str, now: datetime, random: Random
) -> tuple[Invited, ...]:
    made = tuple(Invited(each, tokens.new_token(random)) for each in invited)
    links = {tokens.digest(each.token): each.invitation.id for each in made}
    invitations.add_links(session, workspace_id, links, now.date())
    return made


def _changeable(session: Session, workspace_id: str, assessment_id: str) -> Assessment:
    """Lock the assessment, so that nothing is saved and nobody else invites meanwhile."""
    assessment = assessments.find(session, workspace_id, assessment_id, lock=True)
    if assessment.state == "closed":
        raise ConflictError("This assessment is closed.")
    return assessment


def _refuse_mixing(session: Session, assessment: Assessment) -> None:
    """Whoever holds a raw file could subtract it from the results, and be left with those invited."""
    if assessment.confidentiality != "attributable" and responses.has_imported(
        session, assessment.workspace_id, assessment.id
    ):
        raise ConflictError("Responses were taken in from a file: nobody can be invited in confidence beside them.")


def _standing(session: Session, assessment: Assessment, invitation_id: str, revision: int | None) -> Invitation:
    held = invitations.find(session, assessment.workspace_id, assessment.id, invitation_id)
    if revision is not None and revision != held.revision:
        raise ChangedError
    if held.revoked_on is not None:
        raise ConflictError("This invitation has been revoked.")
    return held


def _problems(index: int | None, guest: Guest, questionnaire: Questionnaire, mode: str) -> Iterator[Problem]:
    roles = (CONSENSUS,) if mode == CONSENSUS else tuple(role.id for role in questionnaire.roles)
    functions = tuple(function.id for function in questionnaire.functions)

    def at(name: str, message: str) -> Problem:
        start = "" if index is None else f"/{index}"
        return Problem(message, line=None if index is None else index + 1, column=name, pointer=f"{start}/{name}")

    if guest.role not in roles:
        yield at("role", with_values("There is no such role. Known are {known}.", known=roles))
    if not guest.functions or not set(guest.functions) <= set(functions):
        yield at("functions", with_values("Give one or more of {known}.", known=functions))
    if guest.name is not None and (len(guest.name) > NAME_MOST or not is_writable(guest.name)):
        yield at("name", with_values("Give a name of at most {most} characters.", most=NAME_MOST))
    if guest.email is not None:
        try:
            users.normal(guest.email)
        except AssessmentError:
            yield at("email", "This is not an email address.")


def _repeated(guests: Sequence[Guest], taken: set[str]) -> Iterator[Problem]:
    seen = set(taken)
    for index, guest in enumerate(guests):
        address = _address(guest.email)
        if address is not None and address in seen:
            message = "Somebody with this address is invited already."
            yield Problem(message, line=index + 1, column="email", pointer=f"/{index}/email")
        if address is not None:
            seen.add(address)


def _address(email: str | None) -> str | None:
    return clean_address(email) if email else None


def _values(guest: Guest) -> dict[str, Any]:
    return {
        "email": _address(guest.email),
        "name": (guest.name or "").strip() or None,
        "role": guest.role,
        "functions": ";".join(dict.fromkeys(guest.functions)),
    }


def _row(assessment: Assessment, guest: Guest, position: int, now: datetime, random: Random) -> dict[str, Any]:
    return _values(guest) | {
        "id": tokens.new_id(random),
        "workspace_id": assessment.workspace_id,
        "assessment_id": assessment.id,
        "position": position,
        "created_on": now.date(),
        "revoked_on": None,
        "revision": 1,
    }


def _shown(row: dict[str, Any]) -> Invitation:
    values = {name: row[name] for name in Invitation.__struct_fields__}
    return Invitation(**(values | {"functions": tuple(row["functions"].split(";"))}))
