"""Agreement chart: one point per dimension on the classes of agreement."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from assessment.charts.marks import Box, Chart, Label, Line, Mark, Marker
from assessment.charts.scale import Axis
from assessment.domain.report.parts import Spread, SpreadRow
from assessment.wording import Wording

NAME, SIDE, ROW, TOP, HEAD = 160.0, 116.0, 16.0, 4.0, 14.0
TONES = ("wash", "level-1", "level-2", "level-3", "level-4")


def spread_chart(spread: Spread, wording: Wording, width: float) -> Chart:
    """Draw the chart; below the dashed line a function counts as contested."""
    axis = Axis(NAME, width - SIDE)
    bottom = TOP + HEAD + ROW * len(spread.rows) + 4
    marks: list[Mark] = [*_classes(spread, wording, axis)]
    contested = axis.at(100 * spread.contested_below)
    marks.append(Line(contested, TOP + HEAD, contested, bottom, "ink", 0.8, dashed=True))
    for number, row in enumerate(spread.rows):
        marks += _row(row, wording, axis, TOP + HEAD + ROW * (number + 0.6))
    described = "; ".join(f"{row.name} {wording.figure(row.agreement)}" for row in spread.rows)
    return Chart(width, bottom, tuple(marks), wording.text(spread.title), described)


def _classes(spread: Spread, wording: Wording, axis: Axis) -> Iterator[Mark]:
    ends = (Decimal(0), *(100 * cut for cut in spread.cuts), Decimal(100))
    for (low, high), name, tone in zip(pairwise(ends), spread.classes, TONES, strict=False):
        left, right = axis.at(low), axis.at(high)
        yield Box(left + 0.5, TOP, right - left - 1, HEAD - 2, tone)
        text, middle = wording.text(name), TOP + HEAD / 2 + 1.5
        ink = "ink" if tone == "wash" else f"on-{tone}"
        yield Label((left + right) / 2, middle, text, ink, 6.5, anchor="middle", limit=right - left - 3)


def _row(row: SpreadRow, wording: Wording, axis: Axis, y: float) -> Iterator[Mark]:
    yield Label(0, y + 3, row.name, "ink", 9, limit=NAME - 8)
    yield Line(axis.left, y, axis.right, y, "faint", 0.6)
    yield Label(axis.right + 12, y + 3, wording.figure(row.agreement), "ink", 9, "strong")
    if row.agreement.shown is None:
        return
    if row.meaning is not None:
        yield Label(axis.right + 40, y + 3, wording.text(row.meaning), "muted", 7.5, limit=SIDE - 40)
    yield Marker(axis.at(100 * row.agreement.shown), y, 4, "circle", "accent")
