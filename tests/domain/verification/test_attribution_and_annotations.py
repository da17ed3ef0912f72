"""Checking what stands next to figures: why they changed, the day, the promise, moderated scores."""

import msgspec
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave
from assessment.domain.method import compute_intermediates, score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.report import ReportDetails, ScoreModeration
from assessment.domain.verification import check_annotations, check_attribution

FIRST, SECOND = "2025-03-01", "2026-03-01"
WHOLE = "overall"


@pytest.fixture
def measured(questionnaire):
    def measured(answers, date=FIRST, instrument=questionnaire, *, unsuppressed=True):
        result = score_answers(instrument, answers, AssessmentSettings(), date=date, unsuppressed=unsuppressed)
        return ScoredWave(
            Wave(instrument, result),
            compute_intermediates(instrument, answers, AssessmentSettings(), unsuppressed=unsuppressed),
        )

    return measured


@pytest.fixture
def waves(organisation, measured):
    """Two waves under the disclosure rules, and why the second differs."""
    sides = [measured(organisation(150, seed), date, unsuppressed=False) for seed, date in ((1, FIRST), (5, SECOND))]
    split = attribute_changes(*sides)
    assert split[WHOLE].refused is None
    return sides[0].wave, sides[1].wave, split


def paths(waves, split):
    return [found.path for found in check_attribution(*waves[:2], split)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("people", [70, 150])
@pytest.mark.parametrize("unsuppressed", [True, False])
def test_computed_attribution_passes_check(questionnaire, organisation, measured, seed, people, unsuppressed):
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
    split = msgspec.json.decode(
        msgspec.json.encode(attribute_changes(*sides)), type=dict[str, type(attribute_changes(*sides)[WHOLE])]
    )

    found = list(check_attribution(sides[0].wave, sides[1].wave, split))

    assert split
    assert found == []


@pytest.mark.parametrize("part", ["change", "answers", "instrument"])
def test_part_that_changes_the_sum_is_reported(waves, part):
    split = waves[2] | {WHOLE: replace(waves[2][WHOLE], **{part: getattr(waves[2][WHOLE], part) + 1})}

    assert paths(waves, split) == [f"{WHOLE}.{part}"]


def test_points_moved_between_parts_with_equal_sum_are_reported(waves):
    whole = waves[2][WHOLE]
    moved = replace(whole, answers=whole.answers - 2, instrument=whole.instrument + 2)

    assert paths(waves, waves[2] | {WHOLE: moved}) == [f"{WHOLE}.answers", f"{WHOLE}.instrument"]


def test_fractional_role_mix_effect_in_guarded_wave_is_reported(waves):
    whole = waves[2][WHOLE]
    finer = replace(whole, who=whole.who + 0.25, answers=whole.answers - 0.25)

    assert paths(waves, waves[2] | {WHOLE: finer}) == [f"{WHOLE}.who"]


def test_missing_or_invented_attribution_is_reported(waves):
    one, *others = waves[2]

    assert paths(waves, {name: waves[2][name] for name in others}) == [one]
    assert paths(waves, waves[2] | {"functions.none": waves[2][one]}) == ["functions.none"]


def test_refusal_with_unknown_reason_is_reported(waves):
    whole = replace(waves[2][WHOLE], answers=None, who=None, instrument=None, refused="nobody asked")

    assert paths(waves, waves[2] | {WHOLE: whole}) == [f"{WHOLE}.refused"]


def test_overall_split_despite_refused_function_is_reported(waves):
    name = next(path for path in waves[2] if path != WHOLE)
    reason = "fewer than 6 people in one role"
    refused = replace(waves[2][name], answers=None, who=None, instrument=None, refused=reason)

    assert paths(waves, waves[2] | {name: refused}) == [f"{WHOLE}.refused"]


def test_details_that_contradict_figures_are_reported(questionnaire, waves):
    result, text = waves[1].result, questionnaire.text("en")
    function = questionnaire.functions[0].id
    named = text.functions[function]
    good = ScoreModeration(named, result.functions[function].score, 10.0, "Why")
    details = ReportDetails("Norden", date=SECOND, protection="confidential", moderations=(good,))

    def found(**changes):
        return [difference.path for difference in check_annotations(replace(details, **changes), result, text)]

    assert found() == []
    assert found(date=FIRST) == ["date"]
    assert found(release="0") == ["release"]
    assert found(protection="attributable") == ["protection"]
    assert found(protection="none") == ["protection"]
    assert found(moderations=(replace(good, computed=99.0),)) == [f"moderations.{named}"]
    assert found(moderations=(replace(good, place="Elsewhere"),)) == ["moderations.Elsewhere"]
