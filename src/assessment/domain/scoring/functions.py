"""The functions of a result: items, hand-offs, dimensions, scores and levels (method 4)."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from assessment.domain.answers import EVIDENCE, RUNGS
from assessment.domain.questionnaire import Kind
from assessment.domain.result import (
    AgreementClass,
    DimensionResult,
    FunctionResult,
    HandOff,
    Interval,
    ItemResult,
)
from assessment.domain.scoring import cuts
from assessment.domain.scoring.agreement import agreement
from assessment.domain.scoring.blueprint import FunctionColumns
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.coverage import Coverage


class Agreement(Struct, frozen=True):
    """r*wg and its class."""

    value: float | None
    class_: AgreementClass | None


def function_results(computation: Computation) -> dict[str, FunctionResult]:
    """Every function that somebody who took part belongs to; one without people is absent."""
    people = computation.taking_part.functions.sum(axis=0)
    return {
        function.id: _function(computation, number, function)
        for number, function in enumerate(computation.blueprint.functions)
        if people[number]
    }


def item_result(computation: Computation, column: int, *, valid: bool) -> ItemResult:
    """One item or row; what is hidden bears no counts either."""
    n = int(computation.tally.numeric[column])
    if computation.guard.hides(n):
        return ItemResult(score=None, n=None, out_of_scope=bool(computation.scope[column]))
    score = float(computation.items[column]) if valid else None
    return ItemResult(
        score=score,
        n=n,
        dk=int(computation.tally.dont_know[column]),
        out_of_scope=bool(computation.scope[column]),
        bound=computation.guard.bound(score),
        evidence=_evidence(computation, column),
        distribution=_distribution(computation, column) if score is not None else None,
    )


def interval_around(
    computation: Computation, score: float | None, width: float, people: int, answers: int | None = None
) -> Interval | None:
    """Interval around a released score, its half-width released too, clipped to 0..100; none of too few people.

    `answers` to the item with the fewest, where the figure is made of so few that each shows.
    """
    if score is None or people < computation.blueprint.questionnaire.scoring.interval_minimum:
        return None
    released = computation.guard.half_width(float(width), answers)
    if released is None:
        return None
    return max(0.0, score - released), min(100.0, score + released)


def known(figure: float | np.floating) -> float | None:
    """Return a figure, None for NaN."""
    return None if np.isnan(figure) else float(figure)


def _function(computation: Computation, number: int, function: FunctionColumns) -> FunctionResult:
    scoring = computation.blueprint.questionnaire.scoring
    valid = computation.validity.functions[number]
    score = known(computation.figures.functions[number])
    agreed = _agreement(computation, function.practice)
    contested = agreed.value is not None and cuts.below(agreed.value, scoring.contested_below)
    dimensions = _dimensions(computation, number, function)
    coverage = computation.guard.coverage(Coverage(computation.tally, computation.scope, function.all).share)
    level = None
    if score is not None and not contested:
        bands = [dimension.band for dimension in dimensions.values() if dimension.band is not None]
        level = cuts.staged_level(score, bands, scoring.bands, scoring.level_step)
    away = sum(bool(computation.scope[column]) for column in function.practice)
    widths = computation.widths
    return FunctionResult(
        score=score,
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, scoring.bands),
        level=level,
        interval=None
        if widths is None
        else interval_around(computation, score, widths.functions[number], int(widths.n_functions[number])),
        agreement=agreed.value,
        contested=contested,
        coverage=coverage,
        provisional=coverage is not None and cuts.below(coverage, scoring.provisional_below),
        partial=cuts.above(away / max(1, len(function.practice)), scoring.partial_above),
        embedding=known(computation.figures.embedding_by_function[number]),
        hand_off=_hand_off(computation, number, function),
        dimensions=dimensions,
        target=function.target,
        weight=function.weight,
        achievement=None if score is None else cuts.achievement(score, scoring.achievement),
        agreement_class=agreed.class_,
        n=None if widths is None or score is None else int(widths.n_functions[number]),
        people=int(computation.taking_part.functions[:, number].sum()),
        out_of_scope=valid.out_of_scope,
    )


def _dimensions(computation: Computation, number: int, function: FunctionColumns) -> dict[str, DimensionResult]:
    dimensions = computation.blueprint.questionnaire.dimensions
    return {
        dimension.id: _dimension(computation, number, function, place) for place, dimension in enumerate(dimensions)
    }


def _dimension(computation: Computation, number: int, function: FunctionColumns, place: int) -> DimensionResult:
    questionnaire, widths = computation.blueprint.questionnaire, computation.widths
    flat = number * len(questionnaire.dimensions) + place
    score = known(computation.figures.dimensions[flat])
    columns = function.dimensions[place]
    concerned = list(columns)
    if questionnaire.dimensions[place].hand_offs:
        concerned += [row.column for row in function.rows]
    spread = not computation.guard.uncovers_roles(computation.raw.counts[:, concerned])
    agreed = _agreement(computation, columns if spread else ())
    return DimensionResult(
        score=score,
        interval=interval_around(
            computation, score, widths.dimensions[flat], int(widths.n_dimensions[flat]), _fewest(computation, concerned)
        )
        if widths and spread
        else None,
        agreement=agreed.value,
        items={
            questionnaire.items[column].id: item_result(computation, column, valid=computation.validity.items[column])
            for column in columns
        },
        agreement_class=agreed.class_,
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, questionnaire.scoring.bands),
        achievement=None if score is None else cuts.achievement(score, questionnaire.scoring.achievement),
        n=None if widths is None or score is None or not spread else int(widths.n_dimensions[flat]),
        out_of_scope=computation.validity.functions[number].dimensions_out_of_scope[place],
    )


def _hand_off(computation: Computation, number: int, function: FunctionColumns) -> HandOff:
    items = computation.blueprint.questionnaire.items
    score = known(computation.figures.hand_offs[number])
    entering = [row for row in function.rows if row.share > 0 and computation.validity.items[row.column]]
    worst = None if score is None else min(entering, key=lambda row: round(float(computation.items[row.column]), 6))
    return HandOff(
        score=score,
        worst=worst.channel if worst else None,
        worst_score=float(computation.items[worst.column]) if worst else None,
        contacts={row.channel: row.share for row in function.rows},
        rows={
            items[row.column].id: item_result(
                computation, row.column, valid=bool(computation.validity.items[row.column])
            )
            for row in function.rows
        },
    )


def _fewest(computation: Computation, columns: Sequence[int]) -> int:
    """Numeric answers to the item that has the fewest, of those used."""
    counts = computation.tally.numeric[list(columns)]
    return int(counts[counts > 0].min(initial=len(computation.values)))


def _agreement(computation: Computation, columns: tuple[int, ...]) -> Agreement:
    if computation.blueprint.consensus:
        return Agreement(None, None)
    fewest = _fewest(computation, [column for column in columns if not np.isnan(computation.variances[column])])
    value = computation.guard.agreement(agreement(computation.variances, columns), fewest)
    agreement_cuts = computation.blueprint.questionnaire.scoring.agreement_cuts
    return Agreement(value, None if value is None else cuts.agreement_class(value, agreement_cuts))


def _distribution(computation: Computation, column: int) -> tuple[float, ...] | None:
    """How the answers lie on the rungs; none for what people say of themselves (method 6.4).

    Beside the band of red flags, the share without limits to show would say who carries one.
    """
    if computation.guard.needed is not None and computation.blueprint.questionnaire.items[column].kind is Kind.PERSONAL:
        return None
    values = computation.values[:, column]
    answers = np.zeros((len(computation.blueprint.roles), RUNGS), dtype=np.int64)
    np.add.at(answers, (computation.role[values >= 0], values[values >= 0]), 1)
    return computation.guard.distribution(answers)


def _evidence(computation: Computation, column: int) -> dict[str, int] | None:
    """How many ratings came with which evidence; never guarded.

    Only ratings near the top are asked for it: beside the score, the count would give answers away.
    """
    if computation.answers.evidence is None or computation.guard.needed is not None:
        return None
    given = computation.answers.evidence[:, column]
    counts = {kind: int((given == number).sum()) for number, kind in enumerate(EVIDENCE)}
    return counts if any(counts.values()) else None
