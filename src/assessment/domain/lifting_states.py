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
    ends = np.column_stack([state.effort, state.levels, np.round(state.scores, CUT_DECIMALS)])
    _, first, group = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    ways = np.bincount(group.ravel(), weights=state.ways).astype(np.float64)
    kept = state.only(first)
    return State(kept.effort, kept.scores, kept.levels, kept.choices, ways)


def _frugal(state: State) -> State:
    """Drop what a cheaper choice equals."""
    kept: list[int] = []
    best: dict[int, float] = {}
    for effort in np.unique(state.effort):
        rows = np.flatnonzero(state.effort == effort).tolist()
        kept += [row for row in rows if not _beaten(best, int(state.levels[row]), float(state.scores[row]))]
        for row in rows:
            level = int(state.levels[row])
            best[level] = max(best.get(level, -np.inf), round(float(state.scores[row]), CUT_DECIMALS))
    return state.only(np.asarray(kept, dtype=np.intp))


def _beaten(best: dict[int, float], level: int, score: float) -> bool:
    return any(other >= level and top >= round(score, CUT_DECIMALS) for other, top in best.items())
