"""Check whether a result has any visible figure."""

from collections.abc import Iterator

from assessment.domain.result import FunctionResult, IndicesResult, Result


def has_figures(result: Result) -> bool:
    """Return whether any figure of a result is visible: overall, of a function, an item or an index."""
    return any(figure is not None for figure in _list_figures(result))


def _list_figures(result: Result) -> Iterator[float | None]:
    yield result.overall.score
    for function in result.functions.values():
        yield from _list_function_figures(function)
    for item in result.personal.values():
        yield item.score
    yield from _list_index_figures(result.indices)


def _list_function_figures(function: FunctionResult) -> Iterator[float | None]:
    yield function.score
    yield function.hand_off.score
    yield from (row.score for row in function.hand_off.rows.values())
    for dimension in function.dimensions.values():
        yield dimension.score
        yield from (item.score for item in dimension.items.values())


def _list_index_figures(indices: IndicesResult) -> Iterator[float | None]:
    if indices.embedding:
        yield indices.embedding.score
    if indices.set_up_to_fail:
        yield from (indices.set_up_to_fail.authority, indices.set_up_to_fail.support)
    if indices.perception_gap:
        yield from (gap.gap for gap in indices.perception_gap.visible_dimensions.values())
        yield from (indices.perception_gap.leader_dont_know, indices.perception_gap.goal_agreement)
    if indices.outlook:
        yield from (indices.outlook.independence, indices.outlook.readiness)
