"""The search for due assessments survives an unexpected database error: it runs in the server's own loop."""

import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from assessment.services.assessments import closing_schedule
from assessment.storage import database


def refuse(*_: object) -> None:
    raise OperationalError("SELECT", {}, Exception("attempt to write a readonly database"))


def test_close_due_or_log_with_unexpected_database_error_logs_and_returns(
    migrated_sqlite_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    engine = database.make_engine(migrated_sqlite_url)
    monkeypatch.setattr(closing_schedule, "close_due_assessments", refuse)

    with caplog.at_level(logging.ERROR, logger="assessment.closing"):
        closing_schedule.close_due_or_log(engine, datetime(2026, 1, 1, tzinfo=UTC), print)

    engine.dispose()
    assert "the search for what is due failed" in caplog.text
