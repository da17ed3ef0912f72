"""Engines and sessions for SQLite (sqlite3) and PostgreSQL (psycopg 3).

`read_session`, `snapshot_session` and `write_session` are the only ways to a session. A write on SQLite takes the
write lock at once
(BEGIN IMMEDIATE): a transaction that reads first and upgrades its lock later fails with SQLITE_BUSY. A session connects
at its first statement. Code that has a connection or the lock must not wait for a thread, which avoids a deadlock
between the connection pool and the thread pool.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
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

from assessment.errors import ConcurrentChangeError, InvalidError, UnavailableError

BUSY_TIMEOUT_MILLISECONDS = 15_000
CONNECT_TIMEOUT_SECONDS = 10
# PostgreSQL's own random_page_cost of 4 is that of disks that turn: with it, the close of a small assessment next to
# millions of answers reads the whole table of responses.
POSTGRES_SETTINGS = "-c timezone=utc -c random_page_cost=1.1"
POSTGRES_OPTIONS = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, "options": POSTGRES_SETTINGS}
ENGINE_CACHE_KEY = "assessment_engines"
WRITE_OPTION = "assessment_writing"
AFTER_COMMIT_KEY = "assessment_after_commit"
INSERT_BATCH_SIZE = 10_000
WRITE_PAUSE_SECONDS = 0.12  # SQLite's busy handler polls the lock every 100 ms
CHECKPOINT_TIMEOUT_MILLISECONDS = 2_000
# Failures of the database, its disk or the connection pool, not of the statement.
# NotSupportedError: writing to a PostgreSQL standby.
UNAVAILABLE_ERRORS = (OperationalError, InterfaceError, InternalError, NotSupportedError, PoolTimeoutError)


def make_engine(url: str) -> Engine:
    """Create the engine for `sqlite:///FILE` or `postgresql://…`; nothing is opened yet."""
    parsed = normalise_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _make_sqlite_engine(parsed)
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=30,
        connect_args=POSTGRES_OPTIONS,
    )


def make_postgres_arguments(engine: Engine) -> dict[str, Any]:
    """Return psycopg's arguments for a connection outside the engine's pool."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    return {**arguments, **POSTGRES_OPTIONS}


def normalise_url(url: str) -> URL:
    """Return the URL with the driver that is used, whichever one it names."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    return parsed.set(drivername="postgresql+psycopg" if backend == "postgresql" else "sqlite+pysqlite")


def is_sqlite(engine: Engine | Connection) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """Open a read-only session."""
    with translate_errors(), Session(_get_read_engine(engine)) as session:
        yield session


@contextmanager
def snapshot_session(engine: Engine) -> Iterator[Session]:
    """Open a read-only session whose statements all see the database as of the first one.

    On SQLite, every read-only session is one.
    """
    if is_sqlite(engine):
        with read_session(engine) as session:
            yield session
        return
    snapshot_engine = _get_read_engine(engine).execution_options(isolation_level="REPEATABLE READ")
    with translate_errors(), Session(snapshot_engine) as session:
        yield session


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Open a session in one transaction: committed when the block ends, rolled back if it raises.

    Work registered with `run_after_commit` runs after the commit.
    """
    with (
        translate_errors(),
        Session(_get_write_engine(engine)) as session,
    ):
        with session.begin():
            yield session
        for work in session.info.get(AFTER_COMMIT_KEY, ()):
            work(engine)


@contextmanager
def rewrite_session(engine: Engine) -> Iterator[Session]:
    """Open a write session that only deletes rows and inserts the same rows again.

    SQLite skips its checks of foreign keys, which would find nothing and cost as much again, and copies rows in memory.
    PostgreSQL has no such switch for the owner of a database.
    """
    if not is_sqlite(engine):
        with write_session(engine) as session:
            yield session
        return
    with translate_errors(), _get_write_engine(engine).connect() as connection:
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
        driver.execute("PRAGMA foreign_keys = OFF").close()  # has no effect within a transaction
        driver.execute("PRAGMA temp_store = MEMORY").close()
        try:
            with Session(connection) as session, session.begin():
                yield session
        except BaseException:
            connection.invalidate()  # within a transaction, the checks could not be turned on
            raise
        driver.execute("PRAGMA foreign_keys = ON").close()
        driver.execute("PRAGMA temp_store = DEFAULT").close()


def is_writing(session: Session) -> bool:
    """Return whether a session is one of `write_session`."""
    return bool(session.get_bind().engine.get_execution_options().get(WRITE_OPTION))


def _get_read_engine(engine: Engine) -> Engine:
    return engine if is_sqlite(engine) else _get_engine_with(engine, "postgresql_readonly")


def _get_write_engine(engine: Engine) -> Engine:
    return _get_engine_with(engine, WRITE_OPTION)


def _get_engine_with(engine: Engine, option: str) -> Engine:
    """Return the engine with an option set; cached, because making it takes longer than making a session."""
    options = engine.get_execution_options()
    cache: dict[str, tuple[Any, Engine]] = engine.__dict__.setdefault(ENGINE_CACHE_KEY, {})
    cached = cache.get(option)
    if cached is None or cached[0] is not options:  # it copies the options that were set before
        cached = cache[option] = (options, engine.execution_options(**{option: True}))
    return cached[1]


def truncate_wal_after_commit(session: Session) -> None:
    """Truncate SQLite's WAL after the commit, since it records the order of writes.

    PostgreSQL keeps its WAL as long as its operator configures.
    """
    run_after_commit(session, _truncate_wal)


def run_after_commit(session: Session, work: Callable[[Engine], None]) -> None:
    """Run `work` after the session's commit, outside of its transaction."""
    session.info.setdefault(AFTER_COMMIT_KEY, []).append(work)


def pause_between_writes(engine: Engine) -> None:
    """Pause between two of many write transactions, so that other writers get SQLite's only write lock."""
    if is_sqlite(engine):
        time.sleep(WRITE_PAUSE_SECONDS)


def _truncate_wal(engine: Engine) -> None:
    """Truncate the WAL when no reader uses it; under long reads the next checkpoints overwrite it."""
    if not is_sqlite(engine):
        return
    with engine.connect() as connection:
        _checkpoint_wal(connection)


def _checkpoint_wal(connection: Connection) -> None:
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
    driver.execute(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT_MILLISECONDS}").close()
    try:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}").close()


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate database errors into errors of the application; values stay out of the logs."""
    try:
        yield
    except UNAVAILABLE_ERRORS as error:
        raise UnavailableError from error
    except IntegrityError:
        # Services check for duplicates first, so this is a race of two requests. `from None`: no values in logs.
        raise ConcurrentChangeError("Someone else did this at the same moment. Look again.") from None
    except DataError:
        # A value that can't be stored can't match a stored row either.
        raise InvalidError("This holds a character or a number that can’t be kept or looked for.") from None


def _make_sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=30)
    event.listen(engine, "do_connect", _create_private_file)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_transaction)
    return engine


def split_batches(
    source: Iterable[Mapping[str, Any]], size: int = INSERT_BATCH_SIZE
) -> Iterator[list[Mapping[str, Any]]]:
    """Split rows into lists of at most `size`."""
    rows = iter(source)
    while batch := list(islice(rows, size)):
        yield batch


def _create_private_file(
    _dialect: Dialect, _entry: ConnectionPoolEntry, arguments: list[Any], _named: dict[str, Any]
) -> None:
    """Create the file with mode 0600; SQLite gives its WAL and journal the same mode."""
    with suppress(OSError):  # connecting fails next, with SQLite's own message
        Path(arguments[0]).touch(mode=0o600)


def _set_pragmas(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Set pragmas: busy_timeout, WAL, synchronous=FULL, foreign_keys, secure_delete."""
    connection.isolation_level = None  # turn off sqlite3's implicit BEGIN; see _begin_transaction
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_transaction(connection: Connection) -> None:
    """Begin read-only, or with the write lock (BEGIN IMMEDIATE)."""
    writes = bool(connection.get_execution_options().get(WRITE_OPTION))
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
    driver.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}").close()
    if writes:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # it may fail, and SQLAlchemy wraps the error
    else:
        driver.execute("BEGIN").close()
