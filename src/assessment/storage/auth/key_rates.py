"""Token buckets of API keys, in the row of the key."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine, select, update

from assessment.storage import tables
from assessment.storage.database import BUSY_TIMEOUT_MILLISECONDS, UNAVAILABLE_ERRORS, WRITE_OPTION, is_sqlite

api_key = tables.api_key


class StoredBucket(Struct, frozen=True):
    """Tokens left at a time (POSIX seconds)."""

    tokens: float
    updated_at: float


class BucketLike(Protocol):
    @property
    def tokens(self) -> float: ...

    @property
    def updated_at(self) -> float: ...


B = TypeVar("B", bound=BucketLike)


def update_bucket(engine: Engine, key_id: str, change: Callable[[StoredBucket | None], B]) -> B | None:
    """Replace the bucket of a key in a transaction of its own; None if the key is gone or its row can't be locked now.

    Never waits for a lock: a long write of someone else must not hold up a request that only reads.
    """
    try:
        with engine.connect() as plain, _refuse_waiting(plain), plain.begin():
            row = plain.execute(
                select(api_key.c.rate_tokens, api_key.c.rate_updated_at)
                .where(api_key.c.id == key_id)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None:
                return None
            bucket = change(None if row.rate_tokens is None else StoredBucket(row.rate_tokens, row.rate_updated_at))
            plain.execute(
                update(api_key)
                .where(api_key.c.id == key_id)
                .values(rate_tokens=bucket.tokens, rate_updated_at=bucket.updated_at)
            )
            return bucket
    except UNAVAILABLE_ERRORS:
        return None


@contextmanager
def _refuse_waiting(connection: Connection) -> Iterator[None]:
    """Make SQLite fail at once if another connection has the write lock; on PostgreSQL the row lock decides."""
    if not is_sqlite(connection):
        yield
        return
    connection.execution_options(**{WRITE_OPTION: True})
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
    driver.execute("PRAGMA busy_timeout = 0").close()
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}").close()
