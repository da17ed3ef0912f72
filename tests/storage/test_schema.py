"""Migrations: the same schema on both databases, made once, backed up first, never half."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from assessment.errors import AssessmentError, UnavailableError
from assessment.storage import database, schema, tables

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def empty_engine(database_url):
    engine = database.connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def file_engine(sqlite_url):
    engine = database.connect(sqlite_url)
    yield engine
    engine.dispose()


def test_migrations_and_tables_agree(empty_engine):
    schema.migrate(empty_engine, NOW)

    with empty_engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert differences == []


def test_checks_of_the_tables_are_in_the_migrations(empty_engine):
    """Alembic does not compare these."""
    schema.migrate(empty_engine, NOW)
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


def test_rows_that_tie_people_to_answers_have_no_order_on_sqlite(file_engine):
    schema.migrate(file_engine, NOW)

    with file_engine.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())

    for name in ("invitation", "invitation_link", "response", "respondent_session", "section_time", "answer", "basis"):
        assert "WITHOUT ROWID" in made[name]


def test_the_state_is_told(empty_engine):
    assert schema.schema_state(empty_engine) == "empty"

    schema.migrate(empty_engine, NOW)

    assert schema.schema_state(empty_engine) == "current"
    assert schema.migrate(empty_engine, NOW) is None


def test_a_newer_database_is_refused(empty_engine):
    schema.migrate(empty_engine, NOW)
    with database.writing(empty_engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(schema.NewerError):
        schema.migrate(empty_engine, NOW)

    assert schema.schema_state(empty_engine) == "newer"


def test_a_database_that_does_not_answer_is_told(tmp_path):
    gone = database.connect(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite3'}")

    with pytest.raises(UnavailableError):
        schema.schema_state(gone)


def test_an_old_sqlite_file_is_copied_before_it_is_upgraded(file_engine):
    with database.writing(file_engine) as session:
        session.execute(text("CREATE TABLE workspace_before (name TEXT)"))
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text("INSERT INTO workspace_before VALUES ('Anna')"))
    copied_to = Path(file_engine.url.database).with_suffix(".sqlite3.20260302T093000Z.backup")

    copy = schema.backup_beside(file_engine, NOW)

    assert copy == copied_to
    with closing(sqlite3.connect(copy)) as there:
        assert there.execute("SELECT name FROM workspace_before").fetchall() == [("Anna",)]
    assert copy.stat().st_mode & 0o077 == 0


def test_a_broken_copy_is_not_left_behind(tmp_path):
    source = tmp_path / "broken.sqlite3"
    source.write_bytes(b"SQLite format 3\0" + b"\0" * 5000)

    with pytest.raises((AssessmentError, sqlite3.DatabaseError)):
        schema.backup(source, tmp_path / "copy")

    assert list(tmp_path.iterdir()) == [source]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(empty_engine, monkeypatch):
    real = schema.command.upgrade

    def upgrade_then_fail(settings, target):
        real(settings, target)
        raise RuntimeError

    monkeypatch.setattr(schema.command, "upgrade", upgrade_then_fail)

    with pytest.raises(RuntimeError):
        schema.migrate(empty_engine, NOW)

    assert schema.schema_state(empty_engine) == "empty"


def test_an_upgrade_of_a_file_that_holds_something_copies_it_first(file_engine, monkeypatch):
    schema.migrate(file_engine, NOW)
    monkeypatch.setattr(schema, "find_schema_state", lambda _: "old")

    copy = schema.migrate(file_engine, NOW)

    assert copy is not None
    with closing(sqlite3.connect(copy)) as there:
        assert there.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_foreign_keys_are_watched_again_after_an_upgrade(file_engine):
    schema.migrate(file_engine, NOW)

    with file_engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
