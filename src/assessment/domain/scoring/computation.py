"""Computation pipeline: answers, tally, item scores, validity, aggregate scores, intervals."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, NOT_ASKED, Answers, AnswerValues, BoolArray, FloatArray
from assessment.domain.disclosure.decided_items import find_decided_items
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.result import CarelessRow
from assessment.domain.scoring.aggregation import AggregateScores, AggregationWeights, aggregate_scores, build_weights
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.intervals import NO_INTERVAL, ReleasedInterval, build_interval
from assessment.domain.scoring.jackknife import FigurePrecision, PrecisionTable, compute_precisions
from assessment.domain.scoring.tally import (
    AnswerTally,
    CountArray,
    compute_item_scores,
    compute_variances,
    count_answers,
    drop_hidden_items,
    number_roles,
)
from assessment.domain.scoring.validity import Validity, check_validity, find_out_of_scope


class Computation(Struct, frozen=True):
    """All intermediate values of a result. `values` and `tally` exclude hidden items.

    `counts` marks the people who count towards k + 1; `counting` is the tally of their answers. Thresholds apply to
    these people; figures also use the answers of others whose role has enough of them (method 6.9). `decided` marks
    items that are hidden because their score could decide an answer.
    """

    blueprint: Blueprint
    guard: DisclosureGuard
    answers: Answers
    values: AnswerValues
    role: NDArray[np.intp]
    raw: AnswerTally
    tally: AnswerTally
    counts: BoolArray
    counting: AnswerTally
    decided: BoolArray
    items: FloatArray  # released scores 0-100, NaN where not valid
    validity: Validity
    weights: AggregationWeights
    figures: AggregateScores
    precisions: PrecisionTable | None
    variances: NDArray[np.float64]
    careless: tuple[CarelessRow, ...]
    taking_part: Answers

    @property
    def out_of_scope(self) -> BoolArray:
        """Mask of the items out of scope."""
        return self.validity.out_of_scope

    def build_interval_around(
        self, score: float | None, precision: FigurePrecision | None, answers: int | None = None
    ) -> ReleasedInterval:
        """Build the interval around a score; empty in consensus mode, which has no `precision`."""
        if precision is None:
            return NO_INTERVAL
        minimum = self.blueprint.questionnaire.scoring.interval_minimum
        return build_interval(self.guard, score, precision, self.items, minimum, answers)


def select_usable_answers(
    values: AnswerValues, counts: BoolArray, role: NDArray[np.intp], counting: CountArray, guard: DisclosureGuard
) -> AnswerValues:
    """Remove the answers of people who don't count towards k + 1 if too few people who count answered the item.

    An answer of a person who doesn't count is used only if its role has k + 1 answers to the item by people who
    count, and no role has 1 to k of them: otherwise many invented people of one role would fix its mean and so
    disclose the few answers of another role. `counting` are numeric answers of people who count, by role and item.
    """
    if counts.all() or guard.needed is None:
        return values
    has_small_role = ((counting > 0) & (counting < guard.needed)).any(axis=0)
    is_carried = (counting >= guard.needed) & ~has_small_role
    left_out = ~counts[:, None] & ~is_carried[role] & (values >= BLANK)
    return np.where(left_out, np.int8(NOT_ASKED), values)


def compute_scores(
    blueprint: Blueprint,
    answers: Answers,
    guard: DisclosureGuard,
    careless: tuple[CarelessRow, ...] = (),
    submitted: Answers | None = None,
) -> Computation:
    """Compute all intermediate values, linear in the number of respondents; `careless` is only passed on.

    If guarded, people are counted by role and function among all who `submitted`. Without the careless ones, these
    counts and the known numbers of sent responses would disclose who was careless.
    """
    scoring = blueprint.questionnaire.scoring
    role = number_roles(answers, blueprint.roles)
    counts = np.ones(len(answers), dtype=np.bool_) if guard.needed is None else answers.counting
    counting = count_answers(answers.values[counts], role[counts], len(blueprint.roles))
    counted_answers = select_usable_answers(answers.values, counts, role, counting.counts, guard)
    raw = counting if counts.all() else count_answers(counted_answers, role, len(blueprint.roles))
    out_of_scope = find_out_of_scope(raw, counting, scoring, guard)
    decided = find_decided_items(guard, raw.counts, blueprint.role_weights, scoring.full_weight_answers)
    decided &= blueprint.has_score
    values = drop_hidden_items(counted_answers, (counting.numeric < guard.get_needed_answers(0)) | decided)
    visible_tally = raw if values is counted_answers else count_answers(values, role, len(blueprint.roles))
    minimum = 1 if blueprint.consensus else guard.get_needed_answers(scoring.minimum_answers)
    valid = check_validity(blueprint, (counting.numeric >= minimum) & ~decided, out_of_scope)
    exact_scores = compute_item_scores(
        visible_tally.counts.astype(np.float64),
        visible_tally.sums.astype(np.float64),
        blueprint.role_weights,
        scoring.full_weight_answers,
    )
    weights = build_weights(blueprint, valid)
    released = guard.round_scores(exact_scores)
    return Computation(
        blueprint=blueprint,
        guard=guard,
        answers=answers,
        values=values,
        role=role,
        raw=raw,
        tally=visible_tally,
        counts=counts,
        counting=counting,
        decided=decided,
        items=released,
        validity=valid,
        weights=weights,
        figures=aggregate_scores(weights, released),
        precisions=None
        if blueprint.consensus
        else compute_precisions(blueprint, values, role, visible_tally, exact_scores, weights),
        variances=compute_variances(visible_tally, scoring.agreement_minimum),
        careless=careless,
        taking_part=answers if submitted is None or guard.needed is None else submitted,
    )
