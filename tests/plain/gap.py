"""Leaders against practitioners (section 5 of the method)."""

import math

from tests.plain.instrument import DIMENSIONS, FUNCTIONS, GOALS, PURPOSES
from tests.plain.people import CUT, Person, mean
from tests.plain.readings import quantile, variance

SIDES = ("leader", "practitioner")
Groups = dict[str, list[float]]  # by side, people's means 0-100


def item_of_both(function: str, dimension: str) -> str:
    """The one item of each dimension that leaders and practitioners are both asked."""
    return f"{FUNCTIONS[function]}-{DIMENSIONS[dimension]}1"


def perception_gap(people: list[Person]) -> dict:
    dimensions = {name: found for name in DIMENSIONS if (found := _dimension(people, name))}
    gaps = [found["gap"] for found in dimensions.values()]
    return {
        "score": mean(map(abs, gaps)) if gaps else None,
        "signed": mean(gaps) if gaps else None,
        "leader_dont_know": _dont_know(people),
        "goal_agreement": _goals(people),
        "dimensions": dimensions,
    }


def _dimension(people: list[Person], dimension: str) -> dict | None:
    every = [_groups(people, item_of_both(function, dimension)) for function in FUNCTIONS]
    pairs = [groups for groups in every if all(len(groups[side]) >= 2 for side in SIDES)]
    if not pairs:
        return None
    leader, practitioner = (mean(mean(groups[side]) for groups in pairs) for side in SIDES)
    gap = leader - practitioner
    interval = _interval(gap, pairs)
    return {
        "leader": leader,
        "practitioner": practitioner,
        "gap": gap,
        "interval": interval,
        "verdict": _verdict(gap, interval),
    }


def _groups(people: list[Person], item: str) -> Groups:
    return {side: [25 * rung for p in people if p.role == side for rung in p.rungs([item])] for side in SIDES}


def _interval(gap: float, pairs: list[Groups]) -> list[float] | None:
    """Welch and Satterthwaite's; none where nobody differs."""
    groups = [groups[side] for groups in pairs for side in SIDES]
    parts = [variance(group) / len(group) / len(pairs) ** 2 for group in groups]
    if not sum(parts):
        return None
    below = sum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    width = quantile(sum(parts) ** 2 / below) * math.sqrt(sum(parts))
    return [gap - width, gap + width]


def _verdict(gap: float, interval: list[float] | None) -> str:
    size = round(abs(gap), CUT)
    if size < 15:
        return "none"
    if interval is None or round(interval[0], CUT) <= 0 <= round(interval[1], CUT):
        return "indicative"
    return "strong" if size >= 25 else "confirmed"


def _dont_know(people: list[Person]) -> float | None:
    """Leaders' "I don't know" among their answers to the items of both."""
    items = [item_of_both(function, dimension) for function in FUNCTIONS for dimension in DIMENSIONS]
    leaders = [person for person in people if person.role == "leader"]
    unsure = sum(person.answers.get(item) == "dk" for person in leaders for item in items)
    answers = unsure + sum(len(person.rungs(items)) for person in leaders)
    return 100 * unsure / answers if answers else None


def _goals(people: list[Person]) -> float | None:
    """How far both sides name the same main purpose."""
    named = {side: [p.answers.get(GOALS) for p in people if p.role == side] for side in SIDES}
    chosen = {side: [goal for goal in goals if goal in PURPOSES] for side, goals in named.items()}
    if not all(chosen.values()):
        return None
    return 100 * sum(min(chosen[side].count(goal) / len(chosen[side]) for side in SIDES) for goal in PURPOSES)
