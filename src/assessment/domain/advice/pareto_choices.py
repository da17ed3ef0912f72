"""Combination of choices for several functions, with Pareto pruning instead of full enumeration."""

from collections.abc import Iterable
from functools import reduce

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import FloatArray
from assessment.domain.scoring.cut_points import CUT_DECIMALS


class ParetoChoices(Struct, frozen=True):
    """Combined choices, one row each: effort, contribution to the overall score, lowest level among the functions.

    `choices` has a column for each function; `combination_counts` counts the combinations with an equal outcome.
    """

    effort: FloatArray
    scores: FloatArray
    levels: NDArray[np.int64]
    choices: NDArray[np.int64]
    combination_counts: FloatArray

    def select_rows(self, rows: NDArray[np.intp]) -> "ParetoChoices":
        """Select rows by index."""
        return ParetoChoices(
            self.effort[rows], self.scores[rows], self.levels[rows], self.choices[rows], self.combination_counts[rows]
        )


def combine_choices(states: Iterable[ParetoChoices]) -> ParetoChoices:
    """Combine one choice per function and prune Pareto-dominated choices after each step.

    A choice is dominated if another of strictly less effort has at least its score and level. It is in no cheapest
    combination, so both the optimum and the number of ties are kept.
    """
    return reduce(
        lambda left, right: _prune_dominated_choices(_merge_equal_choices(_cross_choices(left, right))),
        map(_prune_dominated_choices, map(_merge_equal_choices, states)),
    )


def find_cheapest_choice(effort: FloatArray, scores: FloatArray, reaching: NDArray[np.intp]) -> int | None:
    """Index of the choice of least effort among `reaching`; ties go to the highest score."""
    if reaching.size == 0:
        return None
    order = np.lexsort((reaching, -np.round(scores[reaching], CUT_DECIMALS), effort[reaching]))
    return int(reaching[order[0]])


def _cross_choices(left: ParetoChoices, right: ParetoChoices) -> ParetoChoices:
    first, second = (grid.ravel() for grid in np.indices((len(left.effort), len(right.effort))))
    return ParetoChoices(
        effort=left.effort[first] + right.effort[second],
        scores=left.scores[first] + right.scores[second],
        levels=np.minimum(left.levels[first], right.levels[second]),
        choices=np.hstack([left.choices[first], right.choices[second]]),
        combination_counts=left.combination_counts[first] * right.combination_counts[second],
    )


def _merge_equal_choices(state: ParetoChoices) -> ParetoChoices:
    """Merge choices with equal effort, score and level into the first one, and add up their counts."""
    efforts, effort = np.unique(state.effort, return_inverse=True)
    points = np.rint(state.scores * 10**CUT_DECIMALS).astype(np.int64)
    least = points.min()
    key = ((points - least) * (int(state.levels.max()) + 1) + state.levels) * len(efforts) + effort.ravel()
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    combination_counts = np.bincount(group.ravel(), weights=state.combination_counts).astype(np.float64)
    merged = state.select_rows(first)
    return ParetoChoices(merged.effort, merged.scores, merged.levels, merged.choices, combination_counts)


def _prune_dominated_choices(state: ParetoChoices) -> ParetoChoices:
    """Drop choices that a choice of strictly less effort equals or exceeds in score and level."""
    order = np.argsort(state.effort, kind="stable")
    effort, levels = state.effort[order], state.levels[order]
    scores = np.round(state.scores[order], CUT_DECIMALS)
    cheaper = np.searchsorted(effort, effort, side="left")  # number of rows of strictly less effort
    beaten = np.zeros(len(order), dtype=np.bool_)
    for level in np.unique(levels):
        best = np.maximum.accumulate(np.where(levels >= level, scores, -np.inf))
        own = np.flatnonzero((levels == level) & (cheaper > 0))
        beaten[own] = best[cheaper[own] - 1] >= scores[own]
    return state.select_rows(np.sort(order[~beaten]))
