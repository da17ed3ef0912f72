"""Charts as PNG: the same marks and fonts as in the PDF, drawn larger and scaled down to smooth the edges."""

import io
from functools import lru_cache
from pathlib import Path

import fontpkg_fira_sans
import pymupdf_fonts
from PIL import Image, ImageDraw, ImageFont

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.palette import PALETTE
from assessment.charts.svg import compute_corners
from assessment.pdf.chart_drawing import ANCHOR_SHARES, DASH_PATTERN, OUTLINE_WIDTH, measure_line, truncate_to_width
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import FALLBACK_CODES, FONT_FILES, make_legible, split_by_font
from assessment.pdf.typesetting.theme import FONT_FACES

PIXELS_PER_POINT = 3  # 216 dots per inch: sharp on slides and in print
SMOOTHING = 2  # pixels drawn for each pixel of the picture, in each direction
MARGIN = 8.0  # points around the chart


def render_png(chart: Chart) -> bytes:
    """Render a chart on white; the same chart gives the same bytes."""
    scale = PIXELS_PER_POINT * SMOOTHING
    size = [round((side + 2 * MARGIN) * scale) for side in (chart.width, chart.height)]
    image = Image.new("RGB", (size[0], size[1]), PALETTE["paper"])
    pen = _Pen(ImageDraw.Draw(image), scale)
    for mark in chart.marks:
        match mark:
            case Box():
                pen.draw_box(mark)
            case ChartLine():
                pen.draw_line(mark)
            case Marker():
                pen.draw_marker(mark)
            case ChartLabel():
                pen.draw_label(mark)
    target = io.BytesIO()
    image.resize((size[0] // SMOOTHING, size[1] // SMOOTHING), Image.Resampling.BOX).save(target, "PNG", optimize=True)
    return target.getvalue()


class _Pen:
    """Draw marks: points from the top left of the chart to pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: int) -> None:
        self.draw, self.scale = draw, scale

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return (x + MARGIN) * self.scale, (y + MARGIN) * self.scale

    def _paint(self, tone: str, *, hollow: bool) -> dict[str, str | int]:
        if not hollow:
            return {"fill": PALETTE[tone]}
        return {
            "fill": PALETTE["paper"],
            "outline": PALETTE[tone],
            "width": max(1, round(OUTLINE_WIDTH * self.scale)),
        }

    def draw_box(self, mark: Box) -> None:
        if mark.width <= 0 or mark.height <= 0:
            return
        corners = [*self._place(mark.x, mark.y), *self._place(mark.x + mark.width, mark.y + mark.height)]
        radius = min(mark.radius, mark.width / 2, mark.height / 2) * self.scale
        self.draw.rounded_rectangle(corners, radius, **self._paint(mark.tone, hollow=mark.outline))  # type: ignore[arg-type]

    def draw_line(self, mark: ChartLine) -> None:
        start, end = self._place(mark.x1, mark.y1), self._place(mark.x2, mark.y2)
        width = max(1, round(mark.thickness * self.scale))
        for first, last in _split_into_dashes(start, end, self.scale) if mark.dashed else [(start, end)]:
            self.draw.line([first, last], fill=PALETTE[mark.tone], width=width)

    def draw_marker(self, mark: Marker) -> None:
        paint = self._paint(mark.tone, hollow=mark.hollow)
        if mark.shape == "circle":
            corners = [
                *self._place(mark.x - mark.size, mark.y - mark.size),
                *self._place(mark.x + mark.size, mark.y + mark.size),
            ]
            self.draw.ellipse(corners, **paint)  # type: ignore[arg-type]
            return
        self.draw.polygon([self._place(x, y) for x, y in compute_corners(mark)], **paint)  # type: ignore[arg-type]

    def draw_label(self, mark: ChartLabel) -> None:
        face = FONT_FACES[mark.weight]
        text = reorder_for_display(truncate_to_width(make_legible(mark.text), face, mark.size, mark.limit))
        x = mark.x - ANCHOR_SHARES.get(mark.anchor, 0.0) * measure_line(text, face, mark.size)
        for name, run in split_by_font(text, face):
            self.draw.text(
                self._place(x, mark.y), run, PALETTE[mark.tone], load_font(name, mark.size * self.scale), anchor="ls"
            )
            x += measure_line(run, name, mark.size)


def _split_into_dashes(
    start: tuple[float, float], end: tuple[float, float], scale: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    if not length:
        return []
    on, off = (part * scale for part in DASH_PATTERN)
    step = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    dashes, done = [], 0.0
    while done < length:
        last = min(done + on, length)
        dashes.append(
            (
                (start[0] + step[0] * done, start[1] + step[1] * done),
                (start[0] + step[0] * last, start[1] + step[1] * last),
            )
        )
        done += on + off
    return dashes


@lru_cache(maxsize=64)
def load_font(name: str, pixels: float) -> ImageFont.FreeTypeFont:
    """Load a font of the PDF by its name there."""
    layout = ImageFont.Layout.BASIC  # texts come shaped and in visual order
    if name in FONT_FILES:
        path = Path(fontpkg_fira_sans.ROOT) / "files" / FONT_FILES[name]
        return ImageFont.truetype(str(path), pixels, layout_engine=layout)
    return ImageFont.truetype(io.BytesIO(pymupdf_fonts.myfont(FALLBACK_CODES[name])), pixels, layout_engine=layout)
