"""Heatmap section: scores of functions by dimensions."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.display import get_mean_bound
from assessment.domain.report.figures import LevelScore, ReportFigure, ScoreCell, build_out_of_scope_figure
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.source import MAX_NAMED_PLACES, ReportSource, build_amount, get_items_bound, list_names
from assessment.domain.result import DimensionResult, FunctionResult

ScoredCell = tuple[Decimal, str, str]


class HeatmapRow(Struct, frozen=True):
    """One function in the heatmap."""

    name: str
    level_score: LevelScore
    cells: tuple[ScoreCell, ...]


class HeatmapSection(Struct, frozen=True):
    """Scores of functions (rows) by dimensions (columns)."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HeatmapRow, ...]
    cuts: tuple[Decimal, ...]
    reading: tuple[Message, ...]
    questions: tuple[tuple[str, str], ...] = ()


def build_heatmap(source: ReportSource) -> HeatmapSection:
    """Build the table; rows and columns in questionnaire order."""
    dimensions = tuple(dimension.id for dimension in source.questionnaire.dimensions)
    rows = tuple(
        HeatmapRow(
            source.name_function(name),
            source.build_level_score(name),
            tuple(build_cell(source, name, dimension, function.dimensions.get(dimension)) for dimension in dimensions),
        )
        for name, function in source.list_functions()
    )
    places = _list_scored_cells(source)
    return HeatmapSection(
        title=_build_title(source, places),
        columns=tuple(source.name_dimension(dimension) for dimension in dimensions),
        rows=rows,
        cuts=source.cuts,
        reading=_build_reading(source, rows),
        questions=tuple(
            (source.name_dimension(dimension), text.question)
            for dimension in dimensions
            if (text := source.texts.dimensions.get(dimension)) is not None and text.question
        ),
    )


def build_common_low_finding(source: ReportSource) -> Message | None:
    """Finding on dimensions that are low in every function with a score; None if there are none."""
    low = find_low_dimensions(source)
    return make_message("heatmap.low-in-all", **build_low_values(source, low)) if low else None


def build_cell(
    source: ReportSource, function: str, dimension: str, dimension_result: DimensionResult | None
) -> ScoreCell:
    """Build the cell of one dimension of one function."""
    path = f"functions.{function}.dimensions.{dimension}.score"
    if dimension_result is None:
        return ScoreCell(source.figures.build_missing(path), None)
    if dimension_result.out_of_scope:
        return ScoreCell(build_out_of_scope_figure(), None)
    return ScoreCell(source.build_dimension_figure(path, dimension_result), dimension_result.band)


def _list_scored_cells(source: ReportSource) -> list[ScoredCell]:
    return [
        (source.round_score(dimension_result.score), source.name_function(name), source.name_dimension(dimension))
        for name, function in source.list_functions()
        for dimension, dimension_result in function.dimensions.items()
        if dimension_result.score is not None
    ]


def _build_title(source: ReportSource, places: list[ScoredCell]) -> Message:
    """Title with the highest and the lowest score and their cells; it does not claim a difference beyond chance."""
    if not places:
        return make_message("heatmap.none")
    high, low = max(place[0] for place in places), min(place[0] for place in places)
    score_values = {score: _build_score_value(source, score) for score in (high, low)}
    if len(places) == 1:
        return make_message("heatmap.one", function=places[0][1], dimension=places[0][2], score=score_values[high])
    if high == low:
        return make_message("heatmap.even", score=score_values[high])
    return make_message(
        "heatmap.range",
        lowest=_name_cells(places, low),
        low=score_values[low],
        highest=_name_cells(places, high),
        high=score_values[high],
    )


def find_lowest_score(source: ReportSource) -> tuple[MessageValue, Message | tuple[Message, ...]] | None:
    """The lowest score of a dimension and where it is; None where many share it, or all do."""
    places = _list_scored_cells(source)
    low = min((place[0] for place in places), default=Decimal(0))
    count = sum(place[0] == low for place in places)
    if not places or count == len(places) or count > MAX_NAMED_PLACES:
        return None
    return _build_score_value(source, low), _name_cells(places, low)


def find_lowest_dimension(source: ReportSource) -> str | None:
    """Name of the dimension that alone has the lowest score in every function with a score; None if none has."""
    lowest: set[str] = set()
    for _, function in source.list_scored_functions():
        scores = {
            name: source.round_score(part.score) for name, part in function.dimensions.items() if part.score is not None
        }
        lowest_score = min(scores.values(), default=None)
        names = [name for name, score in scores.items() if score == lowest_score]
        lowest.add(names[0] if len(names) == 1 else "")
    return source.name_dimension(lowest.pop()) if len(lowest) == 1 and "" not in lowest else None


def _build_score_value(source: ReportSource, score: Decimal) -> MessageValue:
    """Score as an amount, with a bound ("10 or less") if all dimensions with this score are clipped."""
    parts = [part for _, function in source.list_functions() for part in function.dimensions.values()]
    at = [part for part in parts if part.score is not None and source.round_score(part.score) == score]
    return build_amount(
        ReportFigure(score, bound=get_mean_bound(get_items_bound(part.score, part.items.values()) for part in at))
    )


def _name_cells(places: list[ScoredCell], score: Decimal) -> Message | tuple[Message, ...]:
    """Name the cells with a score, or count them if there are many."""
    cells = [(function, name) for at, function, name in places if at == score]
    if len(cells) > MAX_NAMED_PLACES:
        return make_message("place.dimensions", count=len(cells))
    functions = dict.fromkeys(function for function, _ in cells)
    return tuple(
        make_message(
            "place.dimension",
            function=function_name,
            dimension=list_names(name for function, name in cells if function == function_name),
        )
        for function_name in functions
    )


def _build_reading(source: ReportSource, rows: tuple[HeatmapRow, ...]) -> tuple[Message, ...]:
    """Notes on patterns: dimensions that are low in every function, and missing cells."""
    low = find_low_dimensions(source)
    notes = [make_message("heatmap.low-everywhere", **build_low_values(source, low))] if low else []
    missing = sum(cell.figure.value is None for row in rows for cell in row.cells)
    if missing:
        notes.append(make_message("heatmap.missing", count=missing))
    return tuple(notes)


def find_low_dimensions(source: ReportSource) -> list[str]:
    """Names of the dimensions that are under the second cut point in every function with a score."""
    cut = source.questionnaire.scoring.bands[1]
    return [
        source.name_dimension(dimension.id)
        for dimension in source.questionnaire.dimensions
        if len(scores := _list_dimension_scores(source, dimension.id)) > 1
        and all(round(score, 6) < cut for score in scores)
    ]


def build_low_values(source: ReportSource, dimensions: list[str]) -> dict[str, MessageValue | tuple[MessageValue, ...]]:
    """Values of a message on dimensions, by name, that are low everywhere; one without a score is an exception."""
    function_count = len(tuple(source.list_functions()))
    is_scored = all(
        len(_list_dimension_scores(source, dimension.id)) == function_count
        for dimension in source.questionnaire.dimensions
        if source.name_dimension(dimension.id) in dimensions
    )
    return {
        "count": len(dimensions),
        "dimensions": list_names(dimensions),
        "cut": source.cuts[1],
        "functions": make_message("place.every-function" if is_scored else "place.every-scored-function"),
    }


def _list_dimension_scores(source: ReportSource, dimension: str) -> list[float]:
    functions: list[FunctionResult] = [function for _, function in source.list_functions()]
    return [
        score
        for function in functions
        if dimension in function.dimensions and (score := function.dimensions[dimension].score) is not None
    ]
