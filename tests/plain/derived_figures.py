"""Figures derived from scores: bands, levels, intervals, agreement, coverage (section 4 of the method)."""

import math
from collections.abc import Callable

from scipy.special import stdtrit

from tests.plain.instrument import in_order
from tests.plain.people import CUT, Person, mean
from tests.plain.release import Rules
from tests.plain.scores import Figures
from tests.plain.validity import Validity, numeric

BANDS, ACHIEVEMENT, AGREEMENT = (20, 40, 60, 80), (15, 50, 85), (0.30, 0.50, 0.70, 0.90)
NO_SPREAD = 1e-9  # less is the noise of floating point


def reached(score: float, cuts) -> int:
    """How many cuts are reached; a lower bound belongs to the upper class."""
    return sum(round(score, CUT) >= cut for cut in cuts)


def passed(score: float, cuts) -> int:
    """How many cuts are passed; an upper bound belongs to the lower class."""
    return sum(round(score, CUT) > cut for cut in cuts)


def band(score: float) -> int:
    return 1 + reached(score, BANDS)


def reading(score: float | None) -> dict:
    """Figures that follow from a score alone."""
    if score is None:
        return {"score": None, "maturity": None, "band": None, "achievement": None}
    achievement = "NPLF"[passed(score, ACHIEVEMENT)]
    return {"score": score, "maturity": 1 + score / 25, "band": band(score), "achievement": achievement}


def level(score: float, below: list[int]) -> int:
    """At most one above the weakest part."""
    return min(band(score), 1 + min(below))


def quantile(freedom: float) -> float:
    """Student's t at .975."""
    return float(stdtrit(freedom, 0.975))


NO_INTERVAL = {"interval": None, "half_width": None}


def jackknife(people: list[Person], without: list[Figures], items: list[str], figure: Callable) -> tuple[float, int]:
    """Standard error, over those who answered one of these items; `without` has each person left out in turn."""
    took_part = [left for person, left in zip(people, without, strict=True) if person.rungs(items)]
    n = len(took_part)
    if n < 5:
        return 0.0, n
    values = [figure(left) for left in took_part]
    middle = mean(values)
    error = math.sqrt((n - 1) / n * sum((value - middle) ** 2 for value in values))
    return (error if error > NO_SPREAD else 0.0), n


def interval(
    rules: Rules,
    score: float | None,
    jackknifed: tuple[float, int],
    weights: dict[str, float],
    items: dict[str, float],
    least: float = 1,
) -> dict:
    """Around a score; `weights` of the items in it, whose released scores widen the ends."""
    error, n = jackknifed
    if score is None or n < 5:
        return NO_INTERVAL
    width = rules.half_width(quantile(n - 1), error, sum(weight**2 for weight in weights.values()), least)
    if width is None:
        return NO_INTERVAL
    low, high = score - width, score + width
    if not rules.exact:
        low -= sum(10 * weight for item, weight in weights.items() if items[item] <= 10)
        high += sum(10 * weight for item, weight in weights.items() if items[item] >= 90)
    return {"interval": [max(0.0, low), min(100.0, high)], "half_width": width}


def is_apart(one: dict, other: dict, *, consensus: bool) -> bool:
    """Return True if one may be called ahead of the other: by five points, and by more than both half-widths."""
    distance = round(abs(one["score"] - other["score"]), CUT)
    if distance < 5:
        return False
    if consensus:
        return True
    widths = (one["half_width"], other["half_width"])
    return None not in widths and distance > round(math.hypot(*widths), CUT)


def agreement(people: list[Person], items: list[str], rules: Rules) -> dict:
    """r*wg over the items that five people or more answered (Lindell 1999)."""
    answers = [[rung for person in people for rung in person.rungs([item])] for item in items]
    used = [rungs for rungs in answers if len(rungs) >= 5]
    if not used:
        return {"agreement": None, "agreement_class": None}
    found = rules.agreement(1 - mean(variance(rungs) / 2 for rungs in used), min(len(rungs) for rungs in used))
    names = ("none", "weak", "moderate", "strong", "very strong")
    return {"agreement": found, "agreement_class": names[passed(found, AGREEMENT)]}


def variance(numbers: list[float]) -> float:
    middle = mean(numbers)
    return sum((number - middle) ** 2 for number in numbers) / (len(numbers) - 1)


def covered(people: list[Person], valid: Validity, functions: list[str]) -> float | None:
    """Numeric answers to questions asked, over the functions that are in scope and asked about."""
    counted = [f for f in functions if not set(in_order(f)) <= valid.away]
    items = [item for function in counted for item in in_order(function)]
    questions = sum(item in person.answers for person in people for item in items)
    return sum(numeric(people, item) for item in items) / questions if questions else None


def coverage(people: list[Person], valid: Validity, functions: list[str], rules: Rules) -> dict:
    share = rules.percent(covered(people, valid, functions))
    return {"coverage": share, "provisional": share is not None and round(share, CUT) < 0.60}
