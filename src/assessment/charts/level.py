"""Level chart: the whole and its functions on the 0-100 scale, with levels and intervals."""

from collections.abc import Iterator

from assessment.charts.marks import Chart, Label, Line, Mark, Weight
from assessment.charts.scale import Axis
from assessment.domain.report.parts import Answer, Levelled
from assessment.wording import Wording

NAME, SIDE, ROW, BANDS = 120.0, 176.0, 23.0, 16.0
TOP = 16.0


def level_chart(answer: Answer, wording: Wording, width: float) -> Chart:
    """Draw the whole first, then its functions."""
    axis = Axis(NAME, width - SIDE)
    rows = (answer.overall, *answer.functions)
    bottom = TOP + BANDS + ROW * len(rows) + 6
    marks = tuple(_marks(answer, rows, wording, axis, bottom))
    title = wording.text(answer.title)
    described = "; ".join(f"{row.name} {wording.figure(row.figure)}" for row in rows)
    return Chart(width, bottom, marks, title, described)


def _marks(answer: Answer, rows: tuple[Levelled, ...], wording: Wording, axis: Axis, bottom: float) -> Iterator[Mark]:
    yield Label(0, TOP + BANDS / 2 + 3, wording.gettext("Level"), "muted", 8)
    yield from axis.bands(TOP, BANDS, answer.cuts)
    for cut in answer.cuts:
        yield Line(axis.at(cut), TOP + BANDS, axis.at(cut), bottom - 4, "faint", 0.6)
        yield Label(axis.at(cut), TOP - 4, wording.number(cut), "muted", 7, anchor="middle")
    for number, row in enumerate(rows):
        yield from _row(row, wording, axis, TOP + BANDS + ROW * (number + 0.62), whole=number == 0)


def _row(row: Levelled, wording: Wording, axis: Axis, y: float, *, whole: bool) -> Iterator[Mark]:
    weight: Weight = "strong" if whole else "regular"
    size = 10 if whole else 9
    name = wording.gettext("The whole") if whole else row.name
    yield Label(0, y + 3, name, "ink", size, weight, limit=NAME - 8)
    right = axis.right + 12
    yield Label(right, y + 3, wording.figure(row.figure), "ink", size, "strong")
    yield Label(right + 32, y + 3, _aside(row, wording), "muted", 8, limit=SIDE - 44)
    yield from axis.point(
        row.figure, y, "diamond" if whole else "circle", "accent" if whole else "ink", 5 if whole else 4
    )


def _aside(row: Levelled, wording: Wording) -> str:
    if row.figure.shown is None:
        return wording.briefly(row.figure)
    interval = f"({wording.span(row.figure.interval)})" if row.figure.interval else ""
    if row.level is None:
        return f"{interval} {wording.gettext('level withheld')}".strip()
    level = wording.gettext("level {level}").format(level=row.level)
    return f"{interval} {level}".strip()
