"""Benchmark rank of an organisation among others that agreed to be compared (method 7)."""

from collections.abc import Sequence

from msgspec import Struct

from assessment.domain.distributions import compute_beta_quantile
from assessment.domain.questionnaire_rules import BenchmarkRules
from assessment.domain.result import Interval
from assessment.domain.scoring.cut_points import CUT_DECIMALS

QUARTER_COUNT = 4
ROUNDING_STEP = 5


class Rank(Struct, frozen=True):
    """Mid-rank 0-100 among `organisations` others; its precision depends on their number.

    With a growing number (`BenchmarkRules`): no rank, a quarter 1-4 (4 is the highest), a multiple of five, a
    percentile. `interval` only with a percentile or a multiple of five.
    """

    organisations: int
    quarter: int | None
    percentile: float | None
    interval: Interval | None


def compute_rank(own: float, others: Sequence[float], rules: BenchmarkRules, confidence: float) -> Rank:
    """Compute the mid-rank and its Beta interval (Crawford et al. 2009); `others` excludes the own organisation."""
    count = len(others)
    if count < rules.quarter_from:
        return Rank(count, None, None, None)
    score = round(own, CUT_DECIMALS)
    scores = [round(other_score, CUT_DECIMALS) for other_score in others]
    beneath = (
        sum(other_score < score for other_score in scores) + sum(other_score == score for other_score in scores) / 2
    )
    percentile = 100 * beneath / count
    if count < rules.nearest_five_from:
        return Rank(count, min(QUARTER_COUNT, 1 + int(percentile // (100 / QUARTER_COUNT))), None, None)
    shape = beneath + 0.5, count - beneath + 0.5
    low, high = (compute_beta_quantile(*shape, tail) for tail in ((1 - confidence) / 2, (1 + confidence) / 2))
    fine = (
        percentile if count >= rules.percentile_from else ROUNDING_STEP * float(int(percentile / ROUNDING_STEP + 0.5))
    )
    return Rank(count, None, fine, (100 * low, 100 * high))
