"""Rescoring: aggregate scores for other item scores, with the same weight matrices as the method.

Uses a result only, released or not, so it discloses nothing beyond the result.
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
    """Validity of a set of items, and the weights that aggregate them."""

    blueprint: Blueprint
    validity: Validity
    weights: Rollup

    def figures(self, items: Floats) -> Figures:
        """Aggregate item scores of shape (…, items)."""
        return figures(self.weights, items)


def settings_of(result: Result) -> Settings:
    """Reconstruct weights, targets and shares of contacts from a result."""
    return Settings(
        mode=result.mode,
        weights={name: function.weight for name, function in result.functions.items()},
        targets={name: function.target for name, function in result.functions.items()},
        contacts={name: function.hand_off.contacts for name, function in result.functions.items()},
    )


def item_results(result: Result) -> dict[str, ItemResult]:
    """Practice items and hand-off rows of a result by id."""
    found: dict[str, ItemResult] = {}
    for function in result.functions.values():
        found |= function.hand_off.rows
        for dimension in function.dimensions.values():
            found |= dimension.items
    return found


def scores_of(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> Scores:
    """Item scores in questionnaire order; NaN if missing."""
    known = [items.get(item.id) for item in questionnaire.items]
    return np.asarray([np.nan if found is None or found.score is None else found.score for found in known])


def scope_of(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> Flags:
    """Mask of the items out of scope, in questionnaire order."""
    found = (items.get(item.id) for item in questionnaire.items)
    return np.asarray([item is not None and item.out_of_scope for item in found], dtype=np.bool_)


def rescoring(questionnaire: Questionnaire, settings: Settings, answered: Flags, scope: Flags) -> Rescoring:
    """Build the weights for items that are `answered` and not in `scope` (out of scope)."""
    plan = blueprint(questionnaire, settings)
    valid = validity(plan, answered, scope)
    return Rescoring(plan, valid, rollup(plan, valid))


def of_result(questionnaire: Questionnaire, result: Result) -> tuple[Rescoring, Scores]:
    """Build the weights of a result, and its item scores."""
    items = item_results(result)
    scores = scores_of(questionnaire, items)
    return rescoring(questionnaire, settings_of(result), ~np.isnan(scores), scope_of(questionnaire, items)), scores


def columns_of(questionnaire: Questionnaire, chosen: Collection[str]) -> NDArray[np.intp]:
    """Columns of items by id."""
    return np.asarray([column for column, item in enumerate(questionnaire.items) if item.id in chosen], dtype=np.intp)
