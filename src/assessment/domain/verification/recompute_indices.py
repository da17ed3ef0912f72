"""Recomputation of the indices from their parts in a result (method 5)."""

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.questionnaire import OutlookIndex, PerceptionGapIndex, SetUpToFailIndex
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
    given, asked, guard = source.result.indices, source.questionnaire.indices, source.guard
    hand_offs = [f.hand_off.score for f in functions.values() if f.hand_off.score is not None]
    embedding = None
    if asked.embedding and given.embedding:
        score = nan_to_none(float(source.figures.embedding))
        shares = compute_embedding_shares(source.rescoring.weights, source.figures)
        embedding = EmbeddingResult(
            score=score,
            class_=None
            if score is None
            else cut_points.class_of_score(score, asked.embedding.cuts, asked.embedding.classes),
            interval=source.interval(score, given.embedding.half_width, shares),
            n=given.embedding.n,
            half_width=None if score is None else given.embedding.half_width,
        )
    risk, gap, roles = given.set_up_to_fail, given.perception_gap, given.outlook
    return IndicesResult(
        embedding=embedding,
        set_up_to_fail=_recompute_set_up_to_fail(asked.set_up_to_fail, risk, guard)
        if asked.set_up_to_fail and risk
        else None,
        perception_gap=_recompute_perception_gap(source, asked.perception_gap, gap, functions)
        if asked.perception_gap and gap
        else None,
        balance=compute_balance(functions, asked.balance, consensus=source.result.mode == CONSENSUS_ROLE)
        if asked.balance
        else None,
        beyond_one_network=float(np.mean(hand_offs)) if hand_offs else None,
        outlook=_recompute_outlook(asked.outlook, roles, guard) if asked.outlook and roles else None,
    )


def _recompute_set_up_to_fail(
    index: SetUpToFailIndex, found: SetUpToFailResult, guard: DisclosureGuard
) -> SetUpToFailResult:
    """Recompute class, difference and bounds; the means depend on people's answers and are taken as given."""
    difference = None
    if found.authority is not None and found.support is not None:
        difference = found.authority - found.support
    flagged = bool(found.red_flags) or found.red_flags_band in ("some", "half or more")
    reached = []
    if found.score is not None:
        reached.append(index.classes.index(cut_points.class_of_score(found.score, index.cuts, index.classes)))
    if flagged:
        reached.append(index.classes.index(index.red_flag.least_class))
    return replace(
        found,
        class_=index.classes[max(reached)] if reached else None,
        difference=difference,
        over_controlled=None if difference is None else cut_points.is_at_most(difference, index.over_controlled_at),
        bounds=guard.bounds(score=found.score, authority=found.authority, support=found.support),
    )


def _recompute_perception_gap(
    source: RecomputeInputs,
    index: PerceptionGapIndex,
    found: PerceptionGapResult,
    functions: Mapping[str, FunctionResult],
) -> PerceptionGapResult:
    guard, variance = source.guard, estimate_person_variance(functions)
    dimensions = {
        name: None if one is None else _recompute_gap_dimension(source, index, one, variance)
        for name, one in found.dimensions.items()
    }
    gaps = [one.gap for one in dimensions.values() if one is not None]
    return replace(
        found,
        score=float(np.abs(gaps).mean()) if gaps else None,
        signed=float(np.mean(gaps)) if gaps else None,
        dimensions=dimensions,
        bounds=guard.bounds(leader_dont_know=found.leader_dont_know, goal_agreement=found.goal_agreement),
    )


def _recompute_gap_dimension(
    source: RecomputeInputs, index: PerceptionGapIndex, found: GapDimension, variance: float | None
) -> GapDimension:
    """Recompute gap, interval and verdict; also the half-width if it derives from released figures."""
    gap, width, guard = found.leader - found.practitioner, found.half_width, source.guard
    if guard.needed is not None:
        confidence = source.questionnaire.scoring.interval_confidence
        width = compute_released_half_width(guard, found.leaders or 1, found.practitioners or 1, variance, confidence)
    return replace(
        found,
        gap=gap,
        interval=None if width is None else (gap - width, gap + width),
        half_width=width,
        verdict=classify_gap(gap, width, index),
        bounds=guard.bounds(leader=found.leader, practitioner=found.practitioner),
    )


def _recompute_outlook(index: OutlookIndex, found: OutlookResult, guard: DisclosureGuard) -> OutlookResult:
    class_ = None
    if found.independence is not None and found.readiness is not None:
        names = ((index.low_low, index.low_high), (index.high_low, index.high_high))
        independent = cut_points.is_at_least(found.independence, index.cut)
        class_ = names[independent][cut_points.is_at_least(found.readiness, index.cut)]
    return replace(
        found,
        class_=class_,
        bounds=guard.bounds(independence=found.independence, readiness=found.readiness),
    )
