"""Validity and scope of items, hand-off rows, dimensions and functions (method 4)."""

import numpy as np
from msgspec import Struct

from assessment.domain.answers import BoolArray
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.questionnaire_rules import EmbeddingIndex, ScoringRules
from assessment.domain.scoring.blueprint import Blueprint, FunctionColumns
from assessment.domain.scoring.cut_points import CUT_DECIMALS, is_at_least
from assessment.domain.scoring.tally import AnswerTally


class FunctionValidity(Struct, frozen=True):
    """Validity of a function and its parts; `dimensions` in questionnaire order."""

    hand_off: bool
    dimensions: tuple[bool, ...]
    dimensions_out_of_scope: tuple[bool, ...]
    valid: bool
    out_of_scope: bool
    embedding: bool


class Validity(Struct, frozen=True):
    """Validity of all parts; the jackknife keeps it fixed while it leaves respondents out."""

    items: BoolArray
    out_of_scope: BoolArray
    functions: tuple[FunctionValidity, ...]
    overall: bool
    embedding: bool


def find_out_of_scope(
    tally: AnswerTally, counting: AnswerTally, scoring: ScoringRules, guard: DisclosureGuard
) -> BoolArray:
    """Mark items that at least `out_of_scope_share` of the people who answered call not applicable.

    If guarded, k + 1 people must say so, and more than k + 1 must have been asked: otherwise the mark would disclose
    the answer of everyone asked. `counting` is the tally of people who count towards k + 1.
    """
    answering = tally.numeric + tally.dont_know + tally.not_applicable
    share = np.divide(tally.not_applicable, answering, out=np.zeros(len(answering)), where=answering > 0)
    enough = (counting.not_applicable >= guard.get_needed_answers(1)) & (counting.asked > guard.get_needed_answers(0))
    return np.asarray((np.round(share, CUT_DECIMALS) >= scoring.out_of_scope_share) & enough)


def check_validity(blueprint: Blueprint, answered: BoolArray, out_of_scope: BoolArray) -> Validity:
    """Determine validity; `answered` marks items with enough answers."""
    items = answered & ~out_of_scope
    functions = tuple(_check_function(blueprint, function, items, out_of_scope) for function in blueprint.functions)
    minimum = blueprint.questionnaire.scoring.minimum_functions
    return Validity(
        items=items,
        out_of_scope=out_of_scope,
        functions=functions,
        overall=sum(function.valid for function in functions) >= minimum,
        embedding=sum(function.embedding for function in functions) >= minimum,
    )


def _check_function(
    blueprint: Blueprint, function: FunctionColumns, items: BoolArray, out_of_scope: BoolArray
) -> FunctionValidity:
    questionnaire = blueprint.questionnaire
    hand_off = _has_valid_hand_off(function, items, questionnaire.scoring.minimum_rows)
    rows_in_scope = bool(function.rows) and not all(out_of_scope[row.column] for row in function.rows)
    dimensions, dimensions_out_of_scope = [], []
    for dimension, columns in zip(questionnaire.dimensions, function.dimensions, strict=True):
        with_rows = dimension.hand_offs and rows_in_scope
        in_scope = sum(not out_of_scope[column] for column in columns) + with_rows
        valid = sum(bool(items[column]) for column in columns) + (with_rows and hand_off)
        dimensions_out_of_scope.append(not in_scope)
        dimensions.append(bool(in_scope) and is_at_least(valid / in_scope, questionnaire.scoring.valid_item_share))
    required = all(ok for ok, dimension in zip(dimensions, questionnaire.dimensions, strict=True) if dimension.required)
    return FunctionValidity(
        hand_off=hand_off,
        dimensions=tuple(dimensions),
        dimensions_out_of_scope=tuple(dimensions_out_of_scope),
        valid=required and sum(dimensions) >= questionnaire.scoring.minimum_dimensions,
        out_of_scope=all(dimensions_out_of_scope),
        embedding=_has_valid_embedding(questionnaire.indices.embedding, function, items),
    )


def _has_valid_embedding(index: EmbeddingIndex | None, function: FunctionColumns, items: BoolArray) -> bool:
    return index is not None and sum(bool(items[column]) for column in function.embedding) >= index.minimum_items


def _has_valid_hand_off(function: FunctionColumns, items: BoolArray, minimum_rows: int) -> bool:
    entering = [row for row in function.rows if row.share > 0 and items[row.column]]
    return len(entering) >= minimum_rows and any(row.direct for row in entering)
