"""One computation, step by step: answers, tally, items, validity, rolled-up figures, intervals."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, NOT_ASKED, Answers, Flags, Values
from assessment.domain.disclosure import Guard
from assessment.domain.result import CarelessRow
from assessment.domain.scoring.agreement import variances
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.interval import Precision, Precisions, precisions
from assessment.domain.scoring.rollup import Figures, Floats, Rollup, figures, rollup
from assessment.domain.scoring.spans import NO_SPAN, Span, span_of
from assessment.domain.scoring.tally import Counts, Tally, hidden_left_out, item_scores, role_numbers, tally
from assessment.domain.scoring.validity import Validity, out_of_scope, validity


class Computation(Struct, frozen=True):
    """Everything the result is made of. `values` and `tally` leave out what is hidden.

    `counts` marks the people who count towards k + 1, `counting` is the tally of their answers: thresholds are compared
    with these, figures are computed from everyone whose answers are carried by them (method 6.9).
    """

    blueprint: Blueprint
    guard: Guard
    answers: Answers
    values: Values
    role: NDArray[np.intp]
    raw: Tally
    tally: Tally
    counts: Flags
    counting: Tally
    items: Floats  # released scores 0-100, NaN where not valid
    validity: Validity
    weights: Rollup
    figures: Figures
    precisions: Precisions | None
    variances: NDArray[np.float64]
    careless: tuple[CarelessRow, ...]
    taking_part: Answers

    @property
    def scope(self) -> Flags:
        """Items out of scope."""
        return self.validity.out_of_scope

    def span(self, score: float | None, precision: Precision | None, answers: int | None = None) -> Span:
        """Return the interval around a score; none in consensus mode, which has no `precision`."""
        if precision is None:
            return NO_SPAN
        minimum = self.blueprint.questionnaire.scoring.interval_minimum
        return span_of(self.guard, score, precision, self.items, minimum, answers)


def carried_answers(values: Values, counts: Flags, role: NDArray[np.intp], counting: Counts, guard: Guard) -> Values:
    """Return `values` without answers of people who don't count where those who count don't carry them.

    Such an answer needs k + 1 answers of its role to the item by people who count. And none are used where some role
    has 1 to k of those: many invented people of one role leave no doubt about its mean, and so show what the few of
    another role answered. `counting` are numeric answers of people who count, by role and item.
    """
    if counts.all() or guard.needed is None:
        return values
    few = ((counting > 0) & (counting < guard.needed)).any(axis=0)
    is_carried = (counting >= guard.needed) & ~few
    left_out = ~counts[:, None] & ~is_carried[role] & (values >= BLANK)
    return np.where(left_out, np.int8(NOT_ASKED), values)


def compute(
    blueprint: Blueprint,
    answers: Answers,
    guard: Guard,
    careless: tuple[CarelessRow, ...] = (),
    submitted: Answers | None = None,
) -> Computation:
    """Compute from answers of those who count; linear in respondents. `careless` is only passed on.

    People are counted by role and function among all who `submitted`, where few are guarded: less those
    left out, beside how many sent, they would say who was careless.
    """
    scoring = blueprint.questionnaire.scoring
    role = role_numbers(answers, blueprint.roles)
    counts = np.ones(len(answers), dtype=np.bool_) if guard.needed is None else answers.counting
    counting = tally(answers.values[counts], role[counts], len(blueprint.roles))
    carried = carried_answers(answers.values, counts, role, counting.counts, guard)
    raw = counting if counts.all() else tally(carried, role, len(blueprint.roles))
    scope = out_of_scope(raw, counting, scoring, guard)
    values = hidden_left_out(carried, counting.numeric, guard.least(0))
    seen = raw if values is carried else tally(values, role, len(blueprint.roles))
    minimum = 1 if blueprint.consensus else guard.least(scoring.minimum_answers)
    valid = validity(blueprint, counting.numeric >= minimum, scope)
    exact = item_scores(
        seen.counts.astype(np.float64),
        seen.sums.astype(np.float64),
        blueprint.role_weights,
        scoring.full_weight_answers,
    )
    weights = rollup(blueprint, valid)
    released = guard.stepped(exact)
    return Computation(
        blueprint=blueprint,
        guard=guard,
        answers=answers,
        values=values,
        role=role,
        raw=raw,
        tally=seen,
        counts=counts,
        counting=counting,
        items=released,
        validity=valid,
        weights=weights,
        figures=figures(weights, released),
        precisions=None if blueprint.consensus else precisions(blueprint, values, role, seen, exact, weights),
        variances=variances(seen, scoring.agreement_minimum),
        careless=careless,
        taking_part=answers if submitted is None or guard.needed is None else submitted,
    )
