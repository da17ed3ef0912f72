"""Roadmap chart: actions by horizon; bar length is effort, fill is impact."""

from collections.abc import Iterator, Sequence

from assessment.charts import measure
from assessment.charts.marks import Box, Chart, Label, Line, Mark, Marker, Weight
from assessment.domain.report.parts import Action, Roadmap
from assessment.wording import Wording

NAME, ROW, TALL, TOP = 258.0, 16.0, 24.0, 28.0
SIZE, LINE, INDENT = 8.5, 9.6, 32.0
LENGTH = {"S": 0.36, "M": 0.66, "L": 0.96}
HIGH = "H"


def roadmap_chart(roadmap: Roadmap, actions: Sequence[Action], wording: Wording, width: float) -> Chart:
    """Draw some of the roadmap's actions; the first ones are accented, urgent ones have a square."""
    column = (width - NAME) / max(1, len(roadmap.horizons))
    heights = [row_height(action, wording) for action in actions]
    tops = [TOP + sum(heights[:number]) for number in range(len(actions))]
    bottom = TOP + sum(heights) + 2
    marks: list[Mark] = [
        Box(0, top, width, height, "wash") for top, height in list(zip(tops, heights, strict=True))[::2]
    ]
    for number, name in enumerate(roadmap.horizons):
        left = NAME + column * number
        head = measure.lines(name, 8, column - 8)
        for line, text in enumerate(reversed(head)):
            marks.append(Label(left + 4, TOP - 8 - 9 * line, text, "muted", 8, "strong", limit=column - 5))
        marks.append(Line(left, TOP - 24, left, bottom, "faint", 0.8))
    for action, top, height in zip(actions, tops, heights, strict=True):
        marks += _row(action, wording, top + height / 2, NAME + column * action.horizon, column)
    described = "; ".join(f"{action.place} {_name(action, wording)} ({action.horizon_name})" for action in actions)
    return Chart(width, bottom, tuple(marks), wording.text(roadmap.title), described)


def row_height(action: Action, wording: Wording) -> float:
    """Height in points; a long title takes two lines."""
    return ROW if len(_lines(action, wording)) == 1 else TALL


def _row(action: Action, wording: Wording, y: float, left: float, column: float) -> Iterator[Mark]:
    first = action.starts_now
    yield Label(16, y + 3, str(action.place), "accent" if first else "muted", 9, "strong", "end")
    if action.urgent:
        yield Marker(24.5, y, 2.6, "square", "second")
    yield from _labels(_lines(action, wording), y, "strong" if first else "regular")
    length = (column - 6) * LENGTH.get(action.effort, 1.0)
    tone = "accent" if first else "rule"
    yield Box(left + 3, y - 4.5, length, 9, tone, outline=action.impact != HIGH, radius=2)


def _lines(action: Action, wording: Wording) -> tuple[str, ...]:
    return measure.lines(_name(action, wording), SIZE, NAME - INDENT - 6)


def _name(action: Action, wording: Wording) -> str:
    """Format the title with the action that is decided before this one."""
    if action.after is None:
        return action.title
    after = wording.gettext("after {place}").format(place=wording.number(action.after))
    return f"{action.title} ({after})"


def _labels(lines: Sequence[str], y: float, weight: Weight) -> Iterator[Mark]:
    first = y + 3 - LINE / 2 * (len(lines) - 1)
    for number, text in enumerate(lines):
        yield Label(INDENT, first + LINE * number, text, "ink", SIZE, weight, limit=NAME - INDENT - 4)
