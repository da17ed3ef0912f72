"""Ranks among the organisations of a workspace that share their scores, on each database."""

from datetime import timedelta
from itertools import count

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import assessment_setup, client_organisations, published_questionnaires
from assessment.services.assessments.assessment_fields import AssessmentInput, AssessmentPatch
from assessment.services.results import benchmark_ranks
from assessment.storage import assessments, questionnaire_versions, tables
from assessment.storage.results import releases
from tests.services.conftest import INSTRUMENT, NOW

PULSE = "social-media-pulse"


@pytest.fixture
def publish(world):
    """Publishes made-up scores for an organisation, shared unless said otherwise."""
    numbers = count(1)

    def publish(
        score, *, organisation=None, shared=True, workspace=None, questionnaire=INSTRUMENT, day=None, **functions
    ):
        home, day = workspace or world.alice, day or NOW.date()
        with world.writing() as session:
            organisation = (
                organisation
                or client_organisations.create_organisation(session, home, f"Client {next(numbers)}", NOW).id
            )
            new = AssessmentInput(organisation=organisation, questionnaire=questionnaire, title="One")
            held = assessment_setup.create_assessment(session, home, new, world.catalogue, NOW)
            assessment_setup.open_assessment(session, AssessmentKey(home, held.id), world.catalogue, NOW)
            session.execute(
                update(tables.assessment)
                .where(tables.assessment.c.id == held.id)
                .values(state="closed", closed_on=day, in_benchmarks=shared)
            )
            content = {
                "overall": {"score": score},
                "functions": {name: {"score": it} for name, it in functions.items()},
            }
            releases.add_release(session, AssessmentKey(home, held.id), "digest", msgspec.json.encode(content), day)
        return held.id

    return publish


def place(world, organisation, workspace=None):
    with world.reading() as session:
        found = benchmark_ranks.rank_organisations(session, workspace or world.alice)
    return next(one for one in found if one.organisation == organisation)


def test_nine_other_organisations_give_no_rank_but_a_reason(world, publish):
    publish(50, organisation=world.organisation)
    for score in range(9):
        publish(score)

    found = place(world, world.organisation)

    assert (found.organisations, found.overall.rank) == (9, None)
    assert found.overall.reason == "fewer than 10 organisations share their scores"


def test_ten_other_organisations_give_a_quarter_overall_and_by_function(world, publish):
    publish(50, organisation=world.organisation, hr=10.0, marketing=70.0)
    for score in range(10):
        publish(score, marketing=score or None)

    found = place(world, world.organisation)

    assert found.overall.rank.quarter == 4
    assert found.functions["marketing"].reason == "fewer than 10 organisations share their scores"
    assert found.functions["hr"].rank is None


def test_rank_counts_each_other_sharing_organisation_once(world, publish):
    publish(50, organisation=world.organisation)
    for score in range(10):
        publish(score)
    publish(99, organisation=world.organisation, day=NOW.date() + timedelta(days=1))
    publish(99, shared=False)

    found = place(world, world.organisation)

    assert found.organisations == 10
    assert found.overall.score == 99


def test_newest_shared_result_of_an_organisation_counts(world, publish):
    publish(50, organisation=world.organisation)
    for number in range(10):
        with world.writing() as session:
            other = client_organisations.create_organisation(session, world.alice, f"Twice {number}", NOW).id
        publish(90, organisation=other, day=NOW.date() - timedelta(days=365))
        publish(10, organisation=other)

    assert place(world, world.organisation).overall.rank.quarter == 4


def test_other_questionnaire_or_workspace_is_not_compared(world, publish):
    publish(50, organisation=world.organisation)
    for score in range(6):
        publish(score)
        publish(score, questionnaire=PULSE)
        publish(score, workspace=world.bob)

    assert place(world, world.organisation).organisations == 6


def test_other_major_version_is_not_compared_but_minor_version_is(world, publish):
    instrument = world.catalogue.get(INSTRUMENT)
    publish(50, organisation=world.organisation)
    for version in ("1.9.0", "2.0.0", "10.0.0"):
        held = publish(50)
        with world.writing() as session:
            content = questionnaire_versions.find_content(session, INSTRUMENT, instrument.version)
            questionnaire_versions.add_questionnaire(session, replace(instrument, version=version), content)
            session.execute(
                update(tables.assessment).where(tables.assessment.c.id == held).values(questionnaire_version=version)
            )

    assert place(world, world.organisation).organisations == 1


def test_newest_release_of_an_assessment_counts(world, publish):
    held = publish(50, organisation=world.organisation)

    with world.writing() as session:
        content = msgspec.json.encode({"overall": {"score": 80}, "functions": {}})
        releases.add_release(
            session, AssessmentKey(world.alice, held), "another", content, NOW.date() + timedelta(days=1)
        )

    assert place(world, world.organisation).overall.score == 80


def test_sharing_is_off_by_default_and_can_be_enabled_after_the_close(world, publish):
    held = publish(50, shared=False)

    with world.writing() as session:
        before = assessments.find_assessment(session, AssessmentKey(world.alice, held))
        after = assessment_setup.update_assessment(
            session,
            AssessmentKey(world.alice, held),
            AssessmentPatch(in_benchmarks=True),
            world.catalogue,
            now=world.now,
        )

    assert (world.draft().in_benchmarks, before.in_benchmarks, after.in_benchmarks) == (False, False, True)


def test_rank_uses_cut_points_of_the_own_questionnaire(world, publish):
    publish(50, organisation=world.organisation)
    for score in range(30):
        publish(score * 2)

    rank = place(world, world.organisation).overall.rank

    with world.reading() as session:
        held = assessments.find_assessment(
            session, AssessmentKey(world.alice, place(world, world.organisation).assessment)
        )
        rules = published_questionnaires.load_questionnaire(session, held).benchmark
    assert rules.nearest_five_from == 30
    assert rank.percentile % 5 == 0
    assert rank.interval[0] < rank.percentile < rank.interval[1]


def test_ranks_read_no_content_of_releases(world, publish):
    organisations = [publish(score, hr=score) for score in range(10, 40)]

    with world.writing() as session:
        session.execute(update(tables.release).values(content=b""))

    with world.reading() as session:
        ranked = benchmark_ranks.rank_organisations(session, world.alice)
    assert len(ranked) == len(organisations)
    assert sorted(one.overall.score for one in ranked) == list(range(10, 40))
    assert {one.functions["hr"].rank.organisations for one in ranked} == {len(organisations) - 1}
