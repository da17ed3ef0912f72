"""Rescoring: aggregate scores for other item scores, with the same weight matrices as the method.

Uses a result only, released or not, so it discloses nothing beyond the result.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import AssessmentSettings, BoolArray, FloatArray
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import ItemResult, Result
from assessment.domain.scoring.aggregation import AggregateScores, AggregationWeights, aggregate_scores, build_weights
from assessment.domain.scoring.blueprint import Blueprint, build_blueprint
from assessment.domain.scoring.validity import Validity, check_validity

ItemScores: TypeAlias = NDArray[np.float64]  # one score 0-100 per item of the questionnaire, NaN where none


class Rescoring(Struct, frozen=True):
    """Validity of a set of items, and the weights that aggregate them."""

    blueprint: Blueprint
    validity: Validity
    weights: AggregationWeights

    def compute_figures(self, items: FloatArray) -> AggregateScores:
        """Aggregate item scores of shape (…, items)."""
        return aggregate_scores(self.weights, items)


def get_settings(result: Result) -> AssessmentSettings:
    """Reconstruct weights, targets and shares of contacts from a result."""
    return AssessmentSettings(
        mode=result.mode,
        weights={name: function.weight for name, function in result.functions.items()},
        targets={name: function.target for name, function in result.functions.items()},
        contacts={name: function.hand_off.contacts for name, function in result.functions.items()},
    )


def list_item_results(result: Result) -> dict[str, ItemResult]:
    """Practice items and hand-off rows of a result by id."""
    items: dict[str, ItemResult] = {}
    for function in result.functions.values():
        items |= function.hand_off.rows
        for dimension in function.dimensions.values():
            items |= dimension.items
    return items


def list_item_scores(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> ItemScores:
    """Item scores in questionnaire order; NaN if missing."""
    results = [items.get(item.id) for item in questionnaire.items]
    return np.asarray([np.nan if result is None or result.score is None else result.score for result in results])


def find_out_of_scope_items(questionnaire: Questionnaire, items: Mapping[str, ItemResult]) -> BoolArray:
    """Mask of the items out of scope, in questionnaire order."""
    results = (items.get(item.id) for item in questionnaire.items)
    return np.asarray([item is not None and item.out_of_scope for item in results], dtype=np.bool_)


def build_rescoring(
    questionnaire: Questionnaire, settings: AssessmentSettings, answered: BoolArray, out_of_scope: BoolArray
) -> Rescoring:
    """Build the weights for items that are `answered` and not `out_of_scope`; both are masks over the items."""
    plan = build_blueprint(questionnaire, settings)
    valid = check_validity(plan, answered, out_of_scope)
    return Rescoring(plan, valid, build_weights(plan, valid))


def rescore_result(questionnaire: Questionnaire, result: Result) -> tuple[Rescoring, ItemScores]:
    """Build the weights of a result, and its item scores."""
    items = list_item_results(result)
    scores = list_item_scores(questionnaire, items)
    return build_rescoring(
        questionnaire, get_settings(result), ~np.isnan(scores), find_out_of_scope_items(questionnaire, items)
    ), scores
