"""Agreement chart: one point per dimension on the classes of agreement."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from assessment.charts.primitives.marks import SMALL, TEXT, Box, Chart, ChartLabel, ChartLine, ChartMark, Marker
from assessment.charts.primitives.row_names import draw_row_name
from assessment.charts.primitives.score_axis import PLOT_LEFT, ScoreAxis
from assessment.domain.report.sections.agreement import AgreementPanel, AgreementRow
from assessment.i18n import Translator

SIDE_WIDTH, ROW_HEIGHT, TOP_MARGIN, HEADER_HEIGHT = 116.0, 16.0, 4.0, 14.0
CLASS_TONES = ("wash", "level-1", "level-2", "level-3", "level-4")


def draw_agreement_chart(spread: AgreementPanel, translator: Translator, width: float) -> Chart:
    """Draw the chart; below the dashed line a function counts as contested."""
    axis = ScoreAxis(PLOT_LEFT, width - SIDE_WIDTH)
    bottom = TOP_MARGIN + HEADER_HEIGHT + ROW_HEIGHT * len(spread.rows) + 4
    marks: list[ChartMark] = [*_draw_classes(spread, translator, axis)]
    contested = axis.get_position(100 * spread.contested_below)
    marks.append(ChartLine(contested, TOP_MARGIN + HEADER_HEIGHT, contested, bottom, "ink", 0.8, dashed=True))
    for number, row in enumerate(spread.rows):
        marks += _draw_row(row, translator, axis, TOP_MARGIN + HEADER_HEIGHT + ROW_HEIGHT * (number + 0.6))
    description = "; ".join(f"{row.name} {translator.format_figure(row.agreement)}" for row in spread.rows)
    return Chart(width, bottom, tuple(marks), translator.render_message(spread.title), description)


def _draw_classes(spread: AgreementPanel, translator: Translator, axis: ScoreAxis) -> Iterator[ChartMark]:
    ends = (Decimal(0), *(100 * cut for cut in spread.cuts), Decimal(100))
    for (low, high), name, tone in zip(pairwise(ends), spread.classes, CLASS_TONES, strict=False):
        left, right = axis.get_position(low), axis.get_position(high)
        yield Box(left + 0.5, TOP_MARGIN, right - left - 1, HEADER_HEIGHT - 2, tone)
        text, middle = translator.render_message(name), TOP_MARGIN + HEADER_HEIGHT / 2 + 1.5
        ink = "ink" if tone == "wash" else f"on-{tone}"
        yield ChartLabel((left + right) / 2, middle, text, ink, SMALL, anchor="middle", limit=right - left - 3)


def _draw_row(row: AgreementRow, translator: Translator, axis: ScoreAxis, y: float) -> Iterator[ChartMark]:
    yield from draw_row_name(row.name, y, PLOT_LEFT - 8, "regular")
    yield ChartLine(axis.left, y, axis.right, y, "faint", 0.6)
    yield ChartLabel(axis.right + 12, y + 3, translator.format_figure(row.agreement), "ink", TEXT, "strong")
    if row.agreement.value is None:
        return
    if row.meaning is not None:
        yield ChartLabel(
            axis.right + 40, y + 3, translator.render_message(row.meaning), "muted", SMALL, limit=SIDE_WIDTH - 40
        )
    yield Marker(axis.get_position(100 * row.agreement.value), y, 4, "circle", "accent")
