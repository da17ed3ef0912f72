"""Five steps on the dark cover: the level of the whole, and each function on the step of its level."""

from collections.abc import Iterator

from assessment.charts.primitives.marks import LARGE, TEXT, Box, Chart, ChartLabel, ChartMark
from assessment.domain.report.sections.answer import AnswerSection
from assessment.i18n import Translator

LOWEST_STEP_HEIGHT, LINE_HEIGHT, BASE_MARGIN = 26.0, 13.0, 2.0
STEP_GAP = 6.0


def draw_steps_chart(answer: AnswerSection, translator: Translator, width: float, height: float) -> Chart:
    """Fill the steps up to the level of the whole; function names stand on the step of their level."""
    steps = len(answer.cuts) + 1
    names: dict[int, list[str]] = {}
    for row in answer.functions:
        if row.level is not None:
            names.setdefault(row.level, []).append(row.name)
    labels_height = LINE_HEIGHT * max([len(labels) for labels in names.values()], default=0) + 8
    rise = (height - labels_height - LOWEST_STEP_HEIGHT - BASE_MARGIN) / max(1, steps - 1)
    step_width = width / steps
    marks: list[ChartMark] = []
    for step in range(1, steps + 1):
        top = height - BASE_MARGIN - LOWEST_STEP_HEIGHT - rise * (step - 1)
        left = step_width * (step - 1)
        marks += _draw_step(
            step, answer.overall.level, Box(left, top, step_width - STEP_GAP, height - BASE_MARGIN - top, "level-4")
        )
        for line, name in enumerate(reversed(names.get(step, []))):
            marks.append(
                ChartLabel(left + 1, top - 7 - LINE_HEIGHT * line, name, "level-2", TEXT, limit=step_width - STEP_GAP)
            )
    description = "; ".join(
        f"{row.name} {translator.format_figure(row.figure)}" for row in (answer.overall, *answer.functions)
    )
    return Chart(width, height, tuple(marks), translator.render_message(answer.title), description)


def _draw_step(step: int, level: int | None, box: Box) -> Iterator[ChartMark]:
    is_reached = level is not None and step <= level
    is_current = step == level
    tone = "paper" if is_current else "level-3" if is_reached else "level-4"
    yield Box(box.x, box.y, box.width, box.height, tone)
    ink = "level-5" if is_reached else "level-2"
    yield ChartLabel(box.x + 10, box.y + 19, str(step), ink, LARGE, "strong" if is_current else "regular")
