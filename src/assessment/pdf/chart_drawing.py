"""Charts as blocks of a page: the same marks as in the SVG, in the embedded font."""

from functools import partial
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, ChartMark, Marker, TextAnchor
from assessment.charts.svg import compute_corners
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas, draw_as
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import make_legible, split_by_font
from assessment.pdf.typesetting.theme import COLOURS, FONT_FACES

ELLIPSIS = "…"
OUTLINE_WIDTH = 1.4  # points
DASH_PATTERN = [3, 2]  # points on, off
ANCHOR_SHARES: dict[TextAnchor, float] = {"middle": 0.5, "end": 1.0}


class ChartBlock(Flowable):  # type: ignore[misc] # ReportLab has no types
    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart
        self.width, self.height = chart.width, chart.height

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the chart's size, which doesn't depend on the available space."""
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a tagged figure with alternative text."""
        if isinstance(canvas, TaggedCanvas) and canvas.is_dry_run:
            return
        alt = f"{self.chart.title}. {self.chart.description}".replace("..", ".").strip()
        box = (*canvas.absolutePosition(x, y), *canvas.absolutePosition(x + self.width, y + self.height))
        draw = partial(super().drawOn, canvas, x, y, _sW)
        draw_as(canvas, draw, "Figure", alt=make_legible(alt), box=box)

    def draw(self) -> None:
        """Draw all marks, converted to PDF's upward y axis."""
        for mark in self.chart.marks:
            _draw_mark(self.canv, mark, self.height)


def _draw_mark(canvas: Canvas, mark: ChartMark, height: float) -> None:
    match mark:
        case Box():
            _draw_box(canvas, mark, height)
        case ChartLine():
            _draw_line(canvas, mark, height)
        case Marker():
            _draw_marker(canvas, mark, height)
        case ChartLabel():
            _draw_label(canvas, mark, height)


def _draw_box(canvas: Canvas, mark: Box, height: float) -> None:
    _set_paint(canvas, mark.tone, hollow=mark.outline)
    bottom = height - mark.y - mark.height
    place, way = (mark.x, bottom, mark.width, mark.height), {"stroke": int(mark.outline), "fill": 1}
    if mark.radius:
        canvas.roundRect(*place, mark.radius, **way)
    else:
        canvas.rect(*place, **way)


def _draw_line(canvas: Canvas, mark: ChartLine, height: float) -> None:
    canvas.setStrokeColor(COLOURS[mark.tone])
    canvas.setLineWidth(mark.thickness)
    if mark.dashed:
        canvas.setDash(DASH_PATTERN)
    canvas.line(mark.x1, height - mark.y1, mark.x2, height - mark.y2)
    if mark.dashed:
        canvas.setDash([])


def _draw_marker(canvas: Canvas, mark: Marker, height: float) -> None:
    _set_paint(canvas, mark.tone, hollow=mark.hollow)
    if mark.shape == "circle":
        canvas.circle(mark.x, height - mark.y, mark.size, stroke=int(mark.hollow), fill=1)
        return
    path = canvas.beginPath()
    for number, (x, y) in enumerate(compute_corners(mark)):
        (path.lineTo if number else path.moveTo)(x, height - y)
    path.close()
    canvas.drawPath(path, stroke=int(mark.hollow), fill=1)


def _set_paint(canvas: Canvas, tone: str, *, hollow: bool) -> None:
    canvas.setFillColor(COLOURS["paper" if hollow else tone])
    if hollow:
        canvas.setLineWidth(OUTLINE_WIDTH)
        canvas.setStrokeColor(COLOURS[tone])


def _draw_label(canvas: Canvas, mark: ChartLabel, height: float) -> None:
    face = FONT_FACES[mark.weight]
    text = truncate_to_width(make_legible(mark.text), face, mark.size, mark.limit)
    canvas.setFillColor(COLOURS[mark.tone])
    draw_text_line(canvas, (mark.x, height - mark.y), reorder_for_display(text), face, mark.size, mark.anchor)


def draw_text_line(
    canvas: Canvas, place: tuple[float, float], text: str, face: str, size: float, anchor: TextAnchor
) -> None:
    """Draw one line, switching fonts where one lacks a glyph."""
    x, y = place
    if anchor != "start":
        x -= ANCHOR_SHARES[anchor] * measure_line(text, face, size)
    for drawn_with, run in split_by_font(text, face):
        canvas.setFont(drawn_with, size)
        canvas.drawString(x, y, run)
        if len(run) < len(text):
            x += stringWidth(run, drawn_with, size)


def measure_line(text: str, face: str, size: float) -> float:
    """Measure the width of one line in points."""
    return sum(float(stringWidth(run, drawn_with, size)) for drawn_with, run in split_by_font(text, face))


def truncate_to_width(text: str, face: str, size: float, limit: float | None) -> str:
    """Truncate to a width in points, with an ellipsis."""
    if limit is None or measure_line(text[:500], face, size) <= limit:
        return text[:500]
    low, high = 0, min(len(text), 500)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure_line(text[:middle].rstrip() + ELLIPSIS, face, size) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS
