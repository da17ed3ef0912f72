"""A close that computes outside of its transactions: what happens in between is in the release, or refused."""

import sqlite3
from contextlib import closing as closed_at_end
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessment.domain.closed_sets import ResponseState
from assessment.domain.survey.answer import Answer
from assessment.domain.survey.closing_time import compute_closing_time, find_close_beginning, make_closing_mark
from assessment.errors import ClosedError, ConcurrentChangeError, NothingToShowError, UnavailableError
from assessment.services.assessments import assessment_setup, closing, closing_schedule, staged_close
from assessment.services.auth import workspaces
from assessment.services.operations import audit_trail
from assessment.services.people import respondent_data
from assessment.services.results import published_results
from assessment.services.survey import answer_validation, response_lifecycle
from assessment.storage import assessments, closing_inputs, database, tables
from assessment.storage.survey import response_imports
from tests.failing_commits import LostCommitError, fail_commit_of_close

ANNA = ("practitioner", ("marketing",))
SECRET = "s" * 32
SECONDS = 30


@pytest.fixture
def survey(world):
    audit_trail.attach_secret(world.engine, SECRET)
    return world.open()


@pytest.fixture
def people(world, survey, questionnaire):
    """Eight people who have answered everything; the last one has not sent, which counts all the same."""
    invited = world.invite(survey, *[ANNA] * 8)
    respondents = [world.enter(each.token) for each in invited]
    for respondent in respondents:
        world.answer(questionnaire, respondent)
    for respondent in respondents[:-1]:
        world.send(respondent)
    return list(zip(invited, respondents, strict=True))


def close(world, survey, now, **options):
    return staged_close.close_now(world.engine, survey.key, now, **{"without_results": True, **options})


def find_assessment(world, survey):
    with world.reading() as session:
        return assessment_setup.get_assessment(session, survey.key)


def count_counted(world, survey):
    with world.reading() as session:
        return published_results.load_result(session, survey.key).respondents.counted


def list_actions(world, survey):
    with world.reading() as session:
        entry = tables.audit_entry
        rows = session.execute(select(entry.c.action).where(entry.c.subject == survey.id).order_by(entry.c.number))
        return [row.action for row in rows]


def act_during_computation(monkeypatch, act, *, is_first_only=True):
    """Run `act` right after the answers were read and the figures computed, before anything is stored."""
    outcomes = []
    real = closing.compute_close

    def compute(*given):
        computed = real(*given)
        if not (outcomes and is_first_only):
            outcomes.append(None)
            outcomes[-1] = act()
        return computed

    monkeypatch.setattr(closing, "compute_close", compute)
    return outcomes


def attempt(work):
    """Return the class of the refusal; None if the work succeeds."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # what is refused is asserted
        return type(error)
    return None


def save_another_answer(world, questionnaire, respondent):
    item = next(
        each for each in answer_validation.map_asked_items(questionnaire, respondent).values() if not each.options
    )
    future = response_lifecycle.save_answer(
        world.writer, questionnaire, respondent, item.id, Answer("1", sequence=9), world.now
    )
    return future.result(SECONDS)


def send(world, respondent):
    with world.writing() as session:
        response_lifecycle.send_response(session, respondent, world.now)


def test_answer_that_arrives_during_the_computation_is_refused(world, survey, people, questionnaire, now, monkeypatch):
    respondent = people[-1][1]
    acts = (lambda: save_another_answer(world, questionnaire, respondent), lambda: send(world, respondent))
    refusals = act_during_computation(monkeypatch, lambda: [attempt(act) for act in acts])

    close(world, survey, now)

    assert refusals == [[ClosedError, ClosedError]]
    assert count_counted(world, survey) == 8


def withdraw(world, respondent):
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, respondent, world.now)


def test_withdrawal_during_the_computation_is_refused(world, survey, people, now, monkeypatch):
    refusals = act_during_computation(monkeypatch, lambda: attempt(lambda: withdraw(world, people[0][1])))

    close(world, survey, now)

    assert refusals == [ClosedError]
    assert count_counted(world, survey) == 8


def test_withdrawal_just_before_the_mark_is_not_in_the_release(world, survey, people, now, monkeypatch):
    monkeypatch.setattr(assessments, "save_closing_time", lambda *_: None)  # as if it were between reading and marking
    act_during_computation(monkeypatch, lambda: withdraw(world, people[0][1]))

    close(world, survey, now)

    assert count_counted(world, survey) == 7


def test_anonymous_close_releases_what_was_sent_before_it(world, questionnaire, now, monkeypatch):
    survey = world.open(confidentiality="anonymous")
    drafts = [(each.invitation.id, world.begin(each.token)) for each in world.invite(survey, *[ANNA] * 8)]
    for person, draft in drafts:
        world.answer(questionnaire, draft.respondent)
        if person != drafts[-1][0]:
            world.send_anonymously(draft, person)
    person, last = drafts[-1]
    acts = (
        lambda: save_another_answer(world, questionnaire, last.respondent),
        lambda: world.send_anonymously(last, person),
        lambda: withdraw(world, drafts[0][1].respondent),
    )
    refusals = act_during_computation(monkeypatch, lambda: [attempt(act) for act in acts])

    close(world, survey, now)

    assert refusals == [[ClosedError] * 3]
    assert count_counted(world, survey) == len(drafts) - 1


def test_mutant_without_a_mark_accepts_an_answer_that_the_release_lacks(
    world, survey, people, questionnaire, now, monkeypatch
):
    monkeypatch.setattr(assessments, "save_closing_time", lambda *_: None)
    refusals = act_during_computation(
        monkeypatch, lambda: attempt(lambda: save_another_answer(world, questionnaire, people[-1][1]))
    )

    close(world, survey, now)

    assert refusals == [None]


def test_slow_clock_of_another_server_does_not_accept_answers(world, survey, now):
    with world.writing() as session:
        assessments.save_closing_time(session, survey.key, make_closing_mark(now))

    marked = find_assessment(world, survey)

    assert marked.closes_at < now - timedelta(days=1)
    assert find_close_beginning(marked.closes_at, marked.closes_on, marked.time_zone) == now


def erase(world, invitation):
    with world.writing() as session:
        person = respondent_data.find_person(session, invitation.id)
        respondent_data.erase_person(session, person, world.now, SECRET)


def test_person_erased_during_the_computation_is_not_in_the_release(world, survey, people, now, monkeypatch):
    act_during_computation(monkeypatch, lambda: erase(world, people[0][0].invitation))

    close(world, survey, now)

    assert count_counted(world, survey) == 7


def test_mutant_that_compares_nothing_releases_the_erased_person(world, survey, people, now, monkeypatch):
    monkeypatch.setattr(closing_inputs, "digest_inputs", lambda *_: b"")
    act_during_computation(monkeypatch, lambda: erase(world, people[0][0].invitation))

    close(world, survey, now)

    assert count_counted(world, survey) == 8


def add_imported_row(world, survey, state):
    values = {
        "id": "imported",
        "workspace_id": survey.workspace_id,
        "assessment_id": survey.id,
        "label": "R1",
        "role": ANNA[0],
        "functions": "marketing",
        "language": survey.language,
        "state": state,
        "sent_at": world.now,
    }
    with world.writing() as session:
        response_imports.insert_responses(session, [values], [])


@pytest.mark.parametrize(("state", "computations"), [(response_imports.IMPORTING_STATE, 1), (ResponseState.SENT, 2)])
def test_only_a_counted_import_during_the_computation_repeats_it(
    world, survey, people, now, monkeypatch, state, computations
):
    states = [state]
    computed = act_during_computation(
        monkeypatch, lambda: states and add_imported_row(world, survey, states.pop()), is_first_only=False
    )

    close(world, survey, now)

    assert len(computed) == computations


def test_staged_release_equals_the_one_of_a_single_transaction(world, survey, people, questionnaire, now):
    with world.writing() as session:
        alone = closing.compute_close(session, find_assessment(world, survey), now.date())

    release = close(world, survey, now)

    assert release.content == alone.content
    assert (release.number, find_assessment(world, survey).closed_on) == (1, now.date())
    assert list_actions(world, survey)[-1:] == ["assessment.closed"]


def test_close_keeps_the_closing_date_and_its_time(world, now):
    survey = world.open(closes_on=now.date() + timedelta(days=3))

    close(world, survey, now)

    closed = find_assessment(world, survey)
    assert (closed.closes_on, closed.closes_at) == (survey.closes_on, survey.closes_at)
    assert closed.revision == survey.revision + 1


class CrashError(BaseException):
    """End of the process in the middle of a close."""


@pytest.fixture
def crashed(world, survey, people, now, monkeypatch):
    """An assessment whose close ended with its server."""

    def crash(*_):
        raise CrashError

    with monkeypatch.context() as patched:
        patched.setattr(closing, "compute_close", crash)
        patched.setattr(staged_close, "_remove_mark", lambda *_: None)
        with pytest.raises(CrashError):
            close(world, survey, now)
    return survey


def close_due(world, now):
    return closing_schedule.close_due_assessments(world.engine, now, lambda _: None)


def test_crashed_close_is_finished_by_the_schedule_and_accepts_no_answers_before(
    world, crashed, people, questionnaire, now
):
    refusal = attempt(lambda: save_another_answer(world, questionnaire, people[-1][1]))
    early = close_due(world, now + timedelta(seconds=20))
    late = close_due(world, now + staged_close.ABANDONED_AFTER)

    assert (refusal, early, late) == (ClosedError, (), (crashed.id,))
    closed = find_assessment(world, crashed)
    assert (closed.state, closed.closed_on, closed.closes_at, closed.release) == ("closed", now.date(), None, 1)
    assert list_actions(world, crashed).count("assessment.closed") == 1


def test_crashed_close_can_be_repeated_by_hand(world, crashed, now):
    refusal = attempt(lambda: close(world, crashed, now + timedelta(seconds=20)))

    release = close(world, crashed, now + staged_close.ABANDONED_AFTER)

    assert (refusal, release.number) == (ConcurrentChangeError, 1)


def test_failed_takeover_of_a_crashed_close_is_tried_again(world, crashed, people, questionnaire, now, monkeypatch):
    def fail(*_):
        raise UnavailableError

    late = now + staged_close.ABANDONED_AFTER
    with monkeypatch.context() as patched:
        patched.setattr(closing, "compute_close", fail)
        closed = [close_due(world, late)]
    refusal = attempt(lambda: save_another_answer(world, questionnaire, people[-1][1]))
    closed.append(close_due(world, late + timedelta(seconds=20)))

    assert (closed, refusal) == ([(), (crashed.id,)], ClosedError)
    assert find_assessment(world, crashed).closed_on == now.date()


def test_new_time_zone_does_not_end_a_close_that_runs(world, now):
    marked, other = (world.open(closes_on=now.date() + timedelta(days=3)) for _ in range(2))
    with world.writing() as session:
        assessments.save_closing_time(session, marked.key, make_closing_mark(now))

    with world.writing() as session:
        workspaces.set_time_zone(session, world.alice, "Pacific/Auckland", now)

    assert find_assessment(world, marked).closes_at == make_closing_mark(now)
    assert find_assessment(world, other).closes_at == compute_closing_time(other.closes_on, "Pacific/Auckland")


def test_close_whose_commit_fails_accepts_answers_again(world, survey, people, questionnaire, now, monkeypatch):
    with monkeypatch.context() as patched:
        fail_commit_of_close(patched)
        failure = attempt(lambda: close(world, survey, now))

    assert failure == LostCommitError
    assert save_another_answer(world, questionnaire, people[-1][1]).value == "1"
    assert close(world, survey, now).number == 1


def test_failed_close_accepts_answers_again(world, survey, people, questionnaire, now, monkeypatch):
    def fail(*_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(closing, "compute_close", fail)
        with pytest.raises(RuntimeError):
            close(world, survey, now)

    assert save_another_answer(world, questionnaire, people[-1][1]).value == "1"
    assert find_assessment(world, survey).closes_at is None
    assert close(world, survey, now).number == 1


def test_second_close_during_the_computation_is_refused(world, survey, people, now, monkeypatch):
    refusals = act_during_computation(
        monkeypatch, lambda: (attempt(lambda: close(world, survey, now)), close_due(world, now))
    )

    release = close(world, survey, now)

    assert refusals == [(ConcurrentChangeError, ())]
    assert release.number == 1
    with world.reading() as session:
        assert [row.number for row in session.execute(tables.release.select())] == [1]


def test_close_taken_over_by_another_process_gives_one_release(world, survey, people, now, monkeypatch):
    later = now + staged_close.ABANDONED_AFTER
    taken_over = act_during_computation(monkeypatch, lambda: close_due(world, later))

    refusal = attempt(lambda: close(world, survey, now))

    assert (taken_over, refusal) == ([(survey.id,)], ClosedError)
    with world.reading() as session:
        assert [row.number for row in session.execute(tables.release.select())] == [1]
    assert list_actions(world, survey).count("assessment.closed") == 1


def test_unconfirmed_close_with_nothing_to_show_goes_on_accepting_answers(world, survey, now):
    with pytest.raises(NothingToShowError):
        close(world, survey, now, without_results=False)

    assert find_assessment(world, survey) == survey


def test_scheduled_close_after_a_crash_keeps_the_closing_date(world, now, monkeypatch):
    survey = world.open(closes_on=now.date())
    with world.writing() as session:  # what is left of a scheduled close three days late
        assessments.save_closing_time(session, survey.key, make_closing_mark(survey.closes_at + timedelta(days=3)))

    close_due(world, survey.closes_at + timedelta(days=3) + staged_close.ABANDONED_AFTER)

    closed = find_assessment(world, survey)
    assert (closed.closed_on, closed.closes_at) == (now.date(), survey.closes_at)


def test_closing_time_of_a_date_is_no_mark(now):
    day = now.date()

    assert find_close_beginning(compute_closing_time(day, "Pacific/Auckland"), day, "Pacific/Auckland") is None
    assert find_close_beginning(None, None, "UTC") is None
    assert find_close_beginning(datetime(2026, 3, 1, tzinfo=UTC), None, "UTC") == datetime(2026, 3, 8, tzinfo=UTC)


@pytest.fixture
def lock_attempts(world, monkeypatch):
    """Record for each computed close if SQLite's write lock was free."""
    url = world.engine.url

    def is_lock_free():
        if url.get_backend_name() != "sqlite":
            return True
        with closed_at_end(sqlite3.connect(url.database, timeout=0, isolation_level=None)) as other:
            return attempt(lambda: (other.execute("BEGIN IMMEDIATE"), other.execute("ROLLBACK"))) is None

    return act_during_computation(monkeypatch, is_lock_free, is_first_only=False)


def test_close_is_computed_without_the_write_lock(world, survey, people, now, lock_attempts):
    close(world, survey, now)

    assert lock_attempts == [True]


def test_mutant_with_a_close_in_one_transaction_has_the_write_lock(world, survey, people, now, lock_attempts):
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    assert lock_attempts == [not database.is_sqlite(world.engine)]
