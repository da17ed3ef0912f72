"""Queries on API keys."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, Select, String, bindparam, insert, select, update
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import KeyState
from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, choose_order, load_page

api_key = tables.api_key


class StoredApiKey(Struct, frozen=True):
    """API key; `scopes` are joined by spaces, `last_used_at` is exact to the hour."""

    id: str
    workspace_id: str
    name: str
    secret_hash: bytes
    scopes: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyFilter(Struct, frozen=True, kw_only=True):
    """Which keys to list; empty values filter nothing. `state` is as of `now`."""

    now: datetime
    state: KeyState | None = None
    scope: str = ""


KEY_COLUMNS = tuple(api_key.c[name] for name in StoredApiKey.__struct_fields__)


def add_api_key(session: Session, values: dict[str, Any]) -> None:
    session.execute(insert(api_key).values(**values))


def select_api_key() -> Select[Any]:
    """Build the select of a key by `key_id`, revoked and expired ones included."""
    return select(*KEY_COLUMNS).where(api_key.c.id == bindparam("key_id", type_=String()))


def find_api_key(session: Session, key_id: str) -> StoredApiKey | None:
    """Return a key by id, revoked and expired ones included."""
    row = session.execute(select_api_key(), {"key_id": key_id}).one_or_none()
    return None if row is None else _read_api_key(row)


def list_api_keys(
    session: Session, workspace_id: str, page_request: PageRequest, matching: KeyFilter
) -> RowPage[StoredApiKey]:
    """List a workspace's keys, the newest first unless sorted otherwise."""
    is_revoked, is_over = api_key.c.revoked_at.is_not(None), api_key.c.expires_at <= matching.now
    conditions = {
        KeyState.REVOKED: is_revoked,
        KeyState.EXPIRED: ~is_revoked & is_over,
        KeyState.VALID: ~is_revoked & ~is_over,
    }
    statement = select(*KEY_COLUMNS).where(api_key.c.workspace_id == workspace_id)
    if matching.state is not None:
        statement = statement.where(conditions[matching.state])
    if matching.scope:
        statement = statement.where((" " + api_key.c.scopes + " ").contains(f" {matching.scope} "))
    order = choose_order(
        page_request.sort,
        "-created_at",
        created_at=(api_key.c.created_at, api_key.c.id),
        expires_at=(api_key.c.expires_at, api_key.c.id),
        name=(api_key.c.name, api_key.c.id),
    )
    return load_page(session, statement, order, page_request, _read_api_key)


def list_all_api_keys(session: Session, workspace_id: str | None) -> tuple[StoredApiKey, ...]:
    """Return the keys of a workspace, or of all, the newest first."""
    statement = select(*KEY_COLUMNS).order_by(api_key.c.created_at.desc(), api_key.c.id)
    if workspace_id is not None:
        statement = statement.where(api_key.c.workspace_id == workspace_id)
    return tuple(_read_api_key(row) for row in session.execute(statement))


def update_api_key(session: Session, key_id: str, **values: Any) -> None:  # noqa: ANN401
    session.execute(update(api_key).where(api_key.c.id == key_id).values(**values))


def revoke_api_key(session: Session, workspace_id: str, key_id: str, now: datetime) -> bool:
    """Revoke a key; return whether it exists in this workspace."""
    changed = session.execute(
        update(api_key)
        .where(api_key.c.workspace_id == workspace_id, api_key.c.id == key_id)
        .values(revoked_at=now)
        .returning(api_key.c.id)
    )
    return changed.one_or_none() is not None


def _read_api_key(row: Row[Any]) -> StoredApiKey:
    return StoredApiKey(**row._mapping)  # noqa: SLF001  # public despite its name
