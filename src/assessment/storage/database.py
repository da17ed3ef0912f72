"""Engines and their quirks: SQLite (sqlite3) and PostgreSQL (psycopg 3) behind one code path.

`reading` and `writing` are the only two ways to a session: a write on SQLite takes the write lock as it
begins (BEGIN IMMEDIATE), for a transaction that reads first and writes later loses to others at the end.
A session begins with its first statement: who holds a connection or the lock must not be waiting for a thread.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, String, create_engine, event, func, type_coerce
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from assessment.errors import ConflictError, InvalidError, UnavailableError

BUSY_MILLISECONDS = 15_000
CONNECT_SECONDS = 10
WRITING = "assessment_writing"
AFTER_COMMIT = "assessment_after_commit"
YIELD_SECONDS = 0.12  # who waits for SQLite's write lock asks again every 100 ms
CHECKPOINT_MILLISECONDS = 2_000
# The database or its disk, or that all connections are taken: not what was asked of it.
# Not supported: what a server that only follows another one says of writing.
FAULTS = (OperationalError, InterfaceError, InternalError, NotSupportedError, PoolTimeoutError)


def connect(url: str) -> Engine:
    """Make the engine for `sqlite:///FILE` or `postgresql://…`; nothing is opened yet."""
    parsed = normal(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=30,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": "-c timezone=utc"},
    )


def normal(url: str) -> URL:
    """Name the driver that is used, whatever the URL says."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    return parsed.set(drivername="postgresql+psycopg" if backend == "postgresql" else "sqlite+pysqlite")


def is_sqlite(engine: Engine | Connection) -> bool:
    """Tell which of the two it is."""
    return engine.dialect.name == "sqlite"


def day_of(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the beginning of a moment's day, as an expression of SQL."""
    if is_sqlite(connection):
        return func.substr(type_coerce(column, String), 1, 10).concat(" 00:00:00.000000")
    return func.date_trunc("day", column)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one state of the database and can't change it."""
    read_only = {} if is_sqlite(engine) else {"postgresql_readonly": True}
    with _faults(), Session(engine.execution_options(**read_only)) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose changes are all kept when the block ends, or none of them if it raises."""
    with (
        _faults(),
        Session(engine.execution_options(**{WRITING: True})) as session,
    ):
        with session.begin():
            yield session
        for work in session.info.get(AFTER_COMMIT, ()):
            work(engine)


def forget_the_way(session: Session) -> None:
    """Empty SQLite's log after the commit: it says in which order things were written.

    PostgreSQL keeps its log for as long as its operator lets it.
    """
    after_commit(session, _empty_log)


def after_commit(session: Session, work: Callable[[Engine], None]) -> None:
    """Do some work after the session's changes are kept: what takes too long for one transaction."""
    session.info.setdefault(AFTER_COMMIT, []).append(work)


def let_others_write(engine: Engine) -> None:
    """Wait between two of many transactions, so that others get SQLite's one write lock."""
    if is_sqlite(engine):
        time.sleep(YIELD_SECONDS)


def _empty_log(engine: Engine) -> None:
    """As soon as nobody reads it; if somebody does for long, the next checkpoints overwrite it."""
    if not is_sqlite(engine):
        return
    with engine.connect() as connection:
        _truncate_log(connection)


def _truncate_log(connection: Connection) -> None:
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
    driver.execute(f"PRAGMA busy_timeout = {CHECKPOINT_MILLISECONDS}").close()
    try:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}").close()


@contextmanager
def _faults() -> Iterator[None]:
    """Say plainly what the database refuses: it or its disk does not answer, somebody was quicker, no such value."""
    try:
        yield
    except FAULTS as error:
        raise UnavailableError from error
    except IntegrityError:
        # What a service can see it refuses by name; this is two who did the same at once. The values stay out of logs.
        raise ConflictError("Somebody else did this at the same moment. Look again.") from None
    except DataError:
        # Nothing that was ever kept has such a value, so there is nothing to be found by it either.
        raise InvalidError("This holds a character or a number that can't be kept or looked for.") from None


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=30)
    event.listen(engine, "do_connect", _keep_private)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _keep_private(_dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[Any], _named: dict[str, Any]) -> None:
    """Make the file so that only its owner reads it; what SQLite puts beside it has the same mode."""
    with suppress(OSError):  # SQLite says what is wrong
        Path(arguments[0]).touch(mode=0o600)


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Durable at every commit, patient with other writers, and nothing left of what is deleted."""
    connection.isolation_level = None  # BEGIN is ours: see _begin
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = bool(connection.get_execution_options().get(WRITING))
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
