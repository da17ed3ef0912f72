"""Fill an empty database from a backup or from another database, and verify that it has the same rows.

Everything happens in one transaction on PostgreSQL, and in a file of its own on SQLite: afterwards the target is as
before, or complete.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, text

from assessment.errors import AppError, ConflictError, with_values
from assessment.i18n.messages import N_
from assessment.services.operations.backups import sync_folder
from assessment.services.operations.step_progress import StepTracker, count_rows
from assessment.storage import database, schema
from assessment.storage.backup import table_rows
from assessment.storage.backup.table_rows import TableChunk, TableSummary

ConnectionWork: TypeAlias = Callable[[Connection], None]

SELECT_TABLES = """
SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
"""
COUNT_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_type = 'client backend'
"""
IN_USE = "The database is in use. Stop the server, its workers and every other program that uses it first."


class NotEmptyError(ConflictError):
    """The database is not empty, and replacing it was not requested."""

    slug = "not-empty"
    title = "There is a database already"


def fill_tables(
    connection: Connection,
    revision: str,
    chunks: Iterable[TableChunk],
    summaries: Callable[[], dict[str, TableSummary]],
    row_count: int,
    track: StepTracker,
) -> None:
    """Create the schema of `revision`, insert the rows, and compare all of them; then migrate to the newest schema.

    `summaries` is called once all chunks were read.
    """
    schema.upgrade_schema(connection, revision)
    tables = table_rows.reflect_tables(connection)
    with table_rows.suspend_foreign_keys(connection):
        for table in tables.values():  # a migration may have left rows
            connection.execute(table.delete())
        with track(N_("Copying all rows"), row_count) as advance:
            for chunk in count_rows(chunks, advance):
                table_rows.insert_chunk(connection, tables[chunk.table], chunk)
        with track(N_("Comparing all rows"), row_count) as advance:
            copied = count_rows(table_rows.read_chunks(connection, tables.values()), advance)
            compare_tables(table_rows.summarise_chunks(copied), summaries())
    schema.upgrade_schema(connection, "head")


def compare_tables(actual: dict[str, TableSummary], expected: dict[str, TableSummary]) -> None:
    """Raise `AppError` with the tables that differ in number or content of rows."""
    different = sorted(name for name in actual.keys() | expected.keys() if actual.get(name) != expected.get(name))
    if different:
        raise AppError(
            with_values("These tables would differ: {tables}. Nothing was changed.", tables=tuple(different))
        )


@contextmanager
def open_empty_target(
    engine: Engine, *, replace: bool, now: datetime, then: ConnectionWork = lambda _: None
) -> Iterator[Connection]:
    """Open a transaction on an empty database that takes the place of the one at the URL once the block succeeds.

    On SQLite, foreign keys are off in the block. `then` follows it with foreign keys on, so that deletions cascade.
    Raises `NotEmptyError` if there is something and `replace` is not set, `ConflictError` if another program uses it.
    """
    opener = _open_new_file if database.is_sqlite(engine) else _open_emptied_database
    with opener(engine, replace, now, then) as connection:
        yield connection


def find_replaced_file(engine: Engine, now: datetime) -> Path:
    """Return the name that a replaced SQLite file gets."""
    source = Path(str(engine.url.database))
    return source.with_name(f"{source.name}.{now:%Y%m%dT%H%M%SZ}.replaced")


@contextmanager
def _open_new_file(engine: Engine, replace: bool, now: datetime, then: ConnectionWork) -> Iterator[Connection]:  # noqa: FBT001  # like its sibling
    target = Path(str(engine.url.database))
    has_content = target.exists() and target.stat().st_size > 0
    if has_content and not replace:
        raise NotEmptyError(with_values("There is a database already: {path}.", path=target))
    if has_content:
        check_unused_file(target)
    partial = target.with_name(target.name + ".part")
    delete_database(partial)
    new = database.make_engine(f"sqlite:///{partial}")
    new.update_execution_options(**engine.get_execution_options())
    try:
        options = {database.WRITE_OPTION: True}
        with new.connect().execution_options(**options) as connection:
            with schema.suspend_foreign_keys(connection), connection.begin():
                yield connection
            with connection.begin():
                then(connection)
            _check_integrity(connection)
        new.dispose()
        with closing(sqlite3.connect(partial)) as driver:  # one file, without WAL
            driver.execute("PRAGMA journal_mode = DELETE").fetchone()
        if has_content:
            check_unused_file(target)
            _add_name(target, find_replaced_file(engine, now))
        delete_logs(target)  # of a file that was deleted or damaged: SQLite would apply them to the new one
        partial.replace(target)  # atomic: after a crash at any moment there is the old database or the new one
        sync_folder(target.parent)
    finally:
        new.dispose()
        delete_database(partial)


def _add_name(path: Path, name: Path) -> None:
    """Give a file a second name, or copy it where the file system has no links."""
    try:
        name.hardlink_to(path)
    except OSError:
        partial = name.with_name(name.name + ".part")
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        shutil.copyfile(path, partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(name)


def _check_integrity(connection: Connection) -> None:
    with connection.begin():
        integrity = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if integrity != "ok" or broken is not None:
        raise AppError("The new database failed its integrity check: nothing was changed.")


def check_unused_file(path: Path) -> None:
    """Raise `ConflictError` if another program has the SQLite file open; afterwards it has no WAL."""
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as driver:
        try:
            mode = driver.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            raise ConflictError(IN_USE) from None
        except sqlite3.DatabaseError:
            return  # damaged, so nobody can use it
    if mode != "delete":
        raise ConflictError(IN_USE)


def delete_database(path: Path) -> None:
    """Delete a SQLite file with its WAL."""
    path.unlink(missing_ok=True)
    delete_logs(path)


def delete_logs(path: Path) -> None:
    """Delete WAL and journal of a SQLite file."""
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _open_emptied_database(
    engine: Engine,
    replace: bool,  # noqa: FBT001  # as above
    _now: datetime,
    then: ConnectionWork,
) -> Iterator[Connection]:
    options = {database.WRITE_OPTION: True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": schema.MIGRATION_LOCK})
        names = connection.scalars(text(SELECT_TABLES)).all()
        if names and not replace:
            raise NotEmptyError("The database has tables already.")
        if names and connection.execute(text(COUNT_OTHERS)).scalar_one():
            raise ConflictError(IN_USE)
        for name in names:
            connection.exec_driver_sql(f"DROP TABLE {name} CASCADE")
        yield connection
        then(connection)
