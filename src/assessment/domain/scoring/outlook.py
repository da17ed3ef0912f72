"""Four-year outlook of the roles: independence of single networks, and readiness (method 5)."""

import numpy as np

from assessment.domain.answers import Flags, Values
from assessment.domain.disclosure import Guard
from assessment.domain.questionnaire import Outlook
from assessment.domain.result import OutlookResult
from assessment.domain.scoring.authority import person_means
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.cuts import at_least


def outlook(blueprint: Blueprint, index: Outlook, values: Values, counts: Flags, guard: Guard) -> OutlookResult:
    """Compute independence and readiness as means 0-100 over people; the class needs both.

    `counts` marks the people who count towards k + 1.
    """
    independence, people = _mean(values[:, blueprint.columns(index.independence)], counts, guard)
    readiness, others = _mean(values[:, blueprint.columns(index.readiness)], counts, guard)
    return OutlookResult(
        independence=independence,
        readiness=readiness,
        class_=_class(index, independence, readiness),
        n=min((n for n in (people, others) if n is not None), default=None),
        bounds=guard.bounds(independence=independence, readiness=readiness),
    )


def _mean(values: Values, counts: Flags, guard: Guard) -> tuple[float | None, int | None]:
    means = person_means(values, 1)
    answered = ~np.isnan(means)
    known = means[answered]
    if known.size == 0 or guard.hides(int((answered & counts).sum())):
        return None, None
    return guard.step_of(float(known.mean())), int(known.size)


def _class(index: Outlook, independence: float | None, readiness: float | None) -> str | None:
    if independence is None or readiness is None:
        return None
    names = ((index.low_low, index.low_high), (index.high_low, index.high_high))
    return names[at_least(independence, index.cut)][at_least(readiness, index.cut)]
