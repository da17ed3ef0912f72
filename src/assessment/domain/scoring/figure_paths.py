"""Figures by path in a result: `overall`, `functions.<f>`, `functions.<f>.dimensions.<d>`."""

from collections.abc import Iterator

from assessment.domain.result import DimensionResult, EmbeddingResult, FunctionResult, Overall, Result
from assessment.domain.scoring.aggregation import AggregateScores
from assessment.domain.scoring.blueprint import Blueprint

OVERALL_PATH = "overall"
EMBEDDING_PATH = "indices.embedding"


def get_function_path(function: str) -> str:
    """Path of a function's score."""
    return f"functions.{function}"


def get_dimension_path(function: str, dimension: str) -> str:
    """Path of a dimension's score."""
    return f"functions.{function}.dimensions.{dimension}"


def list_scores_by_path(blueprint: Blueprint, figures: AggregateScores) -> dict[str, float]:
    """Valid scores 0-100 of a set of aggregate scores, by path."""
    return {path: score for path, score in _iterate_scores(blueprint, figures) if score == score}  # noqa: PLR0124 - NaN is not


def _iterate_scores(blueprint: Blueprint, figures: AggregateScores) -> Iterator[tuple[str, float]]:
    dimensions = blueprint.questionnaire.dimensions
    yield OVERALL_PATH, float(figures.overall)
    yield EMBEDDING_PATH, float(figures.embedding)
    for number, function in enumerate(blueprint.functions):
        yield get_function_path(function.id), float(figures.functions[number])
        for place, dimension in enumerate(dimensions):
            yield (
                get_dimension_path(function.id, dimension.id),
                float(figures.dimensions[number * len(dimensions) + place]),
            )


def list_results_by_path(result: Result) -> dict[str, Overall | EmbeddingResult | FunctionResult | DimensionResult]:
    """Parts of a result that have a score and an interval, by path."""
    parts: dict[str, Overall | EmbeddingResult | FunctionResult | DimensionResult] = {OVERALL_PATH: result.overall}
    if result.indices.embedding is not None:
        parts[EMBEDDING_PATH] = result.indices.embedding
    for name, function in result.functions.items():
        parts[get_function_path(name)] = function
        parts |= {get_dimension_path(name, dimension_id): part for dimension_id, part in function.dimensions.items()}
    return parts
