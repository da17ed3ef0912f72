"""Fitting text to a box: Office has no layout before someone opens the file, so sizes are estimated."""

from collections.abc import Sequence
from math import ceil

from assessment.charts.primitives.text_width import estimate_width

FONT_WIDTH = 0.93  # of Calibri, compared with the typeface that widths are estimated for
LINE_SPACING = 1.22
EMU_PER_POINT = 12_700


def count_text_lines(text: str, size: float, width: float) -> int:
    """Estimate the lines of a text; `size` and `width` in points. Words longer than a line are broken."""
    lines = 0
    space = estimate_width(" ", size) * FONT_WIDTH
    for paragraph in text.split("\n"):
        lines, room = lines + 1, width
        for word in paragraph.split():
            length = estimate_width(word, size) * FONT_WIDTH
            if length > room and room < width:
                lines, room = lines + 1, width
            overflow = max(0, ceil(length / max(width, 1)) - 1)
            lines += overflow
            room -= length - overflow * width + space
    return lines


def estimate_height(texts: Sequence[tuple[str, float]], width: float, gap: float = 0.0) -> float:
    """Estimate the height of paragraphs (text, size) in points; `gap` between them."""
    heights = [count_text_lines(text, size, width) * size * LINE_SPACING + gap for text, size in texts]
    return sum(heights) - (gap if heights else 0)


def find_scale(
    texts: Sequence[tuple[str, float]], width: float, height: float, gap: float, scales: Sequence[float]
) -> float:
    """Find the largest scale at which paragraphs fit a box; otherwise the smallest."""
    for scale in scales:
        if estimate_height([(text, size * scale) for text, size in texts], width, gap * scale) <= height:
            return scale
    return scales[-1]
