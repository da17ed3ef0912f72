"""Invitations on the wire."""

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.wire import Email, Identifier, Strict, Title

Functions: TypeAlias = tuple[Identifier, ...]
INVITED_MOST = 1000


class NewInvitation(Strict, frozen=True):
    """Someone to invite; without an e-mail address, hand the link over yourself."""

    role: Identifier
    functions: Functions
    email: Email | None = None
    name: Title | None = None


NewInvitations: TypeAlias = Annotated[tuple[NewInvitation, ...], Meta(min_length=1, max_length=INVITED_MOST)]


class InvitationChange(Strict, frozen=True):
    """What to mend: only the fields that are sent."""

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
    revoked: bool


class InvitedOut(Struct, frozen=True):
    """Someone just invited; `link` is told this once and is not kept readable."""

    id: str
    email: str | None
    name: str | None
    role: str
    functions: tuple[str, ...]
    link: str


class Invited(Struct, frozen=True):
    """All that were invited by one request, in its order."""

    data: tuple[InvitedOut, ...]
