"""Recomputation of the indices from their parts in a result (method 5)."""

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace

from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.questionnaire_rules import OutlookIndex, PerceptionGapIndex, SetUpToFailIndex
from assessment.domain.result import (
    EmbeddingResult,
    FunctionResult,
    GapDimension,
    IndicesResult,
    OutlookResult,
    PerceptionGapResult,
    SetUpToFailResult,
)
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.function_results import nan_to_none
from assessment.domain.scoring.indices.balance import compute_balance
from assessment.domain.scoring.indices.perception_gap import (
    classify_gap,
    compute_released_half_width,
    estimate_person_variance,
)
from assessment.domain.scoring.jackknife import compute_embedding_shares
from assessment.domain.verification.recompute_inputs import RecomputeInputs


def recompute_indices(source: RecomputeInputs, functions: Mapping[str, FunctionResult]) -> IndicesResult:
    """Recompute all indices."""
    indices, rules, guard = source.result.indices, source.questionnaire.indices, source.guard
    hand_offs = [f.hand_off.score for f in functions.values() if f.hand_off.score is not None]
    embedding = None
    if rules.embedding and indices.embedding:
        score = nan_to_none(float(source.figures.embedding))
        shares = compute_embedding_shares(source.rescoring.weights, source.figures)
        embedding = EmbeddingResult(
            score=score,
            class_=None
            if score is None
            else cut_points.class_of_score(score, rules.embedding.cuts, rules.embedding.classes),
            interval=source.build_interval(score, indices.embedding.half_width, shares),
            n=indices.embedding.n,
            half_width=None if score is None else indices.embedding.half_width,
        )
    risk, gap, roles = indices.set_up_to_fail, indices.perception_gap, indices.outlook
    return IndicesResult(
        embedding=embedding,
        set_up_to_fail=_recompute_set_up_to_fail(rules.set_up_to_fail, risk, guard)
        if rules.set_up_to_fail and risk
        else None,
        perception_gap=_recompute_perception_gap(source, rules.perception_gap, gap, functions)
        if rules.perception_gap and gap
        else None,
        balance=compute_balance(functions, rules.balance, consensus=source.result.mode == Mode.CONSENSUS)
        if rules.balance
        else None,
        beyond_one_network=float(np.mean(hand_offs)) if hand_offs else None,
        outlook=_recompute_outlook(rules.outlook, roles, guard) if rules.outlook and roles else None,
    )


def _recompute_set_up_to_fail(
    index: SetUpToFailIndex, index_result: SetUpToFailResult, guard: DisclosureGuard
) -> SetUpToFailResult:
    """Recompute class, difference and bounds; the means depend on people's answers and are taken as given."""
    difference = None
    if index_result.authority is not None and index_result.support is not None:
        difference = index_result.authority - index_result.support
    flagged = bool(index_result.red_flags) or index_result.red_flags_band in ("some", "half or more")
    reached = []
    if index_result.score is not None:
        reached.append(index.classes.index(cut_points.class_of_score(index_result.score, index.cuts, index.classes)))
    if flagged:
        reached.append(index.classes.index(index.red_flag.least_class))
    return replace(
        index_result,
        class_=index.classes[max(reached)] if reached else None,
        difference=difference,
        over_controlled=None if difference is None else cut_points.is_at_most(difference, index.over_controlled_at),
        bounds=guard.list_bounds(
            score=index_result.score, authority=index_result.authority, support=index_result.support
        ),
    )


def _recompute_perception_gap(
    source: RecomputeInputs,
    index: PerceptionGapIndex,
    index_result: PerceptionGapResult,
    functions: Mapping[str, FunctionResult],
) -> PerceptionGapResult:
    guard, variance = source.guard, estimate_person_variance(functions)
    dimensions = {
        name: None if dimension is None else _recompute_gap_dimension(source, index, dimension, variance)
        for name, dimension in index_result.dimensions.items()
    }
    gaps = [dimension.gap for dimension in dimensions.values() if dimension is not None]
    return replace(
        index_result,
        score=float(np.abs(gaps).mean()) if gaps else None,
        signed=float(np.mean(gaps)) if gaps else None,
        dimensions=dimensions,
        bounds=guard.list_bounds(
            leader_dont_know=index_result.leader_dont_know, goal_agreement=index_result.goal_agreement
        ),
    )


def _recompute_gap_dimension(
    source: RecomputeInputs, index: PerceptionGapIndex, dimension: GapDimension, variance: float | None
) -> GapDimension:
    """Recompute gap, interval and verdict; also the half-width if it derives from released figures."""
    gap, width, guard = dimension.leader - dimension.practitioner, dimension.half_width, source.guard
    if guard.needed is not None:
        confidence = source.questionnaire.scoring.interval_confidence
        width = compute_released_half_width(
            guard, dimension.leaders or 1, dimension.practitioners or 1, variance, confidence
        )
    return replace(
        dimension,
        gap=gap,
        interval=None if width is None else (gap - width, gap + width),
        half_width=width,
        verdict=classify_gap(gap, width, index),
        bounds=guard.list_bounds(leader=dimension.leader, practitioner=dimension.practitioner),
    )


def _recompute_outlook(index: OutlookIndex, index_result: OutlookResult, guard: DisclosureGuard) -> OutlookResult:
    class_ = None
    if index_result.independence is not None and index_result.readiness is not None:
        names = ((index.low_low, index.low_high), (index.high_low, index.high_high))
        independent = cut_points.is_at_least(index_result.independence, index.cut)
        class_ = names[independent][cut_points.is_at_least(index_result.readiness, index.cut)]
    return replace(
        index_result,
        class_=class_,
        bounds=guard.list_bounds(independence=index_result.independence, readiness=index_result.readiness),
    )
