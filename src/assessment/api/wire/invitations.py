"""Invitations on the wire."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire import Email, Identifier, Strict, Title
from assessment.services import inviting
from assessment.storage.invitations import Invitation

Functions: TypeAlias = tuple[Identifier, ...]
INVITED_MOST = 1000


MEANINGS = {
    "role": "How the person stands to social media: a role of the questionnaire.",
    "functions": "Where the person works: functions of the questionnaire.",
    "email": "Nobody is invited twice under one address.",
    "name": "For your own list.",
}


class NewInvitation(Strict, frozen=True):
    """Someone to invite; without an e-mail address, hand the link over yourself."""

    meanings: ClassVar[Mapping[str, str]] = MEANINGS

    role: Identifier
    functions: Functions
    email: Email | None = None
    name: Title | None = None


NewInvitations: TypeAlias = Annotated[tuple[NewInvitation, ...], Meta(min_length=1, max_length=INVITED_MOST)]


class InvitationChange(Strict, frozen=True):
    """What to mend: only the fields that are sent."""

    meanings: ClassVar[Mapping[str, str]] = MEANINGS

    role: Identifier | UnsetType = UNSET
    functions: Functions | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    name: Title | UnsetType | None = UNSET


class InvitationOut(Struct, frozen=True):
    """Someone invited; never whether they answered."""

    id: str
    email: str | None
    name: str | None
    role: str
    functions: tuple[str, ...]
    created_on: date
    revoked_on: date | None


class InvitedOut(InvitationOut, frozen=True):
    """Someone just invited; `link` is told this once and is not kept readable."""

    link: str


class InvitedPeople(Struct, frozen=True):
    """All that were invited by one request, in its order."""

    data: tuple[InvitedOut, ...]


def guest(sent: NewInvitation) -> inviting.Guest:
    """Read somebody to invite."""
    return inviting.Guest(**msgspec.structs.asdict(sent))


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
