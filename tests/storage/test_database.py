"""Engines: durable, private, patient, and reading that can't write."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from assessment.errors import ConflictError, UnavailableError
from assessment.storage import database, tables
from tests.storage import rows

WANTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000, "secure_delete": 1}


def test_every_connection_to_sqlite_is_durable_and_patient(sqlite_url, durable):
    engine = database.connect(sqlite_url)
    connections = [engine.connect() for _ in range(12)]

    for connection in connections:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in WANTED}

        assert found == WANTED

    for connection in connections:
        connection.close()
    engine.dispose()


def test_a_sqlite_file_is_its_owners_alone(sqlite_url):
    engine = database.connect(sqlite_url)
    with database.writing(engine) as session:
        session.execute(text("CREATE TABLE note (words TEXT)"))

        modes = {stat.S_IMODE(path.stat().st_mode) for path in Path(engine.url.database).parent.glob("*.sqlite3*")}

    engine.dispose()
    assert modes == {0o600}


@pytest.mark.parametrize(
    "url",
    ["postgresql://a@b/c", "postgresql+psycopg://a@b/c", "postgresql+psycopg2://a@b/c", "postgresql+asyncpg://a@b/c"],
)
def test_whatever_the_url_says_one_driver_is_used(url):
    assert database.connect(url).url.drivername == "postgresql+psycopg"


def test_reading_cannot_write(survey):
    with pytest.raises(UnavailableError), database.reading(survey) as session:
        session.execute(text("DELETE FROM response"))

    with database.reading(survey) as session:
        assert session.scalar(select(tables.response.c.id)) == "response-1"


def test_what_raises_leaves_nothing_behind(survey):
    class StopError(Exception):
        pass

    def begin_and_stop():
        with database.writing(survey) as session:
            rows.response(session, "response-2")
            raise StopError

    with pytest.raises(StopError):
        begin_and_stop()

    with database.reading(survey) as session:
        assert session.scalars(select(tables.response.c.id)).all() == ["response-1"]


def test_the_second_of_two_who_do_the_same_at_once_is_told(survey):
    with pytest.raises(ConflictError), database.writing(survey) as session:
        rows.response(session, "response-1")


def test_errors_do_not_show_what_was_to_be_stored(survey):
    with pytest.raises(ConflictError) as refused, database.writing(survey) as session:
        session.execute(insert(tables.response).values(id="canary", workspace_id="none"))

    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_row_of_another_workspaces_assessment_is_refused_by_the_database(survey):
    with database.writing(survey) as session:
        session.execute(
            insert(tables.workspace).values(id="workspace-2", name="Bob", created_at=datetime(2026, 3, 2, tzinfo=UTC))
        )

    with pytest.raises(ConflictError), database.writing(survey) as session:
        rows.response(session, "response-2", workspace_id="workspace-2")
