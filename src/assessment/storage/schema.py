"""Schema version of the database, and migration to the newest one.

Alembic is imported to migrate only: to compare two versions, a server process would hold 16 MB of it.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from assessment.domain.closed_sets import SchemaState
from assessment.errors import AppError, ConflictError, UnavailableError
from assessment.storage import tables
from assessment.storage.database import UNAVAILABLE_ERRORS, WRITE_OPTION, is_sqlite

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
REVISION_PATTERN = re.compile(r'^(down_revision|revision) = (?:"(\w+)"|None)$', re.MULTILINE)
MIGRATION_LOCK = 7_303_204_117  # arbitrary, but the same in every process


class NewerDatabaseError(ConflictError):
    """A newer version of the program has migrated the database."""

    slug = "newer-database"
    title = "The database is newer than this program"


def find_schema_state(engine: Engine) -> SchemaState:
    """Compare the database's revision with the program's; raises UnavailableError if it can't connect."""
    try:
        with engine.connect() as connection:
            return _find_state(connection)
    except UNAVAILABLE_ERRORS as error:
        raise UnavailableError from error


def migrate_schema(engine: Engine, now: datetime) -> Path | None:
    """Migrate to the newest schema in one transaction.

    A SQLite file that is not empty is copied first; the path of the copy is returned.
    """
    state = find_schema_state(engine)
    if state is SchemaState.CURRENT:
        return None
    if state is SchemaState.NEWER:
        raise NewerDatabaseError("The database was made by a newer version of this program: install that one.")
    copy = create_backup(engine, now) if state is SchemaState.OLD and is_sqlite(engine) else None
    with (
        engine.connect().execution_options(**{WRITE_OPTION: True}) as connection,
        suspend_foreign_keys(connection),
        connection.begin(),
    ):
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
        upgrade_schema(connection)
    return copy


@contextmanager
def suspend_foreign_keys(connection: Connection) -> Iterator[None]:
    """Turn foreign keys off, since SQLite alters a table by copying it; they are checked afterwards."""
    if not is_sqlite(connection):
        yield
        return
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]  # it is sqlite3's
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def create_backup(engine: Engine, now: datetime) -> Path:
    """Copy a SQLite file to a name with a timestamp next to it, and check the copy."""
    source = Path(str(engine.url.database))
    target = source.with_name(f"{source.name}.{now:%Y%m%dT%H%M%SZ}.backup")
    copy_database(source, target)
    return target


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database while it is in use.

    Raises AppError, and leaves no file, if the copy fails the integrity check.
    """
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        here, there = sqlite3.connect(source), sqlite3.connect(partial)
        try:
            here.backup(there)
            integrity = there.execute("PRAGMA integrity_check").fetchone()[0]
            broken = there.execute("PRAGMA foreign_key_check").fetchone()
        finally:
            here.close()
            there.close()
        if integrity != "ok" or broken is not None:
            raise AppError(f"The copy of {source.name} failed its integrity check: nothing was changed.")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def make_alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration without an ini file."""
    from alembic.config import Config  # noqa: PLC0415  # see above

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS_FOLDER))
    settings.attributes["connection"] = connection
    return settings


def is_known_revision(revision: str) -> bool:
    """Return whether this program has the migration to a revision."""
    return revision in _list_revisions()[1]


def read_revision(connection: Connection) -> str:
    """Return the database's revision; raises `ConflictError` if it has none."""
    heads = _read_heads(connection)
    if len(heads) != 1:
        raise ConflictError("The database has no schema of this program.")
    return next(iter(heads))


def upgrade_schema(connection: Connection, revision: str = "head") -> None:
    """Migrate within the transaction of `connection`."""
    from alembic import command  # noqa: PLC0415  # see above

    if _find_state(connection) is SchemaState.NEWER:  # another process may have migrated meanwhile
        raise NewerDatabaseError
    command.upgrade(make_alembic_config(connection), revision)
    if is_sqlite(connection) and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise AppError("The upgrade would have left rows without the row they refer to: nothing was changed.")


@cache
def _list_revisions() -> tuple[frozenset[str], frozenset[str]]:
    """Heads, and all revisions, as the migration modules declare them."""
    declared = [
        dict(REVISION_PATTERN.findall(path.read_text(encoding="utf-8")))
        for path in (MIGRATIONS_FOLDER / "versions").glob("*.py")
    ]
    revisions = frozenset(names["revision"] for names in declared)
    return revisions - {names["down_revision"] for names in declared}, revisions


def _read_heads(connection: Connection) -> set[str]:
    if not inspect(connection).has_table(VERSION_TABLE):
        return set()
    return set(connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars())  # noqa: S608


def _find_state(connection: Connection) -> SchemaState:
    heads, revisions = _list_revisions()
    current_heads = _read_heads(connection)
    if not current_heads:
        has_tables = set(inspect(connection).get_table_names()) & set(tables.metadata.tables)
        return SchemaState.OLD if has_tables else SchemaState.EMPTY
    if current_heads == heads:
        return SchemaState.CURRENT
    return SchemaState.OLD if current_heads <= revisions else SchemaState.NEWER
