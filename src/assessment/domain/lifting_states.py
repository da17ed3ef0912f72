"""Choices for several functions, combined without trying every combination."""

from collections.abc import Iterable
from functools import reduce

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.scoring.cuts import CUT_DECIMALS
from assessment.domain.scoring.rollup import Floats


class State(Struct, frozen=True):
    """What choices lead to: their effort, their part of the score, the lowest level among them.

    `choices` has a column for each function; `ways` counts the combinations that end alike.
    """

    effort: Floats
    scores: Floats
    levels: NDArray[np.int64]
    choices: NDArray[np.int64]
    ways: Floats

    def only(self, kept: NDArray[np.intp]) -> "State":
        """Return the rows numbered `kept`."""
        return State(self.effort[kept], self.scores[kept], self.levels[kept], self.choices[kept], self.ways[kept])


def combined(states: Iterable[State]) -> State:
    """Combine one choice for each function; what costs more and brings nothing is dropped on the way.

    A choice that another of strictly less effort equals in score and level is in no cheapest
    combination, so neither the cheapest nor the number of its equals is lost.
    """
    return reduce(lambda one, other: _frugal(_alike(_crossed(one, other))), map(_frugal, map(_alike, states)))


def least(effort: Floats, scores: Floats, reaching: NDArray[np.intp]) -> int | None:
    """Of those that reach the goal the one of least effort, of these the one with the highest score."""
    if reaching.size == 0:
        return None
    order = np.lexsort((reaching, -np.round(scores[reaching], CUT_DECIMALS), effort[reaching]))
    return int(reaching[order[0]])


def _crossed(one: State, other: State) -> State:
    first, second = (grid.ravel() for grid in np.indices((len(one.effort), len(other.effort))))
    return State(
        effort=one.effort[first] + other.effort[second],
        scores=one.scores[first] + other.scores[second],
        levels=np.minimum(one.levels[first], other.levels[second]),
        choices=np.hstack([one.choices[first], other.choices[second]]),
        ways=one.ways[first] * other.ways[second],
    )


def _alike(state: State) -> State:
    """Keep the first of those that end alike, and count them."""
    efforts, effort = np.unique(state.effort, return_inverse=True)
    points = np.rint(state.scores * 10**CUT_DECIMALS).astype(np.int64)
    least = points.min()
    key = ((points - least) * (int(state.levels.max()) + 1) + state.levels) * len(efforts) + effort.ravel()
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    ways = np.bincount(group.ravel(), weights=state.ways).astype(np.float64)
    kept = state.only(first)
    return State(kept.effort, kept.scores, kept.levels, kept.choices, ways)


def _frugal(state: State) -> State:
    """Drop what a cheaper choice equals."""
    order = np.argsort(state.effort, kind="stable")
    effort, levels = state.effort[order], state.levels[order]
    scores = np.round(state.scores[order], CUT_DECIMALS)
    cheaper = np.searchsorted(effort, effort, side="left")  # rows of strictly less effort stand before
    beaten = np.zeros(len(order), dtype=np.bool_)
    for level in np.unique(levels):
        best = np.maximum.accumulate(np.where(levels >= level, scores, -np.inf))
        own = np.flatnonzero((levels == level) & (cheaper > 0))
        beaten[own] = best[cheaper[own] - 1] >= scores[own]
    return state.only(np.sort(order[~beaten]))
