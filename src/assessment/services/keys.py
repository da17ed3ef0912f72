"""API keys `asr_<id>_<secret>`: shown once; only an HMAC keyed with the server's secret is stored."""

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.errors import ConflictError, InvalidError, NotFoundError, Problem, UnauthenticatedError, with_values
from assessment.services import auditing, tokens
from assessment.services.answering import is_writable
from assessment.services.principals import KeyHolder
from assessment.services.tokens import RANDOM, Random
from assessment.storage import keys
from assessment.storage.pages import Page, Place

PREFIX = "asr"
SCOPES = ("read:assessments", "read:scores", "read:reports", "write:assessments")
LONGEST = timedelta(days=365)
NAME_MOST = 200
USE_EVERY = timedelta(hours=1)


class Key(Struct, frozen=True):
    """API key without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = None  # exact to the hour


class NewKey(Struct, frozen=True):
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
    lasts: timedelta = LONGEST,
    random: Random = RANDOM,
) -> NewKey:
    """Create a key; `secret` is the server's secret. `InvalidError` lists all problems."""
    _check(name, scopes, lasts)
    key_id, own = tokens.new_id(random), tokens.new_token(random)
    granted = " ".join(scope for scope in SCOPES if scope in scopes)
    keys.add(
        session,
        {
            "id": key_id,
            "workspace_id": workspace_id,
            "name": name.strip(),
            "secret_hash": tokens.signature(secret, "api-key", own),
            "scopes": granted,
            "created_at": now,
            "expires_at": now + lasts,
        },
    )
    auditing.record(session, workspace_id, now, auditing.KEY_ADDED, key_id, name=name.strip(), scopes=granted)
    return NewKey(key_id, f"{PREFIX}_{key_id}_{own}")


def key_holder(session: Session, bearer: str, now: datetime, *, secret: str) -> KeyHolder:
    """Return the holder of a key; unknown, wrong, expired and revoked keys raise the same `UnauthenticatedError`."""
    prefix, _, rest = bearer.partition("_")
    key_id, _, own = rest.partition("_")
    row = keys.by_id(session, key_id) if prefix == PREFIX and key_id.isalnum() else None
    signature = tokens.signature(secret, "api-key", own)
    fits = hmac.compare_digest(signature, row.secret_hash if row else bytes(len(signature)))
    if row is None or not fits or row.revoked_at is not None or now >= row.expires_at:
        raise UnauthenticatedError("This API key is not valid.")
    return KeyHolder(row.id, row.workspace_id, frozenset(row.scopes.split()), row.name, row.last_used_at)


def is_use_due(holder: KeyHolder, now: datetime) -> bool:
    """Return whether `note_use` is due: at most once an hour, since it writes."""
    return holder.last_used_at is None or now - holder.last_used_at >= USE_EVERY


def note_use(session: Session, holder: KeyHolder, now: datetime) -> None:
    """Store the hour of a key's last use."""
    keys.change(session, holder.key_id, last_used_at=now.replace(minute=0, second=0, microsecond=0))


def list_keys(session: Session, workspace_id: str, place: Place) -> Page[Key]:
    """List a workspace's keys, newest first."""
    page = keys.listed(session, workspace_id, place)
    return Page(
        tuple(_listed(row) for row in page.data),
        page.next_cursor,
    )


def revoke(session: Session, workspace_id: str, key_id: str, now: datetime) -> None:
    """Revoke a key of the workspace."""
    if not keys.revoke(session, workspace_id, key_id, now):
        raise NotFoundError
    auditing.record(session, workspace_id, now, auditing.KEY_REVOKED, key_id)


def list_all_keys(session: Session, workspace_id: str | None = None) -> tuple[Key, ...]:
    """List the keys of one workspace or of all, newest first."""
    return tuple(_listed(row) for row in keys.all_of(session, workspace_id))


def revoke_by_id(session: Session, key_id: str, now: datetime) -> Key:
    """Revoke a key of any workspace and return it; revoking again keeps the first time."""
    row = _by_id(session, key_id)
    if row.revoked_at is None:
        keys.revoke(session, row.workspace_id, key_id, now)
        auditing.record(session, row.workspace_id, now, auditing.KEY_REVOKED, key_id)
    return _listed(row)


def rotate(
    session: Session, key_id: str, now: datetime, *, secret: str, overlap: timedelta, random: Random = RANDOM
) -> NewKey:
    """Create a key with the name, scopes and validity of an old one, which expires after `overlap`."""
    row = _by_id(session, key_id)
    if row.revoked_at is not None or now >= row.expires_at:
        raise ConflictError("This key has ended already: make a new one.")
    lasts = row.expires_at - row.created_at
    made = add_key(
        session, row.workspace_id, row.name, row.scopes.split(), now, secret=secret, lasts=lasts, random=random
    )
    if overlap:
        keys.change(session, key_id, expires_at=min(row.expires_at, now + overlap))
    else:
        keys.revoke(session, row.workspace_id, key_id, now)
        auditing.record(session, row.workspace_id, now, auditing.KEY_REVOKED, key_id)
    return made


def _by_id(session: Session, key_id: str) -> Any:  # noqa: ANN401  # a row
    row = keys.by_id(session, key_id) if is_writable(key_id) else None
    if row is None:
        raise NotFoundError("There is no key with this id.")
    return row


def _listed(row: Any) -> Key:  # noqa: ANN401  # a row
    scopes = tuple(row.scopes.split())
    return Key(row.id, row.name, scopes, row.created_at, row.expires_at, row.revoked_at, row.last_used_at)


def _check(name: str, scopes: Collection[str], lasts: timedelta) -> None:
    problems = []
    if not name.strip() or len(name) > NAME_MOST or not is_writable(name):
        problems.append(
            Problem(with_values("Give a name of at most {most} characters.", most=NAME_MOST), pointer="/name")
        )
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        problems.append(Problem(with_values("Give one or more of {known}.", known=tuple(SCOPES)), pointer="/scopes"))
    if not timedelta(0) < lasts <= LONGEST:
        problems.append(Problem("A key lasts a year at most.", pointer="/expires_at"))
    if problems:
        raise InvalidError("This key can't be made.", problems)
