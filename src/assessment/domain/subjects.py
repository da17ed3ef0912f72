"""Subjects of advice rules: the items, dimensions and functions that their conditions refer to (method 8)."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np

from assessment.domain.answers import Flags
from assessment.domain.questionnaire import Condition, Figure, Kind, Questionnaire, Rule
from assessment.domain.result import FunctionResult
from assessment.domain.scoring.cuts import CUT_DECIMALS


def raised_by(questionnaire: Questionnaire, steps: Mapping[str, str]) -> dict[str, Flags]:
    """Find the items of its function that each rule raises; `steps` are the dimensions of next steps, by rule id."""
    columns = _columns(questionnaire)
    raised = {}
    for rule in questionnaire.rules:
        conditions = (*rule.any, *rule.all)
        if rule.id in steps:
            conditions = (Condition(Figure.DIMENSION, function=rule.function, dimension=steps[rule.id]),)
        raised[rule.id] = np.zeros(len(questionnaire.items), dtype=np.bool_)
        for condition in conditions if rule.function else ():
            for column in columns.get(_key(condition), ()):
                raised[rule.id][column] = questionnaire.items[column].function == rule.function
    return raised


def own_rules(questionnaire: Questionnaire, function: str) -> tuple[Rule, ...]:
    """Return the rules with a condition on one of a function's items, dimensions or hand-offs."""
    return tuple(
        rule
        for rule in questionnaire.rules
        if any(_subject_of(questionnaire, condition) == function for condition in (*rule.any, *rule.all, *rule.only_if))
    )


def dimensions_of(questionnaire: Questionnaire, rule: Rule, function: str) -> frozenset[str]:
    """Dimensions of a function that a rule is about; hand-offs count as the dimension whose score they enter."""
    with_rows = {dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs}
    found: set[str] = set()
    for condition in (*rule.any, *rule.all, *rule.only_if):
        if _subject_of(questionnaire, condition) != function:
            continue
        if condition.figure in (Figure.HAND_OFF, Figure.WORST_HAND_OFF):
            found |= with_rows
        elif condition.dimension is not None:
            found.add(condition.dimension)
        elif condition.item is not None and (dimension := questionnaire.item[condition.item].dimension):
            found.add(dimension)
    return frozenset(found)


def next_dimensions(
    questionnaire: Questionnaire, function: str, result: FunctionResult, fired: Collection[str]
) -> tuple[str, ...]:
    """Valid dimensions in the order in which to improve them: lowest score first, those with other advice last.

    `fired` are the ids of the rules that fire.
    """
    advised = frozenset().union(
        *(
            dimensions_of(questionnaire, rule, function)
            for rule in own_rules(questionnaire, function)
            if rule.id in fired
        )
    )
    scores = {name: part.score for name, part in result.dimensions.items() if part.score is not None}
    return tuple(sorted(scores, key=lambda name: (name in advised, round(scores[name], CUT_DECIMALS))))


def _subject_of(questionnaire: Questionnaire, condition: Condition) -> str | None:
    if condition.item is not None:
        return questionnaire.item[condition.item].function
    return None if condition.figure is Figure.FUNCTION else condition.function


Key: TypeAlias = tuple[Figure, str | None, str | None]


def _key(condition: Condition) -> Key:
    figure = Figure.HAND_OFF if condition.figure is Figure.WORST_HAND_OFF else condition.figure
    return (figure, condition.item or condition.function, condition.dimension)


def _columns(questionnaire: Questionnaire) -> dict[Key, list[int]]:
    """Columns of the items behind each figure that a condition can refer to."""
    with_rows = [dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs]
    found: dict[Key, list[int]] = {}
    for column, item in enumerate(questionnaire.items):
        found.setdefault((Figure.ITEM, item.id, None), []).append(column)
        row = item.kind is Kind.HAND_OFF
        if row:
            found.setdefault((Figure.HAND_OFF, item.function, None), []).append(column)
        for dimension in with_rows if row else [item.dimension]:
            found.setdefault((Figure.DIMENSION, item.function, dimension), []).append(column)
    return found
