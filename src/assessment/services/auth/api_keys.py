"""API keys `asr_<id>_<secret>`: shown once; only an HMAC keyed with the server's secret is stored."""

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import KeyState
from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem, UnauthenticatedError, with_values
from assessment.services.auth import tokens
from assessment.services.auth.permissions import SCOPES
from assessment.services.auth.principals import KeyHolder
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.operations import audit_trail
from assessment.services.survey.answer_validation import is_storable
from assessment.storage.auth import api_keys
from assessment.storage.auth.api_keys import KeyFilter, StoredApiKey
from assessment.storage.cursor_pagination import PageRequest, RowPage

KEY_PREFIX = "asr"
MAX_VALIDITY = timedelta(days=365)
MAX_NAME_LENGTH = 200
USE_INTERVAL = timedelta(hours=1)


class ListedKey(Struct, frozen=True):
    """API key without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = None  # the hour, or when the key was made if that is later

    def find_state(self, now: datetime) -> KeyState:
        """Return the state at a time: revoked counts before expired."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        return KeyState.EXPIRED if now >= self.expires_at else KeyState.VALID


class KeyPatch(Struct, frozen=True):
    """Changes of a key; UNSET fields stay as they are."""

    name: str | UnsetType = UNSET
    scopes: tuple[str, ...] | UnsetType = UNSET
    expires_at: datetime | UnsetType = UNSET


class KeyEndedError(ConflictError):
    slug = "key-ended"
    title = "This key has ended already"


class NewApiKey(Struct, frozen=True):
    """New API key; `text` is shown once and never stored."""

    id: str
    text: str


def add_key(  # noqa: PLR0913  # all properties of a key
    session: Session,
    workspace_id: str,
    name: str,
    scopes: Collection[str],
    now: datetime,
    *,
    secret: str,
    lasts: timedelta = MAX_VALIDITY,
    random: Random = RANDOM,
) -> NewApiKey:
    """Create a key; `secret` is the server's secret. `InvalidError` lists all problems."""
    _check_key(name, scopes, lasts)
    key_id, own = tokens.generate_id(random), tokens.generate_token(random)
    granted = " ".join(scope for scope in SCOPES if scope in scopes)
    api_keys.add_api_key(
        session,
        {
            "id": key_id,
            "workspace_id": workspace_id,
            "name": name.strip(),
            "secret_hash": tokens.sign_text(secret, "api-key", own),
            "scopes": granted,
            "created_at": now,
            "expires_at": now + lasts,
        },
    )
    audit_trail.record_event(
        session, workspace_id, now, audit_trail.KEY_ADDED, key_id, name=name.strip(), scopes=granted
    )
    return NewApiKey(key_id, f"{KEY_PREFIX}_{key_id}_{own}")


def authenticate_key(session: Session, bearer: str, now: datetime, *, secret: str) -> KeyHolder:
    """Return the holder of a key; unknown, wrong, expired and revoked keys raise the same `UnauthenticatedError`."""
    key_id, _ = split_key(bearer)
    return check_key(api_keys.find_api_key(session, key_id) if key_id else None, bearer, now, secret=secret)


def split_key(bearer: str) -> tuple[str, str]:
    """Return the id and the secret part of a key; an empty id if it can't be one."""
    prefix, _, rest = bearer.partition("_")
    key_id, _, own = rest.partition("_")
    return (key_id if prefix == KEY_PREFIX and key_id.isalnum() and key_id.isascii() else ""), own


def check_key(row: StoredApiKey | None, bearer: str, now: datetime, *, secret: str) -> KeyHolder:
    """Check a key against its row and return its holder; raises as `authenticate_key`."""
    signature = tokens.sign_text(secret, "api-key", split_key(bearer)[1])
    fits = hmac.compare_digest(signature, row.secret_hash if row else bytes(len(signature)))
    if row is None or not fits or row.revoked_at is not None or now >= row.expires_at:
        raise UnauthenticatedError("This API key is not valid.")
    return KeyHolder(row.id, row.workspace_id, frozenset(row.scopes.split()), row.name, row.last_used_at)


def is_use_due(holder: KeyHolder, now: datetime) -> bool:
    """Return whether `record_use` is due: at most once an hour, since it writes."""
    return holder.last_used_at is None or now - holder.last_used_at >= USE_INTERVAL


def record_use(session: Session, holder: KeyHolder, now: datetime) -> None:
    """Store the hour of a key's last use."""
    api_keys.update_api_key(session, holder.key_id, last_used_at=now.replace(minute=0, second=0, microsecond=0))


def list_keys(
    session: Session, workspace_id: str, page_request: PageRequest, matching: KeyFilter
) -> RowPage[ListedKey]:
    """List a workspace's keys, the newest first unless sorted otherwise."""
    page = api_keys.list_api_keys(session, workspace_id, page_request, matching)
    return RowPage(
        tuple(_make_listed_key(row) for row in page.data),
        page.next_cursor,
    )


def find_key(session: Session, workspace_id: str, key_id: str) -> ListedKey:
    """Return a key of the workspace; `NotFoundError` if there is none."""
    if not is_storable(key_id):
        raise NotFoundError
    row = api_keys.find_api_key(session, key_id)
    if row is None or row.workspace_id != workspace_id:
        raise NotFoundError
    return _make_listed_key(row)


def revoke_key(session: Session, workspace_id: str, key_id: str, now: datetime) -> None:
    """Revoke a key of the workspace."""
    if not is_storable(key_id) or not api_keys.revoke_api_key(session, workspace_id, key_id, now):
        raise NotFoundError
    audit_trail.record_event(session, workspace_id, now, audit_trail.KEY_REVOKED, key_id)


def change_key(session: Session, workspace_id: str, key_id: str, changes: KeyPatch, now: datetime) -> ListedKey:
    """Change a key that has not ended. A change of `expires_at` leaves it at most a year from its creation.

    `InvalidError` lists all problems.
    """
    key = find_key(session, workspace_id, key_id)
    if key.revoked_at is not None or now >= key.expires_at:
        raise KeyEndedError("This key has ended already: make a new one.")
    name = key.name if changes.name is UNSET else changes.name
    scopes = key.scopes if changes.scopes is UNSET else changes.scopes
    expires_at = key.expires_at if changes.expires_at is UNSET else changes.expires_at
    _check_key(name, scopes, expires_at - key.created_at)
    stored = " ".join(scope for scope in SCOPES if scope in scopes)
    api_keys.update_api_key(session, key_id, name=name.strip(), scopes=stored, expires_at=expires_at)
    audit_trail.record_event(
        session, workspace_id, now, audit_trail.KEY_CHANGED, key_id, name=name.strip(), scopes=stored
    )
    return find_key(session, workspace_id, key_id)


def list_all_keys(session: Session, workspace_id: str | None = None) -> tuple[ListedKey, ...]:
    """List the keys of one workspace or of all, newest first."""
    return tuple(_make_listed_key(row) for row in api_keys.list_all_api_keys(session, workspace_id))


def revoke_key_by_id(session: Session, key_id: str, now: datetime) -> ListedKey:
    """Revoke a key of any workspace and return it; revoking again keeps the first time."""
    row = _find_key(session, key_id)
    if row.revoked_at is None:
        api_keys.revoke_api_key(session, row.workspace_id, key_id, now)
        audit_trail.record_event(session, row.workspace_id, now, audit_trail.KEY_REVOKED, key_id)
    return _make_listed_key(row)


def rotate_key(
    session: Session,
    key_id: str,
    now: datetime,
    *,
    secret: str,
    overlap: timedelta,
    workspace_id: str | None = None,
    random: Random = RANDOM,
) -> NewApiKey:
    """Create a key with the name, scopes and validity of an old one, which expires after `overlap`.

    `NotFoundError` if `workspace_id` is set and the key belongs to another workspace.
    """
    row = _find_key(session, key_id, workspace_id)
    if row.revoked_at is not None or now >= row.expires_at:
        raise KeyEndedError("This key has ended already: make a new one.")
    lasts = row.expires_at - row.created_at
    new_key = add_key(
        session, row.workspace_id, row.name, row.scopes.split(), now, secret=secret, lasts=lasts, random=random
    )
    if overlap:
        api_keys.update_api_key(session, key_id, expires_at=min(row.expires_at, now + overlap))
        audit_trail.record_event(session, row.workspace_id, now, audit_trail.KEY_REPLACED, key_id, name=row.name)
    else:
        api_keys.revoke_api_key(session, row.workspace_id, key_id, now)
        audit_trail.record_event(session, row.workspace_id, now, audit_trail.KEY_REVOKED, key_id)
    return new_key


def _find_key(session: Session, key_id: str, workspace_id: str | None = None) -> StoredApiKey:
    row = api_keys.find_api_key(session, key_id) if is_storable(key_id) else None
    if row is None or workspace_id not in (None, row.workspace_id):
        raise NotFoundError("There is no key with this id.")
    return row


def _make_listed_key(row: StoredApiKey) -> ListedKey:
    scopes = tuple(row.scopes.split())
    # The hour of the first use may have begun before the key was made.
    used_at = max(row.last_used_at, row.created_at) if row.last_used_at else None
    return ListedKey(row.id, row.name, scopes, row.created_at, row.expires_at, row.revoked_at, used_at)


def _check_key(name: str, scopes: Collection[str], lasts: timedelta) -> None:
    problems = []
    if not name.strip() or len(name) > MAX_NAME_LENGTH or not is_storable(name):
        problems.append(
            Problem(
                with_values("Give a name of at most {most} characters.", most=MAX_NAME_LENGTH),
                pointer="/name",
                code="too-long",
            )
        )
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        problems.append(
            Problem(
                with_values("Give one or more of {known}.", known=tuple(SCOPES)),
                pointer="/scopes",
                code="unknown-value",
            )
        )
    if not timedelta(0) < lasts <= MAX_VALIDITY:
        problems.append(Problem("A key lasts a year at most.", pointer="/expires_at", code="out-of-range"))
    if problems:
        raise InvalidError("This key can’t be made.", problems)
