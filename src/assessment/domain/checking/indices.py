"""Recomputation of the indices from their parts in a result (method 5)."""

from collections.abc import Mapping

import numpy as np
from msgspec.structs import replace

from assessment.domain.answers import CONSENSUS
from assessment.domain.checking.known import Known
from assessment.domain.disclosure import Guard
from assessment.domain.questionnaire import Outlook, PerceptionGap, SetUpToFail
from assessment.domain.result import (
    EmbeddingResult,
    FunctionResult,
    GapDimension,
    IndicesResult,
    OutlookResult,
    PerceptionGapResult,
    SetUpToFailResult,
)
from assessment.domain.scoring import cuts
from assessment.domain.scoring.balance import balance
from assessment.domain.scoring.functions import known
from assessment.domain.scoring.gap import person_variance, released_half_width, verdict
from assessment.domain.scoring.interval import embedding_shares


def indices(source: Known, functions: Mapping[str, FunctionResult]) -> IndicesResult:
    """Recompute all indices."""
    given, asked, guard = source.result.indices, source.questionnaire.indices, source.guard
    hand_offs = [f.hand_off.score for f in functions.values() if f.hand_off.score is not None]
    embedding = None
    if asked.embedding and given.embedding:
        score = known(float(source.figures.embedding))
        shares = embedding_shares(source.rescoring.weights, source.figures)
        embedding = EmbeddingResult(
            score=score,
            class_=None if score is None else cuts.class_of(score, asked.embedding.cuts, asked.embedding.classes),
            interval=source.interval(score, given.embedding.half_width, shares),
            n=given.embedding.n,
            half_width=None if score is None else given.embedding.half_width,
        )
    risk, gap, roles = given.set_up_to_fail, given.perception_gap, given.outlook
    return IndicesResult(
        embedding=embedding,
        set_up_to_fail=_risk(asked.set_up_to_fail, risk, guard) if asked.set_up_to_fail and risk else None,
        perception_gap=_gap(source, asked.perception_gap, gap, functions) if asked.perception_gap and gap else None,
        balance=balance(functions, asked.balance, consensus=source.result.mode == CONSENSUS) if asked.balance else None,
        beyond_one_network=float(np.mean(hand_offs)) if hand_offs else None,
        outlook=_outlook(asked.outlook, roles, guard) if asked.outlook and roles else None,
    )


def _risk(index: SetUpToFail, found: SetUpToFailResult, guard: Guard) -> SetUpToFailResult:
    """Recompute class, difference and bounds; the means depend on people's answers and are taken as given."""
    difference = None
    if found.authority is not None and found.support is not None:
        difference = found.authority - found.support
    flagged = bool(found.red_flags) or found.red_flags_band in ("some", "half or more")
    reached = []
    if found.score is not None:
        reached.append(index.classes.index(cuts.class_of(found.score, index.cuts, index.classes)))
    if flagged:
        reached.append(index.classes.index(index.red_flag.least_class))
    return replace(
        found,
        class_=index.classes[max(reached)] if reached else None,
        difference=difference,
        over_controlled=None if difference is None else cuts.at_most(difference, index.over_controlled_at),
        bounds=guard.bounds(score=found.score, authority=found.authority, support=found.support),
    )


def _gap(
    source: Known, index: PerceptionGap, found: PerceptionGapResult, functions: Mapping[str, FunctionResult]
) -> PerceptionGapResult:
    guard, variance = source.guard, person_variance(functions)
    dimensions = {
        name: None if one is None else _gap_dimension(source, index, one, variance)
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


def _gap_dimension(source: Known, index: PerceptionGap, found: GapDimension, variance: float | None) -> GapDimension:
    """Recompute gap, interval and verdict; also the half-width if it derives from released figures."""
    gap, width, guard = found.leader - found.practitioner, found.half_width, source.guard
    if guard.needed is not None:
        confidence = source.questionnaire.scoring.interval_confidence
        width = released_half_width(guard, found.leaders or 1, found.practitioners or 1, variance, confidence)
    return replace(
        found,
        gap=gap,
        interval=None if width is None else (gap - width, gap + width),
        half_width=width,
        verdict=verdict(gap, width, index),
        bounds=guard.bounds(leader=found.leader, practitioner=found.practitioner),
    )


def _outlook(index: Outlook, found: OutlookResult, guard: Guard) -> OutlookResult:
    class_ = None
    if found.independence is not None and found.readiness is not None:
        names = ((index.low_low, index.low_high), (index.high_low, index.high_high))
        independent = cuts.at_least(found.independence, index.cut)
        class_ = names[independent][cuts.at_least(found.readiness, index.cut)]
    return replace(
        found,
        class_=class_,
        bounds=guard.bounds(independence=found.independence, readiness=found.readiness),
    )
