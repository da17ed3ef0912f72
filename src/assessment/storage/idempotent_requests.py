"""Stored API responses by Idempotency-Key."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from assessment.storage.tables import replay


def find_idempotent_request(
    session: Session, workspace: str, key_id: str, key: str, *, since: datetime
) -> Row[Any, Any] | None:
    """Return the request's digest and the encrypted response, if stored after `since`."""
    return session.execute(
        select(replay.c.request_digest, replay.c.body).where(
            replay.c.workspace_id == workspace,
            replay.c.key_id == key_id,
            replay.c.key == key,
            replay.c.created_at > since,
        )
    ).one_or_none()


def add_idempotent_request(session: Session, **columns: object) -> None:
    """Insert a response; raises IntegrityError for a second one with the same key."""
    session.execute(insert(replay).values(columns))


def delete_idempotent_requests(session: Session, *, until: datetime) -> None:
    """Delete responses stored until then, of all API keys."""
    session.execute(delete(replay).where(replay.c.created_at <= until))
