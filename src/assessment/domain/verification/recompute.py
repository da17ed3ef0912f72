"""Recomputation of every figure of a result that does not depend on answers (method 4, 5, 8).

Item scores, counts, agreement, coverage and half-widths are taken from the result; half-widths of gaps only if they
depend on answers.
"""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from assessment.domain.advice import target_paths
from assessment.domain.advice.selection import select_advice
from assessment.domain.closed_sets import Mode
from assessment.domain.method import METHOD_VERSION
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import (
    Advice,
    DimensionResult,
    FunctionResult,
    HandOff,
    ItemResult,
    Overall,
    Result,
)
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.blueprint import FunctionColumns
from assessment.domain.scoring.function_results import find_lowest_rows, list_tied_channels, nan_to_none
from assessment.domain.scoring.rescoring import list_item_results
from assessment.domain.scoring.suppression_reasons import list_evidence_reasons, list_suppression_reasons
from assessment.domain.scoring.tally import POINTS_PER_RUNG
from assessment.domain.verification.recompute_indices import recompute_indices
from assessment.domain.verification.recompute_inputs import RecomputeInputs, build_recompute_inputs

MISSING_ITEM = ItemResult(score=None, n=None)


def recompute_result(questionnaire: Questionnaire, result: Result) -> Result:
    """Recompute a result from its own items and settings."""
    source = build_recompute_inputs(questionnaire, result)
    rules = source.guard
    plans = {plan.id: (number, plan) for number, plan in enumerate(source.rescoring.blueprint.functions)}
    functions = {
        name: _recompute_function(source, *plans[name], function)
        for name, function in result.functions.items()
        if name in plans
    }
    recomputed = replace(
        result,
        functions=functions,
        overall=_recompute_overall(source, functions),
        personal=dict(_recompute_personal_items(source)),
        indices=recompute_indices(source, functions),
        disclosure=rules.note,
        method=METHOD_VERSION,
    )
    recomputed = replace(recomputed, advice=_recompute_advice(questionnaire, recomputed))
    inputs = target_paths.build_target_path_inputs(questionnaire, recomputed)
    recomputed = replace(
        recomputed, lifts=target_paths.find_target_paths(inputs), prospects=target_paths.compute_prospects(inputs)
    )
    if rules.needed is None:
        return replace(recomputed, suppressed={})
    reasons = list_suppression_reasons(questionnaire, recomputed, rules.reason)
    # Whether evidence was asked for is known from the answers only.
    for path, reason in list_evidence_reasons(recomputed, rules.reason).items():
        if path in result.suppressed:
            reasons[path] = reason
    return replace(recomputed, suppressed=reasons)


def _recompute_item(source: RecomputeInputs, item: ItemResult | None) -> ItemResult:
    if item is None:
        return MISSING_ITEM
    return replace(item, bound=source.guard.find_bound(item.score))


def _recompute_function(
    source: RecomputeInputs, number: int, plan: FunctionColumns, function: FunctionResult
) -> FunctionResult:
    scoring, valid = source.questionnaire.scoring, source.rescoring.validity.functions[number]
    score = nan_to_none(source.figures.functions[number])
    classes = cut_points.classify_score(score, scoring)
    contested = function.agreement is not None and cut_points.is_below(function.agreement, scoring.contested_below)
    dimensions = dict(_recompute_dimensions(source, number, plan, function))
    level = None
    if score is not None and not contested:
        bands = [part.band for part in dimensions.values() if part.band is not None]
        level = cut_points.compute_level(score, bands, scoring.bands, scoring.level_step)
    out_of_scope_count = sum(bool(source.rescoring.validity.out_of_scope[column]) for column in plan.practice)
    return replace(
        function,
        score=score,
        **classes,
        level=level,
        interval=source.build_interval(score, function.half_width, source.rescoring.weights.functions[:, number]),
        half_width=None if score is None else function.half_width,
        contested=contested,
        provisional=function.coverage is not None and cut_points.is_below(function.coverage, scoring.provisional_below),
        partial=cut_points.is_above(out_of_scope_count / max(1, len(plan.practice)), scoring.partial_above),
        embedding=nan_to_none(source.figures.embedding_by_function[number]),
        hand_off=_recompute_hand_off(source, number, plan, function.hand_off),
        dimensions=dimensions,
        agreement_class=None
        if function.agreement is None
        else cut_points.class_of_agreement(function.agreement, scoring.agreement_cuts),
        out_of_scope=valid.out_of_scope,
    )


def _recompute_dimensions(
    source: RecomputeInputs, number: int, plan: FunctionColumns, function: FunctionResult
) -> Iterator[tuple[str, DimensionResult]]:
    names = [dimension.id for dimension in source.questionnaire.dimensions]
    for place, name in enumerate(names):
        if name in function.dimensions:
            flat = number * len(names) + place
            is_out_of_scope = source.rescoring.validity.functions[number].dimensions_out_of_scope[place]
            yield (
                name,
                _recompute_dimension(
                    source, plan.dimensions[place], function.dimensions[name], flat, is_out_of_scope=is_out_of_scope
                ),
            )


def _recompute_dimension(
    source: RecomputeInputs, columns: tuple[int, ...], dimension: DimensionResult, flat: int, *, is_out_of_scope: bool
) -> DimensionResult:
    """Recompute one dimension; `flat` is its index among the dimensions of all functions."""
    scoring, items = source.questionnaire.scoring, source.questionnaire.items
    score = nan_to_none(source.figures.dimensions[flat])
    classes = cut_points.classify_score(score, scoring)
    names = [items[column].id for column in columns]
    return replace(
        dimension,
        score=score,
        interval=source.build_interval(score, dimension.half_width, source.rescoring.weights.dimensions[:, flat]),
        half_width=None if score is None else dimension.half_width,
        items={name: _recompute_item(source, dimension.items.get(name)) for name in names},
        agreement_class=None
        if dimension.agreement is None
        else cut_points.class_of_agreement(dimension.agreement, scoring.agreement_cuts),
        **classes,
        out_of_scope=is_out_of_scope,
    )


def _recompute_hand_off(source: RecomputeInputs, number: int, plan: FunctionColumns, hand_off: HandOff) -> HandOff:
    score = nan_to_none(source.figures.hand_offs[number])
    valid, items = source.rescoring.validity.items, source.questionnaire.items
    weighted_rows = [row for row in plan.rows if row.share > 0 and valid[row.column]]
    worst = [] if score is None else find_lowest_rows(weighted_rows, source.scores)
    return replace(
        hand_off,
        score=score,
        worst=worst[0].channel if worst else None,
        worst_score=float(source.scores[worst[0].column]) if worst else None,
        worst_tied=list_tied_channels(worst),
        rows={
            items[row.column].id: _recompute_item(source, hand_off.rows.get(items[row.column].id)) for row in plan.rows
        },
        contacts={row.channel: row.share for row in plan.rows},
    )


def _recompute_overall(source: RecomputeInputs, functions: dict[str, FunctionResult]) -> Overall:
    scoring, overall = source.questionnaire.scoring, source.result.overall
    score = nan_to_none(float(source.figures.overall))
    classes = cut_points.classify_score(score, scoring)
    valid = [function for function in functions.values() if function.score is not None]
    contested = any(function.contested for function in valid)
    level = None
    if score is not None and not contested:
        levels = [function.level for function in valid if function.level is not None]
        level = cut_points.compute_level(score, levels, scoring.bands, scoring.level_step)
    return replace(
        overall,
        score=score,
        **classes,
        level=level,
        interval=source.build_interval(score, overall.half_width, source.rescoring.weights.overall[:, 0]),
        half_width=None if score is None else overall.half_width,
        provisional=overall.coverage is not None and cut_points.is_below(overall.coverage, scoring.provisional_below),
        contested=contested,
    )


def _recompute_personal_items(source: RecomputeInputs) -> Iterator[tuple[str, ItemResult]]:
    """Yield the items across functions that are reported individually."""
    indices = source.questionnaire.indices
    risk, roles = indices.set_up_to_fail, indices.outlook
    inside = {*(risk.authority if risk else ()), *((*roles.independence, *roles.readiness) if roles else ())}
    if source.result.mode == Mode.CONSENSUS:
        return
    for item in source.questionnaire.items:
        if item.kind is Kind.PERSONAL and item.id not in inside:
            yield item.id, _recompute_item(source, source.result.personal.get(item.id))


def _recompute_advice(questionnaire: Questionnaire, result: Result) -> tuple[Advice, ...]:
    """Select the advice again, with the importance recorded in each piece of advice."""
    rules = {rule.id: questionnaire.prioritising.impact[rule.impact] for rule in questionnaire.rules}
    importance = {
        advice.id: int(advice.importance)
        for advice in result.advice
        if advice.id in rules and advice.importance != rules[advice.id]
    }
    selected: tuple[Advice, ...] = ()
    for support in _list_flagged_supports(questionnaire, result):
        selected = select_advice(questionnaire, result, importance, flagged_support=support)
        if selected == result.advice:
            break
    return selected


def _list_flagged_supports(questionnaire: Questionnaire, result: Result) -> Iterator[float | None]:
    """Yield the values that a red flag may count as.

    Unsuppressed, it is the lowest support answer among flagged people, which the result does not contain.
    """
    index, index_result = questionnaire.indices.set_up_to_fail, result.indices.set_up_to_fail
    if (
        index is None
        or index_result is None
        or not (index_result.red_flags or index_result.red_flags_band not in (None, "none"))
    ):
        yield None
        return
    most = index.red_flag.at_most
    rungs = (most,) if result.disclosure is not None else np.arange(most + 1).tolist()
    yield from (POINTS_PER_RUNG * rung for rung in rungs)


def list_items(result: Result) -> dict[str, ItemResult]:
    """All items, hand-off rows and personal items of a result by id."""
    return list_item_results(result) | result.personal
