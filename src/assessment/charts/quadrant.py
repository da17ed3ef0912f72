"""Quadrant chart of the outlook: four classes, and one point for the group."""

from collections.abc import Iterator
from decimal import Decimal

from assessment.charts.marks import Anchor, Box, Chart, Label, Line, Mark, Marker, Weight
from assessment.charts.measure import shortened
from assessment.domain.report.parts import Outlook, Quadrant
from assessment.wording import Wording

LEFT, BOTTOM, TOP = 26.0, 30.0, 18.0
HUNDRED = Decimal(100)
ARROWS = " →↑"


def quadrant_chart(outlook: Outlook, wording: Wording, width: float, height: float) -> Chart:
    """Draw independence to the right and readiness upwards, divided at the questionnaire's cut point."""
    right, bottom = width - 2, height - BOTTOM
    cut_x = LEFT + float(outlook.cut) / 100 * (right - LEFT)
    cut_y = bottom - float(outlook.cut) / 100 * (bottom - TOP)
    marks: list[Mark] = []
    place = _place(outlook, (LEFT, right, bottom))
    for corner in outlook.quadrants:
        x = (cut_x, right) if corner.high_independence else (LEFT, cut_x)
        y = (TOP, cut_y) if corner.high_readiness else (cut_y, bottom)
        marks += _corner(corner, x, y, place)
    marks += _axes(wording, (LEFT, right, bottom), height)
    marks += _point(outlook, wording, (LEFT, right, bottom))
    title = wording.text(outlook.title)
    sides = zip(_names(wording), (outlook.independence, outlook.readiness), strict=True)
    described = "; ".join(f"{name.rstrip(ARROWS)} {wording.figure(one)}" for name, one in sides)
    return Chart(width, height, tuple(marks), title, described)


def _corner(
    corner: Quadrant, x: tuple[float, float], y: tuple[float, float], place: tuple[float, float] | None
) -> Iterator[Mark]:
    yield Box(x[0] + 1, y[0] + 1, x[1] - x[0] - 2, y[1] - y[0] - 2, "level-2" if corner.here else "wash")
    size = 9.5
    name = shortened(corner.name, size, x[1] - x[0] - 16)
    weight: Weight = "strong" if corner.here else "regular"
    at, anchor = _clear_of(place, x, y) if corner.here else ((x[0] + 9, y[0] + 17), "start")
    yield Label(*at, name, "ink", size, weight, anchor, limit=x[1] - x[0] - 16)


def _clear_of(
    place: tuple[float, float] | None, x: tuple[float, float], y: tuple[float, float]
) -> tuple[tuple[float, float], Anchor]:
    """Place a class name above its point, or below it on the side without the guide line."""
    if place is None or place[1] > sum(y) / 2:
        return (x[0] + 9, y[0] + 17), "start"
    if place[0] > sum(x) / 2:
        return (x[0] + 9, y[1] - 8), "start"
    return (x[1] - 9, y[1] - 8), "end"


def _names(wording: Wording) -> tuple[str, str]:
    return wording.gettext("Independence of one network →"), wording.gettext("Readiness for another role ↑")


def _axes(wording: Wording, ends: tuple[float, float, float], height: float) -> Iterator[Mark]:
    left, right, bottom = ends
    for step in (0, 50, 100):
        share = step / 100
        anchor: Anchor = "start" if step == 0 else "end" if step == HUNDRED else "middle"
        yield Label(left + share * (right - left), bottom + 10, str(step), "muted", 7, anchor=anchor)
        yield Label(
            left - 5,
            bottom - share * (bottom - TOP) + (5 if step == HUNDRED else 2),
            str(step),
            "muted",
            7,
            anchor="end",
        )
    across, up = _names(wording)
    yield Label((left + right) / 2, height - 6, across, "muted", 8, anchor="middle")
    yield Label(0, 9, up, "muted", 8)


def _place(outlook: Outlook, ends: tuple[float, float, float]) -> tuple[float, float] | None:
    """Return the position of the group's point; None if a coordinate is withheld."""
    if outlook.independence.shown is None or outlook.readiness.shown is None:
        return None
    left, right, bottom = ends
    across = left + float(outlook.independence.shown) / 100 * (right - left)
    return across, bottom - float(outlook.readiness.shown) / 100 * (bottom - TOP)


def _point(outlook: Outlook, wording: Wording, ends: tuple[float, float, float]) -> Iterator[Mark]:
    place = _place(outlook, ends)
    if place is None:
        return
    (x, y), (left, right, bottom) = place, ends
    yield Line(x, bottom, x, y, "rule", 0.7, dashed=True)
    yield Line(left, y, x, y, "rule", 0.7, dashed=True)
    yield Marker(x, y, 6, "diamond", "accent")
    text = f"{wording.figure(outlook.independence)} | {wording.figure(outlook.readiness)}"
    near = x > (left + right) / 2
    yield Label(x - 10 if near else x + 10, y + 3, text, "ink", 9, "strong", "end" if near else "start")
