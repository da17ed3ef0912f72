"""Results of functions: items, hand-offs, dimensions, scores and levels (method 4)."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import EVIDENCE_KINDS, RUNG_COUNT
from assessment.domain.questionnaire import Kind
from assessment.domain.result import (
    AgreementClass,
    DimensionResult,
    FunctionResult,
    HandOff,
    ItemResult,
)
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.blueprint import FunctionColumns, HandOffColumn
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.intervals import ReleasedInterval
from assessment.domain.scoring.jackknife import FigurePrecision
from assessment.domain.scoring.tally import FunctionCoverage, compute_agreement

LOWEST_RUNG_WITH_EVIDENCE = 3  # of the ratings whose share with evidence is released (method 6.10)


class FunctionAgreement(Struct, frozen=True):
    """r*wg and its class."""

    value: float | None
    class_: AgreementClass | None


def build_function_results(computation: Computation) -> dict[str, FunctionResult]:
    """Build the results of all functions that have participants."""
    people = computation.taking_part.functions.sum(axis=0)
    return {
        function.id: _build_function_result(computation, number, function)
        for number, function in enumerate(computation.blueprint.functions)
        if people[number]
    }


def build_item_result(
    computation: Computation, column: int, *, valid: bool, has_distribution: bool = True
) -> ItemResult:
    """Build the result of an item or hand-off row; a hidden one has no counts either."""
    n = int(computation.tally.numeric[column])
    if computation.decided[column]:
        return ItemResult(score=None, n=None, out_of_scope=bool(computation.out_of_scope[column]), withheld=True)
    if computation.guard.must_hide(int(computation.counting.numeric[column])):
        return ItemResult(score=None, n=None, out_of_scope=bool(computation.out_of_scope[column]))
    score = float(computation.items[column]) if valid else None
    return ItemResult(
        score=score,
        n=n,
        dk=int(computation.tally.dont_know[column]),
        out_of_scope=bool(computation.out_of_scope[column]),
        bound=computation.guard.find_bound(score),
        evidence=_count_evidence(computation, column),
        distribution=_compute_distribution(computation, column) if score is not None and has_distribution else None,
    )


def nan_to_none(figure: float | np.floating) -> float | None:
    """Convert NaN to None."""
    return None if np.isnan(figure) else float(figure)


def _build_function_result(computation: Computation, number: int, function: FunctionColumns) -> FunctionResult:
    scoring = computation.blueprint.questionnaire.scoring
    valid = computation.validity.functions[number]
    score = nan_to_none(computation.figures.functions[number])
    classes = cut_points.classify_score(score, scoring)
    agreement = _compute_agreement(computation, function.practice)
    contested = agreement.value is not None and cut_points.is_below(agreement.value, scoring.contested_below)
    dimensions = _build_dimension_results(computation, number, function)
    coverage = computation.guard.round_coverage(
        FunctionCoverage(computation.tally, computation.out_of_scope, function.all).share
    )
    level = None
    if score is not None and not contested:
        bands = [dimension.band for dimension in dimensions.values() if dimension.band is not None]
        level = cut_points.compute_level(score, bands, scoring.bands, scoring.level_step)
    out_of_scope_count = sum(bool(computation.out_of_scope[column]) for column in function.practice)
    precision = computation.precisions.get_function_precision(number) if computation.precisions else None
    span = computation.build_interval_around(score, precision)
    return FunctionResult(
        score=score,
        **classes,
        level=level,
        interval=span.interval,
        agreement=agreement.value,
        contested=contested,
        coverage=coverage,
        provisional=coverage is not None and cut_points.is_below(coverage, scoring.provisional_below),
        partial=cut_points.is_above(out_of_scope_count / max(1, len(function.practice)), scoring.partial_above),
        embedding=nan_to_none(computation.figures.embedding_by_function[number]),
        hand_off=_build_hand_off_result(computation, number, function),
        dimensions=dimensions,
        target=function.target,
        weight=function.weight,
        agreement_class=agreement.class_,
        n=None if precision is None or score is None else precision.people,
        people=int(computation.taking_part.functions[:, number].sum()),
        out_of_scope=valid.out_of_scope,
        half_width=span.half_width,
        evidence_share=_compute_evidence_share(computation, function.all),
    )


def _build_dimension_results(
    computation: Computation, number: int, function: FunctionColumns
) -> dict[str, DimensionResult]:
    dimensions = computation.blueprint.questionnaire.dimensions
    return {
        dimension.id: _build_dimension_result(computation, number, function, place)
        for place, dimension in enumerate(dimensions)
    }


def _build_dimension_result(
    computation: Computation, number: int, function: FunctionColumns, place: int
) -> DimensionResult:
    questionnaire = computation.blueprint.questionnaire
    flat = number * len(questionnaire.dimensions) + place
    score = nan_to_none(computation.figures.dimensions[flat])
    classes = cut_points.classify_score(score, questionnaire.scoring)
    columns = function.dimensions[place]
    spread_columns = list(columns)
    if questionnaire.dimensions[place].hand_offs:
        spread_columns += [row.column for row in function.rows]
    may_show_spread = not computation.guard.has_too_small_role(
        computation.raw.counts[:, spread_columns], computation.counting.counts[:, spread_columns]
    )
    agreement = _compute_agreement(computation, columns if may_show_spread else ())
    precision = (
        computation.precisions.get_dimension_precision(flat) if computation.precisions and may_show_spread else None
    )
    if precision is not None and _must_hide_item_interval(computation, precision):
        precision = None
    span = computation.build_interval_around(
        score, precision, None if precision is None else _count_fewest_weighted_answers(computation, precision)
    )
    has_distributions = _can_show_distributions(computation, precision, span) and not _is_nearly_unanimous(
        computation, agreement, columns
    )
    return DimensionResult(
        score=score,
        interval=span.interval,
        agreement=agreement.value,
        items={
            questionnaire.items[column].id: build_item_result(
                computation, column, valid=computation.validity.items[column], has_distribution=has_distributions
            )
            for column in columns
        },
        agreement_class=agreement.class_,
        **classes,
        n=None if precision is None or score is None else precision.people,
        out_of_scope=computation.validity.functions[number].dimensions_out_of_scope[place],
        half_width=span.half_width,
    )


def _must_hide_item_interval(computation: Computation, precision: FigurePrecision) -> bool:
    """Return whether the interval speaks of a single item with too few answers."""
    answers = _count_fewest_weighted_answers(computation, precision)
    return int(np.count_nonzero(precision.shares)) == 1 and computation.guard.must_hide_item_interval(answers)


def _can_show_distributions(
    computation: Computation, precision: FigurePrecision | None, span: ReleasedInterval
) -> bool:
    """Return whether items of a dimension may show how their answers are distributed.

    An interval that speaks of one item, next to its distribution, shows when a role is of one mind, at any rung.
    """
    if computation.guard.needed is None or precision is None or span.half_width is None:
        return True
    return int(np.count_nonzero(precision.shares)) > 1


def _is_nearly_unanimous(computation: Computation, agreement: FunctionAgreement, columns: Sequence[int]) -> bool:
    """Return whether a released agreement of 1.0 speaks of one item, so that all but a few gave the same answer.

    Next to a distribution, the score then shows in which roles these few are: the others are of one mind.
    """
    if computation.guard.needed is None or agreement.value is None or agreement.value < 1:
        return False
    return int(np.count_nonzero(~np.isnan(computation.variances[list(columns)]))) == 1


def _build_hand_off_result(computation: Computation, number: int, function: FunctionColumns) -> HandOff:
    items = computation.blueprint.questionnaire.items
    score = nan_to_none(computation.figures.hand_offs[number])
    weighted_rows = [row for row in function.rows if row.share > 0 and computation.validity.items[row.column]]
    worst = [] if score is None else find_lowest_rows(weighted_rows, computation.items)
    return HandOff(
        score=score,
        worst=worst[0].channel if worst else None,
        worst_score=float(computation.items[worst[0].column]) if worst else None,
        contacts={row.channel: row.share for row in function.rows},
        rows={
            items[row.column].id: build_item_result(
                computation, row.column, valid=bool(computation.validity.items[row.column])
            )
            for row in function.rows
        },
        worst_tied=list_tied_channels(worst),
    )


def find_lowest_rows(rows: Sequence[HandOffColumn], scores: NDArray[np.float64]) -> list[HandOffColumn]:
    """Return all rows that share the lowest score, in order."""
    rounded = {row.column: round(float(scores[row.column]), cut_points.CUT_DECIMALS) for row in rows}
    return [row for row in rows if rounded[row.column] == min(rounded.values())]


def list_tied_channels(rows: Sequence[HandOffColumn]) -> tuple[str, ...]:
    """Return the channels of several lowest rows; empty for a single one."""
    return tuple(row.channel for row in rows) if len(rows) > 1 else ()


def _count_fewest_weighted_answers(computation: Computation, precision: FigurePrecision) -> int:
    return _count_fewest_answers(computation, np.flatnonzero(precision.shares).tolist())


def _count_fewest_answers(computation: Computation, columns: Sequence[int]) -> int:
    """Smallest number of numeric answers to one of the items, by people who count towards k + 1; zeros are skipped."""
    counts = computation.counting.numeric[list(columns)]
    return int(counts[counts > 0].min(initial=len(computation.values)))


def _compute_agreement(computation: Computation, columns: tuple[int, ...]) -> FunctionAgreement:
    if computation.blueprint.consensus:
        return FunctionAgreement(None, None)
    fewest = _count_fewest_answers(
        computation, [column for column in columns if not np.isnan(computation.variances[column])]
    )
    value = computation.guard.round_agreement(compute_agreement(computation.variances, columns), fewest)
    agreement_cuts = computation.blueprint.questionnaire.scoring.agreement_cuts
    return FunctionAgreement(value, None if value is None else cut_points.class_of_agreement(value, agreement_cuts))


def _compute_distribution(computation: Computation, column: int) -> tuple[float, ...] | None:
    """Distribution of the answers over the rungs; none for released personal items (method 6.4).

    Together with the band of red flags, the share of people without written limits would disclose who has one.
    """
    if computation.guard.needed is not None and computation.blueprint.questionnaire.items[column].kind is Kind.PERSONAL:
        return None
    values = computation.values[:, column]
    is_number, roles = values >= 0, len(computation.blueprint.roles)
    places = computation.role[is_number] * RUNG_COUNT + values[is_number]
    answers = np.bincount(places, minlength=roles * RUNG_COUNT).reshape(roles, RUNG_COUNT)
    return computation.guard.compute_distribution(answers, computation.counting.counts[:, column])


def _compute_evidence_share(computation: Computation, columns: Sequence[int]) -> float | None:
    """Share of the ratings on the upper rungs for which there is at least a document; hidden items are left out."""
    if computation.answers.evidence is None:
        return None
    chosen = [column for column in columns if not computation.out_of_scope[column]]
    is_high = computation.values[:, chosen] >= LOWEST_RUNG_WITH_EVIDENCE
    is_documented = computation.answers.evidence[:, chosen] >= EVIDENCE_KINDS.index("document")
    counting = is_high & computation.counts[:, None]
    return computation.guard.compute_evidence_share(
        int((is_high & is_documented).sum()), int(is_high.sum()), int(counting.sum()), int(counting.any(axis=1).sum())
    )


def _count_evidence(computation: Computation, column: int) -> dict[str, int] | None:
    """Count ratings by kind of evidence; None if guarded.

    Evidence is asked only for high ratings, so together with the score the counts would disclose answers.
    """
    if computation.answers.evidence is None or computation.guard.needed is not None:
        return None
    evidence = computation.answers.evidence[:, column]
    counts = {kind: int((evidence == number).sum()) for number, kind in enumerate(EVIDENCE_KINDS)}
    return counts if any(counts.values()) else None
