"""Rules of comparing waves (method 7), each where it makes the difference."""

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import DONT_KNOW, NOT_APPLICABLE, AssessmentSettings
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Kind

FIRST, SECOND = "2025-03-01", "2026-03-01"
ALL = {"blank": 0, "dont_know": 0, "not_applicable": 0}


@pytest.fixture
def wave(questionnaire):
    def wave(answers, date=FIRST, instrument=questionnaire, **settings):
        return Wave(
            instrument, score_answers(instrument, answers, AssessmentSettings(**settings), date=date, unsuppressed=True)
        )

    return wave


@pytest.fixture
def columns(questionnaire):
    """Columns of scored items of functions, all or those that answer to a description."""

    def columns(wanted=None):
        scored = (Kind.PRACTICE, Kind.HAND_OFF)
        found = [n for n, item in enumerate(questionnaire.items) if item.kind in scored]
        return [n for n in found if wanted is None or wanted(questionnaire.items[n])]

    return columns


def revise_items(questionnaire, columns, **values):
    """The questionnaire with these items in a new wording, or with other `values`."""
    items = list(questionnaire.items)
    for column in columns:
        items[column] = msgspec.structs.replace(items[column], **(values or {"revision": items[column].revision + 1}))
    return msgspec.structs.replace(questionnaire, version="2.0.0", items=tuple(items))


def set_answers(answers, columns, value):
    """The same answers, but that all who gave a number to these say something else."""
    values = answers.values.copy()
    values[:, columns] = np.where(values[:, columns] >= 0, value, values[:, columns])
    return msgspec.structs.replace(answers, values=values)


def test_change_requires_five_points_and_exceeded_margin(organisation, wave):
    seen = set()
    for seed in range(4):
        one, two = (wave(organisation(80, each)) for each in (seed, seed + 50))
        for change in compare_waves(one, two).changes.values():
            if change.margin is not None:
                large, beyond = abs(change.change) >= 5, abs(change.change) > change.margin
                seen.add((large, beyond))
                assert change.changed is (large and beyond)

    assert seen == {(True, True), (True, False), (False, True), (False, False)}


def test_broken_dimension_with_some_common_items_is_dropped(questionnaire, organisation, wave, columns):
    answers = organisation(60)
    dimension = questionnaire.dimensions[0].id
    most = columns(lambda item: item.dimension == dimension)[:-2]

    comparison = compare_waves(wave(answers), wave(answers, SECOND, revise_items(questionnaire, most)))

    assert [gap.dimension for gap in comparison.breaks] == [dimension]
    assert not any(path.endswith(f".{dimension}") for path in comparison.changes)


@pytest.mark.parametrize(("reworded", "left"), [(0, {"indices.embedding"}), (1, set())])
def test_embedding_after_break_requires_all_its_items(questionnaire, organisation, wave, columns, reworded, left):
    answers = organisation(60)
    others = columns(lambda item: not item.embedding)
    some = columns(lambda item: item.embedding)[:reworded]

    comparison = compare_waves(wave(answers), wave(answers, SECOND, revise_items(questionnaire, [*others, *some])))

    assert None in [gap.dimension for gap in comparison.breaks]
    assert comparison.changes.keys() == left


def test_figure_mostly_from_other_items_has_no_margin(questionnaire, organisation, wave, columns):
    answers = organisation(60)
    function = questionnaire.functions[0].id
    same = ("P1", "R1", "W1", "G1")
    others = columns(lambda item: item.function == function and not item.id.endswith(same))

    comparison = compare_waves(wave(answers), wave(answers, SECOND, revise_items(questionnaire, others)))

    assert comparison.changes[f"functions.{function}"].margin is None
    assert comparison.changes[f"functions.{function}"].changed is None
    assert comparison.changes[f"functions.{questionnaire.functions[1].id}"].margin is not None


def test_items_with_equal_key_and_different_id_are_the_same(questionnaire, organisation, wave, columns):
    answers = organisation(60)
    first = columns()[:1]
    key = questionnaire.items[first[0]].id

    comparison = compare_waves(
        wave(answers), wave(answers, SECOND, revise_items(questionnaire, first, id="CS-NEW", key=key))
    )

    assert comparison.items["CS-NEW"] == 0
    assert key not in comparison.items


@pytest.mark.parametrize("value", [DONT_KNOW, NOT_APPLICABLE])
@pytest.mark.parametrize("is_earlier", [True, False])
def test_item_shown_in_one_wave_only_has_no_effect(questionnaire, organisation, wave, columns, value, is_earlier):
    answers = organisation(60, **ALL)
    first = columns()[0]
    item = questionnaire.items[first]
    waves = [answers, set_answers(answers, [first], value)][:: -1 if is_earlier else 1]

    comparison = compare_waves(*map(wave, waves))

    assert item.id not in comparison.items
    assert comparison.changes[f"functions.{item.function}.dimensions.{item.dimension}"].change == 0


def test_comparison_uses_weights_of_later_wave(questionnaire, organisation, wave):
    heavy, light = ({questionnaire.functions[0].id: weight} for weight in (9.0, 1.0))
    one, two = organisation(60, 1), organisation(60, 2)

    before = compare_waves(wave(one, weights=light), wave(two, SECOND, weights=heavy)).changes["overall"]

    assert before.earlier == pytest.approx(
        score_answers(questionnaire, one, AssessmentSettings(weights=heavy), unsuppressed=True).overall.score
    )


def test_pace_within_chance_is_not_projected(organisation, wave):
    rising = [
        found
        for seed in range(12)
        if (found := compare_waves(wave(organisation(30, seed)), wave(organisation(30, seed + 60), SECOND)).projection)
        and found.pace > 0
        and not found.reached
    ]

    sure = [found for found in rising if found.interval is not None and found.interval[0] > 0]
    assert 0 < len(sure) < len(rising)
    assert [found for found in rising if found.years is not None] == sure


def test_reached_goal_is_not_projected(organisation, wave, columns):
    answers = organisation(60, **ALL)
    found = compare_waves(wave(answers), wave(set_answers(answers, columns(), 4), SECOND)).projection

    assert found.pace > 0
    assert found.reached
    assert found.years is None
