"""Render a chart as SVG with presentation attributes only: the content security policy forbids inline styles.

Every mark also has its tone as a class, so that a stylesheet can recolour it, for example in dark mode.
"""

from xml.sax.saxutils import escape, quoteattr

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.palette import PALETTE
from assessment.charts.primitives.surface import DASH_OFF, DASH_ON, OUTLINE_WIDTH, Paint, draw_chart
from assessment.charts.primitives.text_width import truncate_text

FONT_WEIGHTS = {"light": "300", "regular": "400", "strong": "600"}
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
    surface = SvgSurface()
    draw_chart(chart, surface)
    return head + "".join(surface.elements) + "</svg>"


def render_svg_file(chart: Chart) -> bytes:
    """Render a chart as a file of its own, on white, with its size and a font that most programs have."""
    width, height = _format_number(chart.width), _format_number(chart.height)
    drawn = render_svg(chart, "chart").replace(
        ' class="chart"', f' width="{width}" height="{height}" font-family="{FONT_FAMILY}"', 1
    )
    head, end, marks = drawn.partition("</desc>")
    paper = f'<rect width="{width}" height="{height}" fill="{PALETTE["paper"]}"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{end}{paper}{marks}\n'.encode()


class SvgSurface:
    """Collects the elements of an SVG."""

    def __init__(self) -> None:
        self.elements: list[str] = []

    def draw_rectangle(self, box: Box, radius: float, paint: Paint) -> None:
        place = _format_attributes(x=box.x, y=box.y, width=box.width, height=box.height)
        corner = f' rx="{_format_number(radius)}"' if radius else ""
        self.elements.append(f"<rect {place}{corner} {_format_paint(paint)}/>")

    def draw_line(self, line: ChartLine) -> None:
        dash = f' stroke-dasharray="{_format_number(DASH_ON)} {_format_number(DASH_OFF)}"' if line.dashed else ""
        self.elements.append(
            f"<line {_format_attributes(x1=line.x1, y1=line.y1, x2=line.x2, y2=line.y2)} "
            f'class="line tone-{line.tone}" stroke="{PALETTE[line.tone]}" '
            f'stroke-width="{_format_number(line.thickness)}"{dash}/>'
        )

    def draw_circle(self, marker: Marker, paint: Paint) -> None:
        place = _format_attributes(cx=marker.x, cy=marker.y, r=marker.size)
        self.elements.append(f"<circle {place} {_format_paint(paint)}/>")

    def draw_polygon(self, corners: tuple[tuple[float, float], ...], paint: Paint) -> None:
        points = " ".join(f"{_format_number(x)},{_format_number(y)}" for x, y in corners)
        self.elements.append(f'<polygon points="{points}" {_format_paint(paint)}/>')

    def draw_text(self, label: ChartLabel) -> None:
        text = label.text if label.limit is None else truncate_text(label.text, label.size, label.limit)
        self.elements.append(
            f'<text {_format_attributes(x=label.x, y=label.y)} class="label tone-{label.tone}" '
            f'fill="{PALETTE[label.tone]}" '
            f'font-size="{_format_number(label.size)}" font-weight="{FONT_WEIGHTS[label.weight]}" '
            f'text-anchor="{label.anchor}">'
            f"{_escape_text(text)}</text>"
        )


def _format_paint(paint: Paint) -> str:
    if paint.stroke:
        outline = f'stroke="{PALETTE[paint.stroke]}" stroke-width="{_format_number(OUTLINE_WIDTH)}"'
        return f'class="hollow tone-{paint.tone}" fill="{PALETTE[paint.fill]}" {outline}'
    return f'class="solid tone-{paint.tone}" fill="{PALETTE[paint.fill]}"'


def _escape_text(text: str) -> str:
    """Escape text and drop characters that XML 1.0 doesn't allow."""
    return escape("".join(character for character in text if character.isprintable() or character == " "))


def _format_attributes(**numbers: float) -> str:
    return " ".join(f'{name}="{_format_number(number)}"' for name, number in numbers.items())


def _format_number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
