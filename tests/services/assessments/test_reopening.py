"""Reopening: state, closing date, people who come back, settings that stay locked."""

import pytest

from assessment.errors import ChangedError, ConflictError
from assessment.services.assessments import assessment_setup, reopening, setting_locks
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.auth import tokens
from assessment.services.survey import draft_keys, draft_transfer, response_lifecycle
from assessment.services.survey.answer_validation import map_asked_items
from tests.services.assessments.reopened_surveys import (
    DAY,
    STAFF,
    change_one_answer,
    close_survey,
    find_assessment,
    import_rows,
    load_newest_release,
    reopen_survey,
)
from tests.services.conftest import SECRET

pytestmark = pytest.mark.slow  # most tests close an assessment two or three times


def test_reopening_preserves_the_release(world, half, now):
    survey, first = half

    found = find_assessment(world, survey)

    assert (found.state, found.closed_on, found.is_reopened) == ("open", None, True)
    assert load_newest_release(world, survey).content == first.content


def test_only_a_closed_assessment_can_be_reopened(world, now):
    for survey in (world.draft(), world.open()):
        with pytest.raises(ConflictError):
            reopen_survey(world, survey, now)


def test_reopening_with_a_stale_revision_is_refused(world, now):
    survey = world.open()
    close_survey(world, survey, now)

    with world.writing() as session, pytest.raises(ChangedError):
        reopening.reopen_assessment(session, survey.key, now, revision=survey.revision)


def test_reopening_an_anonymous_assessment_is_refused_with_a_remedy(world, now):
    survey = world.open(confidentiality="anonymous")
    close_survey(world, survey, now)

    with pytest.raises(ConflictError, match="Begin a new wave"):
        reopen_survey(world, survey, now)

    assert find_assessment(world, survey).state == "closed"


def test_reopening_drops_a_past_closing_date_only(world, now):
    soon, late = (world.open(closes_on=(now + span).date()) for span in (DAY, 9 * DAY))
    for survey in (soon, late):
        close_survey(world, survey, now)
        reopen_survey(world, survey, now + 2 * DAY)

    assert find_assessment(world, soon).closes_on is None
    assert find_assessment(world, late).closes_on == (now + 9 * DAY).date()


def test_respondent_returns_with_link_and_code_after_reopening(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, STAFF)
    begun = world.begin(invited[0].token)
    world.answer(questionnaire, begun.respondent)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    code = tokens.derive_code(draft_keys.get_token(begun.session))
    with world.writing() as session:
        anna = draft_transfer.transfer_draft(session, invited[0].token, code, now, secret=SECRET).respondent

    with world.reading() as session:
        kept = response_lifecycle.load_answers(session, anna)
    assert len([each for each in kept.values() if each.value]) == len(map_asked_items(questionnaire, anna))
    change_one_answer(world, questionnaire, anna, now)
    world.send(anna)


def test_sent_response_stays_sent_after_reopening(world, questionnaire, now):
    survey = world.open()
    invited = world.invite(survey, STAFF)
    anna = world.enter(invited[0].token)
    world.answer(questionnaire, anna)
    world.send(anna)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    anna = world.come_back(invited[0])

    with pytest.raises(ConflictError):
        world.send(anna)
    with pytest.raises(ConflictError):
        change_one_answer(world, questionnaire, anna, now)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights", {"marketing": 3.0}),
        ("targets", {"marketing": 60.0}),
        ("contacts", {"marketing": {"email": 1.0}}),
        ("importance", {"one-purpose": 5}),
        ("minimum_group", 3),
        ("mode", "consensus"),
        ("confidentiality", "attributable"),
        ("questionnaire", "social-media-pulse"),
        ("share_results", True),
    ],
)
def test_settings_behind_figures_stay_locked_after_reopening(world, now, file, name, value):
    survey = world.open()
    import_rows(world, survey, file.part(50), now)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    with world.writing() as session, pytest.raises(ConflictError) as refused:
        assessment_setup.update_assessment(
            session, survey.key, AssessmentPatch(**{name: value}), world.catalogue, now=now
        )

    assert [each.pointer for each in refused.value.problems] == [f"/{name}"]


def test_displayed_texts_can_be_changed_after_reopening(world, now, file):
    survey = world.open()
    import_rows(world, survey, file.part(50), now)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    with world.writing() as session:
        changes = AssessmentPatch(title="Once more", closes_on=(now + DAY).date())
        changed = assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=now)

    assert changed.title == "Once more"


def test_mutant_without_release_locks_reveals_answers(world, now, file, monkeypatch):
    monkeypatch.setattr(setting_locks, "_refuse_after_release", lambda *_: None)
    survey = world.open()
    import_rows(world, survey, file.part(50), now)
    close_survey(world, survey, now)
    reopen_survey(world, survey, now)

    with world.writing() as session:
        changes = AssessmentPatch(weights={"marketing": 3.0})
        changed = assessment_setup.update_assessment(session, survey.key, changes, world.catalogue, now=now)

    assert changed.weights == {"marketing": 3.0}
