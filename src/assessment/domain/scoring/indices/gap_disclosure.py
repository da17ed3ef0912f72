"""Find gaps between leaders and practitioners that disclose an answer next to the released scores of their items."""

import math
from collections.abc import Sequence

from msgspec import Struct

from assessment.domain.disclosure.decided_answers import Means, get_window, is_large_item, must_hide_gap
from assessment.domain.disclosure.item_sums import SIDES, ItemSums
from assessment.domain.questionnaire_rules import PerceptionGapIndex
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.tally import POINTS_PER_RUNG


class GapItem(Struct, frozen=True):
    """The item of a function that is in a gap, and the numbers of leaders and practitioners who are."""

    column: int
    people: tuple[int, int]


def discloses_answer(
    computation: Computation, index: PerceptionGapIndex, items: Sequence[GapItem], means: Means
) -> bool:
    """Return whether these released means of leaders and practitioners could decide a person's answer."""
    counts = computation.tally.counts
    if computation.guard.needed is None or all(is_large_item(counts[:, item.column].tolist()) for item in items):
        return False
    return must_hide_gap(computation.guard, [_build_item_sums(computation, index, item) for item in items], means)


def _build_item_sums(computation: Computation, index: PerceptionGapIndex, item: GapItem) -> ItemSums:
    blueprint = computation.blueprint
    sides = [blueprint.roles.index(role) for role in (index.leader, index.practitioner)]
    order = [*sides, *(role for role in range(len(blueprint.roles)) if role not in sides)]
    counts = computation.tally.counts[:, item.column].tolist()
    full = blueprint.questionnaire.scoring.full_weight_answers
    weights = [base * min(1.0, n / full) for base, n in zip(blueprint.role_weights.tolist(), counts, strict=True)]
    total = sum(weights)
    points = [POINTS_PER_RUNG * weight / total / max(n, 1) for weight, n in zip(weights, counts, strict=True)]
    in_gap = [*item.people, *(counts[role] for role in order[SIDES:])]
    # People who answered but are not in the gap: they don't count towards k + 1 (method 6.9).
    others = [
        (counts[role] - people, points[role])
        for role, people in zip(sides, item.people, strict=True)
        if counts[role] > people
    ]
    score = float(computation.items[item.column]) if computation.validity.items[item.column] else math.nan
    window = get_window(computation.guard, score)
    return ItemSums(in_gap, [points[role] for role in order], window, others)
