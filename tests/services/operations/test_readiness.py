"""Readiness: each thing that keeps the program from serving is told apart."""

import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from assessment.services.operations import readiness
from assessment.storage import database, schema

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def engine(request):
    """An empty database of each kind."""
    engine = database.make_engine(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


def test_migrated_database_and_free_disk_space_are_ready(engine, tmp_path):
    before = readiness.check_readiness(engine, tmp_path)
    schema.migrate_schema(engine, NOW)

    after = readiness.check_readiness(engine, tmp_path)

    assert (before.schema, before.ready) == ("empty", False)
    assert after == readiness.Readiness("ok", "current", "ok")
    assert after.ready


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/a.sqlite3", "postgresql://nobody@127.0.0.1:9/none"])
def test_unreachable_database_is_reported_without_an_exception(url, tmp_path):
    engine = database.make_engine(url)

    found = readiness.check_readiness(engine, tmp_path)

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
