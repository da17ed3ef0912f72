"""Check whether the database can be written to, by a write that is rolled back."""

import sqlite3
from typing import Literal, TypeAlias

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from assessment.storage.database import BUSY_TIMEOUT_MILLISECONDS, UNAVAILABLE_ERRORS, WRITE_OPTION, is_sqlite

WriteState: TypeAlias = Literal["ok", "busy", "not possible"]

LOCK_TIMEOUT_MILLISECONDS = 500  # a supervisor gives up after a few seconds
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code
WRITE = text("UPDATE alembic_version SET version_num = version_num")


def check_write(engine: Engine) -> WriteState:
    """Write and roll back; "busy" if another writer has the lock for longer than half a second."""
    try:
        return _check_sqlite(engine) if is_sqlite(engine) else _check_postgresql(engine)
    except UNAVAILABLE_ERRORS as error:
        return "busy" if isinstance(error, DBAPIError) and _is_lock_timeout(error) else "not possible"


def _check_sqlite(engine: Engine) -> WriteState:
    with engine.connect() as connection:
        driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
        driver.execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT_MILLISECONDS}").close()
        try:
            connection.execution_options(**{WRITE_OPTION: True}).execute(WRITE)
            connection.rollback()
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}").close()
    return "ok"


def _check_postgresql(engine: Engine) -> WriteState:
    with engine.connect() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}"))
        connection.execute(WRITE)
        connection.rollback()
    return "ok"


def _is_lock_timeout(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_BUSY or getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
