"""Standard errors by the leave-one-out jackknife over respondents (method 4).

In simulations with 9 to 20 respondents, 95% intervals of a percentile bootstrap covered only 82-89%, those of the
jackknife 94-96%.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT, AnswerValues, FloatArray
from assessment.domain.distributions import compute_student_quantile
from assessment.domain.scoring.aggregation import (
    AggregateScores,
    AggregationWeights,
    aggregate_scores,
    compute_geometric_mean,
)
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.cut_points import CUT_DECIMALS
from assessment.domain.scoring.tally import POINTS_PER_RUNG, AnswerTally

CHUNK_ROWS = 4096  # respondents per batch; limits memory, does not affect the result
NO_ANSWER = RUNG_COUNT  # index that stands for an answer that is not numeric
MIN_STANDARD_ERROR = 1e-9  # a smaller standard error is float noise of identical answers


class FigurePrecision(Struct, frozen=True):
    """Standard error of one figure (0: no variation), and the number of `people` behind it.

    `quantile` is that of Student's t for this number; `shares` are the weights of items and rows in the figure.
    """

    error: float
    quantile: float
    people: int
    shares: FloatArray


class PrecisionTable(Struct, frozen=True):
    """Standard errors, quantiles and numbers of people, in the order dimensions, functions, overall, embedding."""

    errors: FloatArray
    quantiles: FloatArray
    people: NDArray[np.int64]
    weights: AggregationWeights

    def get_dimension_precision(self, place: int) -> FigurePrecision:
        """Precision of a dimension; `place` is its index among those of all functions."""
        return self._get_precision(place, self.weights.dimensions[:, place])

    def get_function_precision(self, number: int) -> FigurePrecision:
        """Precision of a function."""
        return self._get_precision(self.weights.dimensions.shape[1] + number, self.weights.functions[:, number])

    def get_overall_precision(self) -> FigurePrecision:
        """Precision of the overall score."""
        place = self.weights.dimensions.shape[1] + self.weights.functions.shape[1]
        return self._get_precision(place, self.weights.overall[:, 0])

    def get_embedding_precision(self, figures: AggregateScores) -> FigurePrecision:
        """Precision of the embedding index, whose item weights depend on the figures."""
        return self._get_precision(-1, compute_embedding_shares(self.weights, figures))

    def _get_precision(self, index: int, shares: FloatArray) -> FigurePrecision:
        return FigurePrecision(float(self.errors[index]), float(self.quantiles[index]), int(self.people[index]), shares)


def compute_embedding_shares(weights: AggregationWeights, figures: AggregateScores) -> FloatArray:
    """First-order weight of each item in the embedding index; 0 for items of a function at the floor."""
    by_function = np.nan_to_num(figures.embedding_by_function)
    counting = np.round(by_function, CUT_DECIMALS) > weights.floor
    slopes = np.divide(weights.embedding_weights, by_function, out=np.zeros_like(by_function), where=counting)
    return np.asarray(np.nan_to_num(figures.embedding) * (weights.embedding @ slopes))


def compute_precisions(
    blueprint: Blueprint,
    values: AnswerValues,
    role: NDArray[np.intp],
    tally: AnswerTally,
    items: FloatArray,
    weights: AggregationWeights,
) -> PrecisionTable:
    """Leave each respondent out once and recompute items, role weights and all aggregates.

    The sets of valid items, rows, dimensions and functions are those of the full sample.
    """
    full = aggregate_scores(weights, items)
    matrix = _stack_weights(weights)
    step = np.nan_to_num(_compute_left_out_scores(blueprint, tally, items)) - np.nan_to_num(items)
    people, total, squares = (np.zeros(matrix.shape[1]) for _ in range(3))
    for start in range(0, len(values), CHUNK_ROWS):
        part = slice(start, start + CHUNK_ROWS)
        took_part, change = _leave_one_out(values[part], role[part], matrix, step)
        took_part[-1] = took_part[-len(blueprint.functions) - 1 : -1].any(axis=0)
        without = full.embedding_by_function + change[-len(blueprint.functions) - 1 : -1].T
        change[-1] = np.where(took_part[-1], compute_geometric_mean(without, weights) - full.embedding, 0.0)
        people += took_part.sum(axis=1)
        total += change.sum(axis=1)
        squares += (change * change).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(np.maximum(0.0, (people - 1) / people * (squares - total * total / people)))
        quantiles = compute_student_quantile(people - 1, (1 + blueprint.questionnaire.scoring.interval_confidence) / 2)
    errors = np.where(errors > MIN_STANDARD_ERROR, errors, 0.0)
    return PrecisionTable(errors, quantiles, people.astype(np.int64), weights)


def _leave_one_out(
    values: AnswerValues, role: NDArray[np.intp], matrix: FloatArray, step: FloatArray
) -> tuple[NDArray[np.bool_], FloatArray]:
    """Return two arrays, figures by respondents: participation, and the change of the figure without the respondent.

    Loops over items, since an item enters few figures; this is much faster than a full matrix product.
    """
    took_part = np.zeros((matrix.shape[1], len(values)), dtype=np.bool_)
    change = np.zeros(took_part.shape)
    row = role * step.shape[1]
    for item in np.flatnonzero(matrix.any(axis=1)):
        answered = values[:, item] >= 0
        own = step[:, :, item].ravel()[row + np.where(answered, values[:, item], NO_ANSWER)]
        for figure in np.flatnonzero(matrix[item]):
            took_part[figure] |= answered
            change[figure] += matrix[item, figure] * own
    return took_part, change


def _compute_left_out_scores(blueprint: Blueprint, tally: AnswerTally, items: FloatArray) -> FloatArray:
    """Item scores without one respondent, by role, answer and item; these three determine a respondent's effect.

    The last answer index stands for no numeric answer: the score is unchanged.
    """
    full, base = blueprint.questionnaire.scoring.full_weight_answers, blueprint.role_weights[:, None]
    weight, part = _compute_role_parts(tally.counts, tally.sums, base, full)
    rungs = np.arange(RUNG_COUNT)[:, None]
    counts, sums = tally.counts[:, None] - 1, tally.sums[:, None] - rungs
    new_weight, new_part = _compute_role_parts(counts, sums, base[:, None], full)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest_weight, rest_part = weight.sum(axis=0) - weight, part.sum(axis=0) - part
        lost = POINTS_PER_RUNG * (rest_part[:, None] + new_part) / (rest_weight[:, None] + new_weight)
    unchanged = np.broadcast_to(items, (len(weight), 1, len(items)))
    return np.concatenate([lost, unchanged], axis=1)


def _compute_role_parts(
    counts: NDArray[np.int64], sums: NDArray[np.int64], base: FloatArray, full: int
) -> tuple[FloatArray, FloatArray]:
    """Weight of each role, and its weighted mean (0 without answers)."""
    weight = base * np.minimum(1.0, counts / full)
    with np.errstate(invalid="ignore", divide="ignore"):
        return weight, np.where(counts > 0, weight * sums / counts, 0.0)


def _stack_weights(weights: AggregationWeights) -> FloatArray:
    """Item weights in all linear figures; the last column stays empty, since the embedding index is not linear."""
    embedding = weights.embedding * (weights.embedding_weights > 0)
    none = np.zeros((len(embedding), 1))
    return np.concatenate([weights.dimensions, weights.functions, weights.overall, embedding, none], axis=1)
