"""Scores from scores: what follows when items take other values, by the same matrices as the method.

Works on a result as it stands, released or not: whoever holds it can do the same.
"""

from collections.abc import Collection, Mapping
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import Flags, Settings
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ItemResult, Result
from assessment.domain.scoring.blueprint import Blueprint, blueprint
from assessment.domain.scoring.rollup import Figures, Floats, Rollup, figures, rollup
from assessment.domain.scoring.validity import Validity, validity

Scores: TypeAlias = NDArray[np.float64]  # one score 0-100 per item of the questionnaire, NaN where none


class Rescoring(Struct, frozen=True):
    """What is valid of a set of items, and the weights that roll them up."""

    blueprint: Blueprint
    validity: Validity
    weights: Rollup

    def figures(self, items: Floats) -> Figures:
        """Roll item scores (…, items) up."""
        return figures(self.weights, items)


def settings_of(result: Result) -> Settings:
    """Weights, targets and shares of contacts that a result was computed with."""
    return Settings(
        mode=result.mode,
        weights={name: function.weight for name, function in result.functions.items()},
        targets={name: function.target for name, function in result.functions.items()},
        contacts={name: function.hand_off.contacts for name, function in result.functions.items()},
    )


def item_results(result: Result) -> dict[str, ItemResult]:
    """All items and hand-off rows of a result by id."""
    found: dict[str, ItemResult] = {}
    for function in result.functions.values():
        found |= function.hand_off.rows
        for dimension in function.dimensions.values():
            found |= dimension.items
    return found


def scores_of(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> Scores:
    """Scores in the questionnaire's order of items."""
    known = [items.get(item.id) for item in questionnaire.items]
    return np.asarray([np.nan if found is None or found.score is None else found.score for found in known])


def scope_of(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> Flags:
    """Items out of scope, in the questionnaire's order."""
    found = (items.get(item.id) for item in questionnaire.items)
    return np.asarray([item is not None and item.out_of_scope for item in found], dtype=np.bool_)


def rescoring(questionnaire: Questionnaire, settings: Settings, answered: Flags, scope: Flags) -> Rescoring:
    """Lay out how items that are `answered` and in scope roll up."""
    plan = blueprint(questionnaire, settings)
    valid = validity(plan, answered, scope)
    return Rescoring(plan, valid, rollup(plan, valid))


def of_result(questionnaire: Questionnaire, result: Result) -> tuple[Rescoring, Scores]:
    """How a result rolls up, and the scores it rolls up from."""
    items = item_results(result)
    scores = scores_of(questionnaire, items)
    return rescoring(questionnaire, settings_of(result), ~np.isnan(scores), scope_of(questionnaire, items)), scores


def columns_of(questionnaire: Questionnaire, chosen: Collection[str]) -> NDArray[np.intp]:
    """Columns of items by id."""
    return np.asarray([column for column, item in enumerate(questionnaire.items) if item.id in chosen], dtype=np.intp)
