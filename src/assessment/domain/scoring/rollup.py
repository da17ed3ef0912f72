"""Aggregation of item scores to dimensions, functions and the overall score by weight matrices.

For fixed sets of valid parts, every aggregate except the embedding index is linear in the item scores. The same
matrices are used for the scores and for the jackknife.
"""

import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.scoring.blueprint import Blueprint, FunctionColumns
from assessment.domain.scoring.validity import FunctionValidity, Validity

Floats = NDArray[np.float64]
TINY = math.ulp(0.0)  # avoids the logarithm of 0 if the index has no floor


class Rollup(Struct, frozen=True):
    """Weights of items (rows) in each figure (columns); an all-zero column marks a figure that is not valid."""

    hand_offs: Floats  # items x functions
    dimensions: Floats  # items x (functions * dimensions)
    functions: Floats  # items x functions
    overall: Floats  # items x 1
    embedding: Floats  # items x functions
    embedding_weights: Floats  # functions
    floor: float


class Figures(Struct, frozen=True):
    """Aggregate scores 0-100 with the leading axes of the item scores; NaN if not valid."""

    hand_offs: Floats
    dimensions: Floats
    functions: Floats
    overall: Floats
    embedding_by_function: Floats
    embedding: Floats


def rollup(blueprint: Blueprint, validity: Validity) -> Rollup:
    """Build the weight matrices for the valid parts."""
    size, functions = len(validity.items), len(blueprint.functions)
    hand_offs, by_function, embedding = (np.zeros((size, functions)) for _ in range(3))
    dimensions = np.zeros((size, functions, len(blueprint.questionnaire.dimensions)))
    for number, (function, valid) in enumerate(zip(blueprint.functions, validity.functions, strict=True)):
        hand_offs[:, number] = _hand_off(function, valid, validity)
        dimensions[:, number] = _dimensions(blueprint, function, valid, validity, hand_offs[:, number])
        if valid.valid:
            by_function[:, number] = dimensions[:, number][:, list(valid.dimensions)].mean(axis=1)
        if valid.embedding:
            embedding[:, number] = _mean([c for c in function.embedding if validity.items[c]], size)
    weights = np.asarray([function.weight for function in blueprint.functions])
    index = blueprint.questionnaire.indices.embedding
    return Rollup(
        hand_offs=hand_offs,
        dimensions=dimensions.reshape(size, -1),
        functions=by_function,
        overall=by_function @ _shares(weights, [v.valid and validity.overall for v in validity.functions])[:, None],
        embedding=embedding,
        embedding_weights=_shares(weights, [v.embedding and validity.embedding for v in validity.functions]),
        floor=index.floor if index else TINY,
    )


def figures(weights: Rollup, items: Floats) -> Figures:
    """Aggregate item scores of shape (…, items); items without weight may be NaN."""
    parts = (weights.hand_offs, weights.dimensions, weights.functions, weights.overall, weights.embedding)
    all_at_once = _weighted(np.nan_to_num(items), np.concatenate(parts, axis=1))
    edges = np.cumsum([part.shape[1] for part in parts])[:-1]
    hand_offs, dimensions, functions, overall, by_function = np.split(all_at_once, edges, axis=-1)
    return Figures(
        hand_offs=hand_offs,
        dimensions=dimensions,
        functions=functions,
        overall=overall[..., 0],
        embedding_by_function=by_function,
        embedding=geometric(by_function, weights),
    )


def geometric(by_function: Floats, weights: Rollup) -> Floats:
    """Weighted geometric mean of embedding, so that one function can't compensate for another (OECD 2008)."""
    if not weights.embedding_weights.any():
        return np.full(by_function.shape[:-1], np.nan)
    logs = np.log(np.maximum(np.nan_to_num(by_function), weights.floor))
    return np.asarray(np.exp(logs @ weights.embedding_weights))


def _hand_off(function: FunctionColumns, valid: FunctionValidity, validity: Validity) -> Floats:
    shares = np.zeros(len(validity.items))
    if valid.hand_off:
        for row in function.rows:
            shares[row.column] = row.share * validity.items[row.column]
        shares /= shares.sum()
    return shares


def _dimensions(
    blueprint: Blueprint, function: FunctionColumns, valid: FunctionValidity, validity: Validity, hand_off: Floats
) -> Floats:
    size = len(validity.items)
    weights = np.zeros((size, len(function.dimensions)))
    for number, dimension in enumerate(blueprint.questionnaire.dimensions):
        if not valid.dimensions[number]:
            continue
        parts = [_mean([column], size) for column in function.dimensions[number] if validity.items[column]]
        if dimension.hand_offs and valid.hand_off:
            parts.append(hand_off)
        weights[:, number] = np.mean(parts, axis=0)
    return weights


def _mean(columns: list[int], size: int) -> Floats:
    weights = np.zeros(size)
    weights[columns] = 1 / len(columns)
    return weights


def _shares(weights: Floats, valid: list[bool]) -> Floats:
    kept = np.where(valid, weights, 0.0)
    return kept / kept.sum() if kept.any() else kept


def _weighted(items: Floats, weights: Floats) -> Floats:
    return np.where(weights.any(axis=0), items @ weights, np.nan)
