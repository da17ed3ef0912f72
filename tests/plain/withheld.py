"""Gaps that would decide an answer: every world that fits, by integer programs."""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.plain.instrument import ROLES, WEIGHTS
from tests.plain.release import HIGHEST, LOWEST, STEP
from tests.plain.scores import FULL

TOP = 4
LARGE = 16  # of each role that answered: nothing is looked for
EDGE = 1e-5  # less than two possible means can differ by
EVERYTHING = (-1000.0, 1000.0)


@dataclass
class Worlds:
    """All sums of answers by item and role that fit; `known` are those already met."""

    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: list[int]
    known: list[list[int]] = field(default_factory=list)

    def ends(self, place: int, bounds: dict[int, tuple[int, int]]) -> set[int]:
        """Least and greatest sum at a place; one other sum is as good. Empty where nothing fits."""
        fitting = [w for w in self.known if all(a <= w[p] <= b for p, (a, b) in bounds.items())]
        sums = {world[place] for world in fitting}
        if len(sums) > 1:
            return sums
        for sign in (1, -1):
            world = self._solve(place, sign, bounds)
            if world is None:
                return set()
            self.known.append(world)
            sums.add(world[place])
            if len(sums) > 1:
                break
        return sums

    def _solve(self, place: int, sign: int, bounds: dict[int, tuple[int, int]]) -> list[int] | None:
        aim = np.zeros(len(self.counts))
        aim[place] = sign
        low, high = np.zeros(len(aim)), TOP * np.asarray(self.counts, dtype=float)
        for other, (least, most) in bounds.items():
            low[other], high[other] = least, most
        lines = LinearConstraint(self.matrix, self.low - EDGE, self.high - EDGE)
        found = milp(aim, integrality=np.ones(len(aim)), bounds=Bounds(low, high), constraints=lines)
        return [round(x) for x in found.x] if found.success else None


def decides_answer(items: list[tuple[dict[str, int], float | None]], means: tuple[float, float], k: int) -> bool:
    """Return True if the means of leaders and practitioners, or means a step away, would decide an answer.

    `items`: how many of each role answered, and the released score.
    """
    if all(n == 0 or n >= LARGE for counts, _ in items for n in counts.values()):
        return False
    leader, practitioner = means
    near = [(leader + step, practitioner) for step in (-STEP, STEP)] + [
        (leader, practitioner + s) for s in (-STEP, STEP)
    ]
    outcomes = [means, *(one for one in near if all(LOWEST <= mean <= HIGHEST for mean in one))]
    return any(_decides(items, outcome, k) for outcome in outcomes)


def _decides(items: list[tuple[dict[str, int], float | None]], means: tuple[float, float], k: int) -> bool:
    worlds = _worlds(items, means)
    for number, (counts, _) in enumerate(items):
        answered = {role: 3 * number + place for place, role in enumerate(ROLES) if counts[role]}
        if all(counts[role] >= LARGE for role in answered):
            continue
        for role, place in answered.items():
            sums = worlds.ends(place, {})
            if len(sums) == 1 and (counts[role] < k or sums <= {0, TOP * counts[role]}):
                return True
        for (role, place), (own_role, own_place) in product(answered.items(), answered.items()):
            if counts[role] - (role == own_role) != 1:
                continue
            for own in range(TOP + 1):
                sums = worlds.ends(place, {own_place: (own, own + TOP * (counts[own_role] - 1))})
                others = {total - own * (role == own_role) for total in sums}
                if len(others) == 1 and not others <= {0, TOP}:
                    return True
    return False


def _worlds(items: list[tuple[dict[str, int], float | None]], means: tuple[float, float]) -> Worlds:
    rows, windows = [], []
    for number, (counts, score) in enumerate(items):
        weight = {role: WEIGHTS[role] * min(1, counts[role] / FULL) for role in ROLES}
        row = np.zeros(3 * len(items))
        for place, role in enumerate(ROLES):
            if counts[role]:
                row[3 * number + place] = 25 * weight[role] / sum(weight.values()) / counts[role]
        rows.append(row)
        windows.append(EVERYTHING if score is None else _window(score))
    for side, mean in enumerate(means):
        row = np.zeros(3 * len(items))
        for number, (counts, _) in enumerate(items):
            row[3 * number + side] = 25 / len(items) / counts[ROLES[side]]
        rows.append(row)
        windows.append(_window(mean))
    low, high = (np.asarray(ends) for ends in zip(*windows, strict=True))
    return Worlds(np.asarray(rows), low, high, [counts[role] for counts, _ in items for role in ROLES])


def _window(score: float) -> tuple[float, float]:
    low = EVERYTHING[0] if score == LOWEST else score - STEP / 2
    return low, EVERYTHING[1] if score == HIGHEST else score + STEP / 2
