"""Find items whose scores in several releases together would decide few people's answers; method 6 allows to hide more.

People of one role whose answers came, went and changed together are a group; each of their answers is a cell, whose sum
nobody knows. Every released score is a line through these sums, somewhere within a step. Where all lines leave a small
cell one sum only, those who know who answered when can work it out.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT, Answers, AssessmentSettings, BoolArray, FloatArray
from assessment.domain.closed_sets import Mode
from assessment.domain.disclosure.decided_answers import get_window
from assessment.domain.disclosure.guard import DisclosureGuard, build_guard
from assessment.domain.disclosure.release_difference import align_answers
from assessment.domain.method import score_figures
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.domain.scoring.careless_responses import screen_responses
from assessment.domain.scoring.computation import select_usable_answers
from assessment.domain.scoring.tally import POINTS_PER_RUNG, compute_role_weights, count_answers, number_roles

TOP = RUNG_COUNT - 1
FLOAT_NOISE = 1e-7
# The solver accepts almost whole numbers: larger than its tolerance of a rung, times the points of a rung.
SOLVER_NOISE = 1e-4
STEPS = (1, -1)
NOBODY = -1

IntArray = NDArray[np.int64]


class Insider(NamedTuple):
    """Someone who knows their own answers: one in each cell of a group."""

    group: int
    answers: tuple[int, ...]


class ItemCells(Struct, frozen=True):
    """Cells of an item, and what one point more in their sums adds to its score in each release (releases x cells)."""

    weights: FloatArray
    windows: FloatArray  # of each release: from, and up to but not including
    people: IntArray
    totals: IntArray
    is_known: BoolArray  # of people who don't count: a consultant who invented them knows their answers
    groups: IntArray  # cells of the same people have the same group
    own: Sequence[Sequence[tuple[int, ...]]]  # of each group: different answers of one person, one for each cell

    def get_bounds(self, insider: Insider | None = None) -> tuple[IntArray, IntArray]:
        """Return the sums that are possible for an insider, or for someone who knows no answer."""
        low, high = np.zeros_like(self.people), TOP * self.people
        if insider is not None:
            cells = self.groups == insider.group
            low[cells] = insider.answers
            high[cells] += np.asarray(insider.answers) - TOP
        return np.where(self.is_known, self.totals, low), np.where(self.is_known, self.totals, high)

    def get_certain_bounds(self) -> tuple[IntArray, IntArray]:
        """Return the sums that are possible for someone who knows no answer, and for every insider."""
        low, high = self.get_bounds()
        for group, answers in enumerate(self.own):
            insiders = [self.get_bounds(Insider(group, own)) for own in answers]
            low = np.maximum(low, np.max([bounds[0] for bounds in insiders], axis=0))
            high = np.minimum(high, np.min([bounds[1] for bounds in insiders], axis=0))
        return low, high


def find_decided_items(
    questionnaire: Questionnaire, settings: AssessmentSettings, releases: Sequence[Answers]
) -> tuple[str, ...]:
    """Return the ids of the items whose scores in all these releases decide the answers of k people or fewer.

    `releases` are the submitted answers behind each. Neither the ids nor what few people changed must be shown.
    """
    if settings.mode == Mode.CONSENSUS or len(releases) == 1:
        return ()
    guard = build_guard(questionnaire.disclosure, settings.minimum_group)
    scored = [_select_scored_answers(questionnaire, guard, answers) for answers in releases]
    scores = [_list_scores(score_figures(questionnaire, answers, settings)) for answers in releases]
    names = tuple(dict.fromkeys(name for answers in scored for name in answers.respondents))
    values = np.stack([align_answers(answers, names)[0] for answers in scored])
    roles = np.stack([_number_roles(questionnaire, answers, names) for answers in scored])
    uncounted = {name for answers in scored for name in np.asarray(answers.respondents)[~answers.counting].tolist()}
    counts = np.asarray([name not in uncounted for name in names])
    items = []
    for column, item in enumerate(questionnaire.items):
        numbers = [number for number, by_item in enumerate(scores) if item.id in by_item]
        if len(numbers) > 1:
            windows = np.asarray([get_window(guard, scores[number][item.id]) for number in numbers])
            cells = _build_cells(questionnaire, values[numbers, :, column], roles[numbers], counts, windows)
            if decides_few_people(guard, cells):
                items.append(item.id)
    return tuple(items)


def _select_scored_answers(questionnaire: Questionnaire, guard: DisclosureGuard, answers: Answers) -> Answers:
    """Select the answers that scores are computed from: not those of careless people, nor all of uncounted ones."""
    chosen = answers.select_rows(screen_responses(questionnaire, answers).is_kept)
    names = [role.id for role in questionnaire.roles]
    role, counts = number_roles(chosen, names), chosen.counting
    counting = count_answers(chosen.values[counts], role[counts], len(names)).counts
    return replace(chosen, values=select_usable_answers(chosen.values, counts, role, counting, guard))


def _list_scores(result: Result) -> dict[str, float]:
    """Released scores of items, hand-off rows and personal items."""
    functions = result.functions.values()
    parts = [part.items for function in functions for part in function.dimensions.values()]
    parts += [*(function.hand_off.rows for function in functions), result.personal]
    return {name: item.score for part in parts for name, item in part.items() if item.score is not None}


def _number_roles(questionnaire: Questionnaire, answers: Answers, names: Sequence[str]) -> IntArray:
    """Return the role of each name as its place in the questionnaire; NOBODY for people without answers."""
    number = {role.id: place for place, role in enumerate(questionnaire.roles)}
    own = dict(zip(answers.respondents, answers.roles, strict=True))
    return np.asarray([number[own[name]] if name in own else NOBODY for name in names])


def _build_cells(
    questionnaire: Questionnaire, values: NDArray[np.int8], roles: IntArray, counts: BoolArray, windows: FloatArray
) -> ItemCells:
    """Group people by role and by which of their answers stands in which release; both are releases x people."""
    is_numeric = values >= 0
    some = is_numeric.any(axis=0)
    values, roles, is_numeric = values[:, some], np.where(is_numeric, roles, NOBODY)[:, some], is_numeric[:, some]
    first = np.where(is_numeric, np.argmax(values[None, :] == values[:, None], axis=1), NOBODY)
    keys, group = np.unique(np.vstack([roles, first, counts[some]]), axis=1, return_inverse=True)
    group = group.reshape(-1)
    shares = _compute_shares(questionnaire, roles)
    count = len(values)
    weights: list[FloatArray] = []
    cells: list[tuple[int, int, int, bool]] = []  # people, total, group, whether known
    own: list[list[tuple[int, ...]]] = []
    for number in range(keys.shape[1]):
        role, pattern, is_counting = keys[:count, number], keys[count : 2 * count, number], keys[-1, number]
        stands = np.unique(pattern[pattern != NOBODY])
        answers = values[stands][:, group == number].astype(np.int64)
        own.append([tuple(one) for one in np.unique(answers, axis=1).T.tolist()])
        for place, total in zip(stands, answers.sum(axis=1).tolist(), strict=True):
            weights.append(np.where(pattern == place, shares[np.arange(count), role], 0.0))
            cells.append((answers.shape[1], total, number, not is_counting))
    people, totals, groups, is_known = (np.asarray(column) for column in zip(*cells, strict=True))
    return ItemCells(np.stack(weights, axis=1), windows, people, totals, is_known, groups, own)


def _compute_shares(questionnaire: Questionnaire, roles: IntArray) -> FloatArray:
    """Points that one rung of one answer adds to the item's score, by release and role (method 4)."""
    base = np.asarray([role.weight for role in questionnaire.roles])
    counts = np.stack([(roles == number).sum(axis=1) for number in range(len(base))])
    weights = compute_role_weights(counts, base, questionnaire.scoring.full_weight_answers)
    return np.asarray((POINTS_PER_RUNG * weights / weights.sum(axis=0) / np.maximum(1, counts)).T)


def decides_few_people(guard: DisclosureGuard, cells: ItemCells) -> bool:
    """Return whether all releases together decide the sum of k people or fewer, which no single one decides."""
    scores = cells.weights @ cells.totals
    if not _are_inside(cells, scores[:, None]).all():
        return True  # the cells don't explain what was released: nothing can be said about it
    return any(
        not _is_certainly_open(cells, cell) and _is_decided_for_anyone(cells, cell)
        for cell in np.flatnonzero((cells.people <= guard.minimum_group) & ~cells.is_known).tolist()
    )


def _is_certainly_open(cells: ItemCells, cell: int) -> bool:
    """Return whether one point more or less, and some points in one other cell, fit all releases: the usual case."""
    low, high = cells.get_certain_bounds()
    # Someone alone in a cell is the victim; those who know that answer are nobody else.
    own_low, own_high = (0, TOP) if cells.people[cell] == 1 else (low[cell], high[cell])
    scores = cells.weights @ cells.totals
    others = np.arange(len(cells.totals)) != cell
    for step in STEPS:
        if not own_low <= cells.totals[cell] + step <= own_high:
            continue
        moved = scores + step * cells.weights[:, cell]
        if _are_inside(cells, moved[:, None]).all():
            return True
        # The least and the greatest change of one other cell that takes every score back into its window.
        with np.errstate(divide="ignore", invalid="ignore"):
            room = (cells.windows - moved[:, None])[:, :, None] / cells.weights[:, None, :]
            room[np.isnan(room)] = 0.0
            least = np.maximum(np.ceil(room[:, 0].max(axis=0)), low - cells.totals)
            most = np.minimum(np.floor(room[:, 1].min(axis=0)), high - cells.totals)
            change = np.clip(0.0, least, np.maximum(least, most))
            fits = _are_inside(cells, moved[:, None] + change * cells.weights)
        if (fits & others & (least <= change) & (change <= most)).any():
            return True
    return False


def _are_inside(cells: ItemCells, scores: FloatArray) -> BoolArray:
    """Return which columns of scores are in the windows of all releases."""
    low, high = (cells.windows[:, end, None] - FLOAT_NOISE for end in (0, 1))
    return np.asarray(((low <= scores) & (scores < high)).all(axis=0))


def _list_insiders(cells: ItemCells, cell: int) -> Iterator[Insider | None]:
    """Yield None (an outsider), then each possible insider, but not the only member of the cell."""
    yield None
    for group, answers in enumerate(cells.own):
        if group != cells.groups[cell] or cells.people[cell] > 1:
            yield from (Insider(group, own) for own in answers)


def _is_decided_for_anyone(cells: ItemCells, cell: int) -> bool:
    """Return whether all releases, and no single one, decide a cell's sum for someone who may know an own answer."""
    releases = list(range(len(cells.windows)))
    others: list[FloatArray] = []  # sums that give what is released, with another sum of the cell
    for insider in _list_insiders(cells, cell):
        low, high = bounds = cells.get_bounds(insider)
        if any(((low <= sums) & (sums <= high)).all() for sums in others):
            continue
        ends = [_find_end(cells, cell, bounds, releases, step) for step in STEPS]
        other = next((sums for sums in ends if sums is not None and sums[cell] != cells.totals[cell]), None)
        if other is not None:
            others.append(other)
        elif not any(_is_decided_alone(cells, cell, bounds, release) for release in releases):
            return True
    return False


def _is_decided_alone(cells: ItemCells, cell: int, bounds: tuple[IntArray, IntArray], release: int) -> bool:
    """Return whether a single release decides the sum of a cell; False if that is not certain."""
    ends = [_find_end(cells, cell, bounds, [release], step) for step in STEPS]
    return all(sums is not None and sums[cell] == cells.totals[cell] for sums in ends)


def _find_end(
    cells: ItemCells, cell: int, bounds: tuple[IntArray, IntArray], releases: Sequence[int], step: int
) -> FloatArray | None:
    """Return sums that give what these releases show, with the greatest (or, by step, least) one of a cell.

    None if the solver gives up, or finds sums that don't fit: the true sums are a solution.
    """
    # Loaded here because it takes longer than all other imports, and few releases need it.
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - see above

    windows = cells.windows[releases]
    lines = LinearConstraint(cells.weights[releases], windows[:, 0] - FLOAT_NOISE, windows[:, 1] - SOLVER_NOISE)
    goal = np.zeros(len(cells.totals))
    goal[cell] = -step
    result = milp(goal, integrality=np.ones_like(goal), bounds=Bounds(*bounds), constraints=lines)
    if not result.success:
        return None
    sums = np.round(result.x)
    scores = cells.weights[releases] @ sums
    is_inside = (windows[:, 0] - FLOAT_NOISE <= scores) & (scores < windows[:, 1] - FLOAT_NOISE)
    return np.asarray(sums) if is_inside.all() else None  # the solver's numbers are only almost whole
