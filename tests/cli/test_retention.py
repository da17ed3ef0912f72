"""`assessment retention`: shows what is due, erases only that, and records it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ErasureKind
from assessment.services.assessments import closing
from assessment.services.operations import audit_trail, retention
from assessment.storage import database, erasures, tables
from assessment.storage.erasures import Erasure
from tests.cli.test_respondents import KIM, World, find_response_id, world  # noqa: F401  # the fixture

DAY = date(2026, 11, 20)


@pytest.fixture
def closed(world, run):  # noqa: F811
    """The confidential assessment of the world, closed for thirteen months; the anonymous one stays open."""
    key = AssessmentKey(world.home, world.confidential)
    with database.write_session(world.engine) as session:
        closing.close_assessment(session, key, datetime(2026, 11, 20, tzinfo=UTC), without_results=True)
    set_close(world, datetime.now(UTC).date() - timedelta(days=400))
    return world


def set_close(world, day):  # noqa: F811
    with database.write_session(world.engine) as session:
        table = tables.assessment
        session.execute(update(table).where(table.c.id == world.confidential).values(closed_on=day))


def test_retention_lists_what_is_due_and_erases_nothing_unasked(closed, run):
    before = closed.count(tables.invitation_link)

    said = run("retention")

    assert said.exit_code == 1
    assert "Acme, Wave" in said.stderr
    assert "Anonymous" not in said.stderr
    assert "--confirm" in said.stderr
    assert closed.count(tables.invitation_link) == before
    assert closed.count(tables.invitation, email=KIM) == 2


def test_confirmed_retention_erases_names_and_addresses_of_old_assessments_only(closed, run):
    answers = closed.count(tables.answer)

    said = run("retention", "--confirm")

    assert said.exit_code == 0, said.stderr
    assert closed.count(tables.invitation, email=KIM) == 1  # of the open one
    assert closed.count(tables.answer) == answers
    assert closed.count(tables.release) == 2
    assert closed.count(tables.invitation, assessment_id=closed.confidential, role="staff") == 9
    assert run("retention").exit_code == 0


def test_mutant_that_counts_no_months_erases_the_names_of_a_young_assessment(closed, run, monkeypatch):
    set_close(closed, datetime.now(UTC).date() - timedelta(days=1))
    assert run("retention", "--confirm").exit_code == 0
    within = closed.count(tables.invitation, email=KIM)
    monkeypatch.setattr(retention, "subtract_months", lambda day, _: day)

    run("retention", "--confirm")

    assert (within, closed.count(tables.invitation, email=KIM)) == (2, 1)


def test_answers_are_erased_after_their_own_period(closed, run):
    response = find_response_id(closed, closed.kim)
    set_close(closed, datetime.now(UTC).date() - timedelta(days=1200))

    run("retention", "--confirm")

    assert closed.count(tables.answer, response_id=response.id) == 0
    assert closed.count(tables.basis) == 0
    assert closed.count(tables.release) == 2
    assert closed.count(tables.answer) > 0  # of the open one


@pytest.mark.parametrize(("own_months", "left"), [(6, 0), (60, 1)])
def test_period_of_the_workspace_decides_for_its_assessments(closed, run, own_months, left):
    response = find_response_id(closed, closed.kim)
    with database.write_session(closed.engine) as session:
        session.execute(update(tables.workspace).values(retention_months=own_months))

    run("retention", "--answers", "12", "--confirm")

    assert (closed.count(tables.answer, response_id=response.id) > 0) == bool(left)


def test_names_are_erased_with_the_answers_of_a_shorter_period(closed, run):
    set_close(closed, datetime.now(UTC).date() - timedelta(days=100))
    with database.write_session(closed.engine) as session:
        session.execute(update(tables.workspace).values(retention_months=3))

    run("retention", "--confirm")

    assert closed.count(tables.invitation, email=KIM) == 1  # of the open one


def test_retention_is_recorded_without_persons_or_numbers(closed, run):
    run("retention", "--confirm")

    with database.read_session(closed.engine) as session:
        entries = list(audit_trail.audit_log.iterate_entries(session, closed.home))
        faults = list(audit_trail.verify_logs(session, closed.secret))
    applied = [(entry.actor, entry.subject, entry.details) for entry in entries if entry.action == "retention.applied"]
    assert applied == [("operator", closed.confidential, {"erased": "names"})]
    assert faults == []


def test_old_automatic_copies_are_deleted_and_other_files_stay(closed, run, data):
    (data / "backups").mkdir()
    old = [
        data / "backups" / "before-migration-20200101T000000Z.backup",
        data / "assessment.sqlite3.20200101T000000Z.backup",
        data / "assessment.sqlite3.20200101T000000Z.replaced",
    ]
    others = [data / "backups" / "assessment-20200101T000000Z.backup", data / "notes.txt"]
    for path in (*old, *others):
        path.touch()

    run("retention", "--confirm")

    assert [path for path in old if path.exists()] == []
    assert [path for path in others if not path.exists()] == []


def test_unfinished_copies_are_deleted_after_a_day(closed, run, data):
    (data / "backups").mkdir()
    today, yesterday = datetime.now(UTC), datetime.now(UTC) - timedelta(days=1)
    names = (
        "backups/before-migration-{}.backup.part",
        "backups/assessment-{}.backup.part",
        "assessment.sqlite3.{}.backup.part",
        "assessment.sqlite3.{}.backup.part-journal",
    )
    old = [data / name.format("20200101T000000Z") for name in names]
    others = [data / name.format(f"{day:%Y%m%dT%H%M%SZ}") for name in names for day in (today, yesterday)]
    others += [data / "notes.part", data / "assessment.sqlite3.part"]
    for path in (*old, *others):
        path.touch()

    run("retention", "--confirm")

    assert [path for path in old if path.exists()] == []
    assert [path for path in others if not path.exists()] == []


@pytest.mark.parametrize(("age", "count"), [(729, 1), (732, 0)])
def test_records_of_erasures_are_deleted_after_two_years(closed, run, age, count):
    day = datetime.now(UTC).date() - timedelta(days=age)
    with database.write_session(closed.engine) as session:
        erasures.record_erasure(session, Erasure(closed.home, ErasureKind.RESPONSE, "an-old-one", day))

    run("retention", "--confirm")

    assert closed.count(tables.erasure, subject="an-old-one") == count


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (DAY, 36, date(2023, 11, 20)),
    ],
)
def test_months_are_subtracted(day, months, earlier):
    assert retention.subtract_months(day, months) == earlier
