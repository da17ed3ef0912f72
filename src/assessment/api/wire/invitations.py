"""Wire types of invitations."""

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
        "deliver": "Who delivers the link: you (`link`), or the server by mail (`mail`). Can't be changed."
    }

    role: Identifier
    functions: Functions
    email: Email | None = None
    name: Title | None = None
    deliver: Deliver = "link"


NewInvitations: TypeAlias = Annotated[tuple[NewInvitation, ...], Meta(min_length=1, max_length=INVITED_MOST)]


class InvitationChange(Strict, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

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
    return Guest(**msgspec.structs.asdict(sent))


def mended(sent: InvitationChange) -> inviting.Mended:
    return inviting.Mended(**msgspec.structs.asdict(sent))


def shown(invitation: Invitation) -> InvitationOut:
    return InvitationOut(**_held(invitation))


def invited(made: inviting.Invited, home: str) -> InvitedOut:
    """Add the link, which always starts with the configured address: a Host header can't redirect it."""
    return InvitedOut(**_held(made.invitation), link=f"{home}/s/{made.token}")


def _held(invitation: Invitation) -> dict[str, Any]:
    return {name: getattr(invitation, name) for name in InvitationOut.__struct_fields__}
