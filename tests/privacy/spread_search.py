"""The integer search with spreads: which answers, role by role, give the score and the spread.

Where a dimension shows its interval or agreement and a single item stands behind it, both are
figures of that item's sums and sums of squares by role. All combinations of these are tried; too
many of them (large groups) are left, since nothing is determined there.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from assessment.domain.result import DimensionResult
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release, Shown, shown_items
from tests.privacy.sum_search import TOP

MOST_COMBINATIONS = 2_000_000
MOST_PEOPLE = 24  # of one role; above, no group is small enough to be read
Floats = NDArray[np.float64]


def attack(known: Background, release: Release) -> Iterator[Finding]:
    """Search every dimension whose spread speaks of one item."""
    for shown in shown_items(known, release):
        part, by_itself = spread_of(known, release, shown)
        if part is not None:
            yield from _search(known, release, shown, part, with_interval=by_itself)


def spread_of(known: Background, release: Release, shown: Shown) -> tuple[DimensionResult | None, bool]:
    """The dimension whose agreement speaks of this item alone, if one does; whether its interval does, too."""
    if shown.dimension is None or shown.function is None:
        return None, False
    function = release.result.functions[shown.function]
    part = function.dimensions[shown.dimension]
    items = [item for item in part.items.values() if item.score is not None]
    if len(items) != 1 or part.score is None or (part.agreement is None and part.half_width is None):
        return None, False
    if part.half_width is None and release.step:  # hidden; at full precision it is missing where all are alike
        return part, False
    rows = [d for d in known.questionnaire.dimensions if d.id == shown.dimension and d.hand_offs]
    return part, not (rows and function.hand_off.score is not None)


@cache
def groups(people: int) -> NDArray[np.int64]:
    """Every (sum, sum of squares) that so many answers 0-4 can have."""
    found = {(0, 0)}
    for _ in range(people):
        found = {(s + v, q + v * v) for s, q in found for v in range(TOP + 1)}
    return np.asarray(sorted(found), dtype=np.int64)


def _search(
    known: Background, release: Release, shown: Shown, part: DimensionResult, *, with_interval: bool
) -> Iterator[Finding]:
    roles = np.flatnonzero(known.counts[:, shown.column])
    counts = known.counts[roles, shown.column]
    if counts.max() > MOST_PEOPLE:
        return
    options = [groups(int(count)) for count in counts]
    if np.prod([len(option) for option in options], dtype=float) > MOST_COMBINATIONS:
        return
    axes = [np.arange(len(option)) for option in options]
    picked = np.meshgrid(*axes, indexing="ij")
    sums = np.stack([option[pick, 0] for option, pick in zip(options, picked, strict=True)])
    squares = np.stack([option[pick, 1] for option, pick in zip(options, picked, strict=True)])
    possible = fitting(known, release, shown, part, (roles, counts, sums, squares), with_interval=with_interval)
    for place, role in enumerate(roles):
        left = np.flatnonzero(possible.any(axis=tuple(a for a in range(possible.ndim) if a != place)))
        n, candidates = int(counts[place]), options[place][left]
        if len({int(total) for total, _ in candidates}) != 1:
            continue
        total, square = (int(number) for number in candidates[0])
        alike = len(candidates) == 1 and n * square == total * total
        if alike or n == 1:
            yield Finding(Kind.ANSWER, f"{shown.id} (spread)", known.roles[role], n, total)
        elif n < known.k:
            yield Finding(Kind.GROUP, f"{shown.id} (spread)", known.roles[role], n, total)


def fitting(
    known: Background,
    release: Release,
    shown: Shown,
    part: DimensionResult | None,
    tried: tuple,
    *,
    with_interval: bool,
) -> NDArray[np.bool_]:
    """Which of the answers that are `tried` give the released score and, of a `part` of one item, its spread."""
    roles, counts, sums, squares = tried
    base, full = known.weights[roles], known.questionnaire.scoring.full_weight_answers
    n = int(counts.sum())
    shape = (-1,) + (1,) * (sums.ndim - 1)
    weights = base * np.minimum(1.0, counts / full)
    parts = (weights / counts).reshape(shape) * sums
    score = 25 * parts.sum(axis=0) / weights.sum()
    low, high = release.window(shown.item.score or 0.0, shown.item.bound)
    possible = (score >= low) & (score < high)
    if part is None:
        return np.asarray(possible)
    if part.agreement is not None:
        variance = (squares.sum(axis=0) - sums.sum(axis=0) ** 2 / n) / (n - 1)
        possible &= np.abs(_agreement(release, variance, n) - part.agreement) < 1e-6
    if with_interval:
        width = _half_width(known, release, counts, base, sums, squares)
        possible &= _agrees(release, part, width, n)
    return np.asarray(possible)


def _half_width(
    known: Background, release: Release, counts: NDArray, base: Floats, sums: NDArray, squares: NDArray
) -> Floats:
    """The jackknife of the method over all combinations at once: without one person of a role, linear in the answer."""
    scoring = known.questionnaire.scoring
    n = int(counts.sum())
    weights = base * np.minimum(1.0, counts / scoring.full_weight_answers)
    shape = (-1,) + (1,) * (sums.ndim - 1)
    parts = (weights / counts).reshape(shape) * sums
    score = 25 * parts.sum(axis=0) / weights.sum()
    total, square = np.zeros_like(score), np.zeros_like(score)
    for place, count in enumerate(counts):
        fewer = base[place] * min(1.0, (count - 1) / scoring.full_weight_answers)
        rest, whole = parts.sum(axis=0) - parts[place], weights.sum() - weights[place] + fewer
        slope = -25 * fewer / (count - 1) / whole if count > 1 else 0.0
        fixed = 25 * rest / whole - slope * sums[place] - score
        total += count * fixed + slope * sums[place]
        square += count * fixed**2 + 2 * fixed * slope * sums[place] + slope**2 * squares[place]
    error = np.sqrt(np.maximum(0.0, (n - 1) / n * (square - total**2 / n)))
    error = np.where(error > 1e-9, error, 0.0)
    quantile = student.ppf((1 + scoring.interval_confidence) / 2, n - 1)
    return np.asarray(quantile * np.sqrt(error**2 + (0 if release.at_face_value else release.step**2 / 12)))


def _agreement(release: Release, variance: Floats, answers: int) -> Floats:
    """The released agreement: neither below 0 nor above that of two people a rung off the mean (method 6.4)."""
    if not release.tenths:
        return np.asarray(1 - variance / 2)
    most = 1.0 if release.at_face_value else 1 - 1 / (answers - 1)
    return np.maximum(0.0, rounded(np.minimum(1 - variance / 2, most), release.tenths))


def _agrees(release: Release, part: DimensionResult, width: Floats, answers: int) -> NDArray[np.bool_]:
    """Mask of the cases with the released half-width: rounded up, at least that of two people a rung apart."""
    if part.half_width is None:
        return np.asarray(width == 0)
    if release.points:
        least = 1 if release.at_face_value else np.ceil(100 / answers)
        width = np.maximum(least, np.ceil(np.round(width, 9)))
    return np.asarray(np.abs(width - part.half_width) < 1e-6)


def rounded(values: Floats, step: float) -> Floats:
    """Round to steps, halves up; not at all for step 0."""
    return values if not step else np.floor(np.round(values / step, 9) + 0.5) * step
