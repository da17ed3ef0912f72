"""Subjects of advice rules: the items, dimensions and functions that their conditions refer to (method 8)."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np

from assessment.domain.answers import BoolArray
from assessment.domain.questionnaire import AdviceRule, FigureName, Kind, Questionnaire, RuleCondition
from assessment.domain.result import FunctionResult
from assessment.domain.scoring.cut_points import CUT_DECIMALS


def find_raised_items(questionnaire: Questionnaire, steps: Mapping[str, str]) -> dict[str, BoolArray]:
    """Find the items of its function that each rule raises; `steps` are the dimensions of next steps, by rule id."""
    columns = _index_columns(questionnaire)
    raised = {}
    for rule in questionnaire.rules:
        conditions = (*rule.any, *rule.all)
        if rule.id in steps:
            conditions = (RuleCondition(FigureName.DIMENSION, function=rule.function, dimension=steps[rule.id]),)
        raised[rule.id] = np.zeros(len(questionnaire.items), dtype=np.bool_)
        for condition in conditions if rule.function else ():
            for column in columns.get(_build_figure_key(condition), ()):
                raised[rule.id][column] = questionnaire.items[column].function == rule.function
    return raised


def list_function_rules(questionnaire: Questionnaire, function: str) -> tuple[AdviceRule, ...]:
    """Return the rules with a condition on one of a function's items, dimensions or hand-offs."""
    return tuple(
        rule
        for rule in questionnaire.rules
        if any(
            _get_condition_function(questionnaire, condition) == function
            for condition in (*rule.any, *rule.all, *rule.only_if)
        )
    )


def find_rule_dimensions(questionnaire: Questionnaire, rule: AdviceRule, function: str) -> frozenset[str]:
    """Dimensions of a function that a rule is about; hand-offs count as the dimension whose score they enter."""
    with_rows = {dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs}
    dimensions: set[str] = set()
    for condition in (*rule.any, *rule.all, *rule.only_if):
        if _get_condition_function(questionnaire, condition) != function:
            continue
        if condition.figure in (FigureName.HAND_OFF, FigureName.WORST_HAND_OFF):
            dimensions |= with_rows
        elif condition.dimension is not None:
            dimensions.add(condition.dimension)
        elif condition.item is not None and (dimension := questionnaire.item[condition.item].dimension):
            dimensions.add(dimension)
    return frozenset(dimensions)


def rank_next_dimensions(
    questionnaire: Questionnaire, function: str, result: FunctionResult, fired: Collection[str]
) -> tuple[str, ...]:
    """Valid dimensions in the order in which to improve them: lowest score first, those with other advice last.

    `fired` are the ids of the rules that fire.
    """
    advised = frozenset().union(
        *(
            find_rule_dimensions(questionnaire, rule, function)
            for rule in list_function_rules(questionnaire, function)
            if rule.id in fired
        )
    )
    scores = {name: part.score for name, part in result.dimensions.items() if part.score is not None}
    return tuple(sorted(scores, key=lambda name: (name in advised, round(scores[name], CUT_DECIMALS))))


def _get_condition_function(questionnaire: Questionnaire, condition: RuleCondition) -> str | None:
    if condition.item is not None:
        return questionnaire.item[condition.item].function
    return None if condition.figure is FigureName.FUNCTION else condition.function


FigureKey: TypeAlias = tuple[FigureName, str | None, str | None]


def _build_figure_key(condition: RuleCondition) -> FigureKey:
    figure = FigureName.HAND_OFF if condition.figure is FigureName.WORST_HAND_OFF else condition.figure
    return (figure, condition.item or condition.function, condition.dimension)


def _index_columns(questionnaire: Questionnaire) -> dict[FigureKey, list[int]]:
    """Columns of the items behind each figure that a condition can refer to."""
    with_rows = [dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs]
    columns: dict[FigureKey, list[int]] = {}
    for column, item in enumerate(questionnaire.items):
        columns.setdefault((FigureName.ITEM, item.id, None), []).append(column)
        row = item.kind is Kind.HAND_OFF
        if row:
            columns.setdefault((FigureName.HAND_OFF, item.function, None), []).append(column)
        for dimension in with_rows if row else [item.dimension]:
            columns.setdefault((FigureName.DIMENSION, item.function, dimension), []).append(column)
    return columns
