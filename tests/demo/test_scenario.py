"""The invented organisation: what the demo is to show stands in its numbers."""

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest

from assessment.demo import demo_folder, loader
from assessment.demo.people import list_people
from assessment.demo.scenario import WAVES
from assessment.domain.assessment import AssessmentKey
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_setup import get_assessment
from assessment.services.people import people_invitations, progress
from assessment.services.results import published_results
from assessment.services.survey import start_page
from assessment.storage import database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo as loaded, and a session that reads it."""
    folder = demo_folder.DemoFolder(tmp_path_factory.mktemp("demo"))
    steps = []
    loaded = demo_folder.load_demo(
        folder, QuestionnaireCatalogue([find_shipped_folder()]), SECRET, NOW, nullcontext(steps.append)
    )
    assert sum(steps) == loader.STEP_COUNT
    engine = database.make_engine(f"sqlite:///{folder.database}")
    progress.refresh_counts(engine, loaded.workspace, [loaded.open_assessment], NOW)
    with database.read_session(engine) as session:
        yield session, loaded, folder
    engine.dispose()


@pytest.fixture(scope="module")
def waves(demo):
    """The released results of the two closed waves."""
    session, loaded, _ = demo
    newer = get_assessment(session, AssessmentKey(loaded.workspace, loaded.assessment))
    return [
        published_results.load_result(session, AssessmentKey(loaded.workspace, each))
        for each in (newer.wave_of, newer.id)
    ]


def test_demo_has_two_closed_waves_a_year_apart_and_an_open_third(demo):
    session, loaded, _ = demo

    third, second, first = assessment_setup.list_assessments(session, loaded.workspace).data

    assert [wave.state for wave in (first, second, third)] == ["closed", "closed", "open"]
    assert [second.wave_of, third.wave_of] == [first.id, second.id]
    assert (second.closed_on - first.closed_on).days == 365
    assert third.closes_on > NOW.date()
    assert [loaded.assessment, loaded.open_assessment] == [second.id, third.id]


@pytest.mark.parametrize("wave", WAVES)
def test_sixty_to_eighty_people_are_invited_with_unique_addresses(wave):
    people = list_people(wave)

    assert 60 <= len(people) <= 80
    assert len({person.email for person in people}) == len(people)


def test_most_people_have_answered_the_open_wave(demo):
    session, loaded, _ = demo

    total = progress.load_progress(session, AssessmentKey(loaded.workspace, loaded.open_assessment)).total

    assert total.invited - 8 <= total.sent < total.started < total.invited


def test_one_invitation_of_each_role_is_unused_for_visitors(demo):
    session, loaded, _ = demo

    welcomes = {role: start_page.load_start_page(session, token) for role, token in loaded.invitations.items()}

    assert set(welcomes) == {"leader", "practitioner", "staff"}
    assert {(role, welcome.role, welcome.state, welcome.draft) for role, welcome in welcomes.items()} == {
        (role, role, "open", None) for role in welcomes
    }


def test_invitations_have_names(demo):
    session, loaded, _ = demo

    guests = people_invitations.list_invitations(session, AssessmentKey(loaded.workspace, loaded.assessment)).data

    assert all(guest.name and guest.email for guest in guests)


def test_marketing_scores_high_and_hr_low(waves):
    for wave in waves:
        scores = {name: function.score for name, function in wave.functions.items()}
        assert scores["marketing"] - scores["customer-service"] > 20
        assert wave.indices.balance.flagged
        assert wave.indices.balance.weakest == "hr"


def test_leaders_rate_higher_than_practitioners(waves):
    for wave in waves:
        gap = wave.indices.perception_gap
        assert gap.signed >= 15
        assert any(dimension.verdict in ("confirmed", "strong") for dimension in gap.dimensions.values())


def test_authority_exceeds_support(waves):
    first, second = (wave.indices.set_up_to_fail for wave in waves)

    assert first.class_ == "high"
    assert first.authority > first.support
    assert first.red_flags_band != "none"
    assert second.score < first.score


def test_second_wave_scores_higher_where_advice_was_followed(waves):
    first, second = waves

    assert second.overall.score > first.overall.score + 2
    followed = {"authority-limits", "escalation", "screening-boundary"}
    assert followed <= {advice.id for advice in first.advice}
    assert followed.isdisjoint(advice.id for advice in second.advice)


def test_overall_level_is_released_in_both_waves(waves):
    assert all(wave.overall.level is not None for wave in waves)


def test_generated_answers_are_deterministic(demo, waves, tmp_path):
    again = demo_folder.DemoFolder(tmp_path)
    loaded = demo_folder.load_demo(
        again, QuestionnaireCatalogue([find_shipped_folder()]), SECRET, NOW, nullcontext(int)
    )
    engine = database.make_engine(f"sqlite:///{again.database}")
    with database.read_session(engine) as session:
        other = published_results.load_result(session, AssessmentKey(loaded.workspace, loaded.assessment))
    engine.dispose()

    assert other == waves[1]
    assert loaded.password != demo[1].password
    assert date.fromisoformat(other.computed_at) < NOW.date()
