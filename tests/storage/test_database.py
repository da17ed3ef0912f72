"""Engines: durable, private, patient, and reading that can't write."""

import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from assessment.errors import ConflictError, UnavailableError
from assessment.storage import database, tables
from tests.storage import rows

WANTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000, "secure_delete": 1}


def test_sqlite_connection_has_durability_and_timeout_pragmas(sqlite_url, durable):
    engine = database.make_engine(sqlite_url)
    connections = [engine.connect() for _ in range(12)]

    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in WANTED}

        assert found == WANTED

    for connection in connections:
        connection.close()
    engine.dispose()


def test_sqlite_file_is_readable_by_owner_only(sqlite_url):
    engine = database.make_engine(sqlite_url)
    with database.write_session(engine) as session:
        session.execute(text("CREATE TABLE note (words TEXT)"))

        modes = {stat.S_IMODE(path.stat().st_mode) for path in Path(engine.url.database).parent.glob("*.sqlite3*")}

    engine.dispose()
    assert modes == {0o600}


@pytest.mark.parametrize(
    "url",
    ["postgresql://a@b/c", "postgresql+psycopg://a@b/c", "postgresql+psycopg2://a@b/c", "postgresql+asyncpg://a@b/c"],
)
def test_url_with_any_driver_uses_the_supported_one(url):
    assert database.make_engine(url).url.drivername == "postgresql+psycopg"


def test_read_session_cannot_write(survey):
    with pytest.raises(UnavailableError), database.read_session(survey) as session:
        session.execute(text("DELETE FROM response"))

    with database.read_session(survey) as session:
        assert session.scalar(select(tables.response.c.id)) == "response-1"


def test_exception_in_write_session_rolls_back(survey):
    class StopError(Exception):
        pass

    def begin_and_stop():
        with database.write_session(survey) as session:
            rows.insert_response(session, "response-2")
            raise StopError

    with pytest.raises(StopError):
        begin_and_stop()

    with database.read_session(survey) as session:
        assert session.scalars(select(tables.response.c.id)).all() == ["response-1"]


def test_duplicate_insert_raises_conflict(survey):
    with pytest.raises(ConflictError), database.write_session(survey) as session:
        rows.insert_response(session, "response-1")


def test_errors_do_not_contain_values(survey):
    with pytest.raises(ConflictError) as refused, database.write_session(survey) as session:
        session.execute(insert(tables.response).values(id="canary", workspace_id="none"))

    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_row_with_assessment_of_other_workspace_violates_foreign_key(survey):
    with database.write_session(survey) as session:
        session.execute(
            insert(tables.workspace).values(id="workspace-2", name="Bob", created_at=datetime(2026, 3, 2, tzinfo=UTC))
        )

    with pytest.raises(ConflictError), database.write_session(survey) as session:
        rows.insert_response(session, "response-2", workspace_id="workspace-2")


@pytest.mark.parametrize("is_failing", [False, True])
def test_connection_checks_foreign_keys_again_after_rewriting_rows(sqlite_url, is_failing):
    engine = database.make_engine(sqlite_url)

    with suppress(LookupError), database.rewrite_session(engine) as session:
        unchecked = session.execute(text("PRAGMA foreign_keys")).scalar()
        if is_failing:
            raise LookupError
    with engine.connect() as connection:
        checked = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()

    engine.dispose()
    assert (unchecked, checked) == (0, 1)
