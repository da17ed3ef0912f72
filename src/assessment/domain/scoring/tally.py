"""Counts and sums of answers, and the item scores, coverage and agreement computed from them (method 4)."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import (
    BLANK,
    DONT_KNOW,
    NOT_APPLICABLE,
    NOT_ASKED,
    Answers,
    AnswerValues,
    BoolArray,
    FloatArray,
)

CountArray = NDArray[np.int64]
EXPECTED_VARIANCE = 2.0  # of five equally likely rungs
POINTS_PER_RUNG = 25.0  # points per rung: converts a raw rung 0-4 to a score 0-100 (method 2)


class AnswerTally(Struct, frozen=True):
    """`counts` and `sums` of numeric answers by role and item; all other fields by item."""

    counts: CountArray
    sums: CountArray
    squares: CountArray
    dont_know: CountArray
    not_applicable: CountArray
    asked: CountArray

    @property
    def numeric(self) -> CountArray:
        """Number of numeric answers by item, all roles together."""
        return np.asarray(self.counts.sum(axis=0))


def number_roles(answers: Answers, roles: Sequence[str]) -> NDArray[np.intp]:
    """Role of each respondent as an index into `roles`."""
    number = {role: index for index, role in enumerate(roles)}
    return np.fromiter(map(number.__getitem__, answers.roles), dtype=np.intp, count=len(answers))


def count_answers(values: AnswerValues, role: NDArray[np.intp], roles: int) -> AnswerTally:
    """Count answers; `role` holds the role index of each row, `roles` is the number of roles."""
    numeric = np.where(values >= 0, values, 0).astype(np.int16)
    answered = values >= 0
    by_role = [role == number for number in range(roles)]
    return AnswerTally(
        counts=np.stack([answered[rows].sum(axis=0) for rows in by_role]).astype(np.int64),
        sums=np.stack([numeric[rows].sum(axis=0, dtype=np.int64) for rows in by_role]),
        squares=(numeric * numeric).sum(axis=0, dtype=np.int64),
        dont_know=(values == DONT_KNOW).sum(axis=0),
        not_applicable=(values == NOT_APPLICABLE).sum(axis=0),
        asked=(values != NOT_ASKED).sum(axis=0),
    )


def compute_role_weights(counts: CountArray, base: FloatArray, full: int) -> FloatArray:
    """Weight of each role in each item, b_r min(1, n_r / full), not normalised (method 4)."""
    return np.asarray(base[:, None] * np.minimum(1.0, counts / full))


def compute_item_scores(counts: CountArray, sums: CountArray, base: FloatArray, full: int) -> FloatArray:
    """Role-weighted item scores 0-100 from counts and sums by role and item; NaN without answers (method 4)."""
    weighted = compute_role_weights(counts, base, full)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(counts > 0, sums / counts, 0.0)
        return np.asarray(POINTS_PER_RUNG * (weighted * means).sum(axis=-2) / weighted.sum(axis=-2))


def drop_hidden_items(values: AnswerValues, is_hidden: BoolArray) -> AnswerValues:
    """Mark hidden items as not asked (method 6.1)."""
    if not is_hidden.any():
        return values
    return np.where(is_hidden[None, :] & (values >= BLANK), np.int8(NOT_ASKED), values)


class FunctionCoverage:
    """Coverage of the items and hand-off rows of one function: share of asked questions with a numeric answer."""

    def __init__(self, tally: AnswerTally, out_of_scope: BoolArray, columns: Sequence[int]) -> None:
        chosen = list(columns)
        self.asked = int(tally.asked[chosen].sum())
        self.numeric = int(tally.numeric[chosen].sum())
        self.applies = self.asked > 0 and not bool(out_of_scope[chosen].all())

    @property
    def share(self) -> float | None:
        """Share 0-1; None if nobody was asked or everything is out of scope."""
        return self.numeric / self.asked if self.applies else None


def compute_overall_coverage(functions: Sequence[FunctionCoverage]) -> float | None:
    """Coverage 0-1 over all functions that have one; None if none has."""
    counted = [function for function in functions if function.applies]
    return sum(f.numeric for f in counted) / sum(f.asked for f in counted) if counted else None


def compute_variances(tally: AnswerTally, minimum: int) -> FloatArray:
    """Sample variance (n - 1) of each item's raw answers, all roles together; NaN with fewer than `minimum` answers."""
    n, total = tally.numeric, tally.sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (tally.squares - total * total / n) / (n - 1)
    return np.where(n >= minimum, variance, np.nan)


def compute_agreement(variances: FloatArray, columns: Sequence[int]) -> float | None:
    """Within-group agreement r*wg of these items, 1 - mean(s^2) / 2, not clipped at 0 (Lindell 1999).

    None if no item has a variance.
    """
    item_variances = variances[list(columns)]
    item_variances = item_variances[~np.isnan(item_variances)]
    return None if item_variances.size == 0 else float(1 - item_variances.mean() / EXPECTED_VARIANCE)
