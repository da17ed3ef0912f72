"""Waves: the same items, the newer weights, and whether a change is more than chance (method 7)."""

from decimal import Decimal

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import DONT_KNOW, NOT_ASKED, AssessmentSettings
from assessment.domain.comparison import attribution
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.published_scores import find_rescoring_reasons, list_published_scores
from assessment.domain.comparison.wave_report import build_wave_report
from assessment.domain.comparison.waves import Wave, compare_waves, compute_standard_error
from assessment.domain.method import compute_intermediates, score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.report import EarlierWave, ReportDetails, build_report
from assessment.i18n import get_translator

FIRST, SECOND = "2025-03-01", "2026-03-01"


@pytest.fixture
def wave(questionnaire):
    def wave(answers, date=FIRST, instrument=questionnaire, *, unsuppressed=True, **settings):
        result = score_answers(
            instrument, answers, AssessmentSettings(**settings), date=date, unsuppressed=unsuppressed
        )
        return Wave(instrument, result)

    return wave


@pytest.fixture
def measured(questionnaire):
    def measured(answers, date=FIRST, instrument=questionnaire, *, unsuppressed=True):
        result = score_answers(instrument, answers, AssessmentSettings(), date=date, unsuppressed=unsuppressed)
        computation = compute_intermediates(instrument, answers, AssessmentSettings(), unsuppressed=unsuppressed)
        return ScoredWave(Wave(instrument, result), computation)

    return measured


def raise_answers(questionnaire, answers, function, rungs=1):
    """The same people, answering higher on one function's items."""
    values = answers.values.copy()
    for column, item in enumerate(questionnaire.items):
        if item.function == function and item.kind in (Kind.PRACTICE, Kind.HAND_OFF):
            rated = values[:, column] >= 0
            values[rated, column] = np.minimum(4, values[rated, column] + rungs)
    return msgspec.structs.replace(answers, values=values)


def revise_item(questionnaire, columns):
    items = tuple(
        msgspec.structs.replace(item, revision=item.revision + (column in columns))
        for column, item in enumerate(questionnaire.items)
    )
    return msgspec.structs.replace(questionnaire, version="2.0.0", items=items)


@pytest.mark.parametrize("unsuppressed", [True, False])
def test_wave_compared_with_itself_has_no_changes(organisation, wave, unsuppressed):
    one = wave(organisation(60), unsuppressed=unsuppressed)

    comparison = compare_waves(one, one)

    assert comparison.breaks == ()
    assert {change.change for change in comparison.changes.values()} == {0.0}
    assert {change.changed for change in comparison.changes.values()} <= {False, None}


def test_only_function_with_large_rise_is_changed(questionnaire, organisation, wave):
    answers = organisation(80, blank=0, dont_know=0, not_applicable=0)
    name = questionnaire.functions[1].id

    comparison = compare_waves(wave(answers), wave(raise_answers(questionnaire, answers, name), SECOND))

    changed = {path for path, change in comparison.changes.items() if change.changed}
    assert f"functions.{name}" in changed
    assert not any(path.startswith(f"functions.{questionnaire.functions[0].id}") for path in changed)


def test_margin_is_1_96_standard_errors_of_the_difference(questionnaire, organisation, wave):
    one, two = (wave(organisation(80, seed), at) for seed, at in ((1, FIRST), (2, SECOND)))
    errors = [
        compute_standard_error(each.result.overall.score, each.result.overall.interval, each.result.overall.n, 0.95)
        for each in (one, two)
    ]

    comparison = compare_waves(one, two)

    assert comparison.changes["overall"].margin == pytest.approx(1.96 * np.hypot(*errors), rel=1e-9)


def test_both_waves_are_scored_with_newer_weights(questionnaire, organisation, wave):
    answers = organisation(60)
    names = [function.id for function in questionnaire.functions]
    weighted = {"weights": dict.fromkeys(names, 1.0) | {names[0]: 9.0}}

    comparison = compare_waves(wave(answers), wave(answers, SECOND, **weighted))

    assert comparison.changes["overall"].change == pytest.approx(0)


def test_reworded_item_is_dropped_from_both_waves(questionnaire, organisation, wave):
    answers = organisation(60)
    practice = [column for column, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE]

    comparison = compare_waves(wave(answers), wave(answers, SECOND, revise_item(questionnaire, practice[:1])))

    assert questionnaire.items[practice[0]].id not in comparison.items
    assert comparison.breaks == ()


def test_too_few_common_items_cause_break_without_figures(questionnaire, organisation, wave):
    answers = organisation(60)
    scored = [column for column, item in enumerate(questionnaire.items) if item.function and not item.checks]

    comparison = compare_waves(
        wave(answers), wave(answers, SECOND, revise_item(questionnaire, scored[: len(scored) // 2]))
    )

    assert [gap.dimension for gap in comparison.breaks][:1] == [None]
    assert comparison.changes == {}


def test_single_dimension_can_break(questionnaire, organisation, wave):
    answers = organisation(60)
    dimension = questionnaire.dimensions[0].id
    own = [column for column, item in enumerate(questionnaire.items) if item.dimension == dimension]

    comparison = compare_waves(wave(answers), wave(answers, SECOND, revise_item(questionnaire, own)))

    assert [gap.dimension for gap in comparison.breaks] == [dimension]
    assert not any(path.endswith(f".{dimension}") for path in comparison.changes)
    assert "overall" in comparison.changes


def test_pace_of_embedding_is_per_year_and_projected_only_beyond_chance(questionnaire, organisation, wave):
    answers = organisation(90, 4, blank=0, dont_know=0, not_applicable=0)
    higher = answers
    for function in questionnaire.functions:
        higher = raise_answers(questionnaire, higher, function.id)

    rising = compare_waves(wave(answers), wave(higher, SECOND)).projection
    still = compare_waves(wave(answers), wave(answers, SECOND)).projection

    assert rising.years_between == pytest.approx(1, abs=0.01)
    assert rising.pace > 5
    assert rising.reached or rising.years == pytest.approx(4 * rising.needed_pace / rising.pace)
    assert still.years is None


def test_standard_error_of_clipped_interval_uses_wider_side():
    assert compute_standard_error(2.0, (0.0, 6.0), 30, 0.95) == pytest.approx(
        compute_standard_error(50.0, (46.0, 54.0), 30, 0.95)
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("unsuppressed", [True, False])
def test_parts_of_attribution_add_up_to_change(questionnaire, organisation, measured, seed, unsuppressed):
    """Each of them: a reworded question sees to it that the instrument has a part in every function."""
    earlier, later = organisation(70, seed), organisation(90, seed + 100)
    practice = [column for column, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE]
    reworded = revise_item(questionnaire, practice[::11])

    split = attribute_changes(
        measured(earlier, unsuppressed=unsuppressed),
        measured(later, SECOND, reworded, unsuppressed=unsuppressed),
    )

    told = [part for part in split.values() if part.refused is None]
    assert unsuppressed <= bool(told)
    assert any(part.instrument for part in told) or not told
    assert all(part.answers + part.who + part.instrument == pytest.approx(part.change) for part in told)


def test_changed_answers_of_same_people_are_attributed_to_answers(questionnaire, organisation, measured):
    answers = organisation(80, blank=0, dont_know=0, not_applicable=0)
    name = questionnaire.functions[0].id

    split = attribute_changes(measured(answers), measured(raise_answers(questionnaire, answers, name), SECOND))

    part = split[f"functions.{name}"]
    assert part.change > 0
    assert part.answers == pytest.approx(part.change)
    assert (part.who, part.instrument) == (pytest.approx(0), pytest.approx(0))


def test_absent_role_is_attributed_to_role_mix(questionnaire, organisation, measured):
    answers = organisation(80, 2, blank=0, dont_know=0, not_applicable=0)
    leader = questionnaire.roles[0].id
    without = answers.select_rows(np.asarray(answers.roles) != leader)

    split = attribute_changes(measured(answers), measured(without, SECOND))

    moved = [part for part in split.values() if abs(part.change) > 1]
    assert moved
    assert all(part.who == pytest.approx(part.change) for part in moved)
    assert all(part.answers == pytest.approx(0, abs=1e-9) for part in moved)


def test_attribution_with_small_role_is_refused(organisation, measured):
    split = attribute_changes(
        measured(organisation(30), unsuppressed=False), measured(organisation(30), SECOND, unsuppressed=False)
    )

    refused = [part for part in split.values() if part.refused]
    assert refused
    assert all(part.answers is None for part in refused)


@pytest.fixture
def full(organisation):
    """Everybody in every function, all of them with an answer to all they are asked."""
    return organisation(60, 3, blank=0, dont_know=0, not_applicable=0, several_functions=1.0)


def leaders(answers):
    return np.flatnonzero(np.asarray(answers.roles) == "leader")


@pytest.mark.parametrize("is_earlier", [True, False])
def test_attribution_with_small_role_in_one_wave_is_refused(full, measured, is_earlier):
    fewer = full.select_rows(~np.isin(np.arange(len(full)), leaders(full)[2:]))
    waves = (fewer, full) if is_earlier else (full, fewer)

    split = attribute_changes(*(measured(answers, unsuppressed=False) for answers in waves))

    assert split
    assert all(part.refused for part in split.values())


@pytest.mark.parametrize("is_earlier", [True, False])
def test_item_with_single_answer_of_a_role_has_no_role_mix_effect(questionnaire, full, measured, is_earlier):
    practice = [column for column, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE]
    values = full.values.copy()
    first, *others = leaders(full)
    values[first, practice] = np.where(values[first, practice] >= 0, 4, values[first, practice])
    unsure = values.copy()
    unsure[np.ix_(others, practice)] = np.where(values[np.ix_(others, practice)] >= 0, DONT_KNOW, NOT_ASKED)
    waves = [msgspec.structs.replace(full, values=answers) for answers in (values, unsure)][:: -1 if is_earlier else 1]

    split = attribute_changes(*(measured(answers, unsuppressed=False) for answers in waves))

    assert len(others) >= 5
    assert any(part.change for part in split.values())
    assert {part.who for part in split.values()} == {0.0}


@pytest.mark.parametrize("named", [0, 1])
def test_wave_compared_with_unguarded_wave_stays_guarded(full, measured, named):
    waves = [full, full.select_rows(~np.isin(np.arange(len(full)), leaders(full)))]

    split = attribute_changes(*(measured(answers, unsuppressed=place == named) for place, answers in enumerate(waves)))

    told = [part.who for part in split.values() if part.refused is None]
    assert any(told)
    assert all(who == round(who) for who in told)


def test_role_mix_effect_uses_released_item_scores(monkeypatch, full, measured):
    """Six dimensions of two items each, five rows to a hand-off: an item's step of five moves a function by 1/12s."""
    monkeypatch.setattr(attribution, "_round_mix_effect", lambda who, _: who)
    waves = [full, full.select_rows(~np.isin(np.arange(len(full)), leaders(full)))]

    split = attribute_changes(*(measured(answers, unsuppressed=False) for answers in waves))

    told = [part.who for path, part in split.items() if part.refused is None and path.startswith("functions.")]
    assert any(told)
    assert all(12 * who == pytest.approx(round(12 * who)) for who in told)


def test_reasons_for_rescoring_name_what_differs_between_the_waves(questionnaire, organisation, wave):
    answers = organisation(60)
    names = [function.id for function in questionnaire.functions]
    weighted = {"weights": dict.fromkeys(names, 1.0) | {names[0]: 9.0}}
    practice = [column for column, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE]
    revised = revise_item(questionnaire, practice[:1])
    first = wave(answers)

    reasons = [
        find_rescoring_reasons(first, later)
        for later in (
            wave(answers, SECOND),
            wave(answers, SECOND, **weighted),
            wave(answers, SECOND, revised),
            wave(organisation(12), SECOND, unsuppressed=False),
        )
    ]

    assert reasons[:3] == [("rounding",), ("weights",), ("items",)]
    assert "hidden" in reasons[3]


def test_report_states_the_published_score_next_to_the_rescored_one_and_why(questionnaire, organisation, wave):
    answers = organisation(60)
    names = [function.id for function in questionnaire.functions]
    weighted = {"weights": dict.fromkeys(names, 1.0) | {names[0]: 9.0}}
    first, second = wave(answers), wave(answers, SECOND, **weighted)
    earlier = EarlierWave(
        compare_waves(first, second),
        published=list_published_scores(first),
        reasons=find_rescoring_reasons(first, second),
    )

    report = build_report(questionnaire, second.result, ReportDetails("Norden", date=SECOND), earlier=earlier)

    (whole, *others) = report.change.rows
    translator = get_translator("en")
    notes = " ".join(translator.render_messages(report.change.notes))
    assert whole.published.value == round(Decimal(repr(first.result.overall.score)), 1)
    assert whole.published.value != whole.earlier.value
    assert {row.published for row in others if isinstance(row.name, str)} == {None}  # functions: none is weighted
    assert f"{whole.published.value} for the whole ({whole.earlier.value} here)" in notes
    assert "with the weights of this wave" in notes


def test_wave_report_has_published_scores_and_reasons(organisation, wave):
    first, second = wave(organisation(60)), wave(organisation(60, 2), SECOND)

    made = build_wave_report(first, second, "none")

    assert made.overall.published == first.result.overall.score
    assert made.rescored_because == ("rounding",)
