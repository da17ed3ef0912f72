"""The invented organisation: what the demo is to show stands in its numbers."""

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest

from assessment.demo import keeping, loading
from assessment.demo.people import crew
from assessment.demo.story import WAVES
from assessment.library import Library, shipped
from assessment.services import assessing, entering, inviting, progress, releasing
from assessment.services.assessing import get
from assessment.storage import database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo as loaded, and a session that reads it."""
    folder = keeping.Folder(tmp_path_factory.mktemp("demo"))
    steps = []
    loaded = keeping.load(folder, Library([shipped()]), SECRET, NOW, nullcontext(steps.append))
    assert sum(steps) == loading.STEPS
    engine = database.connect(f"sqlite:///{folder.database}")
    progress.refresh(engine, loaded.workspace, [loaded.open_assessment], NOW)
    with database.reading(engine) as session:
        yield session, loaded, folder
    engine.dispose()


@pytest.fixture(scope="module")
def waves(demo):
    """The released results of the two closed waves."""
    session, loaded, _ = demo
    newer = get(session, loaded.workspace, loaded.assessment)
    return [releasing.result(session, loaded.workspace, each) for each in (newer.wave_of, newer.id)]


def test_there_are_two_closed_waves_a_year_apart_and_an_open_third(demo):
    session, loaded, _ = demo

    third, second, first = assessing.list_assessments(session, loaded.workspace).data

    assert [wave.state for wave in (first, second, third)] == ["closed", "closed", "open"]
    assert [second.wave_of, third.wave_of] == [first.id, second.id]
    assert (second.closed_on - first.closed_on).days == 365
    assert third.closes_on > NOW.date()
    assert [loaded.assessment, loaded.open_assessment] == [second.id, third.id]


@pytest.mark.parametrize("wave", WAVES)
def test_sixty_to_eighty_people_are_asked_each_under_an_address_of_their_own(wave):
    people = crew(wave)

    assert 60 <= len(people) <= 80
    assert len({person.email for person in people}) == len(people)


def test_all_but_a_few_have_answered_the_open_wave(demo):
    session, loaded, _ = demo

    total = progress.progress(session, loaded.workspace, loaded.open_assessment).total

    assert total.invited - 8 <= total.sent < total.started < total.invited


def test_one_of_each_role_has_not_answered_and_can_be_tried_out(demo):
    session, loaded, _ = demo

    welcomes = {role: entering.look(session, token) for role, token in loaded.invitations.items()}

    assert set(welcomes) == {"leader", "practitioner", "staff"}
    assert {(role, welcome.role, welcome.state, welcome.draft) for role, welcome in welcomes.items()} == {
        (role, role, "open", None) for role in welcomes
    }


def test_people_are_invited_by_name(demo):
    session, loaded, _ = demo

    guests = inviting.list_invitations(session, loaded.workspace, loaded.assessment).data

    assert all(guest.name and guest.email for guest in guests)


def test_marketing_is_strong_and_hr_an_island(waves):
    for wave in waves:
        scores = {name: function.score for name, function in wave.functions.items()}
        assert scores["marketing"] - scores["customer-service"] > 20
        assert wave.indices.balance.flagged
        assert wave.indices.balance.weakest == "hr"


def test_leaders_see_it_rosier_than_practitioners(waves):
    for wave in waves:
        gap = wave.indices.perception_gap
        assert gap.signed >= 15
        assert any(dimension.verdict in ("confirmed", "strong") for dimension in gap.dimensions.values())


def test_authority_is_ahead_of_support(waves):
    first, second = (wave.indices.set_up_to_fail for wave in waves)

    assert first.class_ == "high"
    assert first.authority > first.support
    assert first.red_flags_band != "none"
    assert second.score < first.score


def test_the_second_wave_is_better_where_advice_was_followed(waves):
    first, second = waves

    assert second.overall.score > first.overall.score + 2
    followed = {"authority-limits", "escalation", "screening-boundary"}
    assert followed <= {advice.id for advice in first.advice}
    assert followed.isdisjoint(advice.id for advice in second.advice)


def test_the_whole_has_a_level_in_both_waves(waves):
    assert all(wave.overall.level is not None for wave in waves)


def test_the_story_is_the_same_every_time(demo, waves, tmp_path):
    again = keeping.Folder(tmp_path)
    loaded = keeping.load(again, Library([shipped()]), SECRET, NOW, nullcontext(int))
    engine = database.connect(f"sqlite:///{again.database}")
    with database.reading(engine) as session:
        other = releasing.result(session, loaded.workspace, loaded.assessment)
    engine.dispose()

    assert other == waves[1]
    assert loaded.password != demo[1].password
    assert date.fromisoformat(other.computed_at) < NOW.date()
