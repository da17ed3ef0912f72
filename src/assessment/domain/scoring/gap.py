"""Leadership-practitioner gap: where those who decide and those who do see different things (method 5)."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.stats import t as student

from assessment.domain.answers import DONT_KNOW, Flags, Values
from assessment.domain.disclosure import Guard
from assessment.domain.questionnaire import Kind, PerceptionGap
from assessment.domain.result import GapDimension, Interval, PerceptionGapResult, Verdict
from assessment.domain.scoring.authority import person_means
from assessment.domain.scoring.blueprint import Blueprint, Columns
from assessment.domain.scoring.cuts import at_least
from assessment.domain.scoring.tally import Counts, Tally

Floats = NDArray[np.float64]


class Sides(Struct, frozen=True):
    """Who stands on which side, and what is asked of the comparison; `counts` of answers by role and item."""

    index: PerceptionGap
    leaders: Flags
    practitioners: Flags
    counts: Counts


class Group(Struct, frozen=True):
    """One role in one function: people's means 0-100 on a dimension, and who they are.

    `answers` to each item by role, all roles of the function.
    """

    means: Floats
    answers: Counts
    people: Flags


def perception_gap(
    blueprint: Blueprint,
    index: PerceptionGap,
    values: Values,
    tally: Tally,
    role: NDArray[np.intp],
    members: Flags,
    guard: Guard,
) -> PerceptionGapResult:
    """Compare both roles within functions, so that who sits where does not look like a gap."""
    leaders, practitioners = (role == blueprint.roles.index(name) for name in (index.leader, index.practitioner))
    sides = Sides(index, leaders, practitioners, tally.counts)
    found = {
        dimension.id: _dimension(blueprint, number, values, sides, members, guard)
        for number, dimension in enumerate(blueprint.questionnaire.dimensions)
        if any(_asked_of_both(blueprint, index, function.dimensions[number]) for function in blueprint.functions)
    }
    gaps = np.asarray([gap.gap for gap in found.values() if gap is not None])
    dont_know = _dont_know(blueprint, sides, values, guard)
    goals = _goal_agreement(blueprint, values, sides, guard)
    return PerceptionGapResult(
        score=float(np.abs(gaps).mean()) if gaps.size else None,
        signed=float(gaps.mean()) if gaps.size else None,
        leader_dont_know=dont_know,
        goal_agreement=goals,
        dimensions={name: gap for name, gap in found.items() if gap is not None or guard.needed is not None},
        bounds=guard.bounds(leader_dont_know=dont_know, goal_agreement=goals),
    )


def _dimension(
    blueprint: Blueprint, dimension: int, values: Values, sides: Sides, members: Flags, guard: Guard
) -> GapDimension | None:
    index = sides.index
    candidates = [
        _pair(values, sides, members[:, number], _asked_of_both(blueprint, index, function.dimensions[dimension]))
        for number, function in enumerate(blueprint.functions)
    ]
    pairs = [pair for pair in candidates if min(len(group.means) for group in pair) >= index.minimum_people]
    leaders, practitioners = (_together([pair[side] for pair in pairs]) for side in (0, 1))
    if not pairs or guard.hides(leaders) or guard.hides(practitioners):
        return None
    small = any(guard.uncovers_roles(pair[0].answers) for pair in pairs)
    leader, practitioner = (
        float(guard.stepped(np.mean([pair[side].means.mean() for pair in pairs]))) for side in (0, 1)
    )
    gap = leader - practitioner
    interval = None if small else _interval(blueprint, pairs, gap, guard)
    return GapDimension(
        leader=leader,
        practitioner=practitioner,
        gap=gap,
        interval=interval,
        verdict=verdict(gap, interval, index),
        bounds=guard.bounds(leader=leader, practitioner=practitioner),
        leaders=leaders,
        practitioners=practitioners,
    )


def _asked_of_both(blueprint: Blueprint, index: PerceptionGap, columns: Columns) -> Columns:
    both = {index.leader, index.practitioner}
    return tuple(column for column in columns if both <= set(blueprint.questionnaire.items[column].roles))


def _pair(values: Values, sides: Sides, members: Flags, columns: Columns) -> tuple[Group, Group]:
    leaders, practitioners = (
        _group(values, rows & members, columns, sides.counts) for rows in (sides.leaders, sides.practitioners)
    )
    return leaders, practitioners


def _group(values: Values, rows: Flags, columns: Columns, counts: Counts) -> Group:
    chosen = np.asarray(columns, dtype=np.intp)
    means = person_means(values[np.ix_(rows, chosen)], 1)
    known = ~np.isnan(means)
    people = np.zeros(len(values), dtype=np.bool_)
    people[rows] = known
    return Group(means[known], counts[:, chosen], people)


def _together(groups: Sequence[Group]) -> int:
    """Count the people in any of the groups."""
    return int(np.any([group.people for group in groups], axis=0).sum())


def _interval(blueprint: Blueprint, pairs: Sequence[tuple[Group, Group]], gap: float, guard: Guard) -> Interval | None:
    """Welch-Satterthwaite interval around `gap`; none where nobody differs."""
    groups = [group for pair in pairs for group in pair]
    size = np.asarray([len(group.means) for group in groups])
    parts = np.asarray([group.means.var(ddof=1) for group in groups]) / size / len(pairs) ** 2
    variance = parts.sum()
    exact = np.nan
    if variance > 0:
        freedom = variance**2 / (parts**2 / (size - 1)).sum()
        confidence = blueprint.questionnaire.scoring.interval_confidence
        exact = float(student.ppf((1 + confidence) / 2, freedom) * np.sqrt(variance))
    width = guard.half_width(exact, int(size.min()))
    return None if width is None else (gap - width, gap + width)


def verdict(gap: float, interval: Interval | None, index: PerceptionGap) -> Verdict:
    """Verdict on a gap: indicative by size alone, confirmed where the interval excludes 0."""
    size = abs(gap)
    if not at_least(size, index.indicative_at):
        return "none"
    if interval is None or round(interval[0], 6) <= 0 <= round(interval[1], 6):
        return "indicative"
    return "strong" if at_least(size, index.strong_at) else "confirmed"


def _dont_know(blueprint: Blueprint, sides: Sides, values: Values, guard: Guard) -> float | None:
    """Leaders' share of "I don't know" on the items asked of both roles, 0-100."""
    items = blueprint.questionnaire.items
    practice = tuple(column for column, item in enumerate(items) if item.kind is Kind.PRACTICE)
    own = values[sides.leaders][:, _asked_of_both(blueprint, sides.index, practice)]
    dont_know, numeric = own == DONT_KNOW, own >= 0
    people = int((dont_know | numeric).any(axis=1).sum())
    if people == 0 or guard.hides(people):
        return None
    return guard.step_of(float(100 * dont_know.sum() / (dont_know.sum() + numeric.sum())))


def _goal_agreement(blueprint: Blueprint, values: Values, sides: Sides, guard: Guard) -> float | None:
    """Overlap of both roles' choices of a main purpose, 0-100."""
    goals = sides.index.goals
    if goals is None:
        return None
    options = len(blueprint.questionnaire.item[goals].options)
    column = values[:, blueprint.column[goals]]
    both = (sides.leaders, sides.practitioners)
    counts = [np.bincount(column[rows & (column >= 0)], minlength=options) for rows in both]
    if any(count.sum() == 0 or guard.hides(int(count.sum())) for count in counts):
        return None
    shares = [count / count.sum() for count in counts]
    return guard.step_of(float(100 * np.minimum(*shares).sum()))
