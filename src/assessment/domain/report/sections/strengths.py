"""Strengths section: the dimensions at the second highest level or above, worth keeping while others change."""

from msgspec import Struct

from assessment.domain.report.actions import USUAL_PRACTICE
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.source import MAX_NAMED_PLACES, ReportSource, build_amount, list_names, quote_titles
from assessment.domain.result import DimensionResult

MAX_STRENGTHS = 6


class Strength(Struct, frozen=True):
    """A strong dimension of a function: what its level looks like, and the items that are usual practice."""

    function: str
    dimension: str
    figure: ReportFigure
    level_text: str
    items: tuple[str, ...]

    @property
    def sentence(self) -> Message:
        """Return the strength with what was asked and is usual practice: a level describes more than was asked."""
        values = {"function": self.function, "dimension": self.dimension, "score": build_amount(self.figure)}
        if not self.items:
            return make_message("strength.score", **values)
        return make_message("strength.items", **values, items=quote_titles(self.items))


class StrengthsSection(Struct, frozen=True):
    """Strengths, the highest score first; `left_out` counts those beyond the listed ones."""

    title: Message
    rows: tuple[Strength, ...]
    left_out: int = 0


def build_strengths(source: ReportSource) -> StrengthsSection:
    """Build the section; a function whose people disagree has no strength that could be relied on."""
    least = len(source.questionnaire.scoring.bands)
    strong = [
        (dimension.score, _build_strength(source, name, dimension_id, dimension))
        for name, function in source.list_functions()
        if not (function.contested or source.has_no_scores)
        for dimension_id, dimension in function.dimensions.items()
        if dimension.score is not None and dimension.band is not None and dimension.band >= least
    ]
    rows = [strength for _, strength in sorted(strong, key=lambda pair: -pair[0])]
    return StrengthsSection(
        _build_title(source, rows, least), tuple(rows[:MAX_STRENGTHS]), max(0, len(rows) - MAX_STRENGTHS)
    )


def _build_strength(source: ReportSource, function: str, dimension_id: str, dimension: DimensionResult) -> Strength:
    text = source.texts.dimensions.get(dimension_id)
    levels, band = text.levels if text else (), dimension.band or 0
    return Strength(
        function=source.name_function(function),
        dimension=source.name_dimension(dimension_id),
        figure=source.build_dimension_figure(f"functions.{function}.dimensions.{dimension_id}.score", dimension),
        level_text=levels[band - 1] if band <= len(levels) else "",
        items=tuple(
            source.name_item(item)
            for item, result in dimension.items.items()
            if result.score is not None and result.score >= USUAL_PRACTICE
        ),
    )


def _build_title(source: ReportSource, rows: list[Strength], level: int) -> Message:
    if not rows:
        return _build_empty_title(source, level)
    places = tuple(
        make_message("place.dimension", function=row.function, dimension=list_names([row.dimension])) for row in rows
    )
    title = (
        make_message("strengths.many", count=len(rows), level=level)
        if len(rows) > MAX_NAMED_PLACES
        else make_message("strengths.few", count=len(rows), places=places, level=level)
    )
    left_out = _list_left_out_functions(source, level)
    return (
        make_message("strengths.without", count=len(left_out), title=title, functions=left_out) if left_out else title
    )


def _list_left_out_functions(source: ReportSource, level: int) -> tuple[str, ...]:
    """Name the functions whose people disagree, where a dimension is as high as a strength."""
    return list_names(
        source.name_function(name)
        for name, function in source.list_functions()
        if function.contested and any((part.band or 0) >= level for part in function.dimensions.values())
    )


def _build_empty_title(source: ReportSource, level: int) -> Message:
    """Say that nothing is strong only where all levels are given: the heatmap colours contested functions too."""
    if source.has_no_scores:
        return make_message("strengths.unknown")
    contested = list_names(
        source.name_function(name) for name, function in source.list_scored_functions() if function.contested
    )
    if contested:
        return make_message("strengths.contested", functions=contested)
    return make_message("strengths.none", level=level)
