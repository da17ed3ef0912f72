"""Bounds of half-widths and agreements in a release (method 4 and 6)."""

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import stdtrit

from assessment.domain.checking.differences import Difference
from assessment.domain.checking.known import Known
from assessment.domain.result import ItemResult
from assessment.domain.scoring.interval import embedding_shares
from assessment.domain.scoring.naming import EMBEDDING, OVERALL, dimension_path, function_path, results
from assessment.domain.scoring.rollup import Floats

SLACK = 1e-6
TENTHS = 10


def implausible_widths(source: Known) -> Iterator[Difference]:
    """Yield half-widths below the minimum that rounding causes, and agreements above the released maximum."""
    shares = dict(_shares(source))
    for path, part in results(source.result).items():
        if part.score is None or part.half_width is None:
            if source.guard.needed is not None and part.score is not None and part.n is not None:
                yield Difference(f"{path}.half_width", None, "a half-width, for all that is released has one")
            continue
        least = _least(source, path, part.n or 0, shares[path])
        whole = source.guard.needed is None or abs(part.half_width - round(part.half_width)) <= SLACK
        if not (part.half_width >= least - SLACK and part.half_width > 0 and whole):
            expected = f"whole points, {least:g} or more" if source.guard.needed is not None else "above 0"
            yield Difference(f"{path}.half_width", part.half_width, expected)
    if source.guard.needed is not None:
        yield from _agreements(source)


def _shares(source: Known) -> Iterator[tuple[str, Floats]]:
    weights = source.rescoring.weights
    yield OVERALL, weights.overall[:, 0]
    yield EMBEDDING, embedding_shares(weights, source.figures)
    dimensions = source.questionnaire.dimensions
    for number, function in enumerate(source.rescoring.blueprint.functions):
        yield function_path(function.id), weights.functions[:, number]
        for place, dimension in enumerate(dimensions):
            yield dimension_path(function.id, dimension.id), weights.dimensions[:, number * len(dimensions) + place]


def _least(source: Known, path: str, people: int, shares: Floats) -> float:
    """Half-width of a released figure if all answers are equal; 0 if nothing was rounded."""
    if source.guard.needed is None or people <= 1:
        return 0.0
    quantile = float(stdtrit(people - 1, (1 + source.questionnaire.scoring.interval_confidence) / 2))
    answers = _fewest(source, shares) if ".dimensions." in path else None
    return source.guard.half_width(quantile * math.sqrt(source.guard.noise * float(np.square(shares).sum())), answers)


def _fewest(source: Known, shares: Floats) -> int | None:
    items = source.questionnaire.items
    counts = [source.items[items[column].id].n for column in np.flatnonzero(shares).tolist()]
    return min((n for n in counts if n), default=None)


def _agreements(source: Known) -> Iterator[Difference]:
    for name, function in source.result.functions.items():
        every = [item for dimension in function.dimensions.values() for item in dimension.items.values()]
        parts = {function_path(name): (function.agreement, every)} | {
            dimension_path(name, other): (dimension.agreement, list(dimension.items.values()))
            for other, dimension in function.dimensions.items()
        }
        for path, (agreement, items) in parts.items():
            if agreement is not None and agreement > _most(items) + SLACK:
                yield Difference(f"{path}.agreement", agreement, f"at most {_most(items):g}")


def _most(items: list[ItemResult]) -> float:
    """Highest agreement that may be released for these items."""
    fewest = min((item.n for item in items if item.n), default=TENTHS * TENTHS)
    return math.floor((1 - 1 / max(1, fewest - 1)) * TENTHS + 0.5) / TENTHS
