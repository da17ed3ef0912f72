"""Five steps on the dark cover: the level of the whole, and each function on the step of its level."""

from collections.abc import Iterator

from assessment.charts.marks import Box, Chart, Label, Mark
from assessment.domain.report.parts import Answer
from assessment.wording import Wording

LOWEST, LINE, BASE = 26.0, 13.0, 2.0
GAP = 6.0


def steps_chart(answer: Answer, wording: Wording, width: float, height: float) -> Chart:
    """Fill the steps up to the level of the whole; function names stand on the step of their level."""
    steps = len(answer.cuts) + 1
    names: dict[int, list[str]] = {}
    for row in answer.functions:
        if row.level is not None:
            names.setdefault(row.level, []).append(row.name)
    room = LINE * max([len(found) for found in names.values()], default=0) + 8
    rise = (height - room - LOWEST - BASE) / max(1, steps - 1)
    wide = width / steps
    marks: list[Mark] = []
    for step in range(1, steps + 1):
        top = height - BASE - LOWEST - rise * (step - 1)
        left = wide * (step - 1)
        marks += _step(step, answer.overall.level, Box(left, top, wide - GAP, height - BASE - top, "level-4"))
        for line, name in enumerate(reversed(names.get(step, []))):
            marks.append(Label(left + 1, top - 7 - LINE * line, name, "level-2", 9, limit=wide - GAP))
    described = "; ".join(f"{row.name} {wording.figure(row.figure)}" for row in (answer.overall, *answer.functions))
    return Chart(width, height, tuple(marks), wording.text(answer.title), described)


def _step(step: int, level: int | None, box: Box) -> Iterator[Mark]:
    reached = level is not None and step <= level
    here = step == level
    tone = "paper" if here else "level-3" if reached else "level-4"
    yield Box(box.x, box.y, box.width, box.height, tone)
    ink = "level-5" if reached else "level-2"
    yield Label(box.x + 10, box.y + 19, str(step), ink, 13, "strong" if here else "regular")
