"""Charts as blocks of a page: the same marks as in the SVG, in the embedded font."""

from functools import partial
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from assessment.charts.marks import Anchor, Box, Chart, Label, Line, Mark, Marker
from assessment.charts.svg import corners
from assessment.pdf.direction import visual
from assessment.pdf.fonts import legible, pieces
from assessment.pdf.tagging import TaggedCanvas, drawn_as
from assessment.pdf.theme import COLOUR, FACES

ELLIPSIS = "…"
OUTLINE = 1.4  # points
DASHES = [3, 2]  # points on, off
LEFT_OF: dict[Anchor, float] = {"middle": 0.5, "end": 1.0}


class Drawing(Flowable):  # type: ignore[misc] # ReportLab has no types
    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart
        self.width, self.height = chart.width, chart.height

    def wrap(self, *_: float) -> tuple[float, float]:
        """Return the chart's size, which doesn't depend on the available space."""
        return self.width, self.height

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a tagged figure with alternative text."""
        if isinstance(canvas, TaggedCanvas) and canvas.rehearsing:
            return
        alt = f"{self.chart.title}. {self.chart.description}".replace("..", ".").strip()
        box = (*canvas.absolutePosition(x, y), *canvas.absolutePosition(x + self.width, y + self.height))
        draw = partial(super().drawOn, canvas, x, y, _sW)
        drawn_as(canvas, draw, "Figure", alt=legible(alt), box=box)

    def draw(self) -> None:
        """Draw all marks, converted to PDF's upward y axis."""
        for mark in self.chart.marks:
            _draw(self.canv, mark, self.height)


def _draw(canvas: Canvas, mark: Mark, height: float) -> None:
    match mark:
        case Box():
            _box(canvas, mark, height)
        case Line():
            _line(canvas, mark, height)
        case Marker():
            _marker(canvas, mark, height)
        case Label():
            _label(canvas, mark, height)


def _box(canvas: Canvas, mark: Box, height: float) -> None:
    _paint(canvas, mark.tone, hollow=mark.outline)
    bottom = height - mark.y - mark.height
    place, way = (mark.x, bottom, mark.width, mark.height), {"stroke": int(mark.outline), "fill": 1}
    if mark.radius:
        canvas.roundRect(*place, mark.radius, **way)
    else:
        canvas.rect(*place, **way)


def _line(canvas: Canvas, mark: Line, height: float) -> None:
    canvas.setStrokeColor(COLOUR[mark.tone])
    canvas.setLineWidth(mark.thickness)
    if mark.dashed:
        canvas.setDash(DASHES)
    canvas.line(mark.x1, height - mark.y1, mark.x2, height - mark.y2)
    if mark.dashed:
        canvas.setDash([])


def _marker(canvas: Canvas, mark: Marker, height: float) -> None:
    _paint(canvas, mark.tone, hollow=mark.hollow)
    if mark.shape == "circle":
        canvas.circle(mark.x, height - mark.y, mark.size, stroke=int(mark.hollow), fill=1)
        return
    path = canvas.beginPath()
    for number, (x, y) in enumerate(corners(mark)):
        (path.lineTo if number else path.moveTo)(x, height - y)
    path.close()
    canvas.drawPath(path, stroke=int(mark.hollow), fill=1)


def _paint(canvas: Canvas, tone: str, *, hollow: bool) -> None:
    canvas.setFillColor(COLOUR["paper" if hollow else tone])
    if hollow:
        canvas.setLineWidth(OUTLINE)
        canvas.setStrokeColor(COLOUR[tone])


def _label(canvas: Canvas, mark: Label, height: float) -> None:
    face = FACES[mark.weight]
    text = fitted(legible(mark.text), face, mark.size, mark.limit)
    canvas.setFillColor(COLOUR[mark.tone])
    write(canvas, (mark.x, height - mark.y), visual(text), face, mark.size, mark.anchor)


def write(canvas: Canvas, place: tuple[float, float], text: str, face: str, size: float, anchor: Anchor) -> None:
    """Draw one line, switching fonts where one lacks a glyph."""
    x, y = place
    if anchor != "start":
        x -= LEFT_OF[anchor] * measured(text, face, size)
    for drawn_with, run in pieces(text, face):
        canvas.setFont(drawn_with, size)
        canvas.drawString(x, y, run)
        if len(run) < len(text):
            x += stringWidth(run, drawn_with, size)


def measured(text: str, face: str, size: float) -> float:
    """Measure the width of one line in points."""
    return sum(float(stringWidth(run, drawn_with, size)) for drawn_with, run in pieces(text, face))


def fitted(text: str, face: str, size: float, limit: float | None) -> str:
    """Truncate to a width in points, with an ellipsis."""
    if limit is None or measured(text[:500], face, size) <= limit:
        return text[:500]
    low, high = 0, min(len(text), 500)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measured(text[:middle].rstrip() + ELLIPSIS, face, size) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS
