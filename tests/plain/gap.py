"""Leaders against practitioners (section 5 of the method)."""

import math

from tests.plain.derived_figures import NO_SPREAD, quantile, variance
from tests.plain.instrument import DIMENSIONS, FUNCTIONS, GOALS, PURPOSES, ROLES
from tests.plain.people import CUT, Person, mean
from tests.plain.release import DECIMALS, Rules
from tests.plain.scores import item_score
from tests.plain.withheld import decides_answer

SIDES = ("leader", "practitioner")
Groups = dict[str, dict[str, float]]  # by side and person, 0-100


def item_of_both(function: str, dimension: str) -> str:
    """The one item of each dimension that leaders and practitioners are both asked."""
    return f"{FUNCTIONS[function]}-{DIMENSIONS[dimension]}1"


def perception_gap(people: list[Person], functions: dict[str, dict], rules: Rules) -> dict:
    """`functions` are those of the result: a release takes its half-widths from their agreement."""
    found = {name: _dimension(people, name, functions, rules) for name in DIMENSIONS}
    withheld = [name for name, one in found.items() if one and _is_withheld(people, name, one, rules)]
    found |= dict.fromkeys(withheld)
    gaps = [one["gap"] for one in found.values() if one]
    goals = _goals(people, rules)
    return {
        "score": mean(map(abs, gaps)) if gaps else None,
        "signed": mean(gaps) if gaps else None,
        "leader_dont_know": rules.stepped(_dont_know(people, rules)),
        "goal_agreement": goals and goals[0],
        "goal_agreement_n": goals and goals[1],
        "dimensions": {name: one for name, one in found.items() if one or not rules.exact},
        "withheld": withheld,
    }


def _is_withheld(people: list[Person], dimension: str, gap: dict, rules: Rules) -> bool:
    if rules.needed is None:
        return False
    items = [item_of_both(function, dimension) for function in FUNCTIONS]
    counts = {item: {role: sum(p.role == role for p in people if p.rungs([item])) for role in ROLES} for item in items}
    entering = [item for item in items if all(counts[item][side] >= 2 for side in SIDES)]
    scores = [None if rules.away(people, item) else rules.stepped(item_score(people, item)) for item in entering]
    known = [(counts[item], score) for item, score in zip(entering, scores, strict=True)]
    return decides_answer(known, (gap["leader"], gap["practitioner"]), rules.needed - 1)


def _dimension(people: list[Person], dimension: str, functions: dict[str, dict], rules: Rules) -> dict | None:
    every = [_groups(people, item_of_both(function, dimension)) for function in FUNCTIONS]
    pairs = [groups for groups in every if all(len(groups[side]) >= 2 for side in SIDES)]
    counts = {side: len({name for groups in pairs for name in groups[side]}) for side in SIDES}
    if not pairs or not all(rules.enough(count) for count in counts.values()):
        return None
    leader, practitioner = (rules.stepped(mean(mean(groups[side].values()) for groups in pairs)) for side in SIDES)
    gap = leader - practitioner
    width = _half_width(pairs) if rules.exact else _released_half_width(counts, functions)
    return {
        "leader": leader,
        "practitioner": practitioner,
        "leaders": counts["leader"],
        "practitioners": counts["practitioner"],
        "gap": gap,
        "half_width": width,
        "interval": None if width is None else [gap - width, gap + width],
        "verdict": _verdict(gap, width),
    }


def _groups(people: list[Person], item: str) -> Groups:
    """By side, what each person says of one function."""
    return {side: {p.name: 25.0 * rung for p in people if p.role == side for rung in p.rungs([item])} for side in SIDES}


def _half_width(pairs: list[Groups]) -> float | None:
    """By person, over all functions a person sits in; degrees of freedom by Welch and Satterthwaite."""
    cells = [groups[side] for groups in pairs for side in SIDES]
    m, shares = len(pairs), dict[str, float]()
    for cell in cells:
        n, middle = len(cell), mean(cell.values())
        for name, figure in cell.items():
            shares[name] = shares.get(name, 0.0) + (figure - middle) / (m * math.sqrt(n * (n - 1)))
    error = math.sqrt(sum(share**2 for share in shares.values()))
    if error < NO_SPREAD:
        return None
    parts = [variance(list(cell.values())) / len(cell) / m**2 for cell in cells]
    below = sum(part**2 / (len(cell) - 1) for part, cell in zip(parts, cells, strict=True))
    return quantile(sum(parts) ** 2 / below) * error


def _released_half_width(counts: dict[str, int], functions: dict[str, dict]) -> float | None:
    """From released figures alone."""
    known = [f["agreement"] for f in functions.values() if f["score"] is not None and f["agreement"] is not None]
    if not known:
        return None
    spread = mean(1250 * (1.05 - r) if r else 2500 for r in known)
    leaders, practitioners = counts["leader"], counts["practitioner"]
    error = math.sqrt(spread * (1 / leaders + 1 / practitioners) + 25 / 6)
    return float(math.ceil(round(quantile(leaders + practitioners - 2) * error, DECIMALS)))


def _verdict(gap: float, width: float | None) -> str:
    if width is None:
        return "untested"
    size, width = round(abs(gap), CUT), round(width, CUT)
    if size < 15:
        return "none" if round(abs(gap) + width, CUT) < 25 else "open"
    if width >= size:
        return "indicative"
    return "strong" if size >= 25 else "confirmed"


def _dont_know(people: list[Person], rules: Rules) -> float | None:
    """Leaders' "I don't know" among their answers to the items of both."""
    items = [item_of_both(function, dimension) for function in FUNCTIONS for dimension in DIMENSIONS]
    leaders = [person for person in people if person.role == "leader"]
    counting = [p for p in leaders if p.rungs(items) or any(p.answers.get(item) == "dk" for item in items)]
    if not rules.enough(len(counting)):
        return None
    unsure = sum(person.answers.get(item) == "dk" for person in leaders for item in items)
    answers = unsure + sum(len(person.rungs(items)) for person in leaders)
    return 100 * unsure / answers if answers else None


def _goals(people: list[Person], rules: Rules) -> tuple[float | None, dict[str, int]] | None:
    """How far both sides name the same main purpose."""
    named = {side: [p.answers.get(GOALS) for p in people if p.role == side] for side in SIDES}
    chosen = {side: [goal for goal in goals if goal in PURPOSES] for side, goals in named.items()}
    if not all(goals and rules.enough(len(goals)) for goals in chosen.values()):
        return None
    overlap = 100 * sum(min(chosen[side].count(goal) / len(chosen[side]) for side in SIDES) for goal in PURPOSES)
    return rules.stepped(overlap), {side: len(goals) for side, goals in chosen.items()}
