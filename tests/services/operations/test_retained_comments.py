"""Released comments are deleted with the answers after their period, of the last authors and of anonymous ones too."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessment.services.auth import users
from assessment.services.operations import retention
from assessment.services.operations.retention import RetentionPeriods
from assessment.services.reports import published_reports as publishing
from assessment.services.reports.published_reports import Publication
from assessment.services.results import voices
from assessment.storage import tables
from assessment.storage.results import published_reports
from assessment.storage.results import voices as stored_voices
from tests.services.results.test_voices import COMMENT, STAFF, close, list_rows, write

LATER = timedelta(days=1200)
COMMENTERS = 8


@pytest.fixture(params=["confidential", "anonymous"])
def survey(world, questionnaire, now, request):
    """A closed assessment of twelve people, eight of whom commented; a published report quotes all comments."""
    survey = world.open(confidentiality=request.param)
    for number, each in enumerate(world.invite(survey, *[STAFF] * 12)):
        entered = world.begin(each.token)
        world.answer(questionnaire, entered.respondent, value=str(1 + number % 3))
        if number < COMMENTERS:
            write(world, questionnaire, entered.respondent, COMMENT, f"Canary {number}", now)
        world.send_anonymously(entered, each.invitation.id)
    close(world, survey, now)
    return survey


def publish(world, survey, now):
    with world.writing() as session:
        author = users.add_user(session, world.alice, "anna@example.org", "turnip glacier envelope", now)
        stored_voices.choose_voices(session, survey.key, [row.id for row in list_rows(world)])
        return publishing.publish_report(session, survey.key, Publication(None, "", now, user_id=author))


def plan(world, now):
    with world.reading() as session:
        return retention.plan_retention(session, (), RetentionPeriods(people_months=600), (now + LATER).date())


def erase(world, now):
    retention.apply_retention(world.engine, plan(world, now), now + LATER)


def find_canaries(world):
    with world.reading() as session:
        return {
            table.name
            for table in tables.metadata.sorted_tables
            for row in session.execute(select(table))
            if "Canary" in str(row)
        }


@pytest.mark.parametrize("batch_size", [5, 12, 200])
def test_no_comment_is_left_after_the_period_of_answers(world, survey, now, batch_size, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_SIZE", batch_size)
    report_id = publish(world, survey, now)
    before = find_canaries(world)

    erase(world, now)

    with world.reading() as session:
        report = published_reports.find_report(session, survey.key, report_id)
        released = voices.load_released_voices(session, survey.key)
    assert before >= {"voice", "published_report"}
    assert find_canaries(world) == set()
    assert list_rows(world) == []
    assert (report.quotes, report.is_amended) == ({}, True)
    assert not any(pool.voices for pool in released.pools)
    assert plan(world, now).is_empty


def test_comments_that_an_earlier_version_left_are_due(world, survey, now, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(stored_voices, "delete_all_voices", lambda *_: None)
        erase(world, now)
    left = len(list_rows(world))
    due = plan(world, now).erasures

    erase(world, now)

    # Six of eight authors who withdraw are more than five: their comments go, and two stay.
    assert left == (2 if survey.confidentiality == "confidential" else COMMENTERS)
    assert [(each.kind, each.count) for each in due] == [("answers", 0)]
    assert list_rows(world) == []


def test_comments_stay_until_the_period_of_answers_is_over(world, survey, now):
    with world.reading() as session:
        early = retention.plan_retention(session, (), RetentionPeriods(), (now + timedelta(days=1000)).date())
    retention.apply_retention(world.engine, early, now + timedelta(days=1000))

    assert survey
    assert len(list_rows(world)) == COMMENTERS
