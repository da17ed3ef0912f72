"""Prepared statements of one PostgreSQL connection, sent by libpq without a cursor.

A cursor of psycopg costs several times what sending a prepared statement and reading its rows does. All parameters are
sent as text without a type, which the server finds by the columns they belong to.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer

PLACE_PATTERN = re.compile(r"%(?:\((?P<name>\w+)\)s|s|%)")
MAX_PARSED = 256
SUCCESSES = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]


class PreparedStatement(NamedTuple):
    """Statement with `$1`, `$2` …, made of `source`; `keys` are the names or positions of their values."""

    source: str
    name: bytes
    text: bytes
    keys: tuple[Any, ...]
    formats: tuple[PyFormat, ...]

    @classmethod
    def parse(cls, name: bytes, statement: str) -> "PreparedStatement":
        """Parse a statement with psycopg's placeholders."""
        keys: list[Any] = []

        def number_place(match: re.Match[str]) -> str:
            if match[0] == "%%":
                return "%"
            key = match["name"] or len(keys)
            if key not in keys:
                keys.append(key)
            return f"${keys.index(key) + 1}"

        text = PLACE_PATTERN.sub(number_place, statement)
        return cls(statement, name, text.encode(), tuple(keys), (PyFormat.TEXT,) * len(keys))


class PostgresStatements:
    """Statements prepared on a connection that no other code uses at the same time; raises psycopg's errors."""

    def __init__(self, connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> None:
        self.pgconn = connection.pgconn
        self._connection = connection
        self._transformer = Transformer(connection)
        self._prepared: dict[str, PreparedStatement] = {}

    def find(self, statement: str) -> PreparedStatement | None:
        """Return a statement that is prepared; None for a new one."""
        return self._prepared.get(statement)

    def parse(self, statement: str) -> PreparedStatement:
        """Return a new statement, which is to be prepared and then added."""
        return PreparedStatement.parse(f"own_{len(self._prepared)}".encode(), statement)

    def add(self, prepared: PreparedStatement) -> None:
        self._prepared[prepared.source] = prepared

    def dump_values(self, prepared: PreparedStatement, parameters: Parameters) -> Sequence[Any]:
        values: Any = parameters
        return self._transformer.dump_sequence([values[key] for key in prepared.keys], prepared.formats)

    def execute(self, statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows; blocks until they are there."""
        prepared = self.find(statement)
        if prepared is None:
            prepared = self.parse(statement)
            self.read_rows(self.pgconn.prepare(prepared.name, prepared.text))
            self.add(prepared)
        return self.read_rows(self.pgconn.exec_prepared(prepared.name, self.dump_values(prepared, parameters)))

    def execute_in_transaction(self, statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Run a statement in psycopg's transaction, which begins if there is none, as by its cursors.

        Not prepared: if psycopg has prepared anything on the connection, its rollback deallocates all that is.
        """
        if self.pgconn.transaction_status == pq.TransactionStatus.IDLE and not self._connection.autocommit:
            self.run_command(_make_begin_command(self._connection))
        parsed = _parse_once(statement)
        return self.read_rows(self.pgconn.exec_params(parsed.text, self.dump_values(parsed, parameters)))

    def run_command(self, command: bytes) -> bytes:
        """Run a statement without parameters or rows, and return its command tag; blocks until it is done."""
        result = self.pgconn.exec_(command)
        self.read_rows(result)
        return result.command_status or b""

    def commit(self) -> None:
        """Commit; raises if the transaction had failed, which PostgreSQL rolls back without an error."""
        if self.run_command(b"COMMIT") != b"COMMIT":
            message = "the transaction was rolled back"
            raise psycopg.OperationalError(message)

    def read_rows(self, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
        """Return the rows of a result; raises its error."""
        if result.status not in SUCCESSES:
            if self.pgconn.status == pq.ConnStatus.BAD:
                message = "the connection is lost"
                raise psycopg.OperationalError(message)
            raise psycopg.errors.error_from_result(result)
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)


@lru_cache(MAX_PARSED)
def _parse_once(statement: str) -> PreparedStatement:
    return PreparedStatement.parse(b"", statement)


def _make_begin_command(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> bytes:
    level, access = connection.isolation_level, connection.read_only
    parts = ["BEGIN"]
    if level is not None:
        parts.append(f"ISOLATION LEVEL {level.name.replace('_', ' ')}")
    if access is not None:
        parts.append("READ ONLY" if access else "READ WRITE")
    return " ".join(parts).encode()
