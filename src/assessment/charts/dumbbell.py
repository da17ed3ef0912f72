"""Dumbbell chart of scores and targets."""

from collections.abc import Iterator, Sequence

from assessment.charts import measure
from assessment.charts.marks import Chart, Label, Line, Mark, Marker
from assessment.charts.scale import Axis
from assessment.domain.report.parts import TargetRow
from assessment.wording import Wording

NAME, SIDE, ROW, TOP = 150.0, 120.0, 22.0, 18.0


def dumbbell(rows: Sequence[TargetRow], wording: Wording, width: float, title: str, *, group: bool = False) -> Chart:
    """Draw one line per row; `group` names the function beside a dimension."""
    room = max((_room(row, wording) + measure.width(_aside(row, wording), 8) for row in rows), default=0)
    axis = Axis(NAME, width - max(SIDE, 15 + room))
    bottom = TOP + ROW * len(rows) + 4
    marks = [*axis.ticks(TOP, bottom)]
    for number, row in enumerate(rows):
        marks += _row(row, wording, axis, TOP + ROW * (number + 0.5), group=group)
    described = "; ".join(
        f"{_name(row, group=group)} {wording.figure(row.now)}, {_aside(row, wording)}" for row in rows
    )
    return Chart(width, bottom, tuple(marks), title, described)


def _name(row: TargetRow, *, group: bool) -> str:
    return f"{row.name} · {row.function}" if group else row.name


def _row(row: TargetRow, wording: Wording, axis: Axis, y: float, *, group: bool) -> Iterator[Mark]:
    yield Label(0, y + 3, _name(row, group=group), "ink", 9, "regular" if group else "strong", limit=NAME - 8)
    right = axis.right + 14
    yield Label(right, y + 3, wording.figure(row.now), "ink", 9, "strong")
    if row.now.shown is None or row.short is None:
        yield Label(right + 14, y + 3, wording.briefly(row.now), "muted", 8, limit=SIDE - 30)
        return
    yield Label(right + _room(row, wording), y + 3, _aside(row, wording), "muted", 8)
    now, target = axis.at(row.now.shown), axis.at(row.target)
    yield Line(now, y, target, y, "second" if row.short > 0 else "third", 2)
    yield Marker(target, y, 4.5, "diamond", "ink", hollow=True)
    yield Marker(now, y, 4.5, "circle", "accent")


def _room(row: TargetRow, wording: Wording) -> float:
    """Room that a score takes: "10 or less" needs more than a number."""
    return 34 if row.now.bound is None else max(34, measure.width(wording.figure(row.now), 9) + 8)


def _aside(row: TargetRow, wording: Wording) -> str:
    target = wording.number(row.target)
    if row.short is None or row.short <= 0:
        return wording.gettext("target {target} reached").format(target=target)
    return wording.gettext("of {target}: {points} to go").format(target=target, points=wording.figure(row.missing))
