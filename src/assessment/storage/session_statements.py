"""Statements of frequent requests, run on the driver's own connection within a session's transaction.

SQLAlchemy compiles them once, and decides about connection and transaction as for any other statement. What is left
out is its execution: contexts, cursors and results cost several times what the statement does.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable

from assessment.storage.compiled_statements import CompiledStatement
from assessment.storage.database import is_sqlite

if TYPE_CHECKING:
    from assessment.storage.postgres_statements import PostgresStatements

STATEMENTS_KEY = "assessment_statements"  # in what the pool remembers of a connection
EXECUTEMANY = False  # argument of the event before_cursor_execute


class SessionStatement:
    """Statement with bind parameters by name, built and compiled at its first use."""

    def __init__(self, build: Callable[[], Executable]) -> None:
        self.build = build
        self._compiled: dict[tuple[str, tuple[str, ...]], CompiledStatement] = {}

    def list_rows(self, session: Session, parameters: Mapping[str, Any]) -> list[list[Any]]:
        compiled, rows = self._execute(session, parameters)
        return [compiled.decode_row(row) for row in rows]

    def find_row(self, session: Session, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the first row by the names of its columns; None if there is none."""
        compiled, rows = self._execute(session, parameters)
        return compiled.name_values(rows[0]) if rows else None

    def find_value(self, session: Session, parameters: Mapping[str, Any]) -> Any:  # noqa: ANN401  # of any column
        """Return the first column of the first row; None if there is none."""
        compiled, rows = self._execute(session, parameters)
        return compiled.decode_row(rows[0])[0] if rows else None

    def execute(self, session: Session, parameters: Mapping[str, Any]) -> None:
        self._execute(session, parameters)

    def _execute(self, session: Session, parameters: Mapping[str, Any]) -> tuple[CompiledStatement, list[Any]]:
        connection = session.connection()
        compiled = self._find_compiled(connection, tuple(parameters))
        values = compiled.encode_parameters(parameters)
        if connection.dispatch.before_cursor_execute:  # its listeners see these statements too
            connection.dispatch.before_cursor_execute(connection, None, compiled.text, values, None, EXECUTEMANY)
        dialect, driver = connection.dialect, cast("Any", connection.connection.driver_connection)
        try:
            if is_sqlite(connection):
                return compiled, driver.execute(compiled.text, values).fetchall()
            return compiled, _find_statements(connection).execute_in_transaction(compiled.text, values)
        except cast("Any", dialect.dbapi).Error as error:
            is_lost = dialect.is_disconnect(error, driver, None)
            if is_lost:
                connection.invalidate(error)
            details: Any = {"hide_parameters": True, "connection_invalidated": is_lost, "dialect": dialect}
            raise DBAPIError.instance(compiled.text, None, error, type(error), **details) from error

    def _find_compiled(self, connection: Connection, parameters: tuple[str, ...]) -> CompiledStatement:
        key = (connection.dialect.name, parameters)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = CompiledStatement.compile(self.build(), connection.dialect, parameters)
            self._compiled[key] = compiled
        return compiled


def _find_statements(connection: Connection) -> "PostgresStatements":
    """Return the prepared statements of a connection, which last as long as it."""
    info = connection.connection.info
    if STATEMENTS_KEY not in info:
        from assessment.storage.postgres_statements import (  # noqa: PLC0415  # loads psycopg: 9 MB on SQLite
            PostgresStatements,
        )

        info[STATEMENTS_KEY] = PostgresStatements(cast("Any", connection.connection.driver_connection))
    return cast("PostgresStatements", info[STATEMENTS_KEY])
