"""Closing: who counts, the release, and what stays of the times."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec import structs
from sqlalchemy import func, select, update

from assessment.domain.answers import AssessmentSettings
from assessment.domain.assessment import AssessmentKey
from assessment.domain.method import score_answers
from assessment.domain.survey.answer import Answer
from assessment.errors import ClosedError, ConflictError, InvalidError, NotAttributableError
from assessment.services.assessments import assessment_setup, closing, staged_close
from assessment.services.people import people_invitations, response_import
from assessment.services.people.response_files import read_responses
from assessment.services.results import answer_export, published_results
from assessment.services.survey import answer_validation, response_lifecycle, section_times
from assessment.storage import answer_loader, tables

GOLDEN = Path(__file__).parents[2] / "golden"
ANNA = ("practitioner", ("marketing",))


def take_in(world, survey, text, now):
    with world.writing() as session:
        return response_import.import_responses(session, survey.key, text, now)


def close(world, survey, now):
    return staged_close.close_now(world.engine, survey.key, now, without_results=True)


def golden(name="plain-24"):
    return (GOLDEN / f"{name}.csv").read_text("utf-8")


@pytest.mark.parametrize("name", ["plain-24", "sparse-40", "not-applicable-40"])
def test_imported_file_gives_the_same_scores_as_the_file(world, questionnaire, now, name):
    survey = world.open()
    take_in(world, survey, golden(name), now)

    close(world, survey, now)

    with world.reading() as session:
        stored = published_results.load_result(session, survey.key)
    answers = read_responses(golden(name), questionnaire).answers
    direct = score_answers(questionnaire, answers, AssessmentSettings(minimum_group=5), date="2026-03-02")
    assert msgspec.json.encode(stored) == msgspec.json.encode(direct)


def test_exported_attributable_answers_give_the_same_scores(world, questionnaire, now):
    survey = world.open(confidentiality="attributable")
    take_in(world, survey, golden(), now)
    close(world, survey, now)

    with world.reading() as session:
        stored = published_results.load_result(session, survey.key)
        exported = answer_export.render_responses_csv(session, survey.key)

    expected = json.loads((GOLDEN / "plain-24.json").read_text("utf-8"))["overall"]["score"]
    again = score_answers(
        questionnaire,
        read_responses(exported, questionnaire).answers,
        AssessmentSettings(),
        date=None,
        unsuppressed=True,
    )
    assert stored.overall.score == pytest.approx(expected, abs=1e-6)
    assert again.overall == stored.overall
    names = {row["respondent"] for row in csv.DictReader(io.StringIO(golden()))}
    assert {row["respondent"] for row in csv.DictReader(io.StringIO(exported))} == names


def test_confidential_answers_are_never_exported(world, now):
    survey = world.open()
    close(world, survey, now)

    with world.reading() as session, pytest.raises(NotAttributableError):
        answer_export.render_responses_csv(session, survey.key)


def test_name_that_looks_like_a_formula_is_exported_as_text(world, now):
    survey = world.open(confidentiality="attributable")
    take_in(world, survey, golden().replace("\nr1,", "\n=1+1,"), now)
    close(world, survey, now)

    with world.reading() as session:
        exported = answer_export.render_responses_csv(session, survey.key)

    assert "\n'=1+1," in exported


def test_unsent_answers_count_if_half_of_the_items_are_answered(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, *[ANNA] * 6)
    people = [world.enter(each.token) for each in invited]
    for person, share in zip(people, (1.0, 0.1, 0.55, 0.45, 0.9, 0.0), strict=True):
        world.answer(questionnaire, person, share)
    world.send(people[0])
    world.send(people[1])
    with world.writing() as session:
        people_invitations.revoke_invitation(session, survey.key, invited[4].invitation.id, now)

    with world.reading() as session:
        gathered = answer_loader.load_answers(session, survey.key, questionnaire)
    counted = gathered.select_counted(questionnaire.scoring.submitted_share)

    answered = sorted(int(n) for n in (counted.values >= 0).sum(axis=1))
    asked = int((counted.values != -4).sum(axis=1)[0])
    assert answered == [round(asked * 0.1), round(asked * 0.55), round(asked * 0.9), asked]


def test_withdrawn_answers_do_not_count(world, questionnaire, now):
    survey = world.open()
    anna = world.enter(world.invite(survey, ANNA)[0].token)
    world.answer(questionnaire, anna)
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, anna, now)

    with world.reading() as session:
        assert len(answer_loader.load_answers(session, survey.key, questionnaire).answers) == 0


def test_answer_to_an_unasked_item_is_ignored(world, questionnaire):
    survey = world.open()
    invited = world.invite(survey, ANNA)[0]
    world.answer(questionnaire, world.enter(invited.token))
    with world.writing() as session:  # as a program before the lock could leave it
        session.execute(update(tables.response).values(functions="hr"))

    with world.reading() as session:
        answers = answer_loader.load_answers(session, survey.key, questionnaire).answers

    of_marketing = [n for n, item in enumerate(questionnaire.items) if item.function == "marketing"]
    assert (answers.values[0, of_marketing] == -4).all()


def test_total_seconds_need_the_seconds_of_every_page(world, questionnaire, now):
    survey = world.open()
    quick, slow = (world.enter(each.token) for each in world.invite(survey, ANNA, ANNA))
    for person, skipped in ((quick, 0), (slow, 1)):
        world.answer(questionnaire, person)
        with world.writing() as session:
            for page in response_lifecycle.list_pages(questionnaire, person)[skipped:]:
                section_times.record_display(session, person, page[0].id, now)
                section_times.record_continue(session, person, page[0].id, now + timedelta(seconds=20))

    with world.reading() as session:
        seconds = answer_loader.load_answers(session, survey.key, questionnaire).answers.seconds

    assert np.isnan(seconds).sum() == 1
    assert np.nansum(seconds) == 20 * len(response_lifecycle.list_pages(questionnaire, quick))


def test_release_is_immutable_and_absent_before_the_close(world, now):
    survey = world.open()
    with world.reading() as session, pytest.raises(ConflictError):
        published_results.load_release(session, survey.key)
    take_in(world, survey, golden(), now)
    made = close(world, survey, now)

    with world.writing() as session, pytest.raises(ConflictError):
        closing.close_assessment(session, survey.key, now, without_results=True)

    with world.reading() as session:
        assert published_results.load_release(session, survey.key) == made
        assert assessment_setup.get_assessment(session, survey.key).closed_on == now.date()
    assert made.number == 1


def test_closing_a_draft_is_refused(world, now):
    with world.writing() as session, pytest.raises(ConflictError):
        closing.close_assessment(session, AssessmentKey(world.alice, world.draft().id), now)


def test_close_truncates_times_to_the_day(world, questionnaire, now):
    survey = world.open()
    anna = world.enter(world.invite(survey, ANNA)[0].token)
    world.answer(questionnaire, anna)
    with world.writing() as session:
        section_times.record_display(session, anna, "first", now)
        response_lifecycle.send_response(session, anna, now)

    midnight = now.replace(hour=0, minute=0, second=0)
    with world.reading() as session:
        sent_at = session.scalar(select(tables.response.c.sent_at))
        shown_at = session.scalar(select(func.max(tables.section_time.c.shown_at)))

    close(world, survey, now + timedelta(days=3))

    assert (sent_at, shown_at) == (midnight, now)  # only an unfinished page has needed its time
    with world.reading() as session:
        for column in (tables.answer.c.saved_at, tables.section_time.c.shown_at, tables.response.c.sent_at):
            assert set(session.scalars(select(column))) == {midnight}


def test_import_with_a_mistake_stores_nothing(world, now):
    survey = world.open()
    broken = golden() + "r99,king,hr,1\n"

    with pytest.raises(InvalidError):
        take_in(world, survey, broken, now)

    with world.reading() as session:
        assert session.execute(select(tables.response)).all() == []


def test_second_import_of_a_respondent_is_refused(world, now):
    survey = world.open()
    take_in(world, survey, golden(), now)

    with pytest.raises(InvalidError) as refused:
        take_in(world, survey, golden(), now)

    assert len(refused.value.problems) == 24


def test_import_and_confidential_invitations_exclude_each_other(world, now):
    """Anyone who holds the file could subtract it."""
    invited = world.open()
    world.invite(invited, ANNA)
    with pytest.raises(ConflictError):
        take_in(world, invited, golden(), now)

    taken_in = world.open()
    take_in(world, taken_in, golden(), now)
    with pytest.raises(ConflictError):
        world.invite(taken_in, ANNA)

    attributable = world.open(confidentiality="attributable")
    world.invite(attributable, ANNA)
    assert take_in(world, attributable, golden(), now).responses == 24


def test_import_needs_an_open_assessment(world, now):
    with pytest.raises(ClosedError):
        take_in(world, world.draft(), golden(), now)


def test_scoring_uses_the_questionnaire_frozen_at_the_opening(world, questionnaire):
    survey = world.open()

    class Altered:
        def get(self, *_):
            return structs.replace(questionnaire, items=(), digest="another")

    with world.reading() as session:
        from_database = assessment_setup.published_questionnaires.find_questionnaire(session, survey, Altered())

    assert from_database == questionnaire


def test_release_contains_exactly_the_saves_acknowledged_before_the_close(
    world, questionnaire, writer, now, monkeypatch
):
    survey = world.open()
    people = [world.enter(each.token) for each in world.invite(survey, *[ANNA] * 6)]
    gathered = []
    real = answer_loader.load_answers

    def gather(*given, **named):
        gathered.append(real(*given, **named))
        return gathered[0]

    monkeypatch.setattr(closing.answer_loader, "load_answers", gather)

    def answer(person):
        kept = 0
        for item in answer_validation.map_asked_items(questionnaire, person).values():
            given = Answer(item.options[0] if item.options else "3", sequence=1)
            try:
                response_lifecycle.save_answer(writer, questionnaire, person, item.id, given, now).result(30)
            except ClosedError:
                return kept
            kept += 1
        return kept

    with ThreadPoolExecutor(len(people)) as pool:
        answers = [pool.submit(answer, person) for person in people]
        close(world, survey, now)
        acknowledged = sum(each.result() for each in answers)

    assert acknowledged == (gathered[0].answers.values >= 0).sum()
    with world.reading() as session:
        assert len(session.execute(select(tables.answer)).all()) == acknowledged
