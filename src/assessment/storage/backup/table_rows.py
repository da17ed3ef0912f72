"""Rows of all tables as plain values, the same for SQLite and PostgreSQL.

Tables are reflected, so that a database of an older schema can be read before its migration. Rows are read in the order
of their primary keys: ids are random, so the order reveals nothing about when a row was written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    collate,
    func,
    insert,
    select,
    text,
)

from assessment.storage.database import is_sqlite

CHUNK_ROWS = 2_000
CHUNK_BYTES = 8_000_000  # of text and binary values; a chunk is in memory several times: as rows, encoded, compressed
BINARY_ROWS = 20  # read at once where a column is binary: logos, reports and answers have megabytes in a row
VERSION_TABLE = "alembic_version"
SELECT_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
encoder = msgspec.msgpack.Encoder(order="deterministic")


class TableChunk(Struct, frozen=True):
    """Some rows of a table; their values are in the order of `columns`."""

    table: str
    columns: list[str]
    rows: list[list[Any]]


class TableSummary(Struct, frozen=True):
    """Number of rows, and SHA-256 over all of them, in hexadecimal."""

    rows: int
    digest: str


class TableDigest:
    """Summary of a table, updated chunk by chunk."""

    def __init__(self) -> None:
        self._rows, self._hash = 0, hashlib.sha256()

    def add_chunk(self, chunk: TableChunk) -> None:
        self._rows += len(chunk.rows)
        for row in chunk.rows:
            self._hash.update(encoder.encode(row))

    @property
    def summary(self) -> TableSummary:
        return TableSummary(self._rows, self._hash.hexdigest())


@contextmanager
def open_snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a read-only transaction that sees the database at one moment, while others write."""
    options = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        connection.execute(select(1)).all()
        yield connection


def reflect_tables(connection: Connection) -> dict[str, Table]:
    """Return the tables of the database, by name in alphabetical order, without Alembic's own."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {str(name): metadata.tables[name] for name in sorted(metadata.tables) if name != VERSION_TABLE}


def read_chunks(connection: Connection, tables: Iterable[Table]) -> Iterator[TableChunk]:
    """Yield the rows of all tables in chunks; an empty table yields one without rows."""
    for table in tables:
        columns = [table.c[name] for name in sorted(table.c.keys())]
        names = [str(column.name) for column in columns]
        order = [_sort_bytewise(connection, column) for column in table.primary_key.columns]
        has_binary = any(isinstance(column.type, LargeBinary) for column in columns)
        rows_at_once = BINARY_ROWS if has_binary else CHUNK_ROWS
        statement = select(*columns).order_by(*order).execution_options(yield_per=rows_at_once)
        with connection.execute(statement) as result:
            for rows in _join_partitions(result.partitions()):
                yield TableChunk(str(table.name), names, rows)


def _join_partitions(partitions: Iterable[Sequence[Row[Any]]]) -> Iterator[list[list[Any]]]:
    """Yield rows in lists of up to `CHUNK_ROWS` and about `CHUNK_BYTES`; without rows, one empty list."""
    rows: list[list[Any]] = []
    size, has_yielded = 0, False
    for partition in partitions:
        for row in partition:
            rows.append([_make_plain(value) for value in row])
            size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(rows) >= CHUNK_ROWS or size >= CHUNK_BYTES:
            yield rows
            rows, size, has_yielded = [], 0, True
    if rows or not has_yielded:
        yield rows


def insert_chunk(connection: Connection, table: Table, chunk: TableChunk) -> None:
    """Insert the rows of a chunk as they are."""
    if not chunk.rows:
        return
    dates = {name for name in chunk.columns if isinstance(table.c[name].type, Date)}
    rows = [
        {name: _parse_date(value) if name in dates else value for name, value in zip(chunk.columns, row, strict=True)}
        for row in chunk.rows
    ]
    connection.execute(insert(table), rows)


def summarise_tables(connection: Connection) -> dict[str, TableSummary]:
    """Read all rows and return the summary of each table."""
    return summarise_chunks(read_chunks(connection, reflect_tables(connection).values()))


def summarise_chunks(chunks: Iterable[TableChunk]) -> dict[str, TableSummary]:
    """Return the summary of each table."""
    digests: dict[str, TableDigest] = {}
    for chunk in chunks:
        digests.setdefault(chunk.table, TableDigest()).add_chunk(chunk)
    return {name: digest.summary for name, digest in digests.items()}


def count_rows(connection: Connection, tables: Iterable[Table]) -> int:
    """Return the number of rows of all tables."""
    return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


@contextmanager
def suspend_foreign_keys(connection: Connection) -> Iterator[None]:
    """On PostgreSQL, drop all foreign keys and add them again, which checks every row. Needs no superuser.

    On SQLite they have to be off before the transaction begins.
    """
    if is_sqlite(connection):
        yield
        return
    keys = connection.execute(text(SELECT_FOREIGN_KEYS)).all()
    for table, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _sort_bytewise(connection: Connection, column: Column[Any]) -> Any:  # noqa: ANN401  # a column or its collation
    """Order text by its bytes, as SQLite does; PostgreSQL would follow the rules of its language."""
    return column if is_sqlite(connection) or not isinstance(column.type, String) else collate(column, "C")


def _make_plain(value: Any) -> Any:  # noqa: ANN401  # whatever the column holds
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value


def _parse_date(text_: str | None) -> date | None:
    return None if text_ is None else date.fromisoformat(text_)
