"""Find leader-practitioner gaps that leave only one possibility for an answer; method 6 allows to hide more.

The released score of each function's item and the means of both sides leave finitely many sums of answers by role. The
search tries them all. It needs only what is known anyway: numbers of answers, item scores and both means. So a hidden
gap tells no more than that its means are among those that would decide an answer, or next to them.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from math import inf

import numpy as np
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT, BoolArray, FloatArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.disclosure.item_sums import FLOAT_NOISE, SIDES, TOP, ItemSums, Window, pick_evenly
from assessment.domain.disclosure.open_answers import find_open_items
from assessment.domain.scoring.tally import POINTS_PER_RUNG

LARGE_ROLE = 16  # an item of which every role has as many answers decides nobody's
MIN_OPEN_SUMS = 2
BATCHES = (2, 8, 64, 4096)  # combinations of the other items, tried until enough are possible; 2 are mostly enough
GOLDEN_RATIO = 0.6180339887498949  # its multiples spread evenly
ONE_SUM = np.asarray([[0, 0], [0, 1]])  # `counted` where there is no other item
ONE_MEAN = np.zeros(1)

Means = tuple[float, float]  # of leaders and practitioners
Windows = tuple[Window, ...]  # likewise


def is_large_item(counts: Sequence[int]) -> bool:
    """Return whether every role that answered has so many answers that none of them can be decided."""
    return all(count == 0 or count >= LARGE_ROLE for count in counts)


class GapItems:
    """The items of all functions that are in the gap of one dimension."""

    def __init__(self, items: Sequence[ItemSums]) -> None:
        self.items = tuple(items)
        self._combinations: dict[int, FloatArray] = {}

    def decides_answer(self, guard: DisclosureGuard, *several: Means) -> bool:
        """Return whether some of these means of leaders and practitioners leave only one possibility for an answer."""
        windows = [tuple(get_window(guard, mean) for mean in means) for means in several]
        is_open = [find_open_items(self.items, one) for one in windows]
        for number, item in enumerate(self.items):
            unproven = [one for one, known in zip(windows, is_open, strict=True) if not known[number]]
            is_searched = bool(unproven) and not is_large_item(item.counts)
            if is_searched and self._decides_item(number, unproven, guard.minimum_group):
                return True
        return False

    def is_possible(self, guard: DisclosureGuard, means: Means) -> bool:
        """Return whether some answers give the scores and these means."""
        windows = tuple(get_window(guard, mean) for mean in means)
        return bool(self._complete(0, self._combine_others(0), [windows]).any())

    def _decides_item(self, number: int, several: Sequence[Windows], group: int) -> bool:
        """Return whether with some windows all possible answers have one answer to this item in common.

        Windows in which nothing is possible don't count.
        """
        item = self.items[number]
        left = np.zeros((len(several), len(item.cells[0])), dtype=np.bool_)
        combinations, tried, undecided = self._combine_others(number), 0, [*range(len(several))]
        for batch in BATCHES:
            if tried >= len(combinations) or not undecided:
                break
            left[undecided] |= self._complete(number, combinations[tried:batch], [several[one] for one in undecided])
            tried = batch
            undecided = [one for one in undecided if not _leaves_open(item, left[one], group, is_last=False)]
        return any(left[one].any() and not _leaves_open(item, left[one], group, is_last=True) for one in undecided)

    def _list_others(self, number: int) -> tuple[ItemSums, ...]:
        return self.items[:number] + self.items[number + 1 :]

    def _combine_others(self, number: int) -> FloatArray:
        """Sums of both sides' means over all other items but the last, in rows, those far apart first."""
        if number not in self._combinations:
            sums = np.zeros((1, SIDES))
            for item in self._list_others(number)[:-1]:
                own = np.stack([means[places] for means, places in zip(item.means, item.cells, strict=True)], axis=1)
                own = pick_evenly(own, BATCHES[-1])
                sums = pick_evenly((sums[:, None, :] + own[None, :, :]).reshape(-1, SIDES), BATCHES[-1])
            self._combinations[number] = sums[_order_far_apart(len(sums))]
        return self._combinations[number]

    def _complete(self, number: int, combinations: FloatArray, several: Sequence[Windows]) -> BoolArray:
        """Which cells of an item give both means with a combination and some cell of the last item; a row per windows.

        All windows are tried at once: for few people the calls cost more than what they compute.
        """
        item, others = self.items[number], self._list_others(number)
        last = others[-1] if others else None
        edges = (np.asarray(several) - FLOAT_NOISE) * len(self.items) / POINTS_PER_RUNG  # by windows, side and end
        ends = []
        for side in range(SIDES):
            rest = combinations[:, side][:, None] + item.means[side][None, :]
            sums = ONE_MEAN if last is None else last.means[side]
            places = sums.searchsorted(edges[:, side, :, None, None] - rest)
            ends.append(places[..., item.cells[side]].swapaxes(0, 1))
        counted = ONE_SUM if last is None else last.counted
        (first_row, last_row), (first_column, last_column) = ends[0] * counted.shape[1], ends[1]
        count = counted.ravel().take
        number_left = count(last_row + last_column) - count(first_row + last_column)
        number_left += count(first_row + first_column) - count(last_row + first_column)
        return np.asarray((number_left > 0).any(axis=1))


def must_hide_gap(guard: DisclosureGuard, items: Sequence[ItemSums], means: Means) -> bool:
    """Return whether these means, or means one step away, leave only one possibility for an answer.

    With the neighbours, what is hidden always has means among its possible ones that decide nothing.
    """
    if guard.needed is None or all(is_large_item(item.counts) for item in items):
        return False
    return GapItems(items).decides_answer(guard, *_list_neighbours(guard, means))


@lru_cache(maxsize=64)
def _order_far_apart(number: int) -> NDArray[np.intp]:
    """Order in which neighbours are far apart, so that the first few stand for all."""
    return np.argsort(np.arange(number) * GOLDEN_RATIO % 1)


def get_window(guard: DisclosureGuard, score: float) -> Window:
    """Exact values that are released as `score`; everything for a score that is not shown (NaN)."""
    if np.isnan(score):
        return -inf, inf
    half = guard.step / 2
    return (-inf if score <= guard.lowest else score - half, inf if score >= guard.highest else score + half)


def _list_neighbours(guard: DisclosureGuard, means: Means) -> Iterator[Means]:
    yield means
    for side, step in product((0, 1), (-guard.step, guard.step)):
        moved = means[side] + step
        if guard.lowest <= moved <= guard.highest:
            yield (moved, means[1]) if side == 0 else (means[0], moved)


def _leaves_open(item: ItemSums, left: BoolArray, group: int, *, is_last: bool) -> bool:
    """Return whether the sums of both sides that are `left` leave every answer open, also for someone who took part.

    Until the last batch of combinations, an insider's answer that is not possible yet may become so.
    """
    roles = [role for role, count in enumerate(item.counts) if count]
    for role in roles:
        sums = item.list_sums(role, left)
        if len(sums) < MIN_OPEN_SUMS and (
            len(sums) == 0 or item.counts[role] < group or sums[0] in (0, TOP * item.counts[role])
        ):
            return False
    for role, insider_role in product(roles, roles):
        if item.counts[role] - (role == insider_role) != 1:
            continue
        for own in range(RUNG_COUNT):
            sums = item.list_sums(role, left, (insider_role, own)) - (own if role == insider_role else 0)
            if len(sums) == 0 and (is_last or not item.is_possible((insider_role, own))):
                continue
            if len(sums) == 0 or (len(sums) == 1 and sums[0] not in (0, TOP)):
                return False
    return True
