"""Readiness: each thing that keeps the program from serving is told apart."""

import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from assessment.services import readiness
from assessment.storage import database, schema

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    """An empty database of each kind."""
    engine = database.connect(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


def test_a_migrated_database_and_room_on_the_disk_are_all_it_takes(engine, tmp_path):
    before = readiness.check(engine, tmp_path)
    schema.migrate(engine, NOW)

    after = readiness.check(engine, tmp_path)

    assert (before.schema, before.ready) == ("empty", False)
    assert after == readiness.Readiness("ok", "current", "ok")
    assert after.ready


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/a.sqlite3", "postgresql://nobody@127.0.0.1:9/none"])
def test_a_database_that_does_not_answer_is_no_reason_to_fail(url, tmp_path):
    engine = database.connect(url)

    found = readiness.check(engine, tmp_path)

    assert found == readiness.Readiness("does not answer", "unknown", "ok")
    assert not found.ready


def test_a_disk_that_is_nearly_full_is_told_before_it_is_full(monkeypatch, tmp_path):
    left = SimpleNamespace(free=readiness.DISK_LEAST - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)

    nearly = readiness.disk_state(tmp_path)
    left.free += 1

    assert (nearly, readiness.disk_state(tmp_path)) == ("nearly full", "ok")


def test_a_folder_that_cannot_be_written_to_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("os.access", lambda *_: False)

    assert readiness.disk_state(tmp_path / "not" / "yet" / "there") == "not writable"
