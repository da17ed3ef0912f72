"""Disclosure control: thresholds and rounding for figures about groups of people (method 6).

All results pass through here. Primary figures (items, hand-off rows, means over people) pass a `DisclosureGuard`
before anything is computed from them, so every derived figure depends on released figures only.
"""

import math
from typing import cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.questionnaire_rules import DisclosureRules
from assessment.domain.result import Bound, DisclosureNote, ShareBand

# These constants belong to the engine, so that no questionnaire can weaken them (method 6.12).
SMALLEST_MINIMUM_GROUP = 3
RELEASE_STEP = 5.0
LOWEST_RELEASED_SCORE = 10.0
HIGHEST_RELEASED_SCORE = 90.0
MIN_PEOPLE_FOR_COMMENTS = 10  # people asked

# With fewer answers, the least half-width is below that of two people who differ from the rest by a rung in opposite
# directions, so that the interval of a single item would disclose that everyone gave the same answer.
MIN_ANSWERS_FOR_ITEM_INTERVAL = 7

HALF_STEP = 0.5
# Divided by n: half-width if two of n differ from the rest by a rung, rounded up (t at most 2.6).
PAIR_HALF_WIDTH = 100.0
ROUNDING_DECIMALS = 9  # removes float noise before a half is rounded up
# Possible numbers of steps of a distribution; each step stands for k people or more, and for five where k is smaller:
# with less, a distribution next to its score shows someone who took part that a whole role gave one answer.
DISTRIBUTION_STEPS = (10, 5, 4, 3, 2)
SMALLEST_DETAIL_GROUP = 5
CLASS_TOP_RUNGS = (1, 2, 4)  # top rungs of the three classes of a released distribution: 0 and 1, 2, 3 and 4


class DisclosureGuard(Struct, frozen=True):
    """Thresholds and rounding of a release. A figure needs `needed` people (k + 1); None disables the guard."""

    needed: int | None = None
    minimum_group: int = 0
    step: float = 0.0
    lowest: float = 0.0
    highest: float = 100.0

    @property
    def note(self) -> DisclosureNote | None:
        """Rules applied, as recorded in the result."""
        if self.needed is None:
            return None
        return DisclosureNote(self.minimum_group, self.needed, self.step, self.lowest, self.highest)

    @property
    def reason(self) -> str:
        """Reason why a figure is hidden."""
        return f"fewer than {self.needed} answers"

    def get_needed_answers(self, otherwise: int) -> int:
        """Number of answers a figure needs: k + 1 if guarded, and at least `otherwise`, the minimum of the method."""
        return otherwise if self.needed is None else max(self.needed, otherwise)

    def must_hide(self, people: int) -> bool:
        """Return whether a figure about this many people must be hidden."""
        return self.needed is not None and people < self.needed

    def round_scores(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Round 0-100 scores to the release step, halves up, and clip them to the released range."""
        if self.needed is None:
            return scores
        steps = np.floor(np.round(scores / self.step, ROUNDING_DECIMALS) + HALF_STEP) * self.step
        return cast("NDArray[np.float64]", np.clip(steps, self.lowest, self.highest))

    def round_score(self, score: float | None) -> float | None:
        """Round one 0-100 score as `round_scores` does."""
        return None if score is None else float(self.round_scores(np.asarray(score)))

    def find_bound(self, score: float | None) -> Bound | None:
        """Return which end a clipped score stands for ("10 or less", "90 or more"); None if it is not clipped."""
        if self.needed is None or score is None:
            return None
        if score <= self.lowest:
            return "at most"
        return "at least" if score >= self.highest else None

    def list_bounds(self, **scores: float | None) -> dict[str, Bound]:
        """Bounds of the clipped figures among `scores`, by name."""
        marks = {name: self.find_bound(score) for name, score in scores.items()}
        return {name: mark for name, mark in marks.items() if mark is not None}

    def round_half_width(self, width: float, answers: int | None = None) -> float:
        """Round an interval's half-width up to whole points.

        A narrow interval would disclose that everyone gave the same answer. So it is never below one point or, for
        a figure of few items with this many `answers`, below the half-width of two people a rung apart.
        """
        if self.needed is None:
            return width
        least = 1.0 if answers is None else max(1.0, float(math.ceil(PAIR_HALF_WIDTH / answers)))
        return max(least, float(math.ceil(round(width, ROUNDING_DECIMALS))))

    def must_hide_item_interval(self, answers: int) -> bool:
        """Return whether an interval that speaks of one item with so many answers must be hidden."""
        return self.needed is not None and answers < MIN_ANSWERS_FOR_ITEM_INTERVAL

    @property
    def noise(self) -> float:
        """Variance of the rounding error of a released figure."""
        return self.step**2 / 12

    def round_agreement(self, agreement: float | None, answers: int) -> float | None:
        """Round an agreement to tenths and clip it to 0 and to the value with two people a rung off the mean.

        Values beyond would disclose that all `answers` are equal, or which role is at which end of the ladder.
        """
        if self.needed is None or agreement is None:
            return agreement
        most = 1 - 1 / (answers - 1)
        return max(0.0, round_half_up(min(agreement, most) * 10) / 10)

    def compute_distribution(
        self, answers: NDArray[np.int64], counting: NDArray[np.int64] | None = None
    ) -> tuple[float, ...] | None:
        """Shares 0-1 of the answers by rung, from answer counts by role and rung.

        `counting` are the answers by role of people who count towards k + 1; default: all.

        If guarded, shares of three classes (`CLASS_TOP_RUNGS`) in steps of k people or more. The cumulative counts
        are rounded, so that the shares add up to 1. None with fewer people than two steps need, and if a role has
        1 to k answers (1 to 5 where k is smaller).
        """
        people = int(answers.sum())
        below = answers.sum(axis=0).cumsum()
        if self.needed is None:
            return tuple(np.diff(below / people, prepend=0.0).tolist()) if people else None
        by_role = answers.sum(axis=1)
        counting_by_role = by_role if counting is None else counting
        parts = self.choose_step_count(int(counting_by_role.sum()))
        too_few = counting_by_role <= max(self.minimum_group, SMALLEST_DETAIL_GROUP)
        if parts is None or bool(np.any((by_role > 0) & too_few)):
            return None
        steps = np.floor(np.round(below[list(CLASS_TOP_RUNGS)] * parts / people, ROUNDING_DECIMALS) + HALF_STEP)
        return tuple((np.diff(steps, prepend=0.0) / parts).tolist())

    def choose_step_count(self, people: int) -> int | None:
        """Number of steps of a distribution of this many answers; None if it must not be shown."""
        group = max(self.minimum_group, SMALLEST_DETAIL_GROUP)
        return next((parts for parts in DISTRIBUTION_STEPS if people >= parts * group), None)

    def choose_earlier_step_count(self, people: int) -> int | None:
        """Number of steps in results that are older than `SMALLEST_DETAIL_GROUP`."""
        return next((parts for parts in DISTRIBUTION_STEPS if people >= parts * self.minimum_group), None)

    def round_coverage(self, coverage: float | None) -> float | None:
        """Round a fraction 0-1 to whole percent."""
        if self.needed is None or coverage is None:
            return coverage
        return round_half_up(coverage * 100) / 100

    def compute_evidence_share(self, documented: int, ratings: int, counting_ratings: int, people: int) -> float | None:
        """Share 0-1 of a function's high ratings with a document or data.

        If guarded, to the nearest tenth, from 2k ratings by k + 1 `people`; both are of people who count.
        """
        if ratings == 0 or (self.needed is not None and counting_ratings < 2 * self.minimum_group):
            return None
        if self.must_hide(people):
            return None
        share = documented / ratings
        return share if self.needed is None else round_half_up(10 * share) / 10

    def has_too_small_role(self, answers_by_role: NDArray[np.int64], counting: NDArray[np.int64] | None = None) -> bool:
        """Return whether a role has so few answers that a measure of spread would disclose single answers.

        `counting` are the answers of people who count towards k + 1 (default: all). A role with any answer needs
        k + 1 of them.
        """
        if self.needed is None:
            return False
        counting_by_role = answers_by_role if counting is None else counting
        return bool(np.any((answers_by_role > 0) & (counting_by_role < self.needed)))


OPEN_GUARD = DisclosureGuard()


def build_guard(disclosure: DisclosureRules, minimum_group: int | None) -> DisclosureGuard:
    """Build the guard for minimum group k (default: the questionnaire's), raised to SMALLEST_MINIMUM_GROUP if lower."""
    chosen = disclosure.minimum_group if minimum_group is None else minimum_group
    k = max(chosen, SMALLEST_MINIMUM_GROUP)
    return DisclosureGuard(k + 1, k, RELEASE_STEP, LOWEST_RELEASED_SCORE, HIGHEST_RELEASED_SCORE)


def classify_share(count: int, people: int) -> ShareBand:
    """Classify `count` of `people` into the three shares that may be released."""
    if count == 0:
        return "none"
    return "half or more" if count >= HALF_STEP * people else "some"


def round_half_up(value: float) -> float:
    """Round to a whole number, halves up."""
    return math.floor(round(value, ROUNDING_DECIMALS) + HALF_STEP)
