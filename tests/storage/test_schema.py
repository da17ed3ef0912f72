"""Migrations: the same schema on both databases, made once, backed up first, never half."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from assessment.domain.closed_sets import SchemaState
from assessment.errors import AppError, UnavailableError
from assessment.storage import database, schema, tables

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def empty_engine(empty_url):
    engine = database.make_engine(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture
def file_engine(sqlite_url):
    engine = database.make_engine(sqlite_url)
    yield engine
    engine.dispose()


def test_migrated_schema_equals_tables(empty_engine):
    schema.migrate_schema(empty_engine, NOW)

    with empty_engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert differences == []


def test_check_constraints_of_tables_are_in_migrations(empty_engine):
    """Alembic does not compare these."""
    schema.migrate_schema(empty_engine, NOW)
    checks = {
        str(constraint.name)
        for table in tables.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }

    with empty_engine.connect() as connection:
        if database.is_sqlite(empty_engine):
            kept = " ".join(connection.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'table'")))
        else:
            kept = " ".join(connection.scalars(text("SELECT conname FROM pg_constraint")))

    assert checks
    assert {name for name in checks if name not in kept} == set()


def test_tables_linking_people_to_answers_have_no_rowid_on_sqlite(file_engine):
    schema.migrate_schema(file_engine, NOW)

    with file_engine.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())

    for name in ("invitation", "invitation_link", "response", "respondent_session", "section_time", "answer", "basis"):
        assert "WITHOUT ROWID" in made[name]


def test_schema_state_is_returned(empty_engine):
    assert schema.find_schema_state(empty_engine) == "empty"

    schema.migrate_schema(empty_engine, NOW)

    assert schema.find_schema_state(empty_engine) == "current"
    assert schema.migrate_schema(empty_engine, NOW) is None


def test_newer_database_is_rejected(empty_engine):
    schema.migrate_schema(empty_engine, NOW)
    with database.write_session(empty_engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.NewerDatabaseError):
        schema.migrate_schema(empty_engine, NOW)

    assert schema.find_schema_state(empty_engine) == "newer"


def test_unreachable_database_raises_unavailable(tmp_path):
    gone = database.make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")

    with pytest.raises(UnavailableError):
        schema.find_schema_state(gone)


def test_old_sqlite_file_is_copied_before_migration(file_engine):
    with database.write_session(file_engine) as session:
        session.execute(text("CREATE TABLE workspace_before (name TEXT)"))
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text("INSERT INTO workspace_before VALUES ('Anna')"))
    copied_to = Path(file_engine.url.database).with_suffix(".sqlite3.20260302T093000Z.backup")

    copy = schema.create_backup(file_engine, NOW)

    assert copy == copied_to
    with closing(sqlite3.connect(copy)) as there:
        assert there.execute("SELECT name FROM workspace_before").fetchall() == [("Anna",)]
    assert copy.stat().st_mode & 0o077 == 0


def test_corrupt_copy_is_deleted(tmp_path):
    source = tmp_path / "broken.sqlite3"
    source.write_bytes(b"SQLite format 3\0" + b"\0" * 5000)

    with pytest.raises((AppError, sqlite3.DatabaseError)):
        schema.copy_database(source, tmp_path / "copy")

    assert list(tmp_path.iterdir()) == [source]


def test_failed_migration_leaves_database_unchanged(empty_engine, monkeypatch):
    real = command.upgrade

    def upgrade_then_fail(settings, target):
        real(settings, target)
        raise RuntimeError

    monkeypatch.setattr(command, "upgrade", upgrade_then_fail)

    with pytest.raises(RuntimeError):
        schema.migrate_schema(empty_engine, NOW)

    assert schema.find_schema_state(empty_engine) == "empty"


def test_migration_of_nonempty_file_copies_it_first(file_engine, monkeypatch):
    schema.migrate_schema(file_engine, NOW)
    monkeypatch.setattr(schema, "find_schema_state", lambda _: SchemaState.OLD)

    copy = schema.migrate_schema(file_engine, NOW)

    assert copy is not None
    with closing(sqlite3.connect(copy)) as there:
        assert there.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_foreign_keys_after_migration_are_enforced(file_engine):
    schema.migrate_schema(file_engine, NOW)

    with file_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
