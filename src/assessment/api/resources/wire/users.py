"""Wire types of users."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from assessment.api.resources.wire import Email, RequestStruct, copy_fields
from assessment.domain.closed_sets import MemberRole
from assessment.services.auth.members import Member, MemberState

UserSort: TypeAlias = Literal["email", "-email"]
REQUEST_EXAMPLE = {"email": "dora@consult.example", "role": "editor"}
RESPONSE_EXAMPLE = {
    "id": "ovzwk4ronfswezlt",
    **REQUEST_EXAMPLE,
    "state": "invited",
    "last_sign_in_at": None,
    "has_second_factor": False,
    "is_last_owner": False,
}
LINK_EXAMPLE = {
    **RESPONSE_EXAMPLE,
    "link": "https://survey.example.org/console/password/kQ3…",
    "link_expires_at": "2026-11-09T09:30:00Z",
}


class NewUser(RequestStruct, frozen=True):
    """Someone to add. Owners are added by people, in the console."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "email": "With which the person signs in; stored in lower case.",
        "role": "`editor` changes clients, assessments and people; `viewer` only reads. A key can't add an `owner`.",
    }

    email: Email
    role: MemberRole


class UserChange(RequestStruct, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "role": "Takes effect with the next request of the person. A key can't make anyone an `owner`.",
        "is_disabled": "True ends all sessions of the person and refuses new ones; false admits them again.",
    }

    role: MemberRole | UnsetType = UNSET
    is_disabled: bool | UnsetType = UNSET


class UserOut(Struct, frozen=True):
    """A user of the workspace."""

    id: str
    email: str
    role: MemberRole
    state: MemberState
    last_sign_in_at: datetime | None
    has_second_factor: bool
    is_last_owner: bool


class InvitedUserOut(UserOut, frozen=True):
    """A user with a link to set a password, which is returned only this once."""

    link: str
    link_expires_at: datetime


class UserList(Struct, frozen=True):
    """Filters and order of a list of users; empty for all."""

    email: str = ""
    role: MemberRole | None = None
    state: MemberState | None = None
    sort: UserSort = "email"


ALL_USERS = UserList()


def build_user_out(member: Member) -> UserOut:
    return copy_fields(member, UserOut, id=member.user_id)
