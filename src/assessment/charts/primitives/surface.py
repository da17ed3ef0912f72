"""One way of drawing for all targets: a chart's marks become shapes, and a target only draws these.

SVG, PDF and PNG are such targets: what a mark means, and how its label is cut, is decided here once.
"""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker

OUTLINE_WIDTH = 1.4  # points
DASH_ON, DASH_OFF = 3.0, 2.0  # points
DIAMOND_REACH = 1.25  # of a marker's size, so that it looks as large as a circle
TICK_WIDTH = 1.0  # points to either side


class Paint(Struct, frozen=True):
    """Inside and outline of a shape by tone; `stroke` is empty without an outline."""

    tone: str
    fill: str
    stroke: str = ""


class Surface(Protocol):
    """A target that draws shapes; places in points from the top left of the chart."""

    def draw_rectangle(self, box: Box, radius: float, paint: Paint) -> None:
        """Draw a rectangle; `radius` of its corners in points, 0 for none."""

    def draw_line(self, line: ChartLine) -> None:
        """Draw a line, dashed by `DASH_ON` and `DASH_OFF` where it says so."""

    def draw_circle(self, marker: Marker, paint: Paint) -> None:
        """Draw a circle around its place; `size` is the radius."""

    def draw_polygon(self, corners: tuple[tuple[float, float], ...], paint: Paint) -> None:
        """Draw a closed shape with straight edges."""

    def draw_text(self, label: ChartLabel) -> None:
        """Draw a line of text, cut to its limit by the widths of the target's own typeface."""


def draw_chart(chart: Chart, surface: Surface) -> None:
    """Draw all marks of a chart in their order."""
    for mark in chart.marks:
        match mark:
            case Box():
                _draw_box(mark, surface)
            case ChartLine():
                surface.draw_line(mark)
            case Marker():
                _draw_marker(mark, surface)
            case ChartLabel():
                surface.draw_text(mark)


def _draw_box(mark: Box, surface: Surface) -> None:
    if mark.width > 0 and mark.height > 0:
        radius = min(mark.radius, mark.width / 2, mark.height / 2)
        surface.draw_rectangle(mark, radius, _choose_paint(mark.tone, is_hollow=mark.outline))


def _draw_marker(mark: Marker, surface: Surface) -> None:
    paint = _choose_paint(mark.tone, is_hollow=mark.hollow)
    if mark.shape == "circle":
        surface.draw_circle(mark, paint)
    else:
        surface.draw_polygon(tuple(compute_corners(mark)), paint)


def _choose_paint(tone: str, *, is_hollow: bool) -> Paint:
    return Paint(tone, "paper", tone) if is_hollow else Paint(tone, tone)


def compute_corners(mark: Marker) -> Iterator[tuple[float, float]]:
    """Corners of a marker with straight edges, y downwards."""
    size = mark.size
    if mark.shape == "diamond":
        reach = size * DIAMOND_REACH
        yield from (
            (mark.x, mark.y - reach),
            (mark.x + reach, mark.y),
            (mark.x, mark.y + reach),
            (mark.x - reach, mark.y),
        )
        return
    wide = TICK_WIDTH if mark.shape == "tick" else size
    yield from (
        (mark.x - wide, mark.y - size),
        (mark.x + wide, mark.y - size),
        (mark.x + wide, mark.y + size),
        (mark.x - wide, mark.y + size),
    )
