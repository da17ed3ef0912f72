"""Drafts that name a version of a questionnaire which an upgrade has replaced."""

import pytest
from msgspec import structs
from sqlalchemy import update

from assessment.errors import InvalidError
from assessment.questionnaires import compute_questionnaire_digest
from assessment.services.assessments import assessment_setup, published_questionnaires
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.survey import survey_preview
from assessment.storage import tables

OLD = "1.0.0"


@pytest.fixture
def draft(world):
    """A draft made before the upgrade."""
    made = world.draft()
    with world.writing() as session:
        here = tables.assessment.c.id == made.id
        session.execute(update(tables.assessment).where(here).values(questionnaire_version=OLD))
        return assessment_setup.get_assessment(session, made.key)


@pytest.fixture
def published(world, questionnaire):
    """The old version, which another assessment has opened with."""
    old = structs.replace(questionnaire, version=OLD, horizons=(*questionnaire.horizons, "later"))
    old = structs.replace(old, digest=compute_questionnaire_digest(old))
    with world.writing() as session:
        published_questionnaires.publish_questionnaire(session, old)
    return old


def open_draft(world, draft, now):
    with world.writing() as session:
        return assessment_setup.open_assessment(session, draft.key, world.catalogue, now)


def test_draft_of_a_published_version_opens_with_that_version(world, draft, published, now):
    opened = open_draft(world, draft, now)

    assert (opened.questionnaire_version, opened.questionnaire_digest) == (OLD, published.digest)


def test_draft_of_a_removed_version_is_not_opened_and_both_versions_are_named(world, draft, questionnaire, now):
    with pytest.raises(InvalidError) as refused:
        open_draft(world, draft, now)

    problem = next(one for one in refused.value.problems if one.pointer == "/questionnaire")
    assert OLD in problem.message
    assert questionnaire.version in problem.message


def test_draft_of_a_removed_version_still_shows_its_pages(world, draft, questionnaire):
    with world.reading() as session:
        shown, _ = survey_preview.preview_survey(session, draft.key, world.catalogue, "leader")

    assert shown == questionnaire


@pytest.mark.parametrize("changes", [AssessmentPatch(title="First wave"), AssessmentPatch(title="Second wave")])
def test_saving_settings_updates_a_draft_to_the_newest_version(world, draft, questionnaire, changes, now):
    with world.writing() as session:
        moved = assessment_setup.update_assessment(session, draft.key, changes, world.catalogue, now=now)

    assert moved.questionnaire_version == questionnaire.version
    assert open_draft(world, draft, now).questionnaire_digest == questionnaire.digest
