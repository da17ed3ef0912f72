"""Recomputation of every figure of a result that does not depend on answers (method 4, 5, 8).

Item scores, counts, agreement, coverage and half-widths are taken from the result; half-widths of gaps only if they
depend on answers.
"""

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from assessment.domain import lifting
from assessment.domain.advice import advise
from assessment.domain.answers import CONSENSUS
from assessment.domain.checking.indices import indices
from assessment.domain.checking.known import Known, known_of
from assessment.domain.method import METHOD
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.result import (
    Advice,
    DimensionResult,
    FunctionResult,
    HandOff,
    ItemResult,
    Overall,
    Result,
)
from assessment.domain.scoring import cuts
from assessment.domain.scoring.blueprint import FunctionColumns
from assessment.domain.scoring.functions import known, lowest_rows, tied_channels
from assessment.domain.scoring.reasons import reasons
from assessment.domain.scoring.rescoring import item_results
from assessment.domain.scoring.tally import MAXIMUM

NOTHING = ItemResult(score=None, n=None)


def following(questionnaire: Questionnaire, result: Result) -> Result:
    """Recompute a result from its own items and settings."""
    source = known_of(questionnaire, result)
    rules = source.guard
    plans = {plan.id: (number, plan) for number, plan in enumerate(source.rescoring.blueprint.functions)}
    functions = {
        name: _function(source, *plans[name], found) for name, found in result.functions.items() if name in plans
    }
    made = replace(
        result,
        functions=functions,
        overall=_overall(source, functions),
        personal=dict(_personal(source)),
        indices=indices(source, functions),
        disclosure=rules.note,
        method=METHOD,
    )
    made = replace(made, advice=_advice(questionnaire, made))
    ground = lifting.ground_of(questionnaire, made)
    made = replace(made, lifts=lifting.lifts(ground), prospects=lifting.prospects(ground))
    return replace(made, suppressed={} if rules.needed is None else reasons(questionnaire, made, rules.reason))


def _item(source: Known, found: ItemResult | None) -> ItemResult:
    if found is None:
        return NOTHING
    return replace(found, bound=source.guard.bound(found.score))


def _function(source: Known, number: int, plan: FunctionColumns, found: FunctionResult) -> FunctionResult:
    scoring, valid = source.questionnaire.scoring, source.rescoring.validity.functions[number]
    score = known(source.figures.functions[number])
    contested = found.agreement is not None and cuts.below(found.agreement, scoring.contested_below)
    dimensions = dict(_dimensions(source, number, plan, found))
    level = None
    if score is not None and not contested:
        bands = [part.band for part in dimensions.values() if part.band is not None]
        level = cuts.staged_level(score, bands, scoring.bands, scoring.level_step)
    away = sum(bool(source.rescoring.validity.out_of_scope[column]) for column in plan.practice)
    return replace(
        found,
        score=score,
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, scoring.bands),
        level=level,
        interval=source.interval(score, found.half_width, source.rescoring.weights.functions[:, number]),
        half_width=None if score is None else found.half_width,
        contested=contested,
        provisional=found.coverage is not None and cuts.below(found.coverage, scoring.provisional_below),
        partial=cuts.above(away / max(1, len(plan.practice)), scoring.partial_above),
        embedding=known(source.figures.embedding_by_function[number]),
        hand_off=_hand_off(source, number, plan, found.hand_off),
        dimensions=dimensions,
        achievement=None if score is None else cuts.achievement(score, scoring.achievement),
        agreement_class=None
        if found.agreement is None
        else cuts.agreement_class(found.agreement, scoring.agreement_cuts),
        out_of_scope=valid.out_of_scope,
    )


def _dimensions(
    source: Known, number: int, plan: FunctionColumns, found: FunctionResult
) -> Iterator[tuple[str, DimensionResult]]:
    names = [dimension.id for dimension in source.questionnaire.dimensions]
    for place, name in enumerate(names):
        if name in found.dimensions:
            flat = number * len(names) + place
            away = source.rescoring.validity.functions[number].dimensions_out_of_scope[place]
            yield name, _dimension(source, plan.dimensions[place], found.dimensions[name], flat, away=away)


def _dimension(
    source: Known, columns: tuple[int, ...], found: DimensionResult, flat: int, *, away: bool
) -> DimensionResult:
    """Recompute one dimension; `flat` is its index among the dimensions of all functions."""
    scoring, items = source.questionnaire.scoring, source.questionnaire.items
    score = known(source.figures.dimensions[flat])
    names = [items[column].id for column in columns]
    return replace(
        found,
        score=score,
        interval=source.interval(score, found.half_width, source.rescoring.weights.dimensions[:, flat]),
        half_width=None if score is None else found.half_width,
        items={name: _item(source, found.items.get(name)) for name in names},
        agreement_class=None
        if found.agreement is None
        else cuts.agreement_class(found.agreement, scoring.agreement_cuts),
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, scoring.bands),
        achievement=None if score is None else cuts.achievement(score, scoring.achievement),
        out_of_scope=away,
    )


def _hand_off(source: Known, number: int, plan: FunctionColumns, found: HandOff) -> HandOff:
    score = known(source.figures.hand_offs[number])
    valid, items = source.rescoring.validity.items, source.questionnaire.items
    entering = [row for row in plan.rows if row.share > 0 and valid[row.column]]
    worst = [] if score is None else lowest_rows(entering, source.scores)
    return replace(
        found,
        score=score,
        worst=worst[0].channel if worst else None,
        worst_score=float(source.scores[worst[0].column]) if worst else None,
        worst_tied=tied_channels(worst),
        rows={items[row.column].id: _item(source, found.rows.get(items[row.column].id)) for row in plan.rows},
        contacts={row.channel: row.share for row in plan.rows},
    )


def _overall(source: Known, functions: dict[str, FunctionResult]) -> Overall:
    scoring, found = source.questionnaire.scoring, source.result.overall
    score = known(float(source.figures.overall))
    valid = [function for function in functions.values() if function.score is not None]
    contested = any(function.contested for function in valid)
    level = None
    if score is not None and not contested:
        levels = [function.level for function in valid if function.level is not None]
        level = cuts.staged_level(score, levels, scoring.bands, scoring.level_step)
    return replace(
        found,
        score=score,
        maturity=None if score is None else cuts.maturity(score),
        band=None if score is None else cuts.band(score, scoring.bands),
        level=level,
        interval=source.interval(score, found.half_width, source.rescoring.weights.overall[:, 0]),
        half_width=None if score is None else found.half_width,
        provisional=found.coverage is not None and cuts.below(found.coverage, scoring.provisional_below),
        contested=contested,
        achievement=None if score is None else cuts.achievement(score, scoring.achievement),
    )


def _personal(source: Known) -> Iterator[tuple[str, ItemResult]]:
    """Yield the items across functions that are reported individually."""
    indices = source.questionnaire.indices
    risk, roles = indices.set_up_to_fail, indices.outlook
    inside = {*(risk.authority if risk else ()), *((*roles.independence, *roles.readiness) if roles else ())}
    if source.result.mode == CONSENSUS:
        return
    for item in source.questionnaire.items:
        if item.kind is Kind.PERSONAL and item.id not in inside:
            yield item.id, _item(source, source.result.personal.get(item.id))


def _advice(questionnaire: Questionnaire, result: Result) -> tuple[Advice, ...]:
    """Select the advice again, with the importance recorded in each piece of advice."""
    rules = {rule.id: questionnaire.prioritising.impact[rule.impact] for rule in questionnaire.rules}
    importance = {
        given.id: int(given.importance)
        for given in result.advice
        if given.id in rules and given.importance != rules[given.id]
    }
    made: tuple[Advice, ...] = ()
    for support in _flagged_support(questionnaire, result):
        made = advise(questionnaire, result, importance, flagged_support=support)
        if made == result.advice:
            break
    return made


def _flagged_support(questionnaire: Questionnaire, result: Result) -> Iterator[float | None]:
    """Yield the values that a red flag may count as.

    Unsuppressed, it is the lowest support answer among flagged people, which the result does not contain.
    """
    index, found = questionnaire.indices.set_up_to_fail, result.indices.set_up_to_fail
    if index is None or found is None or not (found.red_flags or found.red_flags_band not in (None, "none")):
        yield None
        return
    most = index.red_flag.at_most
    rungs = (most,) if result.disclosure is not None else np.arange(most + 1).tolist()
    yield from (MAXIMUM * rung for rung in rungs)


def items_of(result: Result) -> dict[str, ItemResult]:
    """All items, hand-off rows and personal items of a result by id."""
    return item_results(result) | result.personal
