"""Page of the heatmap, with the strengths to keep and the lowest dimensions of each function."""

from assessment.charts.score_grid import draw_heatmap_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    has_any_value,
    lay_out_remark,
    lay_out_topic_actions,
    make_chart_block,
    make_heading_with_block,
    make_points,
    start_page,
)
from assessment.pdf.pages.functions import sort_dimensions_by_score
from assessment.pdf.pages.strengths import lay_out_strengths
from assessment.pdf.typesetting.text import make_cell, make_gap, make_paragraph, make_table, share_width
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

MAX_SCATTERED_CELLS = 2  # a grid of dashes says less than a sentence


def lay_out_heatmap(report: Report, translator: Translator) -> Blocks:
    part = report.heatmap
    fresh = has_any_value(row.now for row in report.targets.functions)
    kicker = translator.gettext("Where practice is strong and where it is missing")
    blocks = start_page(kicker, translator.render_message(part.title), fresh=fresh)
    if sum(cell.figure.value is not None for row in part.rows for cell in row.cells) <= MAX_SCATTERED_CELLS:
        return [
            *blocks,
            *make_points(report.answer.needs, translator),
            *lay_out_remark(report, translator, "heatmap"),
        ]
    blocks += [make_chart_block(draw_heatmap_chart(part, translator, CONTENT_WIDTH)), make_gap(4)]
    key = translator.gettext("Scores from 0 to 100; the colour is the level of the score.")
    blocks += [make_paragraph(key, "small"), make_gap(4), *make_points(part.reading, translator)]
    blocks += lay_out_strengths(report, translator)
    blocks += _lay_out_ladder(report, translator)
    return [
        *blocks,
        *lay_out_remark(report, translator, "heatmap"),
        *lay_out_topic_actions(report, translator, "balance", "quality"),
    ]


def _lay_out_ladder(report: Report, translator: Translator) -> Blocks:
    """Lay out the current rung and the next one of each function's lowest dimensions, ties included."""
    rows = [(part.name, row) for part in report.functions for row in _select_lowest_dimensions(part)]
    if not rows:
        return []
    head = [
        make_cell(text, "head")
        for text in (
            "",
            translator.gettext("Dimension"),
            translator.gettext("Today"),
            translator.gettext("One level up"),
        )
    ]
    lines = [
        [make_cell(name, "cell-strong"), make_cell(row.name), make_cell(row.level_text), make_cell(row.next_text)]
        for name, row in rows
    ]
    table = make_table([head, *lines], share_width([24, 22, 42, 42]), pad=4)
    return make_heading_with_block(translator.gettext("Where each function has the most room"), table)


def _select_lowest_dimensions(part: FunctionSection) -> list[DimensionRow]:
    """Select the dimensions with the lowest displayed score, ties included."""
    ordered = sort_dimensions_by_score(part)
    return [row for row in ordered if row.figure.value == ordered[0].figure.value]
