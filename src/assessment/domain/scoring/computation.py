"""Computation pipeline: answers, tally, item scores, validity, aggregate scores, intervals."""

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
    """All intermediate values of a result. `values` and `tally` exclude hidden items.

    `counts` marks the people who count towards k + 1; `counting` is the tally of their answers. Thresholds apply to
    these people; figures also use the answers of others whose role has enough of them (method 6.9).
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
        """Mask of the items out of scope."""
        return self.validity.out_of_scope

    def span(self, score: float | None, precision: Precision | None, answers: int | None = None) -> Span:
        """Build the interval around a score; empty in consensus mode, which has no `precision`."""
        if precision is None:
            return NO_SPAN
        minimum = self.blueprint.questionnaire.scoring.interval_minimum
        return span_of(self.guard, score, precision, self.items, minimum, answers)


def carried_answers(values: Values, counts: Flags, role: NDArray[np.intp], counting: Counts, guard: Guard) -> Values:
    """Remove the answers of people who don't count towards k + 1 if too few people who count answered the item.

    An answer of a person who doesn't count is used only if its role has k + 1 answers to the item by people who
    count, and no role has 1 to k of them: otherwise many invented people of one role would fix its mean and so
    disclose the few answers of another role. `counting` are numeric answers of people who count, by role and item.
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
    """Compute all intermediate values, linear in the number of respondents; `careless` is only passed on.

    If guarded, people are counted by role and function among all who `submitted`. Without the careless ones, these
    counts and the known numbers of sent responses would disclose who was careless.
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
