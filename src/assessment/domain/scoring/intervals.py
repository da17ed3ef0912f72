"""Intervals of a result: half-width and ends, at full precision or released (method 4 and 6)."""

import math
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from assessment.domain.answers import FloatArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.result import Interval
from assessment.domain.scoring.cut_points import is_above, is_at_least
from assessment.domain.scoring.jackknife import FigurePrecision

SCALE_TOP = 100.0
ScoreWithHalfWidth: TypeAlias = tuple[float, float | None]  # a score and its half-width


class ReleasedInterval(Struct, frozen=True):
    """An interval and its half-width."""

    half_width: float | None = None
    interval: Interval | None = None


NO_INTERVAL = ReleasedInterval()


def build_interval(
    guard: DisclosureGuard,
    score: float | None,
    precision: FigurePrecision,
    items: FloatArray,
    minimum: int,
    answers: int | None = None,
) -> ReleasedInterval:
    """Build the interval around `score`; empty for fewer than `minimum` people, and without variation if unguarded.

    A released interval includes the rounding error. `items` are the released item scores; `answers` is the smallest
    number of answers to one of the items, for figures of so few items that each has a visible effect.
    """
    if score is None or precision.people < minimum:
        return NO_INTERVAL
    if guard.needed is None:
        if not precision.error:
            return NO_INTERVAL
        width = precision.quantile * precision.error
    else:
        noise = guard.noise * float(np.square(precision.shares).sum())
        width = guard.round_half_width(precision.quantile * math.sqrt(precision.error**2 + noise), answers)
    return ReleasedInterval(width, compute_interval_ends(guard, score, width, precision.shares, items))


def compute_interval_ends(
    guard: DisclosureGuard, score: float, width: float, shares: FloatArray, items: FloatArray
) -> Interval:
    """Ends of an interval within 0-100, widened for items clipped at the ends of the released scale."""
    below = above_top = 0.0
    if guard.needed is not None:
        below = guard.lowest * float(shares[items <= guard.lowest].sum())
        above_top = (SCALE_TOP - guard.highest) * float(shares[items >= guard.highest].sum())
    return max(0.0, score - width - below), min(SCALE_TOP, score + width + above_top)


def is_apart(first: ScoreWithHalfWidth, second: ScoreWithHalfWidth, min_points: float, *, consensus: bool) -> bool:
    """Return whether one of two figures may be called ahead of the other (method 4).

    They must differ by `min_points` points and by more than the combined half-width (root of the sum of squares). In
    `consensus` mode there are no half-widths, and `min_points` decides.
    """
    difference = abs(first[0] - second[0])
    if not is_at_least(difference, min_points):
        return False
    if consensus:
        return True
    if first[1] is None or second[1] is None:
        return False
    return is_above(difference, math.hypot(first[1], second[1]))
