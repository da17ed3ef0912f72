"""Quadrant chart of the outlook: four classes, and one point for the group."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from assessment.charts.primitives.marks import (
    SMALL,
    TEXT,
    Box,
    Chart,
    ChartLabel,
    ChartLine,
    ChartMark,
    FontWeight,
    Marker,
    TextAnchor,
)
from assessment.charts.primitives.text_width import estimate_width, truncate_text, wrap_text
from assessment.domain.report.sections.outlook import OutlookQuadrant, OutlookSection
from assessment.i18n import Translator

LEFT_MARGIN, BOTTOM_MARGIN, TOP_MARGIN = 26.0, 30.0, 18.0
HUNDRED = Decimal(100)
ARROWS = " →↑"
INSET, NAME_DROP, NAME_LIFT = 9.0, 17.0, 8.0  # of a name in its quadrant, from the sides, the top and the bottom
CLEARANCE, LINE_HEIGHT = 2.0, 12.0
STRONG_SHARE = 1.08  # width of strong letters, compared with the estimate

LabelBox = tuple[float, float, float, float]


def draw_quadrant_chart(outlook: OutlookSection, translator: Translator, width: float, height: float) -> Chart:
    """Draw independence to the right and readiness upwards, divided at the questionnaire's cut point."""
    right, bottom = width - 2, height - BOTTOM_MARGIN
    cut_x = LEFT_MARGIN + float(outlook.cut) / 100 * (right - LEFT_MARGIN)
    cut_y = bottom - float(outlook.cut) / 100 * (bottom - TOP_MARGIN)
    marks: list[ChartMark] = []
    point = [*_draw_point(outlook, translator, (LEFT_MARGIN, right, bottom))]
    drawn = [*_measure_marks(point)]
    for corner in outlook.quadrants:
        x = (cut_x, right) if corner.high_independence else (LEFT_MARGIN, cut_x)
        y = (TOP_MARGIN, cut_y) if corner.high_readiness else (cut_y, bottom)
        marks += _draw_quadrant(corner, x, y, drawn)
    marks += _draw_axes(translator, (LEFT_MARGIN, right, bottom), height)
    marks += point
    title = translator.render_message(outlook.title)
    sides = zip(_name_axes(translator), (outlook.independence, outlook.readiness), strict=True)
    description = "; ".join(f"{name.rstrip(ARROWS)} {translator.format_figure(figure)}" for name, figure in sides)
    return Chart(width, height, tuple(marks), title, description)


def _draw_quadrant(
    corner: OutlookQuadrant, x: tuple[float, float], y: tuple[float, float], drawn: Sequence[LabelBox]
) -> Iterator[ChartMark]:
    """Draw a quadrant with its name in the corner where nothing that is `drawn` crosses it."""
    yield Box(x[0] + 1, y[0] + 1, x[1] - x[0] - 2, y[1] - y[0] - 2, "level-2" if corner.is_current else "wash")
    weight: FontWeight = "strong" if corner.is_current else "regular"
    places = _list_name_places(corner.name, x, y, weight)
    # The first of those that the fewest marks cross.
    yield from min(places, key=lambda labels: _count_crossings([*_measure_marks(labels)], drawn))


def _list_name_places(
    name: str, x: tuple[float, float], y: tuple[float, float], weight: FontWeight
) -> Iterator[list[ChartLabel]]:
    """Yield a name in each corner of its quadrant, in one line, then in two."""
    limit = x[1] - x[0] - 2 * INSET
    sides: tuple[tuple[float, TextAnchor], ...] = ((x[0] + INSET, "start"), (x[1] - INSET, "end"))
    for lines in ((truncate_text(name, TEXT, limit),), wrap_text(name, TEXT, 0)):
        for top in (y[0] + NAME_DROP, y[1] - NAME_LIFT - LINE_HEIGHT * (len(lines) - 1)):
            for left, anchor in sides:
                yield [
                    ChartLabel(left, top + LINE_HEIGHT * number, line, "ink", TEXT, weight, anchor, limit=limit)
                    for number, line in enumerate(lines)
                ]


def _measure_label(label: ChartLabel) -> LabelBox:
    """Left, top, right and bottom of a label, with some white space."""
    width = estimate_width(label.text, TEXT) * STRONG_SHARE
    left = label.x - (width if label.anchor == "end" else 0.0)
    return left - CLEARANCE, label.y - TEXT - CLEARANCE, left + width + CLEARANCE, label.y + CLEARANCE


def _count_crossings(boxes: Sequence[LabelBox], drawn: Sequence[LabelBox]) -> int:
    return sum(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for box, other in product(boxes, drawn)
    )


def _name_axes(translator: Translator) -> tuple[str, str]:
    return translator.gettext("Independence of one network →"), translator.gettext("Readiness for another role ↑")


def _draw_axes(translator: Translator, ends: tuple[float, float, float], height: float) -> Iterator[ChartMark]:
    left, right, bottom = ends
    for step in (0, 50, 100):
        share = step / 100
        anchor: TextAnchor = "start" if step == 0 else "end" if step == HUNDRED else "middle"
        yield ChartLabel(left + share * (right - left), bottom + 10, str(step), "muted", SMALL, anchor=anchor)
        yield ChartLabel(
            left - 5,
            bottom - share * (bottom - TOP_MARGIN) + (5 if step == HUNDRED else 2),
            str(step),
            "muted",
            SMALL,
            anchor="end",
        )
    across, up = _name_axes(translator)
    yield ChartLabel((left + right) / 2, height - 6, across, "muted", SMALL, anchor="middle")
    yield ChartLabel(0, 9, up, "muted", SMALL)


def _measure_marks(marks: Sequence[ChartMark]) -> Iterator[LabelBox]:
    """Measure the guide lines, the point and its label."""
    for mark in marks:
        if isinstance(mark, ChartLine):
            yield min(mark.x1, mark.x2), min(mark.y1, mark.y2), max(mark.x1, mark.x2), max(mark.y1, mark.y2)
        elif isinstance(mark, Marker):
            yield mark.x - mark.size, mark.y - mark.size, mark.x + mark.size, mark.y + mark.size
        elif isinstance(mark, ChartLabel):
            yield _measure_label(mark)


def _locate_point(outlook: OutlookSection, ends: tuple[float, float, float]) -> tuple[float, float] | None:
    """Return the position of the group's point; None if a coordinate is withheld."""
    if outlook.independence.value is None or outlook.readiness.value is None:
        return None
    left, right, bottom = ends
    across = left + float(outlook.independence.value) / 100 * (right - left)
    return across, bottom - float(outlook.readiness.value) / 100 * (bottom - TOP_MARGIN)


def _draw_point(
    outlook: OutlookSection, translator: Translator, ends: tuple[float, float, float]
) -> Iterator[ChartMark]:
    place = _locate_point(outlook, ends)
    if place is None:
        return
    (x, y), (left, right, bottom) = place, ends
    yield ChartLine(x, bottom, x, y, "rule", 0.7, dashed=True)
    yield ChartLine(left, y, x, y, "rule", 0.7, dashed=True)
    yield Marker(x, y, 6, "diamond", "accent")
    text = f"{translator.format_figure(outlook.independence)} | {translator.format_figure(outlook.readiness)}"
    near = x > (left + right) / 2
    yield ChartLabel(x - 10 if near else x + 10, y + 3, text, "ink", TEXT, "strong", "end" if near else "start")
