"""Dumbbell chart of the perception gap: leaders and practitioners per dimension, with the verdict."""

from collections.abc import Iterator

from assessment.charts import measure
from assessment.charts.marks import Chart, Label, Line, Mark, Marker
from assessment.charts.scale import Axis
from assessment.domain.report.parts import Gap, GapRow
from assessment.wording import Wording

NAME, SIDE, ROW, TOP = 92.0, 196.0, 34.0, 34.0
SIZE, BESIDE, ABOVE, LINE = 7.5, 7.0, 7.0, 9.5


def gap_chart(gap: Gap, wording: Wording, width: float) -> Chart:
    """Draw leaders as diamonds and practitioners as circles: shapes are readable without colour."""
    axis = Axis(NAME, width - SIDE)
    bottom = TOP + ROW * len(gap.rows) + 2
    marks: list[Mark] = [*_key(wording, axis), *axis.ticks(TOP, bottom)]
    marks += [Label(axis.right + 16, TOP - 4, wording.gettext("gap (interval)"), "muted", 7)]
    marks += [Label(axis.right + 104, TOP - 4, wording.gettext("verdict"), "muted", 7)]
    for number, row in enumerate(gap.rows):
        marks += _row(row, wording, axis, TOP + ROW * (number + 0.5))
    described = "; ".join(f"{row.name}: {_told(row, wording)}" for row in gap.rows)
    return Chart(width, bottom, tuple(marks), wording.text(gap.title), described)


def _told(row: GapRow, wording: Wording) -> str:
    if row.leader.shown is None or row.practitioner.shown is None:
        return wording.text(row.who) if row.who else ""
    sides = ((wording.gettext("Leaders"), row.leader), (wording.gettext("Practitioners"), row.practitioner))
    verdict = wording.text(row.words) if row.words else ""
    return ", ".join([*(f"{name} {wording.figure(figure)}" for name, figure in sides), verdict])


def _key(wording: Wording, axis: Axis) -> Iterator[Mark]:
    y = 8.0
    yield Marker(axis.left + 4, y, 4, "diamond", "accent")
    yield Label(axis.left + 12, y + 3, wording.gettext("Leaders"), "ink", 8)
    yield Marker(axis.left + 76, y, 4, "circle", "second")
    yield Label(axis.left + 84, y + 3, wording.gettext("Practitioners"), "ink", 8)


def _row(row: GapRow, wording: Wording, axis: Axis, y: float) -> Iterator[Mark]:
    yield Label(0, y + 3, row.name, "ink", 9.5, "strong", limit=NAME - 6)
    if row.leader.n is not None and row.practitioner.n is not None:
        people = wording.gettext("n {leaders} | {practitioners}")
        text = people.format(leaders=row.leader.n, practitioners=row.practitioner.n)
        yield Label(0, y + 13, text, "muted", 7.5)
    right = axis.right + 16
    if row.leader.shown is None or row.practitioner.shown is None:
        if row.who:
            yield Label(right, y + 3, wording.text(row.who), "muted", 8, limit=SIDE - 16)
        return
    yield Label(right, y + 3, wording.figure(row.gap, signed=True), "ink", 9.5, "strong")
    if row.gap.interval:
        low, high = row.gap.interval
        yield Label(right + 30, y + 3, f"({wording.signed(low)}; {wording.signed(high)})", "muted", 7.5)
    sure = row.verdict in ("confirmed", "strong")
    yield from _verdict(row, wording, right + 88, y, strong=sure)
    leader, practitioner = axis.at(row.leader.shown), axis.at(row.practitioner.shown)
    yield Line(leader, y, practitioner, y, "rule", 2)
    yield Marker(practitioner, y, 4.5, "circle", "second")
    yield Marker(leader, y, 4.5, "diamond", "accent")
    first, second = sorted(((leader, wording.figure(row.leader)), (practitioner, wording.figure(row.practitioner))))
    yield _left(*first, axis, y)
    yield _right(*second, axis, y)


def _verdict(row: GapRow, wording: Wording, x: float, y: float, *, strong: bool) -> Iterator[Mark]:
    """Draw the verdict on one or two lines, then who is more positive."""
    lines = measure.lines(wording.text(row.words), 8, SIDE - 104) if row.words else ()
    below = [wording.text(row.who)] if row.who else []
    top = y + 3 - LINE / 2 * (len(lines) + len(below) - 1)
    for number, text in enumerate(lines):
        yield Label(x, top + LINE * number, text, "ink", 8, "strong" if strong else "regular")
    for number, text in enumerate(below, start=len(lines)):
        yield Label(x, top + LINE * number, text, "muted", 7.5, limit=SIDE - 104)


def _left(x: float, text: str, axis: Axis, y: float) -> Label:
    """Place a score left of its marker, or above it where it would overlap the name."""
    if x - BESIDE - measure.width(text, SIZE) > axis.left - 6:
        return Label(x - BESIDE, y + 3, text, "muted", SIZE, anchor="end")
    return Label(axis.left - 4, y - ABOVE, text, "muted", SIZE)


def _right(x: float, text: str, axis: Axis, y: float) -> Label:
    """Place a score right of its marker, or above it where it would overlap the gap."""
    if x + BESIDE + measure.width(text, SIZE) < axis.right + 14:
        return Label(x + BESIDE, y + 3, text, "muted", SIZE)
    return Label(axis.right + 12, y - ABOVE, text, "muted", SIZE, anchor="end")
