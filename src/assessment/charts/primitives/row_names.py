"""Names of rows: a long one stands in two smaller lines, so that it is not cut."""

from collections.abc import Iterator

from assessment.charts.primitives.marks import SMALL, TEXT, ChartLabel, FontWeight
from assessment.charts.primitives.text_width import estimate_width, wrap_lines

LINE_HEIGHT = 9.5
BASELINE_DROP = 3.0  # from the middle of a row


def draw_row_name(
    name: str,
    y: float,
    limit: float,
    weight: FontWeight = "strong",
    *,
    x: float = 0.0,
    size: float = TEXT,
    max_lines: int = 2,
) -> Iterator[ChartLabel]:
    """Draw a name in the middle `y` of a row with room for `max_lines` small lines, not wider than `limit` points."""
    lines = wrap_row_name(name, limit, size, max_lines)
    top = y + BASELINE_DROP - LINE_HEIGHT / 2 * (len(lines) - 1)
    for number, line in enumerate(lines):
        baseline = top + LINE_HEIGHT * number
        yield ChartLabel(x, baseline, line, "ink", size if len(lines) == 1 else SMALL, weight, limit=limit)


def wrap_row_name(name: str, limit: float, size: float = TEXT, max_lines: int = 2) -> tuple[str, ...]:
    """Wrap a name that has no room on one line, into lines of small type."""
    return (name,) if estimate_width(name, size) <= limit else wrap_lines(name, SMALL, limit, max_lines)
