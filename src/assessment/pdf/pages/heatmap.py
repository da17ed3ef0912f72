"""Page of the heatmap, with the strengths to keep."""

from assessment.charts.score_grid import draw_heatmap_chart
from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    SectionLayout,
    has_any_value,
    lay_out_remark,
    lay_out_topic_actions,
    make_chart_block,
    make_points,
    start_page,
)
from assessment.pdf.pages.ladder import lay_out_ladder
from assessment.pdf.pages.strengths import lay_out_strengths
from assessment.pdf.typesetting.text import make_gap, make_paragraph
from assessment.pdf.typesetting.theme import CONTENT_WIDTH

MAX_SCATTERED_CELLS = 2  # a grid of dashes says less than a sentence


def lay_out_heatmap(report: Report, translator: Translator, layout: SectionLayout) -> Blocks:
    """Lay out the grid of scores, the strengths to keep, and where each function has the most room."""
    part = report.heatmap
    is_new_page = has_any_value(row.now for row in report.targets.functions)
    kicker = translator.gettext("Where practice is strong and where it is missing")
    blocks = start_page(kicker, translator.render_message(part.title), is_new_page=is_new_page)
    if sum(cell.figure.value is not None for row in part.rows for cell in row.cells) <= MAX_SCATTERED_CELLS:
        return [
            *blocks,
            *make_points(report.answer.needs, translator),
            *lay_out_remark(report, translator, "heatmap"),
        ]
    blocks += [make_chart_block(draw_heatmap_chart(part, translator, CONTENT_WIDTH, layout.heatmap_row)), make_gap(4)]
    key = translator.gettext("Scores from 0 to 100; the colour is the level of the score.")
    blocks += [make_paragraph(key, "small"), make_gap(4), *make_points(part.reading, translator)]
    blocks += lay_out_strengths(report, translator)
    blocks += [] if layout.has_ladder_with_targets else lay_out_ladder(report, translator)
    return [
        *blocks,
        *lay_out_remark(report, translator, "heatmap"),
        *lay_out_topic_actions(report, translator, "balance", "quality", is_compact="balance" in layout.shortened),
    ]
