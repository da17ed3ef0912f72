"""Render a chart as SVG with presentation attributes only: the content security policy forbids inline styles.

Every mark also has its tone as a class, so that a stylesheet can recolour it, for example in dark mode.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from assessment.charts.marks import Box, Chart, Label, Line, Mark, Marker
from assessment.charts.measure import shortened
from assessment.charts.palette import PALETTE

WEIGHTS = {"light": "300", "regular": "400", "strong": "600"}
DASHES = "3 2"


def svg(chart: Chart, prefix: str) -> str:
    """Render a chart; `prefix` makes its ids unique on the page."""
    title, description = f"{prefix}-title", f"{prefix}-description"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" '
        f'viewBox="0 0 {_n(chart.width)} {_n(chart.height)}" '
        f"aria-labelledby={quoteattr(f'{title} {description}')}>"
        f"<title id={quoteattr(title)}>{_text(chart.title)}</title>"
        f"<desc id={quoteattr(description)}>{_text(chart.description)}</desc>"
    )
    return head + "".join(_mark(mark) for mark in chart.marks) + "</svg>"


def _mark(mark: Mark) -> str:
    match mark:
        case Box():
            return _box(mark)
        case Line():
            return _line(mark)
        case Marker():
            return _marker(mark)
        case Label():
            return _label(mark)


def _box(mark: Box) -> str:
    paint = _paint(mark.tone, hollow=mark.outline)
    place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
    corner = f' rx="{_n(mark.radius)}"' if mark.radius else ""
    return f"<rect {place}{corner} {paint}/>"


def _line(mark: Line) -> str:
    dash = f' stroke-dasharray="{DASHES}"' if mark.dashed else ""
    return (
        f'<line x1="{_n(mark.x1)}" y1="{_n(mark.y1)}" x2="{_n(mark.x2)}" y2="{_n(mark.y2)}" '
        f'class="line tone-{mark.tone}" stroke="{PALETTE[mark.tone]}" stroke-width="{_n(mark.thickness)}"{dash}/>'
    )


def _marker(mark: Marker) -> str:
    paint = _paint(mark.tone, hollow=mark.hollow)
    if mark.shape == "circle":
        return f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.size)}" {paint}/>'
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in corners(mark))
    return f'<polygon points="{points}" {paint}/>'


def corners(mark: Marker) -> Iterator[tuple[float, float]]:
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


def _label(mark: Label) -> str:
    text = mark.text if mark.limit is None else shortened(mark.text, mark.size, mark.limit)
    return (
        f'<text x="{_n(mark.x)}" y="{_n(mark.y)}" class="label tone-{mark.tone}" fill="{PALETTE[mark.tone]}" '
        f'font-size="{_n(mark.size)}" font-weight="{WEIGHTS[mark.weight]}" text-anchor="{mark.anchor}">'
        f"{_text(text)}</text>"
    )


def _paint(tone: str, *, hollow: bool) -> str:
    colour = PALETTE[tone]
    if hollow:
        return f'class="hollow tone-{tone}" fill="{PALETTE["paper"]}" stroke="{colour}" stroke-width="1.4"'
    return f'class="solid tone-{tone}" fill="{colour}"'


def _text(text: str) -> str:
    """Escape text and drop characters that XML 1.0 doesn't allow."""
    return escape("".join(character for character in text if character.isprintable() or character == " "))


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
