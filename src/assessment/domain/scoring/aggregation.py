"""Aggregation of item scores to dimensions, functions and the overall score by weight matrices.

For fixed sets of valid parts, every aggregate except the embedding index is linear in the item scores. The same
matrices are used for the scores and for the jackknife.
"""

import math

import numpy as np
from msgspec import Struct

from assessment.domain.answers import FloatArray
from assessment.domain.scoring.blueprint import Blueprint, FunctionColumns
from assessment.domain.scoring.validity import FunctionValidity, Validity

SMALLEST_FLOAT = math.ulp(0.0)  # avoids the logarithm of 0 if the index has no floor


class AggregationWeights(Struct, frozen=True):
    """Weights of items (rows) in each figure (columns); an all-zero column marks a figure that is not valid."""

    hand_offs: FloatArray  # items x functions
    dimensions: FloatArray  # items x (functions * dimensions)
    functions: FloatArray  # items x functions
    overall: FloatArray  # items x 1
    embedding: FloatArray  # items x functions
    embedding_weights: FloatArray  # functions
    floor: float


class AggregateScores(Struct, frozen=True):
    """Aggregate scores 0-100 with the leading axes of the item scores; NaN if not valid."""

    hand_offs: FloatArray
    dimensions: FloatArray
    functions: FloatArray
    overall: FloatArray
    embedding_by_function: FloatArray
    embedding: FloatArray


def build_weights(blueprint: Blueprint, validity: Validity) -> AggregationWeights:
    """Build the weight matrices for the valid parts."""
    size, functions = len(validity.items), len(blueprint.functions)
    hand_offs, by_function, embedding = (np.zeros((size, functions)) for _ in range(3))
    dimensions = np.zeros((size, functions, len(blueprint.questionnaire.dimensions)))
    for number, (function, valid) in enumerate(zip(blueprint.functions, validity.functions, strict=True)):
        hand_offs[:, number] = _weigh_hand_offs(function, valid, validity)
        dimensions[:, number] = _weigh_dimensions(blueprint, function, valid, validity, hand_offs[:, number])
        if valid.valid:
            by_function[:, number] = dimensions[:, number][:, list(valid.dimensions)].mean(axis=1)
        if valid.embedding:
            embedding[:, number] = _weigh_equally([c for c in function.embedding if validity.items[c]], size)
    weights = np.asarray([function.weight for function in blueprint.functions])
    index = blueprint.questionnaire.indices.embedding
    return AggregationWeights(
        hand_offs=hand_offs,
        dimensions=dimensions.reshape(size, -1),
        functions=by_function,
        overall=by_function
        @ _normalise_weights(weights, [v.valid and validity.overall for v in validity.functions])[:, None],
        embedding=embedding,
        embedding_weights=_normalise_weights(weights, [v.embedding and validity.embedding for v in validity.functions]),
        floor=index.floor if index else SMALLEST_FLOAT,
    )


def aggregate_scores(weights: AggregationWeights, items: FloatArray) -> AggregateScores:
    """Aggregate item scores of shape (…, items); items without weight may be NaN."""
    parts = (weights.hand_offs, weights.dimensions, weights.functions, weights.overall, weights.embedding)
    all_at_once = _apply_weights(np.nan_to_num(items), np.concatenate(parts, axis=1))
    edges = np.cumsum([part.shape[1] for part in parts])[:-1]
    hand_offs, dimensions, functions, overall, by_function = np.split(all_at_once, edges, axis=-1)
    return AggregateScores(
        hand_offs=hand_offs,
        dimensions=dimensions,
        functions=functions,
        overall=overall[..., 0],
        embedding_by_function=by_function,
        embedding=compute_geometric_mean(by_function, weights),
    )


def compute_geometric_mean(by_function: FloatArray, weights: AggregationWeights) -> FloatArray:
    """Weighted geometric mean of embedding, so that one function can't compensate for another (OECD 2008)."""
    if not weights.embedding_weights.any():
        return np.full(by_function.shape[:-1], np.nan)
    logs = np.log(np.maximum(np.nan_to_num(by_function), weights.floor))
    return np.asarray(np.exp(logs @ weights.embedding_weights))


def _weigh_hand_offs(function: FunctionColumns, valid: FunctionValidity, validity: Validity) -> FloatArray:
    shares = np.zeros(len(validity.items))
    if valid.hand_off:
        for row in function.rows:
            shares[row.column] = row.share * validity.items[row.column]
        shares /= shares.sum()
    return shares


def _weigh_dimensions(
    blueprint: Blueprint, function: FunctionColumns, valid: FunctionValidity, validity: Validity, hand_off: FloatArray
) -> FloatArray:
    size = len(validity.items)
    weights = np.zeros((size, len(function.dimensions)))
    for number, dimension in enumerate(blueprint.questionnaire.dimensions):
        if not valid.dimensions[number]:
            continue
        parts = [_weigh_equally([column], size) for column in function.dimensions[number] if validity.items[column]]
        if dimension.hand_offs and valid.hand_off:
            parts.append(hand_off)
        weights[:, number] = sum(parts) / len(parts)
    return weights


def _weigh_equally(columns: list[int], size: int) -> FloatArray:
    weights = np.zeros(size)
    weights[columns] = 1 / len(columns)
    return weights


def _normalise_weights(weights: FloatArray, valid: list[bool]) -> FloatArray:
    valid_weights = np.where(valid, weights, 0.0)
    return valid_weights / valid_weights.sum() if valid_weights.any() else valid_weights


def _apply_weights(items: FloatArray, weights: FloatArray) -> FloatArray:
    return np.where(weights.any(axis=0), items @ weights, np.nan)
