"""Locks set by the opening, and mutants: with one lock removed, its promise can be broken."""

from datetime import timedelta

import pytest

from assessment.errors import InvalidError, LockedError
from assessment.services.assessments import assessment_setup, client_organisations, setting_locks
from assessment.services.assessments.assessment_fields import AssessmentPatch


def add_organisation(world, now):
    with world.writing() as session:
        return client_organisations.create_organisation(session, world.alice, "Other", now).id


def add_wave_before(world, now):  # called like the other one
    return world.draft().id


PROMISES = {
    "confidentiality": "attributable",
    "mode": "consensus",
    "minimum_group": 3,
    "share_results": True,
    "domains": ("northwind.example",),
    "questionnaire": "social-media-pulse",
    "asker": "Someone else",
    "organisation": add_organisation,
    "wave_of": add_wave_before,
}
FIELDS = {"organisation": "organisation_id"}
STORED = ("questionnaire",)


def change(world, assessment, now, **values):
    values = {name: value(world, now) if callable(value) else value for name, value in values.items()}
    with world.writing() as session:
        return assessment_setup.update_assessment(
            session, assessment.key, AssessmentPatch(**values), world.catalogue, now=now
        )


@pytest.mark.parametrize(("name", "value"), PROMISES.items())
def test_setting_promised_on_the_start_page_is_locked_at_the_opening(world, now, name, value):
    survey = world.open()

    with pytest.raises(LockedError) as refused:
        change(world, survey, now, **{name: value})

    assert [problem.pointer for problem in refused.value.problems] == [f"/{name}"]


@pytest.mark.parametrize(("name", "value"), PROMISES.items())
def test_promised_setting_can_be_changed_in_a_draft(world, now, name, value):
    draft = world.draft()

    changed = change(world, draft, now, **{name: value})

    assert changed.revision == draft.revision + 1


# Of the questionnaire a foreign key refuses what is not published, whatever the lock.
@pytest.mark.parametrize(("name", "value"), [each for each in PROMISES.items() if each[0] not in STORED])
def test_mutant_without_a_lock_breaks_its_promise(world, now, monkeypatch, name, value):
    field = FIELDS.get(name, name)
    monkeypatch.setattr(setting_locks, "LOCKED_AT_OPENING", setting_locks.LOCKED_AT_OPENING - {field})
    survey = world.open()

    changed = change(world, survey, now, **{name: value})

    assert getattr(changed, field) != getattr(survey, field)


def test_every_lock_of_the_opening_is_tested():
    fields = {name.removesuffix("_id").removesuffix("_version") for name in setting_locks.LOCKED_AT_OPENING}

    assert fields == {*PROMISES}


def test_weights_and_title_can_be_changed_while_open(world, now):
    survey = world.open()

    changed = change(world, survey, now, title="New", language="de", weights={"hr": 2.0}, targets={"hr": 50.0})

    assert (changed.title, changed.language, changed.weights, changed.targets) == (
        "New",
        "de",
        {"hr": 2.0},
        {"hr": 50.0},
    )


def test_moved_closing_date_updates_the_closing_time(world, now):
    survey = world.open(closes_on=now.date())

    changed = change(world, survey, now, closes_on=now.date() + timedelta(days=3))

    assert changed.closes_at - survey.closes_at == timedelta(days=3)
    assert change(world, survey, now, closes_on=None).closes_at is None


def test_closing_date_moved_to_the_past_is_refused(world, now):
    survey = world.open(closes_on=now.date())

    with pytest.raises(InvalidError) as refused:
        change(world, survey, now, closes_on=now.date() - timedelta(days=1))

    assert [problem.pointer for problem in refused.value.problems] == ["/closes_on"]


def test_past_closing_date_is_refused_for_a_new_assessment(world, now):
    with pytest.raises(InvalidError) as refused:
        world.draft(closes_on=now.date() - timedelta(days=1))

    assert [problem.pointer for problem in refused.value.problems] == ["/closes_on"]


def test_passed_closing_date_is_locked_before_the_scheduled_close(world, now):
    """A person who came a minute late was told that it has closed."""
    survey = world.open(closes_on=now.date())

    with pytest.raises(LockedError):
        change(world, survey, now + timedelta(days=1), closes_on=now.date() + timedelta(days=9))
