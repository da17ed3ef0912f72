"""Copies of the answers behind a release: made at reopening, unchanged by later answers, deleted by withdrawal."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from assessment.domain.answers import EVIDENCE_KINDS
from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.answer import Answer
from assessment.errors import ConflictError
from assessment.services.assessments import closing, reopening
from assessment.services.people.response_files import read_responses
from assessment.services.survey import response_lifecycle
from assessment.services.survey.answer_validation import map_asked_items
from assessment.storage import tables
from assessment.storage.results import release_snapshots, releases
from tests.services.assessments.reopened_surveys import (
    SECONDS,
    STAFF,
    close_survey,
    close_with_unsent_answers,
    count_copies,
    decode_figures,
    find_assessment,
    import_rows,
    load_newest_release,
    reopen_survey,
)

pytestmark = pytest.mark.slow  # most tests close an assessment two or three times

SERVICES = Path(closing.__file__).parents[1]


def test_reopening_copies_counted_responses_and_closing_copies_none(world, questionnaire, now):
    survey, _, _, _ = close_with_unsent_answers(world, questionnaire, now)
    at_the_close = count_copies(world)

    reopen_survey(world, survey, now)

    assert (at_the_close, count_copies(world)) == (0, 12)


def test_copy_has_answers_role_and_seconds(world, file, questionnaire, now, half):
    survey, _ = half

    with world.reading() as session:
        copied = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    direct = read_responses(file.part(50), questionnaire).answers
    assert sorted(map(bytes, copied.values)) == sorted(map(bytes, direct.values))
    assert np.sort(copied.seconds).tolist() == pytest.approx(np.sort(direct.seconds).tolist(), nan_ok=True)
    assert sorted(copied.roles) == sorted(direct.roles)
    assert copied.functions.sum() == direct.functions.sum()


def test_copy_has_kinds_of_evidence(world, questionnaire, now):
    survey = world.open()
    anna, *others = (world.enter(each.token) for each in world.invite(survey, *[STAFF] * 6))
    for each in (anna, *others):
        world.answer(questionnaire, each)
    item = next(iter(map_asked_items(questionnaire, anna)))
    given = Answer("3", evidence="data", sequence=99)
    response_lifecycle.save_answer(world.writer, questionnaire, anna, item, given, now).result(SECONDS)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    with world.reading() as session:
        copied = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    column = [each.id for each in questionnaire.items].index(item)
    assert [EVIDENCE_KINDS[code] for code in copied.evidence[:, column] if code >= 0] == ["data"]


def test_answers_behind_a_release_do_not_change_with_later_answers(world, half, file, questionnaire, now):
    survey, _ = half
    with world.reading() as session:
        before = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)
    import_rows(world, survey, file.part(50, 53), now)
    close_survey(world, survey, now)

    with world.reading() as session:
        after = reopening.load_release_answers(session, find_assessment(world, survey), questionnaire)

    assert after.respondents == before.respondents
    assert len(after) == 50


def test_only_close_raw_export_and_copy_load_current_answers():
    """Whatever else needs answers takes `answers_behind`: newer ones could be told from what is released."""
    modules = {path.name for path in SERVICES.rglob("*.py") if "answer_loader.load_answers(" in path.read_text("utf-8")}

    assert modules == {"answer_export.py", "closing.py", "reopening.py"}


def test_withdrawal_deletes_the_copy_and_makes_the_release_final(world, questionnaire, now):
    survey, invited, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    anna = world.come_back(invited[0])
    world.send(anna)
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, anna, now)
    for each in world.invite(survey, *[STAFF] * 9):
        world.answer(questionnaire, world.enter(each.token), value="1")

    close_survey(world, survey, now)

    assert count_copies(world) == 0
    assert load_newest_release(world, survey).content == first.content
    assert find_assessment(world, survey).held_back == [reopening.ANSWERS_WITHDRAWN]
    with pytest.raises(ConflictError, match="withdrawn"):
        reopen_survey(world, survey, now)


def test_withdrawal_of_a_late_person_does_not_make_the_release_final(world, questionnaire, now):
    survey, invited, _, first = close_with_unsent_answers(world, questionnaire, now)
    reopen_survey(world, survey, now)
    late = world.enter(invited[-1].token)
    world.answer(questionnaire, late)
    with world.writing() as session:
        response_lifecycle.withdraw_response(session, late, now)

    close_survey(world, survey, now)

    assert find_assessment(world, survey).held_back == []
    assert decode_figures(load_newest_release(world, survey)) == decode_figures(first)


def test_erasure_after_the_close_prevents_a_further_release(world, questionnaire, now):
    survey, _, entered, first = close_with_unsent_answers(world, questionnaire, now)
    with world.writing() as session:
        release_snapshots.delete_snapshots_with_response(session, world.alice, entered[0].response_id)
        session.execute(delete(tables.answer).where(tables.answer.c.response_id == entered[0].response_id))

    with pytest.raises(ConflictError):
        reopen_survey(world, survey, now)

    assert load_newest_release(world, survey).content == first.content


def test_deleting_an_assessment_deletes_its_copies(world, half):
    survey, _ = half

    with world.writing() as session:
        session.execute(delete(tables.assessment).where(tables.assessment.c.id == survey.id))

    assert count_copies(world) == 0


def test_copies_of_other_assessments_are_unchanged(world, half, questionnaire, now):
    survey, _ = half
    with world.writing() as session:
        release_snapshots.delete_snapshots(session, AssessmentKey(world.bob, survey.id))

    with world.reading() as session:
        assert releases.list_bases(session, survey.key) == {1: "kept"}
        assert releases.list_bases(session, AssessmentKey(world.bob, survey.id)) == {}
    assert count_copies(world) == 50
