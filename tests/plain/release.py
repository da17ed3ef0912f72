"""Release step: items left out and scores rounded before anything is computed from them (section 6 of the method)."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.plain.decided_items import decides_answer
from tests.plain.instrument import EVERYTHING, GOALS, ROLES, SCORED
from tests.plain.people import Person
from tests.plain.validity import asked_of, count_people_with_answer, numeric, out_of_scope

LOWEST, HIGHEST, STEP = 10, 90, 5
DECIMALS = 9  # takes the noise of floating point off before anything is rounded


@dataclass(frozen=True)
class Rules:
    """`needed` people stand behind a figure (k + 1); None: nothing is hidden or rounded."""

    needed: int | None = None

    @property
    def exact(self) -> bool:
        return self.needed is None

    def least(self, otherwise: int) -> int:
        return self.needed or otherwise

    def enough(self, people: int) -> bool:
        return self.needed is None or people >= self.needed

    def stepped(self, score: float | None) -> float | None:
        """To the nearest five, halves up, the ends taken together."""
        if score is None or self.needed is None:
            return score
        return float(min(HIGHEST, max(LOWEST, STEP * math.floor(round(score / STEP, DECIMALS) + 0.5))))

    def away(self, people: list[Person], item: str) -> bool:
        """Out of scope; in a release only where k + 1 say so, of more who were asked."""
        if not out_of_scope(people, item):
            return False
        if self.needed is None:
            return True
        return count_people_with_answer(people, item, "na") >= self.needed and asked_of(people, item) > self.needed

    def decided(self, people: list[Person]) -> set[str]:
        """Items and rows with enough numeric answers, whose score could tell someone's answer."""
        if self.needed is None:
            return set()
        return {item for item in SCORED if decides_answer(people, item, self.needed, self.stepped)}

    def without_few(self, people: list[Person]) -> list[Person]:
        """Items and rows with too few numeric answers are left out, as if never asked, and so are decided ones."""
        if self.needed is None:
            return people
        few = {item for item in EVERYTHING if item != GOALS and numeric(people, item) < self.needed}
        few |= self.decided(people)
        return [
            replace(person, answers={item: given for item, given in person.answers.items() if item not in few})
            for person in people
        ]

    def speaks_of_few(self, people: list[Person], items: list[str]) -> bool:
        """Return True if some role has 1 to k answers on any of the items."""
        if self.needed is None:
            return False
        counts = [
            sum(person.rung(item) is not None for person in people if person.role == role)
            for item in items
            for role in ROLES
        ]
        return any(0 < count < self.needed for count in counts)

    def agreement(self, found: float | None, fewest: int) -> float | None:
        """To the nearest tenth, at most what n - 1 alike would leave, at least 0."""
        if found is None or self.needed is None:
            return found
        return max(0.0, math.floor(round(10 * min(found, 1 - 1 / (fewest - 1)), DECIMALS) + 0.5) / 10)

    def percent(self, share: float | None) -> float | None:
        return share if share is None or self.needed is None else math.floor(round(100 * share, DECIMALS) + 0.5) / 100

    def half_width(self, quantile: float, error: float, squares: float, least: float = 1) -> float | None:
        """With what rounding adds, in whole points; exact where nothing is rounded, None where nobody differs."""
        if self.needed is None:
            return quantile * error if error else None
        return float(max(least, math.ceil(round(quantile * math.sqrt(error**2 + 25 / 12 * squares), DECIMALS))))


def weights_of(items: dict[str, float], figure: Callable[[dict[str, float]], float | None]) -> dict[str, float]:
    """Weight of each item in a figure that is linear in them: what one point more makes of it."""
    base = figure(items)
    assert base is not None
    weights = {item: (figure({**items, item: items[item] + 1}) or 0) - base for item in items}
    return {item: weight for item, weight in weights.items() if abs(weight) > 1e-9}
