"""95% intervals by the jackknife over respondents (method 4).

A percentile bootstrap covered 82-89% at 9 to 20 respondents, the jackknife 94-96%.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.stats import t as student

from assessment.domain.answers import Values
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.rollup import Figures, Floats, Rollup, figures
from assessment.domain.scoring.tally import MAXIMUM, Tally

CHUNK = 4096  # rows left out at a time: bounds the memory, not the result
NO_SPREAD = 1e-9  # a standard error under this is float noise: identical answers say nothing


class Widths(Struct, frozen=True):
    """Half-widths of intervals, NaN where there is none, and `n` respondents behind each figure."""

    dimensions: Floats
    functions: Floats
    overall: Floats
    embedding: Floats
    n_dimensions: NDArray[np.int64]
    n_functions: NDArray[np.int64]
    n_overall: NDArray[np.int64]
    n_embedding: NDArray[np.int64]


def half_widths(
    blueprint: Blueprint, values: Values, role: NDArray[np.intp], tally: Tally, items: Floats, weights: Rollup
) -> Widths:
    """Leave each respondent out once; items, role weights and all above are computed anew.

    The sets of valid items, rows, dimensions and functions stay as in the full sample.
    """
    full = _stack(figures(weights, items))
    enters = _stack_weights(weights) != 0
    people, total, squares = np.zeros(len(full)), np.zeros(len(full)), np.zeros(len(full))
    for start in range(0, len(values), CHUNK):
        part = slice(start, start + CHUNK)
        took_part = ((values[part] >= 0).astype(np.float64) @ enters) > 0
        left_out = _without(blueprint, values[part], role[part], tally)
        change = np.where(took_part, _stack(figures(weights, left_out)) - full, 0.0)
        people += took_part.sum(axis=0)
        total += change.sum(axis=0)
        squares += (change * change).sum(axis=0)
    return _widths(blueprint, people, total, squares)


def _without(blueprint: Blueprint, values: Values, role: NDArray[np.intp], tally: Tally) -> Floats:
    """Item scores with the respondent of each row left out."""
    full, base = blueprint.questionnaire.scoring.full_weight_answers, blueprint.role_weights
    weight, part = _role_parts(tally.counts, tally.sums, base[:, None], full)
    own = values >= 0
    counts = tally.counts[role] - own
    sums = tally.sums[role] - np.where(own, values, 0)
    new_weight, new_part = _role_parts(counts, sums, base[role][:, None], full)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(
            MAXIMUM * (part.sum(axis=0) - part[role] + new_part) / (weight.sum(axis=0) - weight[role] + new_weight)
        )


def _role_parts(counts: NDArray[np.int64], sums: NDArray[np.int64], base: Floats, full: int) -> tuple[Floats, Floats]:
    """Weight of each role and its weighted mean, 0 where nobody in it answered."""
    weight = base * np.minimum(1.0, counts / full)
    with np.errstate(invalid="ignore", divide="ignore"):
        return weight, np.where(counts > 0, weight * sums / counts, 0.0)


def _stack(figures: Figures) -> Floats:
    parts = [figures.dimensions, figures.functions, figures.overall[..., None], figures.embedding[..., None]]
    return np.concatenate(parts, axis=-1)


def _stack_weights(weights: Rollup) -> Floats:
    embedding = (weights.embedding * weights.embedding_weights).sum(axis=1, keepdims=True)
    return np.concatenate([weights.dimensions, weights.functions, weights.overall, embedding], axis=1)


def _widths(blueprint: Blueprint, people: Floats, total: Floats, squares: Floats) -> Widths:
    scoring = blueprint.questionnaire.scoring
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.maximum(0.0, (people - 1) / people * (squares - total * total / people)))
        width = error * student.ppf((1 + scoring.interval_confidence) / 2, people - 1)
    width[(people < scoring.interval_minimum) | ~(error > NO_SPREAD)] = np.nan
    functions = len(blueprint.functions)
    edge = functions * len(blueprint.questionnaire.dimensions)
    counts = people.astype(np.int64)
    return Widths(
        dimensions=width[:edge],
        functions=width[edge : edge + functions],
        overall=width[edge + functions],
        embedding=width[edge + functions + 1],
        n_dimensions=counts[:edge],
        n_functions=counts[edge : edge + functions],
        n_overall=counts[edge + functions],
        n_embedding=counts[edge + functions + 1],
    )
