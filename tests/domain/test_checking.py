"""Checking what stands beside figures: why they changed, the day, the promise, moderated scores."""

import msgspec
import pytest
from msgspec.structs import replace

from assessment.domain.answers import Settings
from assessment.domain.attribution import Measured, attribute
from assessment.domain.checking import beside, splitting
from assessment.domain.comparison import Wave
from assessment.domain.method import measure, score
from assessment.domain.questionnaire import Kind
from assessment.domain.report import Details, Moderation

FIRST, SECOND = "2025-03-01", "2026-03-01"
WHOLE = "overall"


@pytest.fixture
def measured(questionnaire):
    def measured(answers, date=FIRST, instrument=questionnaire, *, unsuppressed=True):
        result = score(instrument, answers, Settings(), date=date, unsuppressed=unsuppressed)
        return Measured(Wave(instrument, result), measure(instrument, answers, Settings(), unsuppressed=unsuppressed))

    return measured


@pytest.fixture
def waves(organisation, measured):
    """Two waves under the disclosure rules, and why the second differs."""
    sides = [measured(organisation(150, seed), date, unsuppressed=False) for seed, date in ((1, FIRST), (5, SECOND))]
    split = attribute(*sides)
    assert split[WHOLE].refused is None
    return sides[0].wave, sides[1].wave, split


def paths(waves, split):
    return [found.path for found in splitting(*waves[:2], split)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("people", [70, 150])
@pytest.mark.parametrize("unsuppressed", [True, False])
def test_every_split_that_is_worked_out_is_found_sound(
    questionnaire, organisation, measured, seed, people, unsuppressed
):
    practice = [column for column, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE]
    items = tuple(
        replace(item, revision=item.revision + (column in practice[::11]))
        for column, item in enumerate(questionnaire.items)
    )
    reworded = replace(questionnaire, version="2.0.0", items=items)
    sides = (
        measured(organisation(people, seed), unsuppressed=unsuppressed),
        measured(organisation(people + 20, seed + 100), SECOND, reworded, unsuppressed=unsuppressed),
    )
    split = msgspec.json.decode(msgspec.json.encode(attribute(*sides)), type=dict[str, type(attribute(*sides)[WHOLE])])

    found = list(splitting(sides[0].wave, sides[1].wave, split))

    assert split
    assert found == []


@pytest.mark.parametrize("part", ["change", "answers", "instrument"])
def test_a_part_that_makes_the_sum_another_is_found(waves, part):
    split = waves[2] | {WHOLE: replace(waves[2][WHOLE], **{part: getattr(waves[2][WHOLE], part) + 1})}

    assert paths(waves, split) == [f"{WHOLE}.{part}"]


def test_points_moved_from_answers_to_the_instrument_are_found_though_the_sum_is_right(waves):
    whole = waves[2][WHOLE]
    moved = replace(whole, answers=whole.answers - 2, instrument=whole.instrument + 2)

    assert paths(waves, waves[2] | {WHOLE: moved}) == [f"{WHOLE}.answers", f"{WHOLE}.instrument"]


def test_who_answered_is_in_whole_points_where_people_are_guarded(waves):
    whole = waves[2][WHOLE]
    finer = replace(whole, who=whole.who + 0.25, answers=whole.answers - 0.25)

    assert paths(waves, waves[2] | {WHOLE: finer}) == [f"{WHOLE}.who"]


def test_a_split_that_is_left_out_or_made_up_is_found(waves):
    one, *others = waves[2]

    assert paths(waves, {name: waves[2][name] for name in others}) == [one]
    assert paths(waves, waves[2] | {"functions.none": waves[2][one]}) == ["functions.none"]


def test_a_refusal_for_no_known_reason_is_found(waves):
    whole = replace(waves[2][WHOLE], answers=None, who=None, instrument=None, refused="nobody asked")

    assert paths(waves, waves[2] | {WHOLE: whole}) == [f"{WHOLE}.refused"]


def test_the_whole_is_refused_where_a_function_is(waves):
    name = next(path for path in waves[2] if path != WHOLE)
    reason = "fewer than 6 people in one role"
    refused = replace(waves[2][name], answers=None, who=None, instrument=None, refused=reason)

    assert paths(waves, waves[2] | {name: refused}) == [f"{WHOLE}.refused"]


def test_what_stands_beside_the_figures_says_the_same_as_they(questionnaire, waves):
    result, text = waves[1].result, questionnaire.text("en")
    function = questionnaire.functions[0].id
    named = text.functions[function]
    good = Moderation(named, result.functions[function].score, 10.0, "Why")
    details = Details("Norden", date=SECOND, protection="confidential", moderations=(good,))

    def found(**changes):
        return [difference.path for difference in beside(replace(details, **changes), result, text)]

    assert found() == []
    assert found(date=FIRST) == ["date"]
    assert found(release="0") == ["release"]
    assert found(protection="attributable") == ["protection"]
    assert found(protection="none") == ["protection"]
    assert found(moderations=(replace(good, computed=99.0),)) == [f"moderations.{named}"]
    assert found(moderations=(replace(good, place="Elsewhere"),)) == ["moderations.Elsewhere"]
