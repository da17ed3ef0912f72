"""Validate the people of a list to invite."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from assessment.domain.answers import CONSENSUS
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.spelling import clean_address
from assessment.errors import AssessmentError, Problem, with_values
from assessment.services import users
from assessment.services.answering import is_writable
from assessment.storage.invitations import LINK

NAME_MOST = 200


class Guest(Struct, frozen=True, kw_only=True):
    """Person to invite; `deliver` says who delivers the link: the consultant ("link") or the server ("mail")."""

    role: str
    functions: tuple[str, ...]
    email: str | None = None
    name: str | None = None
    deliver: str = LINK


def find_problems(index: int | None, guest: Guest, questionnaire: Questionnaire, mode: str) -> Iterator[Problem]:
    """Yield the problems of an invitee; `index` is the position in the list, None outside a list."""
    roles = (CONSENSUS,) if mode == CONSENSUS else tuple(role.id for role in questionnaire.roles)
    functions = tuple(function.id for function in questionnaire.functions)

    def at(name: str, message: str) -> Problem:
        start = "" if index is None else f"/{index}"
        return Problem(message, line=None if index is None else index + 1, column=name, pointer=f"{start}/{name}")

    if guest.role not in roles:
        yield at("role", with_values("Unknown role. Use one of {known}.", known=roles))
    if not guest.functions or not set(guest.functions) <= set(functions):
        yield at("functions", with_values("Give one or more of {known}.", known=functions))
    if guest.name is not None and (len(guest.name) > NAME_MOST or not is_writable(guest.name)):
        yield at("name", with_values("Give a name of at most {most} characters.", most=NAME_MOST))
    if guest.email is not None:
        try:
            users.normal(guest.email)
        except AssessmentError:
            yield at("email", "This is not an email address.")


def find_repeated(guests: Sequence[Guest], taken: set[str]) -> Iterator[Problem]:
    """Yield a problem for each address that occurs twice or is already `taken`."""
    seen = set(taken)
    for index, guest in enumerate(guests):
        address = address_of(guest)
        if address is not None and address in seen:
            message = "This address is already invited."
            yield Problem(message, line=index + 1, column="email", pointer=f"/{index}/email")
        if address is not None:
            seen.add(address)


def address_of(guest: Guest) -> str | None:
    """Normalize the address to its stored form; None without one."""
    return clean_address(guest.email) if guest.email else None


def values_of(guest: Guest) -> dict[str, Any]:
    """Return the invitee's columns of an invitation."""
    return {
        "email": address_of(guest),
        "name": (guest.name or "").strip() or None,
        "role": guest.role,
        "functions": ";".join(dict.fromkeys(guest.functions)),
    }
