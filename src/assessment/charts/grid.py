"""Grids of scores coloured by level: the heatmap and the hand-off matrix."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from assessment.charts import measure
from assessment.charts.marks import Box, Chart, Label, Mark, Weight
from assessment.domain.report.parts import Cell, HandOffs, Heatmap
from assessment.wording import Wording

NAME, HEAD, ROW, GAP, LEGEND = 100.0, 26.0, 44.0, 2.0, 28.0
SMALLEST = 5.5


class Row(Struct, frozen=True):
    """A name and its cells; the first cell is the figure of the whole row."""

    name: str
    cells: tuple[Cell, ...]


def heatmap_chart(heatmap: Heatmap, wording: Wording, width: float) -> Chart:
    """Draw functions by dimensions; the first column is the function's own score."""
    columns = (wording.gettext("Score"), *heatmap.columns)
    rows = [Row(row.name, (Cell(row.whole.figure, row.whole.band), *row.cells)) for row in heatmap.rows]
    return _grid(columns, rows, wording, width, wording.text(heatmap.title))


def hand_off_chart(hand_offs: HandOffs, wording: Wording, width: float) -> Chart:
    """Draw functions by channels; the worst channel of a function is framed."""
    columns = (wording.gettext("Hand-offs"), *hand_offs.columns)
    rows = [Row(row.name, (Cell(row.figure, None), *row.cells)) for row in hand_offs.rows]
    return _grid(columns, rows, wording, width, wording.text(hand_offs.title))


def _grid(columns: Sequence[str], rows: Sequence[Row], wording: Wording, width: float, title: str) -> Chart:
    cell = (width - NAME) / max(1, len(columns))
    height = HEAD + ROW * len(rows) + LEGEND
    marks: list[Mark] = []
    for number, column in enumerate(columns):
        centre = NAME + cell * (number + 0.5)
        weight: Weight = "strong" if number == 0 else "regular"
        marks.append(Label(centre, HEAD - 9, column, "muted", 7.5, weight, "middle", cell - 2))
    for number, row in enumerate(rows):
        marks += _row(row, wording, HEAD + ROW * number, cell)
    marks += _legend(wording, width, height - 10)
    described = "; ".join(
        f"{row.name}: "
        + ", ".join(f"{column} {wording.figure(one.figure)}" for column, one in zip(columns, row.cells, strict=True))
        for row in rows
    )
    return Chart(width, height, tuple(marks), title, described)


def _row(row: Row, wording: Wording, top: float, cell: float) -> Iterator[Mark]:
    middle = top + ROW / 2 + 4
    yield Label(0, middle, row.name, "ink", 10, "strong", limit=NAME - 10)
    for number, one in enumerate(row.cells):
        left = NAME + cell * number
        if number:
            yield from _ground(one, left, top, cell)
        yield from _number(one, wording, left + cell / 2, middle, cell, first=number == 0)


def _ground(one: Cell, left: float, top: float, cell: float) -> Iterator[Mark]:
    """Draw the level colour. A frame surrounds the cell, so the number keeps its contrast."""
    if one.band is None:
        yield _inset(left, top, cell, GAP / 2 + 0.4, "faint", outline=True)
        return
    if one.mark:
        yield _inset(left, top, cell, GAP / 2, "second")
        yield _inset(left, top, cell, GAP / 2 + 2, "paper")
    yield _inset(left, top, cell, GAP / 2 + 3.2 if one.mark else GAP / 2, f"level-{one.band}")


def _inset(left: float, top: float, cell: float, by: float, tone: str, *, outline: bool = False) -> Box:
    return Box(left + by, top + by, cell - 2 * by, ROW - 2 * by, tone, outline=outline)


def _number(one: Cell, wording: Wording, centre: float, y: float, cell: float, *, first: bool) -> Iterator[Mark]:
    if one.figure.shown is None:
        yield Label(centre, y, wording.figure(one.figure), "muted", 10, anchor="middle")
        return
    tone = "ink" if first or one.band is None else f"on-level-{one.band}"
    text = wording.figure(one.figure)
    size = (12 if first else 10) if one.figure.bound is None else _fitting(text, cell - 4)
    yield Label(centre, y, text, tone, size, "strong" if first or one.mark else "regular", "middle", cell - 4)


def _fitting(text: str, room: float) -> float:
    """Size of "10 or less": cut off, it would say less than the figure does."""
    return max(SMALLEST, min(8.0, room / measure.width(text, 1)))


def _legend(wording: Wording, width: float, y: float) -> Iterator[Mark]:
    step = 20.0
    left = width - 5 * step - 44
    yield Label(left - 6, y + 3, wording.gettext("level"), "muted", 8, anchor="end")
    for band in range(1, 6):
        x = left + step * (band - 1)
        yield Box(x, y - 6, step - 1, 12, f"level-{band}")
        yield Label(x + step / 2, y + 3, str(band), f"on-level-{band}", 8, "regular", "middle")
    yield Label(left + 5 * step + 6, y + 3, wording.gettext("– none"), "muted", 8)
