"""Find items whose score could decide an answer for someone who took part; method 6 allows to hide more.

A score is a weighted mean of 0-4 answers by role, so a released score leaves finitely many sums of answers by role. Of
very few people, some scores leave one possibility for a person's answer. Such an item is hidden whatever its score is:
only numbers of answers by role decide it, so that a hidden item tells nothing about the answers.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT, BoolArray, FloatArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.scoring.tally import CountArray, compute_item_scores

TOP = RUNG_COUNT - 1
# With more answers, no role weights that a questionnaire may have decide an answer.
MAX_DECIDED_ANSWERS = 5


def find_decided_items(guard: DisclosureGuard, counts: CountArray, base: FloatArray, full: int) -> BoolArray:
    """Mark items that must be hidden; `counts` are answers by role and item, `base` and `full` as in item scores."""
    decided = np.zeros(counts.shape[1], dtype=np.bool_)
    if guard.needed is None or guard.needed > MAX_DECIDED_ANSWERS:
        return decided
    total, weights = counts.sum(axis=0), tuple(base.tolist())
    for column in np.flatnonzero((total >= guard.needed) & (total <= MAX_DECIDED_ANSWERS)):
        decided[column] = decides_answer(guard, tuple(counts[:, column].tolist()), weights, full)
    return decided


def can_show_item(guard: DisclosureGuard, max_counts: Sequence[int], people: int, base: FloatArray, full: int) -> bool:
    """Return whether an item could be shown with at most so many answers by role, and of at most so many `people`."""
    if guard.needed is None:
        return True
    if people < guard.needed:
        return False
    if people > MAX_DECIDED_ANSWERS:
        return True
    weights = tuple(base.tolist())
    return any(
        guard.needed <= sum(counts) <= people and not decides_answer(guard, counts, weights, full)
        for counts in product(*(range(min(count, people) + 1) for count in max_counts))
    )


@lru_cache(maxsize=4096)
def decides_answer(guard: DisclosureGuard, counts: tuple[int, ...], base: tuple[float, ...], full: int) -> bool:
    """Return whether some released score of so many answers by role leaves one possibility for an answer."""
    sums = _list_sums(counts)
    numbers = np.asarray(counts)[:, None]
    scores = compute_item_scores(np.broadcast_to(numbers, sums.shape), sums, np.asarray(base), full)
    released = np.unique(guard.round_scores(scores), return_inverse=True)[1]
    roles = [role for role, count in enumerate(counts) if count]
    for role in roles:
        for total in _list_certain_sums(released, sums[role]):
            if counts[role] < guard.minimum_group or total in (0, TOP * counts[role]):
                return True
    return any(
        _decides_other_answer(released, sums, counts, role, insider_role)
        for role, insider_role in product(roles, roles)
        if counts[role] - (role == insider_role) == 1
    )


def _decides_other_answer(
    released: NDArray[np.intp], sums: CountArray, counts: Sequence[int], role: int, insider_role: int
) -> bool:
    """Return whether someone of `insider_role` could work out the answer of the only other one of `role`.

    Not at the ends of the ladder: respondents read that an extreme may show where all others chose it.
    """
    for own in range(RUNG_COUNT):
        others = sums[insider_role] - own
        is_possible = (others >= 0) & (others <= TOP * (counts[insider_role] - 1))
        answers = others if role == insider_role else sums[role]
        certain = _list_certain_sums(released[is_possible], answers[is_possible])
        if any(answer not in (0, TOP) for answer in certain):
            return True
    return False


def _list_sums(counts: Sequence[int]) -> CountArray:
    """All sums of answers by role, in columns."""
    axes = np.meshgrid(*(np.arange(TOP * count + 1) for count in counts), indexing="ij")
    return np.stack([axis.ravel() for axis in axes]).astype(np.int64)


def _list_certain_sums(released: NDArray[np.intp], sums: CountArray) -> list[int]:
    """Sums that are the only possible one behind some released score."""
    possible = np.zeros((int(released.max()) + 1, int(sums.max()) + 1), dtype=np.bool_)
    possible[released, sums] = True
    return [int(row.argmax()) for row in possible if np.count_nonzero(row) == 1]
