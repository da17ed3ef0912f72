"""Invitations on the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire import Email, Identifier, Strict, Title
from assessment.services import inviting
from assessment.services.guests import Guest
from assessment.storage.invitations import Invitation

Functions: TypeAlias = tuple[Identifier, ...]
Deliver: TypeAlias = Literal["link", "mail"]
INVITED_MOST = 1000


MEANINGS = {
    "role": "How the person stands to social media: a role of the questionnaire.",
    "functions": "Where the person works: functions of the questionnaire.",
    "email": "Nobody is invited twice under one address.",
    "name": "For your own list.",
}


class NewInvitation(Strict, frozen=True):
    """Someone to invite; without an e-mail address, hand the link over yourself."""

    meanings: ClassVar[Mapping[str, str]] = MEANINGS | {
        "deliver": "Who hands the link over, for good: you (`link`), or the server by mail (`mail`)."
    }

    role: Identifier
    functions: Functions
    email: Email | None = None
    name: Title | None = None
    deliver: Deliver = "link"


NewInvitations: TypeAlias = Annotated[tuple[NewInvitation, ...], Meta(min_length=1, max_length=INVITED_MOST)]


class InvitationChange(Strict, frozen=True):
    """What shall be different: only the fields that are sent."""

    meanings: ClassVar[Mapping[str, str]] = MEANINGS

    role: Identifier | UnsetType = UNSET
    functions: Functions | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    name: Title | UnsetType | None = UNSET


class InvitationOut(Struct, frozen=True):
    """Someone invited; never whether they answered.

    `replaces` is the id of the invitation that this one corrects; `is_late` one made after the assessment opened.
    """

    id: str
    email: str | None
    name: str | None
    role: str
    functions: tuple[str, ...]
    deliver: Deliver
    replaces: str | None
    is_late: bool
    created_on: date
    revoked_on: date | None


class InvitedOut(InvitationOut, frozen=True):
    """Someone with a new link; it is returned only this once and is not stored readable."""

    link: str


class InvitedPeople(Struct, frozen=True):
    """All that were invited by one request, in its order."""

    data: tuple[InvitedOut, ...]


def guest(sent: NewInvitation) -> Guest:
    """Read somebody to invite."""
    return Guest(**msgspec.structs.asdict(sent))


def mended(sent: InvitationChange) -> inviting.Mended:
    """Read what shall be otherwise."""
    return inviting.Mended(**msgspec.structs.asdict(sent))


def shown(invitation: Invitation) -> InvitationOut:
    """Write an invitation."""
    return InvitationOut(**_held(invitation))


def invited(made: inviting.Invited, home: str) -> InvitedOut:
    """Write a new invitation with its link, which begins with the configured address."""
    return InvitedOut(**_held(made.invitation), link=f"{home}/s/{made.token}")


def _held(invitation: Invitation) -> dict[str, Any]:
    return {name: getattr(invitation, name) for name in InvitationOut.__struct_fields__}
