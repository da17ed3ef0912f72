"""Quadrant chart of the outlook: four classes, and one point for the group."""

from collections.abc import Iterator
from decimal import Decimal

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
from assessment.charts.primitives.text_width import truncate_text
from assessment.domain.report.sections.outlook import OutlookQuadrant, OutlookSection
from assessment.i18n import Translator

LEFT_MARGIN, BOTTOM_MARGIN, TOP_MARGIN = 26.0, 30.0, 18.0
HUNDRED = Decimal(100)
ARROWS = " →↑"


def draw_quadrant_chart(outlook: OutlookSection, translator: Translator, width: float, height: float) -> Chart:
    """Draw independence to the right and readiness upwards, divided at the questionnaire's cut point."""
    right, bottom = width - 2, height - BOTTOM_MARGIN
    cut_x = LEFT_MARGIN + float(outlook.cut) / 100 * (right - LEFT_MARGIN)
    cut_y = bottom - float(outlook.cut) / 100 * (bottom - TOP_MARGIN)
    marks: list[ChartMark] = []
    place = _locate_point(outlook, (LEFT_MARGIN, right, bottom))
    for corner in outlook.quadrants:
        x = (cut_x, right) if corner.high_independence else (LEFT_MARGIN, cut_x)
        y = (TOP_MARGIN, cut_y) if corner.high_readiness else (cut_y, bottom)
        marks += _draw_quadrant(corner, x, y, place)
    marks += _draw_axes(translator, (LEFT_MARGIN, right, bottom), height)
    marks += _draw_point(outlook, translator, (LEFT_MARGIN, right, bottom))
    title = translator.render_message(outlook.title)
    sides = zip(_name_axes(translator), (outlook.independence, outlook.readiness), strict=True)
    description = "; ".join(f"{name.rstrip(ARROWS)} {translator.format_figure(figure)}" for name, figure in sides)
    return Chart(width, height, tuple(marks), title, description)


def _draw_quadrant(
    corner: OutlookQuadrant, x: tuple[float, float], y: tuple[float, float], place: tuple[float, float] | None
) -> Iterator[ChartMark]:
    yield Box(x[0] + 1, y[0] + 1, x[1] - x[0] - 2, y[1] - y[0] - 2, "level-2" if corner.is_current else "wash")
    size = TEXT
    name = truncate_text(corner.name, size, x[1] - x[0] - 16)
    weight: FontWeight = "strong" if corner.is_current else "regular"
    at, anchor = _place_name(place, x, y) if corner.is_current else ((x[0] + 9, y[0] + 17), "start")
    yield ChartLabel(*at, name, "ink", size, weight, anchor, limit=x[1] - x[0] - 16)


def _place_name(
    place: tuple[float, float] | None, x: tuple[float, float], y: tuple[float, float]
) -> tuple[tuple[float, float], TextAnchor]:
    """Place a class name above its point, or below it on the side without the guide line."""
    if place is None or place[1] > sum(y) / 2:
        return (x[0] + 9, y[0] + 17), "start"
    if place[0] > sum(x) / 2:
        return (x[0] + 9, y[1] - 8), "start"
    return (x[1] - 9, y[1] - 8), "end"


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
