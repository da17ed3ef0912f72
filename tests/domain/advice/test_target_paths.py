"""Target paths: exact, of least effort, scored by the engine itself."""

from itertools import product

import msgspec
import numpy as np
import pytest

from assessment.domain.advice.pareto_choices import ParetoChoices, combine_choices
from assessment.domain.advice.target_paths import build_target_path_inputs, find_target_paths
from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers


def raise_items(questionnaire, answers, rules, rung=3):
    """Everybody answers this rung on what these rules are about, where the item lies lower."""
    values = answers.values.copy()
    exact = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)
    scores = {
        name: item.score
        for function in exact.functions.values()
        for part in (*[d.items for d in function.dimensions.values()], function.hand_off.rows)
        for name, item in part.items()
    }
    inputs = build_target_path_inputs(questionnaire, exact)
    for rule in rules:
        for column in np.flatnonzero(inputs.raised[rule]):
            found = scores[questionnaire.items[column].id]
            if found is not None and found < 25 * rung:
                values[values[:, column] >= 0, column] = rung
    return msgspec.structs.replace(answers, values=values)


def test_rescored_answers_reach_promised_level(questionnaire, risk_36):
    """The careless screen is left out: a rung 3 everywhere looks like a long string."""
    calm = msgspec.structs.replace(questionnaire, scoring=_without_screen(questionnaire))
    before = score_answers(calm, risk_36, AssessmentSettings(), unsuppressed=True)

    reached = [
        lift for lift in find_target_paths(build_target_path_inputs(calm, before)) if lift.function and lift.advice
    ]

    assert reached
    for lift in reached:
        after = score_answers(
            calm, raise_items(calm, risk_36, lift.advice), AssessmentSettings(), unsuppressed=True
        ).functions[lift.function]
        assert after.score == pytest.approx(lift.score_reached)
        assert after.level == lift.level_reached


def test_no_set_of_smaller_effort_reaches_target_level(questionnaire, risk_36):
    calm = msgspec.structs.replace(questionnaire, scoring=_without_screen(questionnaire))
    before = score_answers(calm, risk_36, AssessmentSettings(), unsuppressed=True)
    lift = next(
        lift for lift in find_target_paths(build_target_path_inputs(calm, before)) if lift.function and lift.advice
    )
    inputs = build_target_path_inputs(calm, before)
    number = [function.id for function in calm.functions].index(lift.function)
    low = np.nan_to_num(inputs.scores, nan=100) < 75
    masks = {r.id: inputs.raised[r.id] & low for r in calm.rules if r.function == lift.function}
    rules = [calm.rule[name] for name, mask in masks.items() if mask.any()]

    efforts = []
    for taken in product([False, True], repeat=len(rules)):
        chosen = [rule for rule, on in zip(rules, taken, strict=True) if on]
        effort = sum(calm.prioritising.effort[rule.effort] for rule in chosen)
        if (
            effort <= lift.effort
            and compute_level_of(inputs, number, [masks[rule.id] for rule in chosen]) >= lift.target_level
        ):
            efforts.append(effort)

    assert min(efforts) == lift.effort
    assert efforts.count(lift.effort) == lift.ties + 1


def compute_level_of(inputs, number, masks):
    """The level of one function with these items at 75."""
    scores = np.where(np.any([*masks, np.zeros(len(inputs.scores), dtype=bool)], axis=0), 75.0, inputs.scores)
    rolled = inputs.rescoring.compute_figures(scores)
    weakest = min(rolled.dimensions.reshape(len(inputs.questionnaire.functions), -1)[number])
    band = lambda score: 1 + sum(round(float(score), 6) >= cut for cut in (20, 40, 60, 80))  # noqa: E731
    return min(band(rolled.functions[number]), 1 + band(weakest))


def test_binding_parts_are_named(questionnaire, risk_36):
    found = {
        lift.function: lift
        for lift in find_target_paths(
            build_target_path_inputs(
                questionnaire, score_answers(questionnaire, risk_36, AssessmentSettings(), unsuppressed=True)
            )
        )
    }

    assert found["customer-service"].binding == ("purpose",)
    assert found["marketing"].binding == ()
    assert found[None].binding == ("customer-service",)


def test_unreachable_target_has_no_advice(questionnaire, organisation):
    without = msgspec.structs.replace(
        questionnaire, rules=tuple(rule for rule in questionnaire.rules if rule.id in ("one-queue", "same-limits"))
    )
    high = {function.id: 100.0 for function in questionnaire.functions}
    hopeless = score_answers(without, organisation(60, 7), AssessmentSettings(targets=high), unsuppressed=True)

    found = {lift.function: lift for lift in hopeless.lifts if lift.function}

    assert found
    assert all(lift.advice is None and lift.effort is None for lift in found.values())
    furthest = found["customer-service"].furthest
    assert furthest.score > hopeless.functions["customer-service"].score
    assert furthest.level < 5
    assert furthest.binding


@pytest.mark.parametrize("seed", range(6))
def test_next_step_is_part_of_path_only_if_it_fires(questionnaire, organisation, seed):
    result = score_answers(questionnaire, organisation(40, seed), AssessmentSettings(), unsuppressed=True)

    fired = {advice.id: advice.dimension for advice in result.advice if advice.dimension}
    used = {rule for lift in result.lifts for rule in lift.advice or () if questionnaire.rule[rule].next_step}

    assert used <= fired.keys()
    assert all(lift.dimensions == {rule: fired[rule] for rule in lift.dimensions} for lift in result.lifts)


def test_advised_items_rise_to_rung_four_for_level_five(questionnaire, risk_36):
    calm = msgspec.structs.replace(questionnaire, scoring=_without_screen(questionnaire))
    top = {function.id: 100.0 for function in questionnaire.functions}
    before = score_answers(calm, risk_36, AssessmentSettings(targets=top), unsuppressed=True)

    reached = [lift for lift in before.lifts if lift.function and lift.advice]

    assert reached
    for lift in reached:
        answers = raise_items(calm, risk_36, lift.advice, 4)
        after = score_answers(calm, answers, AssessmentSettings(), unsuppressed=True).functions[lift.function]
        assert (lift.rung, after.level, lift.level_reached) == (4, 5, 5)
        assert after.score == pytest.approx(lift.score_reached)


def test_prospects_equal_rescored_answers(questionnaire, risk_36):
    calm = msgspec.structs.replace(questionnaire, scoring=_without_screen(questionnaire))
    before = score_answers(calm, risk_36, AssessmentSettings(), unsuppressed=True)
    first = [advice.id for advice in before.advice if advice.part == "now"]

    for prospect in before.prospects:
        for chosen, reached in ((first, prospect.starting_now), ([a.id for a in before.advice], prospect.all_advice)):
            after = score_answers(calm, raise_items(calm, risk_36, chosen), AssessmentSettings(), unsuppressed=True)
            whole = after.functions[prospect.function] if prospect.function else after.overall
            assert (whole.score, whole.level) == (pytest.approx(reached.score), reached.level)


def test_overall_path_uses_the_rungs_of_each_function(questionnaire, risk_36):
    top = {"customer-service": 100.0, "marketing": 75.0, "hr": 90.0}
    result = score_answers(questionnaire, risk_36, AssessmentSettings(targets=top), unsuppressed=True)
    weights = {name: part.weight for name, part in result.functions.items()}

    reached = {prospect.function: prospect.all_advice.score for prospect in result.prospects}

    shared = sum(weights[name] * reached[name] for name in weights) / sum(weights.values())
    assert max(reached.values()) > 75
    assert reached[None] == pytest.approx(shared)


def test_overall_path_scores_equal_those_of_functions(questionnaire, risk_36):
    calm = msgspec.structs.replace(questionnaire, scoring=_without_screen(questionnaire))
    top = {function.id: 100.0 for function in questionnaire.functions}
    result = score_answers(calm, risk_36, AssessmentSettings(targets=top), unsuppressed=True)
    whole = next(lift for lift in result.lifts if lift.function is None)

    after = score_answers(
        calm, raise_items(calm, risk_36, whole.advice, 4), AssessmentSettings(), unsuppressed=True
    ).overall

    assert whole.rung == 4
    assert after.score == pytest.approx(whole.score_reached)


def test_reached_level_needs_no_advice(questionnaire, organisation):
    result = score_answers(questionnaire, organisation(60, 7), AssessmentSettings(), unsuppressed=True)
    low = score_answers(
        questionnaire,
        organisation(60, 7),
        AssessmentSettings(targets=dict.fromkeys(result.functions, 5.0)),
        unsuppressed=True,
    )

    found = [lift for lift in find_target_paths(build_target_path_inputs(questionnaire, low)) if lift.function]

    assert found
    assert all(lift.advice == () and lift.effort == 0 for lift in found)


def test_withheld_level_has_no_path(questionnaire, organisation):
    result = score_answers(questionnaire, organisation(4), AssessmentSettings())

    assert find_target_paths(build_target_path_inputs(questionnaire, result)) == ()


@pytest.mark.parametrize("seed", range(20))
def test_pareto_pruning_keeps_optimum_and_tie_count(seed):
    rng = np.random.default_rng(seed)
    states = [_state(rng, 12) for _ in range(3)]
    everything = [
        (
            sum(s.effort[n] for s, n in zip(states, choice, strict=True)),
            sum(s.scores[n] for s, n in zip(states, choice, strict=True)),
            min(s.levels[n] for s, n in zip(states, choice, strict=True)),
        )
        for choice in product(range(12), repeat=3)
    ]
    goal = sorted(score for _, score, _ in everything)[len(everything) // 2]
    reaching = [effort for effort, score, level in everything if round(score, 6) >= round(goal, 6) and level >= 2]

    found = combine_choices(states)
    good = (np.round(found.scores, 6) >= round(goal, 6)) & (found.levels >= 2)

    assert found.effort[good].min() == min(reaching)
    assert found.combination_counts[good & (found.effort == min(reaching))].sum() == reaching.count(min(reaching))


def _state(rng, size):
    return ParetoChoices(
        effort=rng.integers(0, 6, size).astype(float),
        scores=rng.integers(0, 40, size).astype(float),
        levels=rng.integers(1, 4, size),
        choices=np.arange(size)[:, None],
        combination_counts=np.ones(size),
    )


def _without_screen(questionnaire):
    never = msgspec.structs.replace(questionnaire.scoring.careless, exclude_at=99)
    return msgspec.structs.replace(questionnaire.scoring, careless=never, contested_below=-99.0)
