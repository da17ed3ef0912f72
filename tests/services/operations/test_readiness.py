"""Readiness: each thing that keeps the program from serving is told apart."""

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, insert, text

from assessment.services.operations import readiness
from assessment.storage import database, schema, tables, write_check
from tests.storage import rows

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    """An empty database of each kind."""
    engine = database.make_engine(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


def test_migrated_database_and_free_disk_space_are_ready(engine, tmp_path):
    before = readiness.check_readiness(engine, tmp_path, NOW)
    schema.migrate_schema(engine, NOW)

    after = readiness.check_readiness(engine, tmp_path, NOW)

    assert (before.schema, before.ready) == ("empty", False)
    assert after == readiness.Readiness("ok", "current", "ok", "ok", "ok")
    assert after.ready


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/a.sqlite3", "postgresql://nobody@127.0.0.1:9/none"])
def test_unreachable_database_is_reported_without_an_exception(url, tmp_path):
    engine = database.make_engine(url)

    found = readiness.check_readiness(engine, tmp_path, NOW)

    assert found == readiness.Readiness("does not answer", "unknown", "ok")
    assert not found.ready


def test_nearly_full_disk_is_reported(monkeypatch, tmp_path):
    left = SimpleNamespace(free=readiness.MIN_FREE_BYTES - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)

    nearly = readiness.check_disk(tmp_path)
    left.free += 1

    assert (nearly, readiness.check_disk(tmp_path)) == ("nearly full", "ok")


def test_unwritable_folder_is_reported(monkeypatch, tmp_path):
    monkeypatch.setattr("os.access", lambda *_: False)

    assert readiness.check_disk(tmp_path / "not" / "yet" / "there") == "not writable"


@pytest.fixture
def migrated(migrated_url):
    engine = database.make_engine(migrated_url)
    yield engine
    engine.dispose()


def test_write_of_the_check_is_rolled_back(migrated, tmp_path):
    statements = []
    event.listen(migrated, "commit", lambda _: statements.append("commit"))

    assert readiness.check_readiness(migrated, tmp_path, NOW).writes == "ok"

    assert statements == []


def test_locked_sqlite_is_busy_and_ready(migrated_sqlite_url, tmp_path):
    engine = database.make_engine(migrated_sqlite_url)
    with database.write_session(engine) as session:
        session.execute(text("SELECT 1"))

        state = readiness.check_readiness(engine, tmp_path, NOW)

    engine.dispose()
    assert (state.writes, state.ready) == ("busy", True)


def make_read_only(engine):
    if database.is_sqlite(engine):
        event.listen(engine, "do_connect", open_to_read)
    else:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    engine.dispose()


def test_mutant_that_only_reads_calls_a_read_only_database_ready(migrated, tmp_path, monkeypatch):
    make_read_only(migrated)
    monkeypatch.setattr(write_check, "WRITE", text("SELECT version_num FROM alembic_version"))

    assert readiness.check_readiness(migrated, tmp_path, NOW).ready


def test_read_only_database_is_not_ready(migrated, tmp_path):
    make_read_only(migrated)

    state = readiness.check_readiness(migrated, tmp_path, NOW)

    assert (state.database, state.writes, state.ready) == ("ok", "not possible", False)


def open_to_read(_dialect, _entry, arguments, named):
    arguments[0] = f"file:{arguments[0]}?mode=ro"
    named["uri"] = True


def test_mail_that_no_worker_takes_is_reported_as_late(migrated, tmp_path):
    before = readiness.check_readiness(migrated, tmp_path, NOW)
    with database.write_session(migrated) as session:
        rows.insert_assessment(session, NOW)
        session.execute(
            insert(tables.mailing).values(
                id="m",
                workspace_id=rows.WORKSPACE,
                kind="test",
                language="en",
                subject="s",
                body="b",
                shown_count=1,
                queued_at=NOW,
            )
        )
        session.execute(
            insert(tables.outbox).values(
                id="o", workspace_id=rows.WORKSPACE, mailing_id="m", kind="test", payload=b"p", not_before=NOW
            )
        )

    delays = [readiness.check_readiness(migrated, tmp_path, NOW + timedelta(minutes=minutes)) for minutes in (5, 16)]

    assert [before.jobs, *(state.jobs for state in delays)] == ["ok", "ok", "late"]
    assert delays[1].ready
    assert readiness.measure_job_delays(migrated, NOW - timedelta(minutes=1))["mail"] == timedelta(0)


@pytest.mark.parametrize(
    ("kind", "insert_job"), [("webhook", rows.insert_delivery), ("large request", rows.insert_bulk_job)]
)
def test_job_that_no_worker_takes_is_reported_as_late(migrated, tmp_path, kind, insert_job):
    with database.write_session(migrated) as session:
        rows.insert_assessment(session, NOW)
        insert_job(session, NOW)

    states = [readiness.check_readiness(migrated, tmp_path, NOW + timedelta(minutes=minutes)) for minutes in (5, 16)]

    assert [state.jobs for state in states] == ["ok", "late"]
    assert readiness.measure_job_delays(migrated, NOW + timedelta(minutes=16))[kind] == timedelta(minutes=16)
