"""Steps that prepare a database, replayed as rows: services take ten times as long to write them.

A step is taken once per process for each state of the database that it starts from. If another database is in that
state, row for row, the step's rows are written to it: with the same ids, tokens and entries of the audit trail.
"""

# ruff: noqa: S608 - the names in these queries are those of our own tables

from collections import OrderedDict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.orm import Session

from assessment.storage import database, tables

Made = TypeVar("Made")
Rows = dict[str, frozenset[Any]]  # of each table that has some: tuples on SQLite, text on PostgreSQL
MAX_STEPS = 200
VERSION_TABLE = "alembic_version"


class Step(Struct, frozen=True):
    """Rows that a step has deleted and written, and what it returned."""

    deleted: Rows
    written: Rows
    made: Any


_steps: OrderedDict[tuple[str, str, int], Step] = OrderedDict()


def take_step(engine: Engine, name: str, build: Callable[[Session], Made]) -> Made:
    """Take the step of this name, or replay it if it was taken from the same rows before.

    The name says all that the result depends on besides the rows. All happens in one transaction, so that nobody
    else's rows count as the step's.
    """
    with database.write_session(engine) as session:
        if not database.is_sqlite(engine):  # there, writers wait for each other
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        connection = session.connection()
        before = _read_rows(connection)
        key = engine.dialect.name, name, hash(frozenset(before.items()))
        if key in _steps:
            _steps.move_to_end(key)
            _replay(connection, _steps[key])
            return deepcopy(_steps[key].made)  # type: ignore[no-any-return]
        made = build(session)
        session.flush()
        after = _read_rows(connection)
    _steps[key] = Step(_subtract(before, after), _subtract(after, before), deepcopy(made))
    while len(_steps) > MAX_STEPS:
        _steps.popitem(last=False)
    return made


def _subtract(one: Rows, other: Rows) -> Rows:
    differences = ((name, rows - other.get(name, frozenset())) for name, rows in one.items())
    return {name: rows for name, rows in differences if rows}


def _read_rows(connection: Connection) -> Rows:
    names = _list_tables(connection)
    if database.is_sqlite(connection):
        read = {name: frozenset(map(tuple, _select(connection, f'SELECT * FROM "{name}"'))) for name in names}
        return {name: rows for name, rows in read.items() if rows}
    parts = (f"SELECT '{name}', own::text FROM \"{name}\" AS own" for name in names)
    texts: dict[str, set[str]] = {}
    for name, text in _select(connection, " UNION ALL ".join(parts)):
        texts.setdefault(name, set()).add(text)
    return {name: frozenset(rows) for name, rows in texts.items()}


def _select(connection: Connection, query: str) -> Iterable[Any]:
    return connection.exec_driver_sql(query)


def _list_tables(connection: Connection) -> tuple[str, ...]:
    """Name the tables, and that of the schema's version, where a migration has made it."""
    names = tuple(table.name for table in tables.metadata.sorted_tables)
    return (*names, VERSION_TABLE) if inspect(connection).has_table(VERSION_TABLE) else names


def _replay(connection: Connection, step: Step) -> None:
    """Delete and write rows; constraints held when the step was taken, and are checked at the commit on SQLite."""
    if database.is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name, rows in step.deleted.items():
            columns = _list_columns(connection, name)
            where = " AND ".join(f'"{column}" IS ?' for column in columns)
            connection.exec_driver_sql(f'DELETE FROM "{name}" WHERE {where}', list(rows))
        for name, rows in step.written.items():
            marks = ", ".join("?" * len(next(iter(rows))))
            connection.exec_driver_sql(f'INSERT INTO "{name}" VALUES ({marks})', list(rows))
        return
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    for name, rows in step.deleted.items():
        connection.exec_driver_sql(f'DELETE FROM "{name}" AS own WHERE own::text = ANY(%s)', (list(rows),))
    for name, rows in step.written.items():
        parsed = f'SELECT text::"{name}" AS own FROM unnest(%s::text[]) AS text OFFSET 0'
        connection.exec_driver_sql(f'INSERT INTO "{name}" SELECT (own).* FROM ({parsed}) AS parsed', (list(rows),))


def _list_columns(connection: Connection, name: str) -> list[str]:
    return [row[1] for row in _select(connection, f'PRAGMA table_info("{name}")')]
