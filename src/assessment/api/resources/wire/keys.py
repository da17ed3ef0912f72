"""Wire types of API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from assessment.api.openapi.operations import Scope
from assessment.api.resources.wire import RequestStruct, Title, copy_fields
from assessment.domain.closed_sets import KeyState
from assessment.services.auth.api_keys import ListedKey

MAX_OVERLAP_HOURS = 168

OverlapHours: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_OVERLAP_HOURS)]
GrantedScopes: TypeAlias = Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=10)]
UtcTime: TypeAlias = Annotated[datetime, Meta(tz=True)]
KeySort: TypeAlias = Literal["-created_at", "created_at", "expires_at", "-expires_at", "name", "-name"]
REQUEST_EXAMPLE = {
    "name": "Nightly export",
    "scopes": ["read:assessments", "read:scores"],
    "expires_at": "2027-02-01T00:00:00Z",
}
RESPONSE_EXAMPLE = {
    "id": "pfuwg3tbnjzxsylt",
    **REQUEST_EXAMPLE,
    "state": "valid",
    "created_at": "2026-11-02T09:30:00Z",
    "revoked_at": None,
    "last_used_at": None,
}
NEW_KEY_EXAMPLE = {**RESPONSE_EXAMPLE, "text": "asr_pfuwg3tbnjzxsylt_…"}


class NewKey(RequestStruct, frozen=True):
    """A key to create. A key can't grant `admin:workspace`: people do that, in the console."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "name": "What it is for; shown in lists and in the audit log.",
        "scopes": "What it may do; only what it needs.",
        "expires_at": "When it ends (RFC 3339), at most a year from now; a year where absent or null.",
    }

    name: Title
    scopes: GrantedScopes
    expires_at: UtcTime | None = None


class KeyChange(RequestStruct, frozen=True):
    """Fields to change; those that are not sent stay as they are."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "name": "What it is for; shown in lists and in the audit log.",
        "scopes": "What it may do, from its next request on. A key can't grant `admin:workspace`.",
        "expires_at": "When it ends (RFC 3339): in the future, and at most a year after it was created.",
    }

    name: Title | UnsetType = UNSET
    scopes: GrantedScopes | UnsetType = UNSET
    expires_at: UtcTime | UnsetType = UNSET


class KeyRotation(RequestStruct, frozen=True):
    """How to replace a key."""

    field_descriptions: ClassVar[Mapping[str, str]] = {
        "overlap_hours": "Hours for which the earlier key still works, 0 to 168; 0 ends it at once."
    }

    overlap_hours: OverlapHours = 24


class KeyOut(Struct, frozen=True):
    """A key without its text."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    state: KeyState
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class CreatedKeyOut(KeyOut, frozen=True):
    """A new key with its text, which is returned only this once."""

    text: str


def build_key_out(key: ListedKey, now: datetime) -> KeyOut:
    return copy_fields(key, KeyOut, state=key.find_state(now))
