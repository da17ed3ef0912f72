"""Answers kept for requests that may come again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from assessment.storage.tables import replay


def find(session: Session, workspace: str, key_id: str, key: str, *, since: datetime) -> Row[Any, Any] | None:
    """Return digest of the request and encrypted answer, where one was kept after `since`."""
    return session.execute(
        select(replay.c.request_digest, replay.c.body).where(
            replay.c.workspace_id == workspace,
            replay.c.key_id == key_id,
            replay.c.key == key,
            replay.c.created_at > since,
        )
    ).one_or_none()


def add(session: Session, **columns: object) -> None:
    """Keep one answer; the database refuses a second under the same key."""
    session.execute(insert(replay).values(columns))


def forget(session: Session, *, until: datetime) -> None:
    """Drop what was kept until then, whoever's it was."""
    session.execute(delete(replay).where(replay.c.created_at <= until))
