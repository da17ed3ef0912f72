"""Tries that count towards a limit, of all processes."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from assessment.storage import tables
from assessment.storage.database import is_sqlite

limited_try = tables.limited_try

TRY_LOCK = 7_303_204_119  # arbitrary, but the same in every process


class RecentTries(Struct, frozen=True):
    """Number of tries within the window, and the time of the first of them."""

    count: int
    first_at: datetime


def lock_tries(session: Session) -> None:
    """Let no other process count until the commit; on SQLite, writing is exclusive anyway."""
    if not is_sqlite(session.connection()):
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": TRY_LOCK})


def find_recent_tries(session: Session, key_hashes: Collection[bytes], since: datetime) -> dict[bytes, RecentTries]:
    """Return the tries after `since` by key; absent where there are none."""
    rows = session.execute(
        select(limited_try.c.key_hash, func.count(), func.min(limited_try.c.tried_at))
        .where(limited_try.c.key_hash.in_(key_hashes), limited_try.c.tried_at > since)
        .group_by(limited_try.c.key_hash)
    )
    return {key_hash: RecentTries(count, first_at) for key_hash, count, first_at in rows}


def add_tries(session: Session, tries: Mapping[str, bytes], now: datetime) -> None:
    """Store a try for each key: id -> hash of the key."""
    session.execute(
        insert(limited_try), [{"id": id_, "key_hash": key_hash, "tried_at": now} for id_, key_hash in tries.items()]
    )


def delete_tries(session: Session, ids: Collection[str]) -> None:
    session.execute(delete(limited_try).where(limited_try.c.id.in_(ids)))


def has_expired_tries(session: Session, until: datetime) -> bool:
    return session.scalar(select(limited_try.c.id).where(limited_try.c.tried_at <= until).limit(1)) is not None


def delete_expired_tries(session: Session, until: datetime) -> None:
    session.execute(delete(limited_try).where(limited_try.c.tried_at <= until))
