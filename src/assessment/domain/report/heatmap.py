"""Heatmap section: scores of functions by dimensions."""

from decimal import Decimal

from assessment.domain.display import bound_of_mean
from assessment.domain.report.figures import Figure, out_of_scope
from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.parts import Cell, Heatmap, HeatRow
from assessment.domain.report.source import Source, amount, bound_of_items, names
from assessment.domain.result import DimensionResult, FunctionResult

Place = tuple[Decimal, str, str]
MOST_NAMED = 3


def heatmap(source: Source) -> Heatmap:
    """Build the table; rows and columns in questionnaire order."""
    dimensions = tuple(dimension.id for dimension in source.questionnaire.dimensions)
    rows = tuple(
        HeatRow(
            source.function(name),
            source.levelled(name),
            tuple(cell(source, name, dimension, found.dimensions.get(dimension)) for dimension in dimensions),
        )
        for name, found in source.functions()
    )
    places = _places(source)
    return Heatmap(
        title=_title(source, places),
        columns=tuple(source.dimension(dimension) for dimension in dimensions),
        rows=rows,
        cuts=source.cuts,
        reading=_reading(source, rows),
        questions=tuple(
            (source.dimension(dimension), text.question)
            for dimension in dimensions
            if (text := source.texts.dimensions.get(dimension)) is not None and text.question
        ),
    )


def common(source: Source) -> Message | None:
    """Finding on dimensions that are low in every function with a score; None if there are none."""
    low = _low(source)
    return say("heatmap.low-in-all", count=len(low), dimensions=names(low), cut=source.cuts[1]) if low else None


def cell(source: Source, function: str, dimension: str, found: DimensionResult | None) -> Cell:
    """Build the cell of one dimension of one function."""
    path = f"functions.{function}.dimensions.{dimension}.score"
    if found is None:
        return Cell(source.figures.none(path), None)
    if found.out_of_scope:
        return Cell(out_of_scope(), None)
    return Cell(source.dimension_figure(path, found), found.band)


def _places(source: Source) -> list[Place]:
    return [
        (source.score(found.score), source.function(name), source.dimension(dimension))
        for name, function in source.functions()
        for dimension, found in function.dimensions.items()
        if found.score is not None
    ]


def _title(source: Source, places: list[Place]) -> Message:
    """Title with the highest and the lowest score and their cells; it does not claim a difference beyond chance."""
    if not places:
        return say("heatmap.none")
    high, low = max(place[0] for place in places), min(place[0] for place in places)
    shown = {score: _amount(source, score) for score in (high, low)}
    if len(places) == 1:
        return say("heatmap.one", function=places[0][1], dimension=places[0][2], score=shown[high])
    if high == low:
        return say("heatmap.even", score=shown[high])
    return say(
        "heatmap.range", lowest=_cells(places, low), low=shown[low], highest=_cells(places, high), high=shown[high]
    )


def _amount(source: Source, score: Decimal) -> Value:
    """Score as an amount, with a bound ("10 or less") if all dimensions with this score are clipped."""
    parts = [part for _, function in source.functions() for part in function.dimensions.values()]
    at = [part for part in parts if part.score is not None and source.score(part.score) == score]
    return amount(Figure(score, bound=bound_of_mean(bound_of_items(part.score, part.items.values()) for part in at)))


def _cells(places: list[Place], score: Decimal) -> Message | tuple[Message, ...]:
    """Name the cells with a score, or count them if there are many."""
    found = [(function, name) for at, function, name in places if at == score]
    if len(found) > MOST_NAMED:
        return say("place.dimensions", count=len(found))
    functions = dict.fromkeys(function for function, _ in found)
    return tuple(
        say("place.dimension", function=one, dimension=names(name for function, name in found if function == one))
        for one in functions
    )


def _reading(source: Source, rows: tuple[HeatRow, ...]) -> tuple[Message, ...]:
    """Notes on patterns: dimensions that are low in every function, and missing cells."""
    low = _low(source)
    found = [say("heatmap.low-everywhere", count=len(low), dimensions=names(low), cut=source.cuts[1])] if low else []
    missing = sum(one.figure.shown is None for row in rows for one in row.cells)
    if missing:
        found.append(say("heatmap.missing", count=missing))
    return tuple(found)


def _low(source: Source) -> list[str]:
    cut = source.questionnaire.scoring.bands[1]
    return [
        source.dimension(dimension.id)
        for dimension in source.questionnaire.dimensions
        if len(scores := _scores(source, dimension.id)) > 1 and all(round(score, 6) < cut for score in scores)
    ]


def _scores(source: Source, dimension: str) -> list[float]:
    cells: list[FunctionResult] = [found for _, found in source.functions()]
    return [
        score
        for found in cells
        if dimension in found.dimensions and (score := found.dimensions[dimension].score) is not None
    ]
