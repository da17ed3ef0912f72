"""Level chart: the whole and its functions on the 0-100 scale, with levels and intervals."""

from collections.abc import Iterator

from assessment.charts.primitives.marks import Chart, ChartLabel, ChartLine, ChartMark, FontWeight
from assessment.charts.primitives.score_axis import ScoreAxis
from assessment.domain.report.figures import LevelScore
from assessment.domain.report.sections.answer import AnswerSection
from assessment.i18n import Translator

NAME_WIDTH, SIDE_WIDTH, ROW_HEIGHT, BAND_HEIGHT = 120.0, 176.0, 23.0, 16.0
TOP_MARGIN = 16.0


def draw_level_chart(answer: AnswerSection, translator: Translator, width: float) -> Chart:
    """Draw the whole first, then its functions."""
    axis = ScoreAxis(NAME_WIDTH, width - SIDE_WIDTH)
    rows = (answer.overall, *answer.functions)
    bottom = TOP_MARGIN + BAND_HEIGHT + ROW_HEIGHT * len(rows) + 6
    marks = tuple(_draw_marks(answer, rows, translator, axis, bottom))
    title = translator.render_message(answer.title)
    description = "; ".join(f"{row.name} {translator.format_figure(row.figure)}" for row in rows)
    return Chart(width, bottom, marks, title, description)


def _draw_marks(
    answer: AnswerSection, rows: tuple[LevelScore, ...], translator: Translator, axis: ScoreAxis, bottom: float
) -> Iterator[ChartMark]:
    yield ChartLabel(0, TOP_MARGIN + BAND_HEIGHT / 2 + 3, translator.gettext("Level"), "muted", 8)
    yield from axis.draw_bands(TOP_MARGIN, BAND_HEIGHT, answer.cuts)
    for cut in answer.cuts:
        yield ChartLine(
            axis.get_position(cut), TOP_MARGIN + BAND_HEIGHT, axis.get_position(cut), bottom - 4, "faint", 0.6
        )
        yield ChartLabel(
            axis.get_position(cut), TOP_MARGIN - 4, translator.format_number(cut), "muted", 7, anchor="middle"
        )
    for number, row in enumerate(rows):
        yield from _draw_row(
            row, translator, axis, TOP_MARGIN + BAND_HEIGHT + ROW_HEIGHT * (number + 0.62), is_overall=number == 0
        )


def _draw_row(
    row: LevelScore, translator: Translator, axis: ScoreAxis, y: float, *, is_overall: bool
) -> Iterator[ChartMark]:
    weight: FontWeight = "strong" if is_overall else "regular"
    size = 10 if is_overall else 9
    name = translator.gettext("The whole") if is_overall else row.name
    yield ChartLabel(0, y + 3, name, "ink", size, weight, limit=NAME_WIDTH - 8)
    right = axis.right + 12
    yield ChartLabel(right, y + 3, translator.format_figure(row.figure), "ink", size, "strong")
    yield ChartLabel(right + 32, y + 3, _format_interval_and_level(row, translator), "muted", 8, limit=SIDE_WIDTH - 44)
    yield from axis.draw_point(
        row.figure, y, "diamond" if is_overall else "circle", "accent" if is_overall else "ink", 5 if is_overall else 4
    )


def _format_interval_and_level(row: LevelScore, translator: Translator) -> str:
    if row.figure.value is None:
        return translator.format_missing_briefly(row.figure)
    interval = f"({translator.format_interval(row.figure.interval)})" if row.figure.interval else ""
    if row.level is None:
        return f"{interval} {translator.gettext('level withheld')}".strip()
    level = translator.gettext("level {level}").format(level=row.level)
    return f"{interval} {level}".strip()
