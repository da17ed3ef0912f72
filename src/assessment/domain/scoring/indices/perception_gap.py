"""Index PG (perception gap): differences between the ratings of leaders and practitioners (method 5)."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from assessment.domain.answers import DONT_KNOW, AnswerValues, BoolArray, FloatArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.distributions import compute_student_quantile
from assessment.domain.questionnaire import Kind
from assessment.domain.questionnaire_rules import PerceptionGapIndex
from assessment.domain.result import FunctionResult, GapDimension, GapVerdict, GoalAnswers, PerceptionGapResult
from assessment.domain.scoring.blueprint import Blueprint, ItemColumns
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.cut_points import is_above, is_at_least, is_below
from assessment.domain.scoring.indices.gap_disclosure import GapItem, discloses_answer
from assessment.domain.scoring.indices.set_up_to_fail import compute_person_means
from assessment.domain.scoring.jackknife import MIN_STANDARD_ERROR
from assessment.domain.scoring.tally import EXPECTED_VARIANCE, POINTS_PER_RUNG

HALF_ROUNDING_STEP = 0.05
MAX_VARIANCE = 4.0  # of rungs: half at either end


class GapSides(Struct, frozen=True):
    """Masks of leaders and practitioners, and the parameters of the comparison.

    `counts` marks the people who count towards k + 1. `variance` is that of one person's mean, from released
    agreements; None without any.
    """

    index: PerceptionGapIndex
    leaders: BoolArray
    practitioners: BoolArray
    counts: BoolArray
    variance: float | None


class RoleMeans(Struct, frozen=True):
    """People's means 0-100 on a dimension for one role in one function, the mask of these people, and their items."""

    means: FloatArray
    people: BoolArray
    columns: ItemColumns

    def select_rows(self, rows: BoolArray) -> "RoleMeans":
        """Select people by mask."""
        return RoleMeans(self.means[rows[self.people]], self.people & rows, self.columns)


RolePair = tuple[RoleMeans, RoleMeans]  # leaders and practitioners of one function


def compute_perception_gap(
    computation: Computation, index: PerceptionGapIndex, functions: Mapping[str, FunctionResult]
) -> PerceptionGapResult:
    """Compare both roles within functions, so that their mix over functions does not appear as a gap."""
    blueprint, values, guard = computation.blueprint, computation.values, computation.guard
    leaders, practitioners = (
        computation.role == blueprint.roles.index(name) for name in (index.leader, index.practitioner)
    )
    sides = GapSides(index, leaders, practitioners, computation.counts, estimate_person_variance(functions))
    pairs = {
        dimension.id: _select_pairs(computation, number, sides)
        for number, dimension in enumerate(blueprint.questionnaire.dimensions)
        if any(_select_common_items(blueprint, index, function.dimensions[number]) for function in blueprint.functions)
    }
    dimensions = {name: _compute_gap_dimension(blueprint, cells, sides, guard) for name, cells in pairs.items()}
    withheld = tuple(
        name
        for name, gap in dimensions.items()
        if gap is not None and _discloses_answer(computation, index, pairs[name], gap)
    )
    dimensions |= dict.fromkeys(withheld)
    gaps = np.asarray([gap.gap for gap in dimensions.values() if gap is not None])
    dont_know = _compute_dont_know_share(blueprint, sides, values, guard)
    goals, goal_answers = _compute_goal_agreement(blueprint, values, sides, guard)
    return PerceptionGapResult(
        score=float(np.abs(gaps).mean()) if gaps.size else None,
        signed=float(gaps.mean()) if gaps.size else None,
        leader_dont_know=dont_know,
        goal_agreement=goals,
        dimensions={name: gap for name, gap in dimensions.items() if gap is not None or guard.needed is not None},
        bounds=guard.list_bounds(leader_dont_know=dont_know, goal_agreement=goals),
        goal_agreement_n=goal_answers,
        withheld=withheld,
    )


def _select_pairs(computation: Computation, dimension: int, sides: GapSides) -> list[RolePair]:
    """Leaders and practitioners by function, of the functions that enter a dimension."""
    blueprint, index, members = computation.blueprint, sides.index, computation.answers.functions
    candidates = [
        _pair_roles(
            computation.values,
            sides,
            members[:, number],
            _select_common_items(blueprint, index, function.dimensions[dimension]),
        )
        for number, function in enumerate(blueprint.functions)
    ]
    pairs = [pair for pair in candidates if min(len(cell.means) for cell in pair) >= index.minimum_people]
    return _drop_disclosive_people(pairs, sides, computation.guard)


def _discloses_answer(
    computation: Computation, index: PerceptionGapIndex, pairs: Sequence[RolePair], gap: GapDimension
) -> bool:
    """Return True if the means could decide an answer; only a function's single item is a figure of its own."""
    if any(len(leaders.columns) > 1 for leaders, _ in pairs):
        return False
    items = [
        GapItem(leaders.columns[0], (len(leaders.means), len(practitioners.means))) for leaders, practitioners in pairs
    ]
    return discloses_answer(computation, index, items, (gap.leader, gap.practitioner))


def _compute_gap_dimension(
    blueprint: Blueprint, pairs: Sequence[RolePair], sides: GapSides, guard: DisclosureGuard
) -> GapDimension | None:
    index = sides.index
    people_by_side = [_union_people([pair[side] for pair in pairs]) for side in (0, 1)] if pairs else []
    if not pairs or any(guard.must_hide(int((people & sides.counts).sum())) for people in people_by_side):
        return None
    leaders, practitioners = (int(people.sum()) for people in people_by_side)
    leader, practitioner = (
        float(guard.round_scores(np.mean([pair[side].means.mean() for pair in pairs]))) for side in (0, 1)
    )
    gap = leader - practitioner
    confidence = blueprint.questionnaire.scoring.interval_confidence
    if guard.needed is None:
        width = _compute_half_width(pairs, confidence)
    else:
        width = compute_released_half_width(guard, leaders, practitioners, sides.variance, confidence)
    return GapDimension(
        leader=leader,
        practitioner=practitioner,
        gap=gap,
        interval=None if width is None else (gap - width, gap + width),
        verdict=classify_gap(gap, width, index),
        bounds=guard.list_bounds(leader=leader, practitioner=practitioner),
        leaders=leaders,
        practitioners=practitioners,
        half_width=width,
    )


def _drop_disclosive_people(pairs: list[RolePair], sides: GapSides, guard: DisclosureGuard) -> list[RolePair]:
    """Remove people who don't count towards k + 1 from a side in which a function has 1 to k who do.

    Otherwise invented people in one function would fix its mean and so disclose the few answers in another one.
    """
    if guard.needed is None or sides.counts.all():
        return pairs
    has_few_counting = [
        any(guard.must_hide(int((pair[side].people & sides.counts).sum())) for pair in pairs) for side in (0, 1)
    ]
    filtered_pairs = [
        tuple(cell.select_rows(sides.counts) if few else cell for cell, few in zip(pair, has_few_counting, strict=True))
        for pair in pairs
    ]
    minimum_people = sides.index.minimum_people
    return [
        (leaders, practitioners)
        for leaders, practitioners in filtered_pairs
        if min(len(leaders.means), len(practitioners.means)) >= minimum_people
    ]


def _select_common_items(blueprint: Blueprint, index: PerceptionGapIndex, columns: ItemColumns) -> ItemColumns:
    both = {index.leader, index.practitioner}
    return tuple(column for column in columns if both <= set(blueprint.questionnaire.items[column].roles))


def _pair_roles(values: AnswerValues, sides: GapSides, members: BoolArray, columns: ItemColumns) -> RolePair:
    leaders, practitioners = (
        _compute_role_means(values, rows & members, columns) for rows in (sides.leaders, sides.practitioners)
    )
    return leaders, practitioners


def _compute_role_means(values: AnswerValues, rows: BoolArray, columns: ItemColumns) -> RoleMeans:
    chosen = np.asarray(columns, dtype=np.intp)
    means = compute_person_means(values[np.ix_(rows, chosen)], 1)
    has_mean = ~np.isnan(means)
    people = np.zeros(len(values), dtype=np.bool_)
    people[rows] = has_mean
    return RoleMeans(means[has_mean], people, columns)


def _union_people(cells: Sequence[RoleMeans]) -> BoolArray:
    """Mark the people who are in any of the cells."""
    return np.asarray(np.any([cell.people for cell in cells], axis=0))


def _compute_half_width(pairs: Sequence[RolePair], confidence: float) -> float | None:
    """Half-width at full precision; None if everyone answered alike.

    Errors are added per person, since one person may be in several functions. Degrees of freedom after Welch and
    Satterthwaite over the cells.
    """
    cells = [cell for pair in pairs for cell in pair]
    by_person = np.zeros(len(cells[0].people))
    for cell in cells:
        n = len(cell.means)
        by_person[cell.people] += (cell.means - cell.means.mean()) / (len(pairs) * np.sqrt(n * (n - 1)))
    error = float(np.sqrt(np.square(by_person).sum()))
    if error <= MIN_STANDARD_ERROR:
        return None
    size = np.asarray([len(cell.means) for cell in cells])
    parts = np.asarray([cell.means.var(ddof=1) for cell in cells]) / size / len(pairs) ** 2
    degrees_of_freedom = float(parts.sum() ** 2 / (parts**2 / (size - 1)).sum())
    return compute_student_quantile(degrees_of_freedom, (1 + confidence) / 2) * error


def compute_released_half_width(
    guard: DisclosureGuard, leaders: int, practitioners: int, variance: float | None, confidence: float
) -> float | None:
    """Half-width computed from released figures only, so that it discloses nothing new; None without a `variance`."""
    if variance is None:
        return None
    error = np.sqrt(variance * (1 / leaders + 1 / practitioners) + 2 * guard.noise)
    quantile = compute_student_quantile(leaders + practitioners - 2, (1 + confidence) / 2)
    return guard.round_half_width(float(quantile * error))


def estimate_person_variance(functions: Mapping[str, FunctionResult]) -> float | None:
    """Estimate the variance of one person's rating, in squared points, from the agreement of the valid functions.

    Conservative, since a released agreement may have been rounded up by half a tenth, or clipped at 0.
    """
    agreements = [f.agreement for f in functions.values() if f.score is not None and f.agreement is not None]
    if not agreements:
        return None
    item_variances = [EXPECTED_VARIANCE * (1 - r + HALF_ROUNDING_STEP) if r > 0 else MAX_VARIANCE for r in agreements]
    return float(POINTS_PER_RUNG**2 * np.mean(item_variances))


def classify_gap(gap: float, half_width: float | None, index: PerceptionGapIndex) -> GapVerdict:
    """Classify a gap by its size and its significance."""
    if half_width is None:
        return "untested"
    size = abs(gap)
    if not is_at_least(size, index.indicative_at):
        return "none" if is_below(size + half_width, index.strong_at) else "open"
    if not is_above(size, half_width):
        return "indicative"
    return "strong" if is_at_least(size, index.strong_at) else "confirmed"


def _compute_dont_know_share(
    blueprint: Blueprint, sides: GapSides, values: AnswerValues, guard: DisclosureGuard
) -> float | None:
    """Leaders' share (0-100) of "I don't know" on the items asked of both roles."""
    items = blueprint.questionnaire.items
    practice = tuple(column for column, item in enumerate(items) if item.kind is Kind.PRACTICE)
    own = values[sides.leaders][:, _select_common_items(blueprint, sides.index, practice)]
    dont_know, numeric = own == DONT_KNOW, own >= 0
    answered = (dont_know | numeric).any(axis=1)
    if not answered.any() or guard.must_hide(int((answered & sides.counts[sides.leaders]).sum())):
        return None
    return guard.round_score(float(100 * dont_know.sum() / (dont_know.sum() + numeric.sum())))


def _compute_goal_agreement(
    blueprint: Blueprint, values: AnswerValues, sides: GapSides, guard: DisclosureGuard
) -> tuple[float | None, GoalAnswers | None]:
    """Overlap (0-100) of both roles' choices of a main purpose, and the numbers of people who chose one."""
    goals = sides.index.goals
    if goals is None:
        return None, None
    options = len(blueprint.questionnaire.item[goals].options)
    column = values[:, blueprint.column[goals]]
    both = (sides.leaders, sides.practitioners)
    counts = [np.bincount(column[rows & (column >= 0)], minlength=options) for rows in both]
    counting_people = [int((rows & sides.counts & (column >= 0)).sum()) for rows in both]
    if any(count.sum() == 0 for count in counts) or any(guard.must_hide(people) for people in counting_people):
        return None, None
    shares = [count / count.sum() for count in counts]
    overlap = guard.round_score(float(100 * np.minimum(*shares).sum()))
    return overlap, GoalAnswers(*(int(count.sum()) for count in counts))
