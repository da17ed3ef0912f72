"""Functions by dimensions: where practice is strong, where it is missing."""

from decimal import Decimal

from assessment.domain.report.figures import out_of_scope
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Cell, Heatmap, HeatRow
from assessment.domain.report.source import Source, names
from assessment.domain.result import DimensionResult, FunctionResult

Place = tuple[Decimal, str, str]
MOST_NAMED = 3


def heatmap(source: Source) -> Heatmap:
    """Build the table; rows and columns in the questionnaire's order."""
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
        title=_title(places),
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
    """Say as a finding what is low in every function that is known; None where nothing is."""
    low = _low(source)
    return say("heatmap.low-in-all", count=len(low), dimensions=names(low), cut=source.cuts[1]) if low else None


def cell(source: Source, function: str, dimension: str, found: DimensionResult | None) -> Cell:
    """One dimension of one function."""
    path = f"functions.{function}.dimensions.{dimension}.score"
    if found is None:
        return Cell(source.figures.none(path), None)
    if found.out_of_scope:
        return Cell(out_of_scope(), None)
    return Cell(source.figures.score(found.score, path, found.interval, found.n), found.band)


def _places(source: Source) -> list[Place]:
    return [
        (source.score(found.score), source.function(name), source.dimension(dimension))
        for name, function in source.functions()
        for dimension, found in function.dimensions.items()
        if found.score is not None
    ]


def _title(places: list[Place]) -> Message:
    """Name the highest and the lowest score and where they are; whether one is ahead is not said here."""
    if not places:
        return say("heatmap.none")
    high, low = max(place[0] for place in places), min(place[0] for place in places)
    if len(places) == 1:
        return say("heatmap.one", function=places[0][1], dimension=places[0][2], score=high)
    if high == low:
        return say("heatmap.even", score=high)
    return say("heatmap.range", lowest=_cells(places, low), low=low, highest=_cells(places, high), high=high)


def _cells(places: list[Place], score: Decimal) -> Message | tuple[Message, ...]:
    """Name the cells with a score; of many, say how many they are."""
    found = [(function, name) for at, function, name in places if at == score]
    if len(found) > MOST_NAMED:
        return say("place.dimensions", count=len(found))
    functions = dict.fromkeys(function for function, _ in found)
    return tuple(
        say("place.dimension", function=one, dimension=names(name for function, name in found if function == one))
        for one in functions
    )


def _reading(source: Source, rows: tuple[HeatRow, ...]) -> tuple[Message, ...]:
    """Say what repeats itself: dimensions that are low wherever they are known."""
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
