"""Bounds of half-widths and agreements in a release (method 4 and 6)."""

import math
from collections.abc import Iterator

import numpy as np

from assessment.domain.answers import FloatArray
from assessment.domain.distributions import compute_student_quantile
from assessment.domain.result import ItemResult
from assessment.domain.scoring.figure_paths import (
    EMBEDDING_PATH,
    OVERALL_PATH,
    get_dimension_path,
    get_function_path,
    list_results_by_path,
)
from assessment.domain.scoring.jackknife import compute_embedding_shares
from assessment.domain.verification.discrepancies import Discrepancy
from assessment.domain.verification.recompute_inputs import RecomputeInputs

TOLERANCE = 1e-6
TENTHS_PER_UNIT = 10


def find_impossible_widths(source: RecomputeInputs) -> Iterator[Discrepancy]:
    """Yield half-widths below the minimum that rounding causes, and agreements above the released maximum."""
    shares = dict(_list_item_shares(source))
    for path, part in list_results_by_path(source.result).items():
        if part.score is None or part.half_width is None:
            if source.guard.needed is not None and part.score is not None and part.n is not None:
                yield Discrepancy(f"{path}.half_width", None, "a half-width, for all that is released has one")
            continue
        least = _compute_min_half_width(source, path, part.n or 0, shares[path])
        is_whole_points = source.guard.needed is None or abs(part.half_width - round(part.half_width)) <= TOLERANCE
        if not (part.half_width >= least - TOLERANCE and part.half_width > 0 and is_whole_points):
            expected = f"whole points, {least:g} or more" if source.guard.needed is not None else "above 0"
            yield Discrepancy(f"{path}.half_width", part.half_width, expected)
    if source.guard.needed is not None:
        yield from _check_agreements(source)


def _list_item_shares(source: RecomputeInputs) -> Iterator[tuple[str, FloatArray]]:
    weights = source.rescoring.weights
    yield OVERALL_PATH, weights.overall[:, 0]
    yield EMBEDDING_PATH, compute_embedding_shares(weights, source.figures)
    dimensions = source.questionnaire.dimensions
    for number, function in enumerate(source.rescoring.blueprint.functions):
        yield get_function_path(function.id), weights.functions[:, number]
        for place, dimension in enumerate(dimensions):
            yield get_dimension_path(function.id, dimension.id), weights.dimensions[:, number * len(dimensions) + place]


def _compute_min_half_width(source: RecomputeInputs, path: str, people: int, shares: FloatArray) -> float:
    """Half-width of a released figure if all answers are equal; 0 if nothing was rounded."""
    if source.guard.needed is None or people <= 1:
        return 0.0
    quantile = compute_student_quantile(people - 1, (1 + source.questionnaire.scoring.interval_confidence) / 2)
    answers = _count_fewest_answers(source, shares) if ".dimensions." in path else None
    return source.guard.round_half_width(
        quantile * math.sqrt(source.guard.noise * float(np.square(shares).sum())), answers
    )


def _count_fewest_answers(source: RecomputeInputs, shares: FloatArray) -> int | None:
    items = source.questionnaire.items
    counts = [source.items[items[column].id].n for column in np.flatnonzero(shares).tolist()]
    return min((n for n in counts if n), default=None)


def _check_agreements(source: RecomputeInputs) -> Iterator[Discrepancy]:
    for name, function in source.result.functions.items():
        every = [item for dimension in function.dimensions.values() for item in dimension.items.values()]
        parts = {get_function_path(name): (function.agreement, every)} | {
            get_dimension_path(name, dimension_id): (dimension.agreement, list(dimension.items.values()))
            for dimension_id, dimension in function.dimensions.items()
        }
        for path, (agreement, items) in parts.items():
            if agreement is not None and agreement > _compute_max_agreement(items) + TOLERANCE:
                yield Discrepancy(f"{path}.agreement", agreement, f"at most {_compute_max_agreement(items):g}")


def _compute_max_agreement(items: list[ItemResult]) -> float:
    """Highest agreement that may be released for these items."""
    fewest = min((item.n for item in items if item.n), default=TENTHS_PER_UNIT * TENTHS_PER_UNIT)
    return math.floor((1 - 1 / max(1, fewest - 1)) * TENTHS_PER_UNIT + 0.5) / TENTHS_PER_UNIT
