"""Four-year outlook of the roles: independence of single networks, and readiness (method 5)."""

import numpy as np

from assessment.domain.answers import AnswerValues, BoolArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.questionnaire_rules import OutlookIndex
from assessment.domain.result import OutlookResult
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.cut_points import is_at_least
from assessment.domain.scoring.indices.set_up_to_fail import compute_person_means


def compute_outlook(
    blueprint: Blueprint, index: OutlookIndex, values: AnswerValues, counts: BoolArray, guard: DisclosureGuard
) -> OutlookResult:
    """Compute independence and readiness as means 0-100 over people; the class needs both.

    `counts` marks the people who count towards k + 1.
    """
    independence, people = _compute_mean(values[:, blueprint.columns(index.independence)], counts, guard)
    readiness, others = _compute_mean(values[:, blueprint.columns(index.readiness)], counts, guard)
    return OutlookResult(
        independence=independence,
        readiness=readiness,
        class_=_find_class(index, independence, readiness),
        n=min((n for n in (people, others) if n is not None), default=None),
        bounds=guard.list_bounds(independence=independence, readiness=readiness),
    )


def _compute_mean(values: AnswerValues, counts: BoolArray, guard: DisclosureGuard) -> tuple[float | None, int | None]:
    means = compute_person_means(values, 1)
    answered = ~np.isnan(means)
    answered_means = means[answered]
    if answered_means.size == 0 or guard.must_hide(int((answered & counts).sum())):
        return None, None
    return guard.round_score(float(answered_means.mean())), int(answered_means.size)


def _find_class(index: OutlookIndex, independence: float | None, readiness: float | None) -> str | None:
    if independence is None or readiness is None:
        return None
    names = ((index.low_low, index.low_high), (index.high_low, index.high_high))
    return names[is_at_least(independence, index.cut)][is_at_least(readiness, index.cut)]
