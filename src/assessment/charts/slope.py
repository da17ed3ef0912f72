"""Slope chart of two waves: each figure then and now, and whether the change exceeds chance."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assessment.charts.marks import Chart, Label, Line, Mark, Marker, Shape, Weight
from assessment.domain.report.parts import Change, ChangeRow
from assessment.wording import Wording

TOP, BOTTOM, NAME, SIDE = 24.0, 8.0, 170.0, 150.0
APART = 11.5


def slope_chart(change: Change, wording: Wording, width: float, height: float) -> Chart:
    """Draw one line per figure on the 0-100 scale; dashed means within chance."""
    left, right = NAME, width - SIDE
    rows = [row for row in change.rows if row.earlier.shown is not None and row.later.shown is not None]
    marks: list[Mark] = []
    waves = (change.earlier, wording.gettext("Last wave")), (change.later, wording.gettext("This wave"))
    for x, (name, otherwise) in zip((left, right), waves, strict=True):
        marks.append(Line(x, TOP, x, height - BOTTOM, "faint", 1))
        marks.append(Label(x, TOP - 10, wording.date(name) or otherwise, "muted", 8, "strong", "middle", 150))
    before = _spread([_at(row.earlier.shown, height) for row in rows], height)
    after = _spread([_at(row.later.shown, height) for row in rows], height)
    for row, *places in zip(rows, before, after, strict=True):
        marks += _row(row, wording, (left, right), (places[0], places[1]), height)
    described = "; ".join(
        f"{_name(row, wording)} {wording.figure(row.earlier)} – {wording.figure(row.later)}" for row in rows
    )
    return Chart(width, height, tuple(marks), wording.text(change.title), described)


def _at(score: object, height: float) -> float:
    share = min(1.0, max(0.0, float(str(score)) / 100))
    return height - BOTTOM - share * (height - BOTTOM - TOP)


def _spread(places: Sequence[float], height: float) -> list[float]:
    """Move overlapping labels apart, keeping their order from top to bottom."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for one, other in pairwise(order):
        moved[other] = max(moved[other], moved[one] + APART)
    limit = height - BOTTOM
    for number in reversed(order):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - APART
    return moved


def _name(row: ChangeRow, wording: Wording) -> str:
    if isinstance(row.name, str):
        return row.name or wording.gettext("The whole")
    return wording.text(row.name)


def _row(
    row: ChangeRow, wording: Wording, ends: tuple[float, float], labels: tuple[float, float], height: float
) -> Iterator[Mark]:
    left, right = ends
    start, end = _at(row.earlier.shown, height), _at(row.later.shown, height)
    tone = "accent" if row.whole else "ink" if row.changed else "rule"
    weight: Weight = "strong" if row.whole or row.changed else "regular"
    yield Line(left, start, right, end, tone, 2.2 if row.whole else 1.3, dashed=not row.changed)
    shape: Shape = "diamond" if row.whole else "circle"
    yield Marker(left, start, 3.6, shape, tone)
    yield Marker(right, end, 3.6, shape, tone)
    yield Label(left - 9, labels[0] + 3, wording.figure(row.earlier), "ink", 8.5, weight, "end")
    yield Label(left - 38, labels[0] + 3, _name(row, wording), "ink", 8.5, weight, "end", NAME - 40)
    yield Label(right + 9, labels[1] + 3, wording.figure(row.later), "ink", 8.5, weight)
    told = f"{wording.figure(row.change, signed=True)}  {wording.text(row.verdict)}"
    yield Label(right + 40, labels[1] + 3, told, "ink", 8.5, weight, limit=SIDE - 42)
