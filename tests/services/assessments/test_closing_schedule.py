"""Closing on time: nothing is accepted from then on, and the server closes, once, with or without results."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment.domain.survey.answer import Answer
from assessment.errors import ClosedError, InvalidError, LockedError, NoResultsError, NotClosedError, NothingToShowError
from assessment.services.assessments import assessment_setup, closing, closing_schedule, reopening, staged_close
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.people import response_import
from assessment.services.reports import report_requests
from assessment.services.results import (
    answer_export,
    benchmark_ranks,
    figure_export,
    published_results,
    wave_comparison,
)
from assessment.services.survey import answer_validation, response_lifecycle, start_page, survey_entry, survey_links
from assessment.storage import answer_writer, tables
from assessment.storage.answer_writer import AnswerWriter

GOLDEN = Path(__file__).parents[2] / "golden"
ANNA = ("practitioner", ("marketing",))
DAY = timedelta(days=1)
SECONDS = 30


@pytest.fixture
def survey(world, now):
    """Closes at the end of today."""
    return world.open(closes_on=now.date())


@pytest.fixture
def end(survey):
    return survey.closes_at


def take_in(world, survey, now, name="plain-24"):
    with world.writing() as session:
        response_import.import_responses(session, survey.key, (GOLDEN / f"{name}.csv").read_text("utf-8"), now)


def close_due(world, now):
    closed = []
    return closing_schedule.close_due_assessments(world.engine, now, closed.append), closed


def find_assessment(world, survey):
    with world.reading() as session:
        return assessment_setup.get_assessment(session, survey.key)


def save(world, questionnaire, who, now, engine):
    late = AnswerWriter(engine, lambda: now)
    late.start()
    try:
        item = next(
            each.id for each in answer_validation.map_asked_items(questionnaire, who).values() if not each.options
        )
        return response_lifecycle.save_answer(late, questionnaire, who, item, Answer("3"), now).result(SECONDS)
    finally:
        late.stop()


ACTS = ["save", "enter", "send", "withdraw", "withdraw-sent", "import"]


def prepare(world, survey, questionnaire, engine, act):
    """Return what attempts the act at a moment."""
    if act == "import":
        return lambda moment: take_in(world, survey, moment)
    token = world.invite(survey, ANNA)[0].token
    if act == "enter":
        return lambda moment: within(world, lambda session: survey_entry.enter_survey(session, token, now=moment))
    who = world.enter(token)
    world.answer(questionnaire, who, share=0.1)
    if act == "send":
        return lambda moment: within(world, lambda session: response_lifecycle.send_response(session, who, moment))
    if act == "withdraw-sent":
        world.send(who)
    if act in ("withdraw", "withdraw-sent"):
        return lambda moment: within(world, lambda session: response_lifecycle.withdraw_response(session, who, moment))
    return lambda moment: save(world, questionnaire, who, moment, engine)


def within(world, work):
    with world.writing() as session:
        return work(session)


@pytest.mark.parametrize("act", ACTS)
def test_write_at_the_closing_time_is_refused_before_the_scheduled_close(
    world, survey, end, questionnaire, engine, act
):
    attempt = prepare(world, survey, questionnaire, engine, act)

    with pytest.raises(ClosedError):
        attempt(end)

    assert find_assessment(world, survey).state == "open"


@pytest.mark.parametrize("act", ACTS)
def test_write_a_second_before_the_closing_time_is_accepted(world, survey, end, questionnaire, engine, act):
    attempt = prepare(world, survey, questionnaire, engine, act)

    attempt(end - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("module", "act"),
    [
        (answer_writer, "save"),
        (survey_links, "enter"),
        (survey_links, "send"),
        (survey_links, "withdraw"),
        (response_import, "import"),
    ],
)
def test_mutant_without_closing_time_check_accepts_the_write(
    world, survey, questionnaire, engine, monkeypatch, module, act
):
    attempt = prepare(world, survey, questionnaire, engine, act)
    monkeypatch.setattr(module, "get_state_at", lambda state, *_: state)

    attempt(survey.closes_at)


def test_start_page_shows_closed_from_the_closing_time_on(world, survey, end):
    token = world.invite(survey, ANNA)[0].token

    with world.reading() as session:
        states = [
            start_page.load_start_page(session, token, now=moment).state for moment in (end - timedelta(seconds=1), end)
        ]

    assert states == ["open", "closed"]


def test_closing_time_uses_the_time_zone_of_the_workspace(world, questionnaire, engine):
    """21:30 UTC is half past ten the next morning in Auckland."""
    with world.writing() as session:
        session.execute(
            update(tables.workspace).where(tables.workspace.c.id == world.alice).values(time_zone="Pacific/Auckland")
        )
    moment = datetime(2026, 12, 10, 21, 30, tzinfo=UTC)

    survey = world.open(closes_on=date(2026, 12, 11))

    assert survey.closes_at == datetime(2026, 12, 11, 11, tzinfo=UTC)
    changes = AssessmentPatch(closes_on=date(2026, 12, 10))
    with world.writing() as session, pytest.raises(LockedError):
        assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=moment + 2 * DAY)
    with world.writing() as session, pytest.raises(InvalidError):
        assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=moment)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, moment, without_results=True)
    assert find_assessment(world, survey).closed_on == date(2026, 12, 11)


def test_scheduled_close_happens_at_the_closing_time_and_not_before(world, survey, end, now):
    take_in(world, survey, now)

    early = close_due(world, end - timedelta(seconds=1))
    on_time = close_due(world, end)
    again = close_due(world, end + DAY)

    assert (early, again) == (((), []), ((), []))
    assert on_time == ((survey.id,), [survey.id])
    assert (find_assessment(world, survey).state, find_assessment(world, survey).release) == ("closed", 1)


def test_overdue_close_is_dated_by_the_closing_date(world, survey, end, now):
    take_in(world, survey, now)

    close_due(world, end + 9 * DAY)

    with world.reading() as session:
        assert published_results.load_result(session, survey.key).computed_at == now.date().isoformat()
    assert find_assessment(world, survey).closed_on == now.date()


def test_two_processes_close_an_assessment_once(world, survey, end, now):
    take_in(world, survey, now)

    with ThreadPoolExecutor(4) as pool:
        closed = [each for found, _ in pool.map(lambda _: close_due(world, end), range(4)) for each in found]

    assert closed == [survey.id]
    with world.reading() as session:
        assert [row.number for row in session.execute(tables.release.select())] == [1]


def test_closing_date_moved_before_the_lock_keeps_the_assessment_open(world, survey, end, now):
    changes = AssessmentPatch(closes_on=now.date() + DAY)
    with world.writing() as session:
        assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=now)

    assert staged_close.close_if_due(world.engine, survey.key, end) is False
    assert find_assessment(world, survey).state == "open"


def test_failed_close_does_not_prevent_other_closes(world, now, end, survey, monkeypatch, caplog):
    other = world.open(closes_on=now.date(), title="Other")
    real = closing_schedule.close_if_due

    def break_one(engine, key, moment):
        if key == survey.key:
            raise RuntimeError
        return real(engine, key, moment)

    monkeypatch.setattr(closing_schedule, "close_if_due", break_one)

    closed, _ = close_due(world, end)

    assert closed == (other.id,)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["closing failed"]


def test_unconfirmed_close_with_nothing_to_show_is_refused(world, survey, now):
    with world.writing() as session, pytest.raises(NothingToShowError):
        closing.close_assessment(session, survey.key, now)

    assert find_assessment(world, survey).state == "open"


@pytest.fixture
def empty(world, survey, now):
    """Closed without results."""
    with world.writing() as session:
        assert closing.close_assessment(session, survey.key, now, without_results=True) is None
    return survey


def test_confirmed_close_with_nothing_to_show_ends_without_a_release(world, empty):
    assert (find_assessment(world, empty).state, find_assessment(world, empty).release) == ("closed", None)


def test_scheduled_close_with_nothing_to_show_ends_without_a_release(world, survey, end):
    close_due(world, end)

    assert (find_assessment(world, survey).state, find_assessment(world, survey).release) == ("closed", None)


READERS = {
    "scores": published_results.load_result,
    "release": published_results.load_release,
    "report": report_requests.request_report,
    "export": lambda session, key: figure_export.export_figures(session, key, figure_export.CSV),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_an_assessment_without_results_raises_no_results(world, empty, name):
    with world.reading() as session, pytest.raises(NoResultsError):
        READERS[name](session, empty.key)


@pytest.mark.parametrize("name", READERS)
def test_reading_an_open_assessment_raises_not_closed(world, survey, name):
    with world.reading() as session, pytest.raises(NotClosedError):
        READERS[name](session, survey.key)


def test_comparison_with_a_wave_without_results_is_refused_with_reason(world, empty, now):
    later = world.open(wave_of=empty.id)
    take_in(world, later, now)
    with world.writing() as session:
        closing.close_assessment(session, later.key, now)

    with world.reading() as session:
        with pytest.raises(NoResultsError, match="earlier"):
            wave_comparison.compare_waves(session, later.key)
        assert report_requests.request_report(session, later.key).job.contents.earlier is None


def test_benchmarks_leave_out_an_organisation_without_results(world, empty):
    with world.reading() as session:
        assert benchmark_ranks.rank_organisations(session, world.alice) == []


def test_reopened_assessment_without_results_can_publish(world, empty, now):
    with world.writing() as session:
        reopening.reopen_assessment(session, empty.key, now)
    take_in(world, empty, now)

    with world.writing() as session:
        release = closing.close_assessment(session, empty.key, now)

    assert release.number == 1


def test_reopening_after_the_closing_date_removes_date_and_time(world, empty, now):
    with world.writing() as session:
        opened = reopening.reopen_assessment(session, empty.key, now + DAY)

    assert (opened.closes_on, opened.closes_at) == (None, None)


def test_anonymous_close_without_results_deletes_the_marks(world, now):
    survey = world.open(confidentiality="anonymous")
    token = world.invite(survey, ANNA)[0].token
    with world.writing() as session:
        survey_entry.enter_survey(session, token, secret="s" * 32)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)

    with world.reading() as session:
        assert session.execute(tables.mark.select()).all() == []


def test_raw_export_before_the_close_is_refused_with_its_own_reason(world, now):
    survey = world.open(confidentiality="attributable")

    with world.reading() as session, pytest.raises(NotClosedError):
        answer_export.render_responses_csv(session, survey.key)
