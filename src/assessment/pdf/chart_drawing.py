"""Charts as blocks of a page: the same marks as in the SVG, in the embedded font."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker, TextAnchor
from assessment.charts.primitives.surface import DASH_OFF, DASH_ON, OUTLINE_WIDTH, Paint, draw_chart
from assessment.pdf.accessibility.tagged_canvas import draw_as
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import make_legible, split_by_font
from assessment.pdf.typesetting.theme import COLOURS, FONT_FACES

ELLIPSIS = "…"
DASH_PATTERN = [int(DASH_ON), int(DASH_OFF)]
ANCHOR_SHARES: dict[TextAnchor, float] = {"middle": 0.5, "end": 1.0}


class ChartBlock(Flowable):  # type: ignore[misc] # ReportLab has no types
    def __init__(self, chart: Chart, palette: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.chart = chart
        self.colours = COLOURS if palette is None else {tone: HexColor(colour) for tone, colour in palette.items()}
        self.width, self.height = chart.width, chart.height

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the chart's size, which doesn't depend on the available space."""
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a tagged figure with alternative text."""
        alt = f"{self.chart.title}. {self.chart.description}".replace("..", ".").strip()
        box = (*canvas.absolutePosition(x, y), *canvas.absolutePosition(x + self.width, y + self.height))
        draw = partial(super().drawOn, canvas, x, y, _sW)
        draw_as(canvas, draw, "Figure", alt=make_legible(alt), box=box)

    def draw(self) -> None:
        """Draw all marks, converted to PDF's upward y axis."""
        draw_chart(self.chart, PdfSurface(self.canv, self.height, self.colours))


class PdfSurface:
    """Draws on a canvas; `height` of the chart in points, since y goes upwards there."""

    def __init__(self, canvas: Canvas, height: float, colours: Mapping[str, HexColor] = COLOURS) -> None:
        self.canvas, self.height, self.colours = canvas, height, colours

    def draw_rectangle(self, box: Box, radius: float, paint: Paint) -> None:
        self._set_paint(paint)
        place = (box.x, self.height - box.y - box.height, box.width, box.height)
        way = {"stroke": int(bool(paint.stroke)), "fill": 1}
        if radius:
            self.canvas.roundRect(*place, radius, **way)
        else:
            self.canvas.rect(*place, **way)

    def draw_line(self, line: ChartLine) -> None:
        self.canvas.setStrokeColor(self.colours[line.tone])
        self.canvas.setLineWidth(line.thickness)
        if line.dashed:
            self.canvas.setDash(DASH_PATTERN)
        self.canvas.line(line.x1, self.height - line.y1, line.x2, self.height - line.y2)
        if line.dashed:
            self.canvas.setDash([])

    def draw_circle(self, marker: Marker, paint: Paint) -> None:
        self._set_paint(paint)
        self.canvas.circle(marker.x, self.height - marker.y, marker.size, stroke=int(bool(paint.stroke)), fill=1)

    def draw_polygon(self, corners: tuple[tuple[float, float], ...], paint: Paint) -> None:
        self._set_paint(paint)
        path = self.canvas.beginPath()
        for number, (x, y) in enumerate(corners):
            (path.lineTo if number else path.moveTo)(x, self.height - y)
        path.close()
        self.canvas.drawPath(path, stroke=int(bool(paint.stroke)), fill=1)

    def draw_text(self, label: ChartLabel) -> None:
        face = FONT_FACES[label.weight]
        text = truncate_to_width(make_legible(label.text), face, label.size, label.limit)
        self.canvas.setFillColor(self.colours[label.tone])
        place = (label.x, self.height - label.y)
        draw_text_line(self.canvas, place, reorder_for_display(text), face, label.size, label.anchor)

    def _set_paint(self, paint: Paint) -> None:
        self.canvas.setFillColor(self.colours[paint.fill])
        if paint.stroke:
            self.canvas.setLineWidth(OUTLINE_WIDTH)
            self.canvas.setStrokeColor(self.colours[paint.stroke])


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
