"""Figures by path in a result: `overall`, `functions.<f>`, `functions.<f>.dimensions.<d>`."""

from collections.abc import Iterator

from assessment.domain.result import DimensionResult, EmbeddingResult, FunctionResult, Overall, Result
from assessment.domain.scoring.blueprint import Blueprint
from assessment.domain.scoring.rollup import Figures

OVERALL = "overall"
EMBEDDING = "indices.embedding"


def function_path(function: str) -> str:
    """Path of a function's score."""
    return f"functions.{function}"


def dimension_path(function: str, dimension: str) -> str:
    """Path of a dimension's score."""
    return f"functions.{function}.dimensions.{dimension}"


def named(blueprint: Blueprint, figures: Figures) -> dict[str, float]:
    """Valid scores 0-100 of a set of aggregate scores, by path."""
    return {path: score for path, score in _all(blueprint, figures) if score == score}  # noqa: PLR0124 - NaN is not


def _all(blueprint: Blueprint, figures: Figures) -> Iterator[tuple[str, float]]:
    dimensions = blueprint.questionnaire.dimensions
    yield OVERALL, float(figures.overall)
    yield EMBEDDING, float(figures.embedding)
    for number, function in enumerate(blueprint.functions):
        yield function_path(function.id), float(figures.functions[number])
        for place, dimension in enumerate(dimensions):
            yield dimension_path(function.id, dimension.id), float(figures.dimensions[number * len(dimensions) + place])


def results(result: Result) -> dict[str, Overall | EmbeddingResult | FunctionResult | DimensionResult]:
    """Parts of a result that have a score and an interval, by path."""
    found: dict[str, Overall | EmbeddingResult | FunctionResult | DimensionResult] = {OVERALL: result.overall}
    if result.indices.embedding is not None:
        found[EMBEDDING] = result.indices.embedding
    for name, function in result.functions.items():
        found[function_path(name)] = function
        found |= {dimension_path(name, other): part for other, part in function.dimensions.items()}
    return found
