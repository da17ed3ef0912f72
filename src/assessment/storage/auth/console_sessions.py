"""Queries on the console sessions of one user."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assessment.storage import tables

console_session = tables.console_session


class StoredSession(Struct, frozen=True):
    """Console session; `browser` is its program and system, empty if unknown."""

    token_hash: bytes
    created_at: datetime
    seen_at: datetime
    browser: str


SESSION_COLUMNS = tuple(console_session.c[name] for name in StoredSession.__struct_fields__)


def list_sessions(session: Session, user_id: str) -> tuple[StoredSession, ...]:
    """Return the sessions of a user, those used last first; expired ones included."""
    statement = select(*SESSION_COLUMNS).where(console_session.c.user_id == user_id)
    return tuple(
        StoredSession(*row)
        for row in session.execute(statement.order_by(console_session.c.seen_at.desc(), console_session.c.token_hash))
    )


def delete_other_sessions(session: Session, user_id: str, token_hash: bytes) -> None:
    """Delete all sessions of a user except one."""
    session.execute(
        delete(console_session).where(console_session.c.user_id == user_id, console_session.c.token_hash != token_hash)
    )
