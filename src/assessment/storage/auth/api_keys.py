"""Queries on API keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.cursor_pagination import PageRequest, RowPage, SortOrder, load_page

api_key = tables.api_key


def add_api_key(session: Session, values: dict[str, Any]) -> None:
    session.execute(insert(api_key).values(**values))


def find_api_key(session: Session, key_id: str) -> Any:  # noqa: ANN401  # a row, if there is one
    """Return a key by id, revoked and expired ones included."""
    return session.execute(select(api_key).where(api_key.c.id == key_id)).one_or_none()


def list_api_keys(session: Session, workspace_id: str, place: PageRequest) -> RowPage[Any]:
    """List a workspace's keys, the newest first."""
    statement = select(api_key).where(api_key.c.workspace_id == workspace_id)
    order = SortOrder((api_key.c.created_at, api_key.c.id), descending=True)
    return load_page(session, statement, order, place, lambda row: row)


def list_all_api_keys(session: Session, workspace_id: str | None) -> Any:  # noqa: ANN401  # rows
    """Return the keys of a workspace, or of all, the newest first."""
    statement = select(api_key).order_by(api_key.c.created_at.desc(), api_key.c.id)
    if workspace_id is not None:
        statement = statement.where(api_key.c.workspace_id == workspace_id)
    return session.execute(statement).all()


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
