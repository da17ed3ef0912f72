"""Render a chart as SVG with presentation attributes only: the content security policy forbids inline styles.

Every mark also has its tone as a class, so that a stylesheet can recolour it, for example in dark mode.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, ChartMark, Marker
from assessment.charts.primitives.palette import PALETTE
from assessment.charts.primitives.text_width import truncate_text

FONT_WEIGHTS = {"light": "300", "regular": "400", "strong": "600"}
DASH_PATTERN = "3 2"
FONT_FAMILY = "Fira Sans, Calibri, Arial, sans-serif"


def render_svg(chart: Chart, prefix: str) -> str:
    """Render a chart; `prefix` makes its ids unique on the page."""
    title, description = f"{prefix}-title", f"{prefix}-description"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'viewBox="0 0 {_format_number(chart.width)} {_format_number(chart.height)}" '
        f"aria-labelledby={quoteattr(f'{title} {description}')}>"
        f"<title id={quoteattr(title)}>{_escape_text(chart.title)}</title>"
        f"<desc id={quoteattr(description)}>{_escape_text(chart.description)}</desc>"
    )
    return head + "".join(_render_mark(mark) for mark in chart.marks) + "</svg>"


def render_svg_file(chart: Chart) -> bytes:
    """Render a chart as a file of its own, on white, with its size and a font that most programs have."""
    width, height = _format_number(chart.width), _format_number(chart.height)
    drawn = render_svg(chart, "chart").replace(
        ' class="chart"', f' width="{width}" height="{height}" font-family="{FONT_FAMILY}"', 1
    )
    head, end, marks = drawn.partition("</desc>")
    paper = f'<rect width="{width}" height="{height}" fill="{PALETTE["paper"]}"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{end}{paper}{marks}\n'.encode()


def _render_mark(mark: ChartMark) -> str:
    match mark:
        case Box():
            return _render_box(mark)
        case ChartLine():
            return _render_line(mark)
        case Marker():
            return _render_marker(mark)
        case ChartLabel():
            return _render_label(mark)


def _render_box(mark: Box) -> str:
    paint = _format_paint(mark.tone, hollow=mark.outline)
    place = _format_attributes(x=mark.x, y=mark.y, width=mark.width, height=mark.height)
    corner = f' rx="{_format_number(mark.radius)}"' if mark.radius else ""
    return f"<rect {place}{corner} {paint}/>"


def _render_line(mark: ChartLine) -> str:
    dash = f' stroke-dasharray="{DASH_PATTERN}"' if mark.dashed else ""
    return (
        f"<line {_format_attributes(x1=mark.x1, y1=mark.y1, x2=mark.x2, y2=mark.y2)} "
        f'class="line tone-{mark.tone}" stroke="{PALETTE[mark.tone]}" '
        f'stroke-width="{_format_number(mark.thickness)}"{dash}/>'
    )


def _render_marker(mark: Marker) -> str:
    paint = _format_paint(mark.tone, hollow=mark.hollow)
    if mark.shape == "circle":
        return f"<circle {_format_attributes(cx=mark.x, cy=mark.y, r=mark.size)} {paint}/>"
    points = " ".join(f"{_format_number(x)},{_format_number(y)}" for x, y in compute_corners(mark))
    return f'<polygon points="{points}" {paint}/>'


def compute_corners(mark: Marker) -> Iterator[tuple[float, float]]:
    """Corners of a marker with straight edges, y downwards."""
    size = mark.size
    if mark.shape == "diamond":
        reach = size * 1.25
        yield from (
            (mark.x, mark.y - reach),
            (mark.x + reach, mark.y),
            (mark.x, mark.y + reach),
            (mark.x - reach, mark.y),
        )
        return
    wide = 1.0 if mark.shape == "tick" else size
    yield from (
        (mark.x - wide, mark.y - size),
        (mark.x + wide, mark.y - size),
        (mark.x + wide, mark.y + size),
        (mark.x - wide, mark.y + size),
    )


def _render_label(mark: ChartLabel) -> str:
    text = mark.text if mark.limit is None else truncate_text(mark.text, mark.size, mark.limit)
    return (
        f'<text {_format_attributes(x=mark.x, y=mark.y)} class="label tone-{mark.tone}" fill="{PALETTE[mark.tone]}" '
        f'font-size="{_format_number(mark.size)}" font-weight="{FONT_WEIGHTS[mark.weight]}" '
        f'text-anchor="{mark.anchor}">'
        f"{_escape_text(text)}</text>"
    )


def _format_paint(tone: str, *, hollow: bool) -> str:
    colour = PALETTE[tone]
    if hollow:
        return f'class="hollow tone-{tone}" fill="{PALETTE["paper"]}" stroke="{colour}" stroke-width="1.4"'
    return f'class="solid tone-{tone}" fill="{colour}"'


def _escape_text(text: str) -> str:
    """Escape text and drop characters that XML 1.0 doesn't allow."""
    return escape("".join(character for character in text if character.isprintable() or character == " "))


def _format_attributes(**numbers: float) -> str:
    return " ".join(f'{name}="{_format_number(number)}"' for name, number in numbers.items())


def _format_number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
