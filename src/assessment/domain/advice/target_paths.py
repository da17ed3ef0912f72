"""Paths to the target level: what limits the level now, and the set of advice of least effort that reaches the target.

Exact search over all sets of advice, scored by the aggregation of the method. The assumption, which every output must
state: an item that advice is about rises to the lowest rung whose score reaches the band of its function's target,
and at least to rung 3, "usual practice". The overall score is computed from the same raised items. For a function
with more than `MAX_RULES_PER_FUNCTION` pieces of advice, only those of least effort are tried.
"""

from collections.abc import Collection, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.advice.pareto_choices import ParetoChoices, combine_choices, find_cheapest_choice
from assessment.domain.advice.rule_subjects import find_raised_items
from assessment.domain.advice_outcomes import Lift, Prospect, Reached
from assessment.domain.answers import RUNG_COUNT, BoolArray, FloatArray
from assessment.domain.questionnaire import AdviceRule, Questionnaire
from assessment.domain.result import Result
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.rescoring import ItemScores, Rescoring, rescore_result
from assessment.domain.scoring.tally import POINTS_PER_RUNG

MIN_TARGET_RUNG = 3
MAX_RULES_PER_FUNCTION = 14  # 16,384 sets of advice for one function


class TargetPathInputs(Struct, frozen=True):
    """A result, its weights and item scores; by rule id the dimension of a next step and the items raised."""

    questionnaire: Questionnaire
    result: Result
    rescoring: Rescoring
    scores: ItemScores
    steps: Mapping[str, str]
    raised: Mapping[str, BoolArray]


class AdviceSets(Struct, frozen=True):
    """All sets of one function's advice with their effort, and the score and level that each leads to."""

    rules: tuple[AdviceRule, ...]
    membership: BoolArray  # sets x rules
    effort: FloatArray
    scores: FloatArray
    levels: NDArray[np.int64]


def find_target_paths(inputs: TargetPathInputs) -> tuple[Lift, ...]:
    """Find one path per function with a level, then the overall one; withheld levels have none."""
    questionnaire, result = inputs.questionnaire, inputs.result
    bands = questionnaire.scoring.bands
    function_numbers = {
        function.id: number
        for number, function in enumerate(inputs.rescoring.blueprint.functions)
        if function.id in result.functions and result.functions[function.id].level is not None
    }
    targets = {name: cut_points.band_of_score(result.functions[name].target, bands) for name in function_numbers}
    options = {
        name: _list_advice_sets(inputs, number, find_target_rung(targets[name], bands))
        for name, number in function_numbers.items()
    }
    paths = [_find_function_path(inputs, name, option, targets[name]) for name, option in options.items()]
    if result.overall.level is not None:
        overall_target = cut_points.band_of_score(questionnaire.prioritising.whole_target, bands)
        paths.append(_find_overall_path(inputs, options, overall_target))
    return tuple(paths)


def build_target_path_inputs(questionnaire: Questionnaire, result: Result) -> TargetPathInputs:
    """Collect the items that advice on a result can raise."""
    rescoring, scores = rescore_result(questionnaire, result)
    # A next step that does not fire has no dimension, so its text could not be filled in.
    steps = {advice.id: advice.dimension for advice in result.advice if advice.dimension is not None}
    raised = find_raised_items(questionnaire, steps)
    return TargetPathInputs(questionnaire, result, rescoring, scores, steps, raised)


def find_target_rung(target_level: int, bands: tuple[float, ...]) -> int:
    """Lowest rung from `MIN_TARGET_RUNG` on whose score reaches the target's band; the highest rung if none does."""
    reaching = (
        rung
        for rung in range(MIN_TARGET_RUNG, RUNG_COUNT)
        if cut_points.band_of_score(POINTS_PER_RUNG * rung, bands) >= target_level
    )
    return next(reaching, RUNG_COUNT - 1)


def compute_prospects(inputs: TargetPathInputs) -> tuple[Prospect, ...]:
    """Compute the outcome of the advice that starts now and of all advice: functions with a score, then overall."""
    result = inputs.result
    first = {advice.id for advice in result.advice if advice.part == "now"}
    every = {advice.id for advice in result.advice}
    scenarios = [_raise_items(inputs, chosen) for chosen in (first, every)]
    prospects = []
    for number, function in enumerate(inputs.rescoring.blueprint.functions):
        if function.id in result.functions and result.functions[function.id].score is not None:
            now, later = (_compute_function_outcome(inputs, number, scores) for scores in scenarios)
            prospects.append(Prospect(function.id, now, later))
    if result.overall.score is not None:
        now, later = (_compute_overall_outcome(inputs, scores) for scores in scenarios)
        prospects.append(Prospect(None, now, later))
    return tuple(prospects)


def _raise_items(inputs: TargetPathInputs, chosen: Collection[str]) -> ItemScores:
    """Item scores after the advice `chosen`: raised to the rung of the function's target, never lowered."""
    raised = np.zeros(len(inputs.scores), dtype=np.bool_)
    for rule in inputs.questionnaire.rules:
        if rule.id in chosen:
            raised |= inputs.raised[rule.id]
    return np.where(raised, np.maximum(inputs.scores, POINTS_PER_RUNG * _find_item_rungs(inputs)), inputs.scores)


def _find_item_rungs(inputs: TargetPathInputs) -> NDArray[np.int64]:
    """Rung that each item rises to; items without a function enter no score here."""
    bands = inputs.questionnaire.scoring.bands
    rungs = np.full(len(inputs.scores), MIN_TARGET_RUNG)
    for function in inputs.rescoring.blueprint.functions:
        if function.id in inputs.result.functions:
            target = cut_points.band_of_score(inputs.result.functions[function.id].target, bands)
            rungs[list(function.all)] = find_target_rung(target, bands)
    return rungs


def _compute_function_outcome(inputs: TargetPathInputs, number: int, scores: ItemScores) -> Reached:
    rules = inputs.questionnaire.scoring
    rolled = inputs.rescoring.compute_figures(scores)
    parts = rolled.dimensions.reshape(len(inputs.rescoring.blueprint.functions), -1)[number]
    names = [dimension.id for dimension in inputs.questionnaire.dimensions]
    dimension_bands = {
        name: cut_points.band_of_score(part, rules.bands)
        for name, part in zip(names, parts, strict=True)
        if not np.isnan(part)
    }
    score = float(rolled.functions[number])
    name = inputs.rescoring.blueprint.functions[number].id
    if inputs.result.functions[name].contested:
        return Reached(score, None)
    level = cut_points.compute_level(score, dimension_bands.values(), rules.bands, rules.level_step)
    return Reached(
        score,
        level,
        _find_binding_parts(level, cut_points.band_of_score(score, rules.bands), dimension_bands, rules.level_step),
    )


def _compute_overall_outcome(inputs: TargetPathInputs, scores: ItemScores) -> Reached:
    rules = inputs.questionnaire.scoring
    score = float(inputs.rescoring.compute_figures(scores).overall)
    if inputs.result.overall.contested:
        return Reached(score, None)
    levels = {
        function.id: _compute_function_outcome(inputs, number, scores).level or 0
        for number, function in enumerate(inputs.rescoring.blueprint.functions)
        if function.id in inputs.result.functions and inputs.result.functions[function.id].score is not None
    }
    level = cut_points.compute_level(score, levels.values(), rules.bands, rules.level_step)
    return Reached(
        score, level, _find_binding_parts(level, cut_points.band_of_score(score, rules.bands), levels, rules.level_step)
    )


def _list_advice_sets(inputs: TargetPathInputs, number: int, rung: int) -> AdviceSets:
    """Every set of advice that moves something in the function, none of it first."""
    questionnaire, rescoring, scores = inputs.questionnaire, inputs.rescoring, inputs.scores
    function, reached = rescoring.blueprint.functions[number], POINTS_PER_RUNG * rung
    low = np.nan_to_num(scores, nan=reached) < reached
    moving = [
        (rule, raised & low)
        for rule in questionnaire.rules
        if rule.function == function.id and ((raised := inputs.raised[rule.id]) & low).any()
    ]
    moving.sort(key=lambda pair: questionnaire.prioritising.effort[pair[0].effort])
    moving = moving[:MAX_RULES_PER_FUNCTION]
    membership = ((np.arange(2 ** len(moving))[:, None] >> np.arange(len(moving))) & 1).astype(np.bool_)
    own = list(function.all)
    masks = np.asarray([mask[own] for _, mask in moving], dtype=np.float64).reshape(len(moving), len(own))
    moved = np.where(membership.astype(np.float64) @ masks > 0, reached, np.nan_to_num(scores[own]))
    efforts = np.asarray([questionnaire.prioritising.effort[rule.effort] for rule, _ in moving])
    weights, size = rescoring.weights, len(function.dimensions)
    parts = weights.dimensions[own, number * size : (number + 1) * size]
    reached_scores = moved @ weights.functions[own, number]
    return AdviceSets(
        rules=tuple(rule for rule, _ in moving),
        membership=membership,
        effort=membership @ efforts if moving else np.zeros(1),
        scores=reached_scores,
        levels=_compute_levels(questionnaire, reached_scores, (moved @ parts)[:, parts.any(axis=0)]),
    )


def _compute_levels(questionnaire: Questionnaire, scores: FloatArray, dimensions: FloatArray) -> NDArray[np.int64]:
    """Level of each set of advice; `dimensions` holds the scores of valid dimensions only."""
    rules = questionnaire.scoring
    weakest = dimensions.min(axis=1)
    return np.minimum(
        cut_points.bands_of_scores(scores, rules.bands),
        rules.level_step + cut_points.bands_of_scores(weakest, rules.bands),
    )


def _find_function_path(inputs: TargetPathInputs, name: str, options: AdviceSets, target: int) -> Lift:
    rules = inputs.questionnaire.scoring
    function = inputs.result.functions[name]
    bands = {dimension: part.band for dimension, part in function.dimensions.items() if part.band is not None}
    reaching = np.flatnonzero(options.levels >= target)
    best = find_cheapest_choice(options.effort, options.scores, reaching)
    advice = None if best is None else _list_rule_ids(options, best)
    rung = find_target_rung(target, rules.bands)
    number = next(n for n, plan in enumerate(inputs.rescoring.blueprint.functions) if plan.id == name)
    every = {rule.id for rule in inputs.questionnaire.rules if rule.function == name}
    return Lift(
        function=name,
        level=function.level,
        target_level=target,
        binding=_find_binding_parts(function.level, function.band, bands, rules.level_step),
        advice=advice,
        effort=None if best is None else float(options.effort[best]),
        ties=0 if best is None else int((options.effort[reaching] == options.effort[best]).sum()) - 1,
        level_reached=None if best is None else int(options.levels[best]),
        score_reached=None if best is None else float(options.scores[best]),
        furthest=_compute_function_outcome(inputs, number, _raise_items(inputs, every)) if best is None else None,
        dimensions=_list_step_dimensions(inputs, advice),
        rung=rung,
    )


def _list_rule_ids(options: AdviceSets, chosen: int) -> tuple[str, ...]:
    return tuple(rule.id for rule, taken in zip(options.rules, options.membership[chosen], strict=True) if taken)


def _list_step_dimensions(inputs: TargetPathInputs, advice: tuple[str, ...] | None) -> dict[str, str]:
    return {rule: inputs.steps[rule] for rule in advice or () if rule in inputs.steps}


def _find_binding_parts(level: int | None, band: int | None, parts: Mapping[str, int], step: int) -> tuple[str, ...]:
    """Return the weakest parts if they limit the level (it is at most `step` above them); empty if the score does."""
    lowest = min(parts.values(), default=0)
    if level is None or band is None or step + lowest > band:
        return ()
    return tuple(name for name, part in parts.items() if part == lowest)


def _find_overall_path(inputs: TargetPathInputs, options: Mapping[str, AdviceSets], target: int) -> Lift:
    rules, result = inputs.questionnaire.scoring, inputs.result
    levels = {name: result.functions[name].level or 0 for name in options}
    weights = np.asarray([result.functions[name].weight for name in options])
    states = combine_choices(
        _build_choices(option, share) for share, option in zip(weights / weights.sum(), options.values(), strict=True)
    )
    reached = np.minimum(cut_points.bands_of_scores(states.scores, rules.bands), rules.level_step + states.levels)
    reaching = np.flatnonzero(reached >= target)
    best = find_cheapest_choice(states.effort, states.scores, reaching)
    rung = max(
        find_target_rung(cut_points.band_of_score(result.functions[name].target, rules.bands), rules.bands)
        for name in options
    )
    binding = _find_binding_parts(result.overall.level, result.overall.band, levels, rules.level_step)
    if best is None:
        every = {rule.id for rule in inputs.questionnaire.rules if rule.function in options}
        furthest = _compute_overall_outcome(inputs, _raise_items(inputs, every))
        return Lift(None, result.overall.level, target, binding, None, None, 0, None, None, furthest, {}, rung)
    chosen = zip(options.values(), states.choices[best].tolist(), strict=True)
    equal = reaching[states.effort[reaching] == states.effort[best]]
    advice = tuple(rule for option, choice in chosen for rule in _list_rule_ids(option, choice))
    return Lift(
        function=None,
        level=result.overall.level,
        target_level=target,
        binding=binding,
        advice=advice,
        effort=float(states.effort[best]),
        ties=int(states.combination_counts[equal].sum()) - 1,
        level_reached=int(reached[best]),
        score_reached=float(states.scores[best]),
        dimensions=_list_step_dimensions(inputs, advice),
        rung=rung,
    )


def _build_choices(options: AdviceSets, share: float) -> ParetoChoices:
    size = len(options.effort)
    return ParetoChoices(
        options.effort, share * options.scores, options.levels, np.arange(size)[:, None], np.ones(size)
    )
