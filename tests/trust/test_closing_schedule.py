"""A real server with two processes closes each assessment at its closing time, exactly once."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment.services.assessments import closing_schedule
from assessment.storage import database, tables
from tests import containers
from tests.trust.conftest import Place
from tests.web import people

pytestmark = pytest.mark.slow

PROGRAM = str(Path(sys.executable).parent / "assessment")
GIVEN_UP = closing_schedule.CHECK_INTERVAL_SECONDS + 40


def closed_on_time(log: Path) -> list[str]:
    """Ids of the assessments that the server says to have closed."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
    return [line["assessment"] for line in lines if line["message"] == "closed on time"]


def wait_until_closed(place: Place, assessment: str) -> None:
    until = time.monotonic() + GIVEN_UP
    while place.held(assessment).state == "open":
        assert time.monotonic() < until
        time.sleep(0.2)


def move_closing_time(place: Place, assessment: str, closes_at: datetime) -> None:
    with database.write_session(place.engine) as session:
        values = {"closes_on": closes_at.date(), "closes_at": closes_at}
        session.execute(update(tables.assessment).where(tables.assessment.c.id == assessment).values(**values))


def test_two_processes_close_overdue_and_later_due_assessments_once(place: Place, tmp_path: Path):
    missed, later = place.opened("Missed"), place.opened("Later")
    for assessment in (missed, later):
        place.take_in(assessment)
    move_closing_time(place, missed, datetime.now(UTC) - timedelta(hours=3))
    port = containers.find_free_port()
    environment = containers.make_clean_environment(
        ASSESSMENT_DATA=str(tmp_path),
        ASSESSMENT_DATABASE_URL=place.url,
        ASSESSMENT_PUBLIC_URL=f"http://127.0.0.1:{port}",
        ASSESSMENT_SECRET=people.SECRET,
    )
    command = [PROGRAM, "serve", "--port", str(port), "--workers", "2"]

    with containers.run_server(command, f"http://127.0.0.1:{port}/readyz", tmp_path, environment):
        wait_until_closed(place, missed)
        move_closing_time(place, later, datetime.now(UTC))
        wait_until_closed(place, later)
        time.sleep(1)  # the other process has looked too

    with people.open_read_session(place.url) as session:
        releases = session.execute(tables.release.select()).all()
    assert sorted(closed_on_time(tmp_path / "server.log")) == sorted([missed, later])
    assert sorted(row.assessment_id for row in releases) == sorted([missed, later])
    assert {row.number for row in releases} == {1}
