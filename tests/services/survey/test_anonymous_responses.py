"""Anonymous answers: nothing ties them to an invitation, but the key in their browser."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.answer import Answer
from assessment.services.assessments import closing
from assessment.services.people import progress
from assessment.services.people.progress import Counts
from assessment.services.survey import response_lifecycle, section_times, sent_marks
from assessment.storage import tables
from assessment.storage.row_packing import KEY_SEPARATOR, ROW_SEPARATOR

ANNA = ("practitioner", ("marketing", "hr"))
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
SECONDS = 30


@pytest.fixture
def survey(world):
    return world.open(confidentiality="anonymous")


@pytest.fixture
def token(world, survey):
    return world.invite(survey, ANNA)[0].token


def enter(world, token):
    return world.begin(token)


def rows(world, table):
    with world.reading() as session:
        return session.execute(select(table)).all()


def test_anonymous_response_has_no_invitation_and_sorted_functions(world, token):
    enter(world, token)

    response = rows(world, tables.response)[0]
    assert response.invitation_id is None
    assert response.functions == "hr;marketing"


def test_entering_the_survey_does_not_change_the_invitation(world, token):
    before = rows(world, tables.invitation), rows(world, tables.invitation_link)

    enter(world, token)

    assert (rows(world, tables.invitation), rows(world, tables.invitation_link)) == before


def test_anonymous_answers_are_stored_without_times(world, token, questionnaire, writer, now):
    anna = enter(world, token).respondent
    response_lifecycle.save_answer(writer, questionnaire, anna, "MK-R1", Answer("3", sequence=1), now).result(SECONDS)
    with world.writing() as session:
        section_times.record_display(session, anna, "first", now)
        section_times.record_continue(session, anna, "first", now, now - timedelta(seconds=40))
        response_lifecycle.send_response(session, anna, now)

    opened = datetime.combine(anna.opened_on, time(), UTC)
    assert [row.saved_at for row in rows(world, tables.answer)] == [opened]
    assert [(row.shown_at, row.seconds) for row in rows(world, tables.section_time)] == [(opened, 40)]
    assert [(row.state, row.sent_at) for row in rows(world, tables.response)] == [("sent", None)]


def test_sent_mark_is_pseudonymous_and_deleted_by_withdrawal(world, survey, now):
    invited = world.invite(survey, ANNA, ANNA)
    sent, withdrawn = (enter(world, each.token) for each in invited)
    for entered, each in zip((sent, withdrawn), invited, strict=True):
        world.send_anonymously(entered, each.invitation.id)
    with world.writing() as session:
        person = invited[1].invitation.id
        response_lifecycle.withdraw_response(session, withdrawn.respondent, now, person_id=person, secret=SECRET)

    marks = {row.name for row in rows(world, tables.mark)}
    assert len(marks) == 1
    assert not marks & {each.invitation.id.encode() for each in invited}


def test_withdrawn_anonymous_response_is_recorded_with_the_day_of_the_opening(world, survey, now):
    invited = world.invite(survey, ANNA)[0]
    entered = enter(world, invited.token)
    world.send_anonymously(entered, invited.invitation.id)

    with world.writing() as session:
        person, later = invited.invitation.id, now + timedelta(days=9)
        response_lifecycle.withdraw_response(session, entered.respondent, later, person_id=person, secret=SECRET)

    days = [row.erased_on for row in rows(world, tables.erasure)]
    assert days == [entered.respondent.opened_on]


def test_starting_a_draft_sets_no_mark(world, token):
    enter(world, token)

    assert rows(world, tables.mark) == []


def test_mark_without_server_secret_raises_error(world, token):
    with world.writing() as session, pytest.raises(ValueError, match="secret"):
        sent_marks.mark_sent(session, AssessmentKey(world.alice, "a"), "i", "")


def test_progress_counts_anonymous_people(world, survey, token, now):
    world.invite(survey, ANNA)
    world.send(enter(world, token).respondent)

    progress.refresh_counts(world.engine, world.alice, [survey.id], now)
    with world.reading() as session:
        found = progress.load_progress(session, survey.key)

    assert found.total == Counts(2, 1, 1)
    assert found.by_function == {"hr": Counts(2, 1, 1), "marketing": Counts(2, 1, 1)}


def test_close_preserves_answers_and_deletes_marks(world, survey, questionnaire, now):
    for invited in world.invite(survey, *[ANNA] * 8):
        world.answer(questionnaire, enter(world, invited.token).respondent)
    answers = {(row.response_id, row.item_id, row.value) for row in rows(world, tables.answer)}
    states = {(row.id, row.state) for row in rows(world, tables.response)}

    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    closed = rows(world, tables.response)
    packed = {
        (row.id, *cell.split(KEY_SEPARATOR)[:2]) for row in closed for cell in row.packed_answers.split(ROW_SEPARATOR)
    }
    assert packed == answers
    assert {(row.id, row.state) for row in closed} == states
    assert rows(world, tables.mark) == rows(world, tables.answer) == []
