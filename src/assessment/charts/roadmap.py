"""Roadmap: every action in its horizon, in order, with effort as length and impact as fill."""

from collections.abc import Iterator, Sequence

from assessment.charts import measure
from assessment.charts.marks import Box, Chart, Label, Line, Mark, Marker, Weight
from assessment.domain.report.parts import Action, Roadmap
from assessment.wording import Wording

NAME, ROW, TOP = 196.0, 17.0, 28.0
LENGTH = {"S": 0.36, "M": 0.66, "L": 0.96}
HIGH = "H"


def roadmap_chart(roadmap: Roadmap, actions: Sequence[Action], wording: Wording, width: float) -> Chart:
    """Draw some of the roadmap's actions; the first ones stand out, what can't wait bears a square."""
    column = (width - NAME) / max(1, len(roadmap.horizons))
    bottom = TOP + ROW * len(actions) + 2
    marks: list[Mark] = [
        Box(0, TOP + ROW * number, width, ROW, "wash") for number in range(len(actions)) if number % 2 == 0
    ]
    for number, name in enumerate(roadmap.horizons):
        left = NAME + column * number
        head = measure.lines(name, 8, column - 8)
        for line, text in enumerate(reversed(head)):
            marks.append(Label(left + 4, TOP - 8 - 9 * line, text, "muted", 8, "strong", limit=column - 5))
        marks.append(Line(left, TOP - 24, left, bottom, "faint", 0.8))
    for number, action in enumerate(actions):
        marks += _row(action, TOP + ROW * number, NAME + column * action.horizon, column)
    described = "; ".join(f"{action.place} {action.title} ({action.horizon_name})" for action in actions)
    return Chart(width, bottom, tuple(marks), wording.text(roadmap.title), described)


def _row(action: Action, top: float, left: float, column: float) -> Iterator[Mark]:
    first = action.part == "now"
    y = top + ROW / 2
    yield Label(16, y + 3, str(action.place), "accent" if first else "muted", 9, "strong", "end")
    if action.pinned:
        yield Marker(24.5, y, 2.6, "square", "second")
    yield from _name(action.title, y, "strong" if first else "regular")
    length = (column - 6) * LENGTH.get(action.effort, 1.0)
    tone = "accent" if first else "rule"
    yield Box(left + 3, y - 4.5, length, 9, tone, outline=action.impact != HIGH, radius=2)


def _name(title: str, y: float, weight: Weight) -> Iterator[Mark]:
    """A title on one line, or smaller on two."""
    room = NAME - 38
    found = measure.lines(title, 8.5, room)
    if len(found) == 1:
        yield Label(32, y + 3, title, "ink", 8.5, weight, limit=room)
        return
    for line, text in enumerate(found):
        yield Label(32, y - 1 + 7.4 * line, text, "ink", 7, weight, limit=room)
