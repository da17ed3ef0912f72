"""Wire types of invitations."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.http.spooled_bodies import SpooledList
from assessment.api.resources.wire import Email, Identifier, RequestStruct, Title, copy_fields
from assessment.domain.closed_sets import DeliveryMode
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitee_checks import Invitee
from assessment.storage.people.invitations import Invitation

FunctionIds: TypeAlias = tuple[Identifier, ...]
MAX_INVITATIONS = 100_000
MAX_AT_ONCE = 1000  # more are invited in the background
MAX_RECIPIENTS = 1000
InvitationSort: TypeAlias = Literal["created_on", "-created_on"]
REQUEST_EXAMPLE = {"email": "kim@example.org", "name": "Kim Berg", "role": "colleague", "functions": ["care"]}
STATE_EXAMPLE = {
    "deliver": "link",
    "mailed_on": None,
    "replaces": None,
    "is_late": False,
    "created_on": "2026-11-02",
    "revoked_on": None,
}
RESPONSE_EXAMPLE = {"id": "nb2hi4dthixs6ztm", **REQUEST_EXAMPLE, **STATE_EXAMPLE}
LINK_EXAMPLE = {**RESPONSE_EXAMPLE, "link": "https://survey.example.org/s/kQ3…"}


FIELD_DESCRIPTIONS = {
    "role": "How the person stands to social media: a role of the questionnaire.",
    "functions": "Where the person works: functions of the questionnaire.",
    "email": "Nobody is invited twice under one address. Null where none is known.",
    "name": "For your own list; null where none is known.",
}


class NewInvitation(RequestStruct, frozen=True):
    """Someone to invite; without an e-mail address, hand the link over yourself."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS | {
        "deliver": "Who delivers the link: you (`link`), or the server by mail (`mail`). Can't be changed."
    }

    role: Identifier
    functions: FunctionIds
    email: Email | None = None
    name: Title | None = None
    deliver: DeliveryMode = DeliveryMode.LINK


NewInvitations: TypeAlias = Annotated[tuple[NewInvitation, ...], Meta(min_length=1, max_length=MAX_INVITATIONS)]


class InvitationChange(RequestStruct, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

    field_descriptions: ClassVar[Mapping[str, str]] = FIELD_DESCRIPTIONS

    role: Identifier | UnsetType = UNSET
    functions: FunctionIds | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    name: Title | UnsetType | None = UNSET


class InvitationOut(Struct, frozen=True):
    """Someone invited; never whether they answered.

    `replaces` is the id of the invitation that this one corrects; `is_late` one made after the assessment opened;
    `mailed_on` the day a mail server accepted the first mail, with `deliver` mail.
    """

    id: str
    email: str | None
    name: str | None
    role: str
    functions: tuple[str, ...]
    deliver: DeliveryMode
    mailed_on: date | None
    replaces: str | None
    is_late: bool
    created_on: date
    revoked_on: date | None


class InvitedOut(InvitationOut, frozen=True):
    """Someone with a new link; it is returned only this once and is not stored readable.

    `link` is null with `deliver` mail: the server mails it, and nobody else sees it.
    """

    link: str | None


class MailRecipients(RequestStruct, frozen=True):
    """Whom to mail the first time; without `ids`, everyone who has not been mailed yet."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "ids": "Invitations with `deliver` mail; those already mailed get another mail with a new link."
    }

    ids: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=MAX_RECIPIENTS)] | UnsetType = UNSET


class QueuedMails(Struct, frozen=True):
    """Number of mails queued. For reminders: invited minus sent as of the last hourly count, anonymous: all mailed."""

    queued: int


class InvitedPeople(Struct, frozen=True):
    """All that were invited by one request, in its order."""

    data: tuple[InvitedOut, ...]


def parse_invitee(sent: NewInvitation) -> Invitee:
    return Invitee(**msgspec.structs.asdict(sent))


def parse_invitation_patch(sent: InvitationChange) -> invitation_changes.InvitationPatch:
    return invitation_changes.InvitationPatch(**msgspec.structs.asdict(sent))


def build_invitation_out(invitation: Invitation) -> InvitationOut:
    return copy_fields(invitation, InvitationOut)


def build_invited_out(linked: people_invitations.LinkedInvitation, public_url: str) -> InvitedOut:
    """Add the link, which always starts with the configured address: a Host header can't redirect it."""
    link = f"{public_url}/s/{linked.token}" if linked.token else None
    return copy_fields(linked.invitation, InvitedOut, link=link)


class ParsedInvitees(Collection[Invitee]):
    """Invitations of a request as the service takes them, one at a time."""

    def __init__(self, sent: Collection[NewInvitation] | SpooledList[NewInvitation]) -> None:
        self._sent = sent

    def __len__(self) -> int:
        return len(self._sent)

    def __iter__(self) -> Iterator[Invitee]:
        return map(parse_invitee, self._sent)

    def __contains__(self, person: object) -> bool:
        return any(person == other for other in self)
