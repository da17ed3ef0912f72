"""Sums of answers that can stand behind a released item score."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT, BoolArray, FloatArray

SIDES = 2  # the first two roles are those of the gap: leaders and practitioners
TOP = RUNG_COUNT - 1
FLOAT_NOISE = 1e-7
# Large groups leave so much open that a part of their sums is enough to show it.
MAX_AXIS, MAX_REST = 61, 500

Window = tuple[float, float]  # from, and up to but not including
Insider = tuple[int, int]  # role and own answer


class ItemSums:
    """Sums of answers that can stand behind the released score of one function's item.

    `points` are the points that one rung of one answer adds to the score, by role; the first two roles are leaders and
    practitioners, the sides of the gap. `others` holds more answers as (number, points), of people who are in the score
    but not in the gap. A cell is a pair of sums of both sides that the score leaves possible.
    """

    def __init__(
        self, counts: Sequence[int], points: Sequence[float], window: Window, others: Sequence[tuple[int, float]] = ()
    ) -> None:
        self.counts, self.points, self.window = tuple(counts), tuple(points), window
        self.others = tuple(others)
        self._low, self._high = window[0] - FLOAT_NOISE, window[1] - FLOAT_NOISE
        self._fitting: dict[tuple[int, Insider | None], BoolArray] = {}
        self._cells_of: dict[Insider, BoolArray] = {}

    @cached_property
    def means(self) -> tuple[FloatArray, ...]:
        """Means of both sides by row and by column."""
        return tuple(axis / count for axis, count in zip(self._axes, self.counts[:SIDES], strict=True))

    @cached_property
    def cells(self) -> tuple[NDArray[np.intp], ...]:
        """Rows and columns of the cells."""
        return np.nonzero(self._possible)

    @cached_property
    def counted(self) -> NDArray[np.int64]:
        """Number of cells up to each row and column, to count those in a rectangle."""
        counted = np.zeros((self._possible.shape[0] + 1, self._possible.shape[1] + 1), dtype=np.int64)
        counted[1:, 1:] = self._possible.cumsum(axis=0).cumsum(axis=1)
        return counted

    @cached_property
    def _axes(self) -> list[NDArray[np.int64]]:
        return [pick_evenly(np.arange(TOP * count + 1), MAX_AXIS) for count in self.counts[:SIDES]]

    @cached_property
    def _grid(self) -> FloatArray:
        return np.asarray(self._axes[0][:, None] * self.points[0] + self._axes[1][None, :] * self.points[1])

    @cached_property
    def _possible(self) -> BoolArray:
        return self._fits(self._list_rest(None), self._grid)

    @cached_property
    def _bases(self) -> FloatArray:
        return np.asarray(self._grid[self.cells])

    @cached_property
    def _sums(self) -> tuple[NDArray[np.int64], ...]:
        return tuple(axis[places] for axis, places in zip(self._axes, self.cells, strict=True))

    def list_sums(self, role: int, left: BoolArray, insider: Insider | None = None) -> NDArray[np.int64]:
        """Sums of `role` that the cells `left` allow; an insider's answer is known."""
        if insider is not None:
            left = left & self._get_cells_of_insider(insider)
        if role < SIDES:
            return np.bincount(self._sums[role][left]).nonzero()[0]
        if insider is not None and insider[0] < SIDES:
            insider = None
        return np.flatnonzero(self._split_by_sum(role, insider)[:, left].any(axis=1))

    def is_possible(self, insider: Insider) -> bool:
        """Return whether some cell allows an insider's answer."""
        return bool(self._get_cells_of_insider(insider).any())

    def _get_cells_of_insider(self, insider: Insider) -> BoolArray:
        if insider not in self._cells_of:
            self._cells_of[insider] = self._find_cells_of_insider(insider)
        return self._cells_of[insider]

    def _find_cells_of_insider(self, insider: Insider) -> BoolArray:
        role = insider[0]
        lowest, highest = self._get_bounds(*insider)
        if role < SIDES:
            return np.asarray((lowest <= self._sums[role]) & (self._sums[role] <= highest))
        return np.asarray(self._split_by_sum(role, None)[lowest : highest + 1].any(axis=0))

    def _split_by_sum(self, role: int, insider: Insider | None) -> BoolArray:
        """Which cells are possible with each sum of a third role, in rows."""
        key = (role, insider)
        if key not in self._fitting:
            rest, sums = self._list_rest(role, insider), np.arange(TOP * self.counts[role] + 1)
            fitting = self._fits(rest, self._bases[None, :] + sums[:, None] * self.points[role])
            if insider is not None and insider[0] == role:
                lowest, highest = self._get_bounds(*insider)
                fitting[:lowest], fitting[highest + 1 :] = False, False
            self._fitting[key] = fitting
        return self._fitting[key]

    def _get_bounds(self, role: int, own: int) -> tuple[int, int]:
        return own, own + TOP * (self.counts[role] - 1)

    def _fits(self, rest: FloatArray, bases: FloatArray) -> BoolArray:
        if len(rest) == 1:
            return np.asarray((self._low - bases <= rest) & (rest < self._high - bases))
        first = np.searchsorted(rest, self._low - bases)
        return np.asarray(np.searchsorted(rest, self._high - bases) > first)

    def _list_rest(self, without: int | None, insider: Insider | None = None) -> FloatArray:
        """Points that all answers but those of both sides, and of the role `without`, can add; ascending."""
        rest = np.zeros(1)
        for role in range(SIDES, len(self.counts)):
            if role != without and self.counts[role]:
                lowest, highest = (0, TOP * self.counts[role])
                if insider is not None and insider[0] == role:
                    lowest, highest = self._get_bounds(*insider)
                rest = _add_sums(rest, self.points[role], lowest, highest)
        for count, points in self.others:
            rest = _add_sums(rest, points, 0, TOP * count)
        return rest


def _add_sums(rest: FloatArray, points: float, lowest: int, highest: int) -> FloatArray:
    every = np.add.outer(rest, points * np.arange(lowest, highest + 1))
    return pick_evenly(np.unique(np.round(every, 9)), MAX_REST)


def pick_evenly(values: NDArray[Any], highest: int) -> NDArray[Any]:
    """All values, or `highest` of them from the first to the last."""
    if len(values) <= highest:
        return values
    return np.asarray(values[np.linspace(0, len(values) - 1, highest).astype(np.intp)])
