"""Validate the people of a list to invite."""

from collections.abc import Container, Iterator, Sequence
from typing import Any

from msgspec import Struct

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.closed_sets import DeliveryMode, Mode
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.text_normalisation import normalize_address
from assessment.errors import AppError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.auth import users
from assessment.services.delivery.mail_messages import is_mailable_address
from assessment.services.survey.answer_validation import is_storable

MAX_NAME_LENGTH = 200
ALREADY_INVITED = N_("This address is already invited.")


class Invitee(Struct, frozen=True, kw_only=True):
    """Person to invite; `deliver` names who delivers the link: the consultant ("link") or the server ("mail")."""

    role: str
    functions: tuple[str, ...]
    email: str | None = None
    name: str | None = None
    deliver: DeliveryMode = DeliveryMode.LINK


def find_invitee_problems(
    index: int | None, invitee: Invitee, questionnaire: Questionnaire, mode: str
) -> Iterator[Problem]:
    """Yield the problems of an invitee; `index` is the position in the list, None outside a list."""
    roles = (CONSENSUS_ROLE,) if mode == Mode.CONSENSUS else tuple(role.id for role in questionnaire.roles)
    functions = tuple(function.id for function in questionnaire.functions)

    def at(name: str, message: str, code: str) -> Problem:
        start = "" if index is None else f"/{index}"
        line = None if index is None else index + 1
        return Problem(message, line=line, column=name, pointer=f"{start}/{name}", code=code)

    if invitee.role not in roles:
        yield at("role", with_values("Unknown role. Use one of {known}.", known=roles), "unknown-value")
    if not invitee.functions or not set(invitee.functions) <= set(functions):
        yield at("functions", with_values("Give one or more of {known}.", known=functions), "unknown-value")
    if invitee.name is not None and (len(invitee.name) > MAX_NAME_LENGTH or not is_storable(invitee.name)):
        yield at("name", with_values("Give a name of at most {most} characters.", most=MAX_NAME_LENGTH), "too-long")
    if invitee.deliver == DeliveryMode.MAIL and not (invitee.email or "").strip():
        yield at("email", N_("Give an address, or hand the link over yourself."), "missing")
    elif invitee.email is not None:
        try:
            address = users.check_address(invitee.email)
        except AppError:
            yield at("email", "This is not an email address.", "wrong-format")
        else:
            if invitee.deliver == DeliveryMode.MAIL and not is_mailable_address(address):
                yield at(
                    "email", N_("This server can’t mail to this address. Hand the link over yourself."), "not-mailable"
                )


def find_duplicate_addresses(invitees: Sequence[Invitee], taken: set[str]) -> Iterator[Problem]:
    """Yield a problem for each address that is already `taken`, or on an earlier line of the list (index + 1)."""
    first_lines: dict[str, int] = {}
    for index, invitee in enumerate(invitees):
        yield from find_duplicate_address(index, invitee, taken, first_lines)


def find_duplicate_address(
    index: int, invitee: Invitee, taken: Container[str], first_lines: dict[str, int]
) -> Iterator[Problem]:
    """Yield a problem if the address is `taken` or in `first_lines`, to which it is added otherwise."""
    address = normalize_invitee_address(invitee)
    if address is None:
        return
    if address in taken:
        message = ALREADY_INVITED
    elif address in first_lines:
        message = with_values("This address is also on line {line}.", line=first_lines[address])
    else:
        first_lines[address] = index + 1
        return
    yield Problem(message, line=index + 1, column="email", pointer=f"/{index}/email", code="duplicate")


def normalize_invitee_address(invitee: Invitee) -> str | None:
    """Normalize the address to its stored form; None without one."""
    return normalize_address(invitee.email) if invitee.email else None


def make_invitation_values(invitee: Invitee) -> dict[str, Any]:
    """Return the invitee's columns of an invitation."""
    return {
        "email": normalize_invitee_address(invitee),
        "name": (invitee.name or "").strip() or None,
        "role": invitee.role,
        "functions": ";".join(dict.fromkeys(invitee.functions)),
    }
