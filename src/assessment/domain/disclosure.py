"""The disclosure layer: what may be shown about a group of people (method 6).

The only door to results. Primary figures (items, rows, means over people) pass through a `Guard`
before anything is computed from them; all that is built on them is built on what was released.
"""

import math
from typing import cast

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.questionnaire import Disclosure
from assessment.domain.result import Bound, DisclosureNote, ShareBand

# Constants of disclosure: the engine's own, so that no questionnaire can weaken them (method 6.12).
LEAST_MINIMUM_GROUP = 3
STEP = 5.0
LOWEST = 10.0
HIGHEST = 90.0
COMMENTS_FROM = 10  # people asked

HALF = 0.5
PAIR_APART = 100.0  # by n: the half-width where two of n differ from the rest by a rung, rounded up (t at most 2.6)
DECIMALS = 9  # takes float noise off before a half is rounded up
PARTS = (10, 5, 4, 3, 2)  # steps that a distribution may have; each stands for k people or more
CLASSES = (1, 2, 4)  # highest rungs of what a distribution tells apart: 0 and 1, 2, 3 and 4


class Guard(Struct, frozen=True):
    """What is let through. `needed` people (k + 1) stand behind a figure; None lets all through."""

    needed: int | None = None
    minimum_group: int = 0
    step: float = 0.0
    lowest: float = 0.0
    highest: float = 100.0

    @property
    def note(self) -> DisclosureNote | None:
        """What the result says of the rules it went through."""
        if self.needed is None:
            return None
        return DisclosureNote(self.minimum_group, self.needed, self.step, self.lowest, self.highest)

    @property
    def reason(self) -> str:
        """Why a figure is hidden."""
        return f"fewer than {self.needed} answers"

    def least(self, otherwise: int) -> int:
        """How many answers a figure needs: k + 1 where guarded, else what the method asks."""
        return otherwise if self.needed is None else max(self.needed, otherwise)

    def hides(self, people: int) -> bool:
        """Tell whether a figure about so many people must be hidden."""
        return self.needed is not None and people < self.needed

    def stepped(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Round 0-100 scores to the released steps, halves up, ends taken together."""
        if self.needed is None:
            return scores
        steps = np.floor(np.round(scores / self.step, DECIMALS) + HALF) * self.step
        return cast("NDArray[np.float64]", np.clip(steps, self.lowest, self.highest))

    def step_of(self, score: float | None) -> float | None:
        """Round one 0-100 score like `stepped`."""
        return None if score is None else float(self.stepped(np.asarray(score)))

    def bound(self, score: float | None) -> Bound | None:
        """Tell whether a released score stands for all beyond it."""
        if self.needed is None or score is None:
            return None
        if score <= self.lowest:
            return "at most"
        return "at least" if score >= self.highest else None

    def bounds(self, **scores: float | None) -> dict[str, Bound]:
        """`bound` of several figures by name, where there is one."""
        marks = {name: self.bound(score) for name, score in scores.items()}
        return {name: mark for name, mark in marks.items() if mark is not None}

    def half_width(self, width: float, answers: int | None = None) -> float:
        """Round an interval's half-width up to whole points.

        A narrow interval would say that all answered alike. So none is narrower than a point or, where
        it speaks of single items with so many `answers`, than two people who answer a rung apart would
        make it.
        """
        if self.needed is None:
            return width
        least = 1.0 if answers is None else max(1.0, float(math.ceil(PAIR_APART / answers)))
        return max(least, float(math.ceil(round(width, DECIMALS))))

    @property
    def noise(self) -> float:
        """Variance of what rounding adds to a released figure."""
        return self.step**2 / 12

    def agreement(self, agreement: float | None, answers: int) -> float | None:
        """Round an agreement to tenths, from 0 to what two people a rung above and below would leave.

        Beyond, it would say that all of `answers` are alike, or which role stands at which end.
        """
        if self.needed is None or agreement is None:
            return agreement
        most = 1 - 1 / (answers - 1)
        return max(0.0, _half_up(min(agreement, most) * 10) / 10)

    def distribution(
        self, answers: NDArray[np.int64], counting: NDArray[np.int64] | None = None
    ) -> tuple[float, ...] | None:
        """Shares 0-1 of the answers by rung, from how many each role gave on each (roles by rungs).

        `counting` are the answers by role of people who count towards k + 1, all unless given.

        Guarded, they are shares of three classes (`CLASSES`) in steps that stand for k people or more.
        Rounded is how many answered below a class, so that the shares make up the whole. None under two
        steps of people, and where a role has 1 to k answers.
        """
        people = int(answers.sum())
        below = answers.sum(axis=0).cumsum()
        if self.needed is None:
            return tuple(np.diff(below / people, prepend=0.0).tolist()) if people else None
        by_role = answers.sum(axis=1)
        behind = by_role if counting is None else counting
        parts = self.parts(int(behind.sum()))
        if parts is None or self.uncovers_roles(by_role, behind):
            return None
        steps = np.floor(np.round(below[list(CLASSES)] * parts / people, DECIMALS) + HALF)
        return tuple((np.diff(steps, prepend=0.0) / parts).tolist())

    def parts(self, people: int) -> int | None:
        """How many steps the distribution of so many answers may have; None where none may be shown."""
        return next((parts for parts in PARTS if people >= parts * self.minimum_group), None)

    def coverage(self, coverage: float | None) -> float | None:
        """Round a fraction to whole percent."""
        if self.needed is None or coverage is None:
            return coverage
        return _half_up(coverage * 100) / 100

    def uncovers_roles(self, answers_by_role: NDArray[np.int64], counting: NDArray[np.int64] | None = None) -> bool:
        """Tell whether some role has so few answers that a spread would speak of single people.

        `counting` are the answers of people who count towards k + 1, all unless given: a role that answered
        needs k + 1 of them.
        """
        if self.needed is None:
            return False
        behind = answers_by_role if counting is None else counting
        return bool(np.any((answers_by_role > 0) & (behind < self.needed)))


OPEN = Guard()


def guard(disclosure: Disclosure, minimum_group: int | None) -> Guard:
    """Build the guard for minimum group k, the questionnaire's own unless one is given.

    k is never under the least that there is.
    """
    chosen = disclosure.minimum_group if minimum_group is None else minimum_group
    k = max(chosen, LEAST_MINIMUM_GROUP)
    return Guard(k + 1, k, STEP, LOWEST, HIGHEST)


def share_band(count: int, people: int) -> ShareBand:
    """`count` of `people` as the only three shares that are ever released."""
    if count == 0:
        return "none"
    return "half or more" if count >= HALF * people else "some"


def _half_up(value: float) -> float:
    return math.floor(round(value, DECIMALS) + HALF)
