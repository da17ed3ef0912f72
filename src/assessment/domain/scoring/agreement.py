"""Within-group agreement r*wg on the same items (Lindell 1999)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assessment.domain.scoring.tally import AnswerTally

EXPECTED_VARIANCE = 2.0  # of five equally likely rungs


def compute_variances(tally: AnswerTally, minimum: int) -> NDArray[np.float64]:
    """Sample variance (n - 1) of each item's raw answers, all roles together; NaN with fewer than `minimum` answers."""
    n, total = tally.numeric, tally.sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (tally.squares - total * total / n) / (n - 1)
    return np.where(n >= minimum, variance, np.nan)


def compute_agreement(variances: NDArray[np.float64], columns: Sequence[int]) -> float | None:
    """r*wg of these items, 1 - mean(s^2) / 2, not clipped at 0; None if no item has a variance."""
    item_variances = variances[list(columns)]
    item_variances = item_variances[~np.isnan(item_variances)]
    return None if item_variances.size == 0 else float(1 - item_variances.mean() / EXPECTED_VARIANCE)
