"""Lookup of the response behind a session cookie, which every request of a respondent needs.

One prepared select instead of an ORM session. It is not cached: each process must notice at once that a response was
sent, moved, revoked or closed by another process.
"""

import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from assessment.errors import UnavailableError
from assessment.storage.database import is_sqlite, read_session, translate_errors
from assessment.storage.survey import responses
from assessment.storage.survey.responses import SessionResponse


class SessionLookup:
    """Finds responses by cookie; thread-safe."""

    def __init__(self, engine: Engine) -> None:
        select = responses.select_session_response()
        self._engine = engine
        # Without BEGIN and ROLLBACK, each of which is a round trip.
        self._autocommit_engine = (
            engine if is_sqlite(engine) else engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._statement = str(select.compile(dialect=engine.dialect))
        self._names = [str(column.key) for column in select.selected_columns]
        self._decoders = [
            column.type.dialect_impl(engine.dialect).result_processor(engine.dialect, None) or _return_unchanged
            for column in select.selected_columns
        ]

    def find_without_waiting(self, cookie_hash: bytes) -> SessionResponse | None:
        """Find a response on the event loop: in SQLite's WAL mode a reader waits for nobody.

        Raises `UnavailableError` if it would have to wait (the first reader after a crash), and on PostgreSQL.
        """
        if not is_sqlite(self._engine):
            raise UnavailableError
        with self._lock:
            try:
                return self._decode(self._open_connection().execute(self._statement, (cookie_hash,)).fetchall())
            except sqlite3.Error as error:
                self._connection = None
                raise UnavailableError from error

    def find_response(self, cookie_hash: bytes) -> SessionResponse | None:
        """Find a response; waits for the database, so call it on a thread."""
        if is_sqlite(self._engine):
            with read_session(self._engine) as session:
                return responses.find_response_by_cookie(session, cookie_hash)
        with translate_errors(), self._autocommit_engine.connect() as connection:
            rows = connection.exec_driver_sql(self._statement, {responses.COOKIE_PARAMETER: cookie_hash}).all()
        return self._decode(rows)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            pooled = self._engine.raw_connection()
            pooled.detach()
            connection: Any = pooled.dbapi_connection
            connection.execute("PRAGMA query_only = ON").close()
            connection.execute("PRAGMA busy_timeout = 0").close()
            self._connection = connection
        return self._connection

    def _decode(self, rows: Sequence[Sequence[Any]]) -> SessionResponse | None:
        if not rows:
            return None
        decoded: dict[str, Any] = {
            name: decode(value) for name, decode, value in zip(self._names, self._decoders, rows[0], strict=True)
        }
        return SessionResponse(**decoded)


def _return_unchanged(value: Any) -> Any:  # noqa: ANN401  # any column
    return value
