"""Prepared selects of single rows that many requests need: who asks, and what was published.

A select runs on the driver's own connection: an ORM session, a transaction and a thread would each cost more than the
select. Nothing is cached: each process must notice at once what another one has changed.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from anyio import to_thread
from sqlalchemy import Engine, Select

from assessment.errors import UnavailableError
from assessment.storage.compiled_statements import CompiledStatement
from assessment.storage.database import is_sqlite, read_session
from assessment.storage.session_statements import SessionStatement

if TYPE_CHECKING:
    from assessment.storage.postgres_loop_connection import PostgresLoopConnection

Row = TypeVar("Row")


class EventLoopConnection:
    """Read-only connection of the event loop: to a SQLite file, where in WAL mode a reader waits for nobody, or async.

    Thread-safe on SQLite.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._postgres = None if is_sqlite(engine) else _make_postgres_connection(engine)

    def fetch_rows(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        """Run a select without waiting.

        Raises `UnavailableError` if it would have to wait (the first reader after a crash), and on PostgreSQL.
        """
        if not is_sqlite(self._engine):
            raise UnavailableError
        with self._lock:
            try:
                return self._open_connection().execute(statement, parameters).fetchall()
            except sqlite3.Error as error:
                self._connection = None
                raise UnavailableError from error

    async def await_rows(self, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
        """Run a select on PostgreSQL; raises `UnavailableError` if that failed, for whatever reason."""
        if self._postgres is None:
            raise UnavailableError
        return await self._postgres.fetch_rows(statement, parameters)

    def close(self) -> None:
        if self._postgres is not None:
            self._postgres.close()
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


def _make_postgres_connection(engine: Engine) -> "PostgresLoopConnection":
    from assessment.storage.postgres_loop_connection import (  # noqa: PLC0415  # loads psycopg: 9 MB on SQLite
        PostgresLoopConnection,
    )

    return PostgresLoopConnection(engine)


class PreparedRead(Generic[Row]):
    """Select of at most one row, compiled once, with bind parameters by name; `row_type` has its columns as fields."""

    def __init__(
        self, connection: EventLoopConnection, engine: Engine, select: Select[Any], row_type: type[Row]
    ) -> None:
        self._loop_connection = connection
        self._engine = engine
        self._is_sqlite = is_sqlite(engine)
        self._select = select
        self._statement = SessionStatement(lambda: select)
        self._row_type = row_type

    @cached_property
    def _compiled(self) -> CompiledStatement:
        # At the first read, because compiling takes longer than anything else at the start of an application.
        return CompiledStatement.compile(self._select, self._engine.dialect)

    async def find_row(self, **parameters: Any) -> Row | None:  # noqa: ANN401  # values of any column
        """Find the row on the event loop, without the cost of a thread; on a thread if that would block."""
        try:
            if self._is_sqlite:
                return self.find_without_waiting(**parameters)
            return self._make_row(await self._await_rows(parameters))
        except UnavailableError:
            return await to_thread.run_sync(lambda: self.find_on_thread(**parameters))

    async def list_rows(self, **parameters: Any) -> list[list[Any]]:  # noqa: ANN401  # values of any column
        """List the rows on the event loop; raises as `EventLoopConnection.fetch_rows`."""
        rows = self._fetch_rows(parameters) if self._is_sqlite else await self._await_rows(parameters)
        return [self._compiled.decode_row(row) for row in rows]

    def find_without_waiting(self, **parameters: Any) -> Row | None:  # noqa: ANN401
        """Find the row without blocking the event loop; raises as `EventLoopConnection.fetch_rows`."""
        return self._make_row(self._fetch_rows(parameters))

    def find_on_thread(self, **parameters: Any) -> Row | None:  # noqa: ANN401
        """Find the row; waits for the database."""
        with read_session(self._engine) as session:
            values = self._statement.find_row(session, parameters)
        return None if values is None else self._row_type(**values)

    def _fetch_rows(self, parameters: Mapping[str, Any]) -> list[Any]:
        return self._loop_connection.fetch_rows(self._compiled.text, self._compiled.encode_parameters(parameters))

    async def _await_rows(self, parameters: Mapping[str, Any]) -> list[Any]:
        compiled = self._compiled
        return await self._loop_connection.await_rows(compiled.text, compiled.encode_parameters(parameters))

    def _make_row(self, rows: Sequence[Sequence[Any]]) -> Row | None:
        return self._row_type(**self._compiled.name_values(rows[0])) if rows else None
