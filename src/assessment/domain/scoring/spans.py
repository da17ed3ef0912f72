"""Intervals as they stand in a result: half-width and ends, exact or released (method 4 and 6)."""

import math
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from assessment.domain.disclosure import Guard
from assessment.domain.result import Interval
from assessment.domain.scoring.cuts import above, at_least
from assessment.domain.scoring.interval import Precision
from assessment.domain.scoring.rollup import Floats

TOP = 100.0
Measured: TypeAlias = tuple[float, float | None]  # a score and its half-width


class Span(Struct, frozen=True):
    """An interval, and the half-width that it is made of."""

    half_width: float | None = None
    interval: Interval | None = None


NO_SPAN = Span()


def span_of(
    guard: Guard, score: float | None, precision: Precision, items: Floats, minimum: int, answers: int | None = None
) -> Span:
    """Return the interval around `score`; None of fewer than `minimum` people, and of exact answers all alike.

    Released, what rounding adds is part of it. `items` are the released scores; `answers` are those of
    the item or row with the fewest, where the figure is made of so few that each shows.
    """
    if score is None or precision.people < minimum:
        return NO_SPAN
    if guard.needed is None:
        if not precision.error:
            return NO_SPAN
        width = precision.quantile * precision.error
    else:
        noise = guard.noise * float(np.square(precision.shares).sum())
        width = guard.half_width(precision.quantile * math.sqrt(precision.error**2 + noise), answers)
    return Span(width, ends(guard, score, width, precision.shares, items))


def ends(guard: Guard, score: float, width: float, shares: Floats, items: Floats) -> Interval:
    """Limits of an interval 0-100, wider where items stand for all beyond the ends of the released scale."""
    below = above_top = 0.0
    if guard.needed is not None:
        below = guard.lowest * float(shares[items <= guard.lowest].sum())
        above_top = (TOP - guard.highest) * float(shares[items >= guard.highest].sum())
    return max(0.0, score - width - below), min(TOP, score + width + above_top)


def is_apart(one: Measured, other: Measured, least: float, *, consensus: bool) -> bool:
    """Tell whether two figures, each with its half-width, may be called ahead and behind (method 4).

    They differ by `least` or more, and by more than both half-widths together make. In
    `consensus` mode nothing has a half-width, and `least` decides.
    """
    difference = abs(one[0] - other[0])
    if not at_least(difference, least):
        return False
    if consensus:
        return True
    if one[1] is None or other[1] is None:
        return False
    return above(difference, math.hypot(one[1], other[1]))
