"""Charts as PNG: the same marks and fonts as in the PDF, drawn larger and scaled down to smooth the edges."""

import io
from functools import lru_cache
from pathlib import Path

import fontpkg_fira_sans
import pymupdf_fonts
from PIL import Image, ImageDraw, ImageFont

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.palette import PALETTE
from assessment.charts.primitives.surface import DASH_OFF, DASH_ON, OUTLINE_WIDTH, Paint, draw_chart
from assessment.pdf.chart_drawing import ANCHOR_SHARES, measure_line, truncate_to_width
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
    draw_chart(chart, PictureSurface(ImageDraw.Draw(image), scale))
    target = io.BytesIO()
    image.resize((size[0] // SMOOTHING, size[1] // SMOOTHING), Image.Resampling.BOX).save(target, "PNG", optimize=True)
    return target.getvalue()


class PictureSurface:
    """Draws pixels; `scale` of them for each point."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: int) -> None:
        self.draw, self.scale = draw, scale

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return (x + MARGIN) * self.scale, (y + MARGIN) * self.scale

    def _paint(self, paint: Paint) -> dict[str, str | int]:
        if not paint.stroke:
            return {"fill": PALETTE[paint.fill]}
        width = max(1, round(OUTLINE_WIDTH * self.scale))
        return {"fill": PALETTE[paint.fill], "outline": PALETTE[paint.stroke], "width": width}

    def draw_rectangle(self, box: Box, radius: float, paint: Paint) -> None:
        corners = [*self._place(box.x, box.y), *self._place(box.x + box.width, box.y + box.height)]
        self.draw.rounded_rectangle(corners, radius * self.scale, **self._paint(paint))  # type: ignore[arg-type]

    def draw_line(self, line: ChartLine) -> None:
        start, end = self._place(line.x1, line.y1), self._place(line.x2, line.y2)
        width = max(1, round(line.thickness * self.scale))
        for first, last in _split_into_dashes(start, end, self.scale) if line.dashed else [(start, end)]:
            self.draw.line([first, last], fill=PALETTE[line.tone], width=width)

    def draw_circle(self, marker: Marker, paint: Paint) -> None:
        size = marker.size
        corners = [*self._place(marker.x - size, marker.y - size), *self._place(marker.x + size, marker.y + size)]
        self.draw.ellipse(corners, **self._paint(paint))  # type: ignore[arg-type]

    def draw_polygon(self, corners: tuple[tuple[float, float], ...], paint: Paint) -> None:
        self.draw.polygon([self._place(x, y) for x, y in corners], **self._paint(paint))  # type: ignore[arg-type]

    def draw_text(self, label: ChartLabel) -> None:
        face = FONT_FACES[label.weight]
        text = reorder_for_display(truncate_to_width(make_legible(label.text), face, label.size, label.limit))
        x = label.x - ANCHOR_SHARES.get(label.anchor, 0.0) * measure_line(text, face, label.size)
        for name, run in split_by_font(text, face):
            font = load_font(name, label.size * self.scale)
            self.draw.text(self._place(x, label.y), run, PALETTE[label.tone], font, anchor="ls")
            x += measure_line(run, name, label.size)


def _split_into_dashes(
    start: tuple[float, float], end: tuple[float, float], scale: int
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    if not length:
        return []
    on, off = DASH_ON * scale, DASH_OFF * scale
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
