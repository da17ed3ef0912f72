"""Page of the hand-offs between channels."""

from assessment.charts.score_grid import draw_hand_off_chart
from assessment.domain.report import Report
from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import make_message
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    SectionLayout,
    has_any_value,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_chart_block,
    make_notes,
    start_page,
)
from assessment.pdf.pages.outlook import lay_out_embedding
from assessment.pdf.typesetting.text import (
    make_gap,
    make_labelled_paragraph,
)
from assessment.pdf.typesetting.theme import CONTENT_WIDTH


def lay_out_hand_offs(report: Report, translator: Translator, layout: SectionLayout) -> Blocks:
    """Lay out the matrix of hand-offs and where to begin."""
    part = report.hand_offs
    if part is None:
        return []
    has_figures = has_any_value(cell.figure for row in part.rows for cell in row.cells)
    subject, title = translator.gettext("Hand-offs between channels"), translator.render_message(part.title)
    if not has_figures:
        return [
            *lay_out_unknown(subject, title),
            *make_notes(part.notes[1:], translator),
            *lay_out_remark(report, translator, "hand-offs"),
        ]
    blocks = start_page(subject, title)
    if part.overall.value is not None:  # otherwise the title says so
        blocks += lay_out_key_figures((KeyFigure(make_message("label.hand-offs-whole"), part.overall),), translator)
    blocks += [
        make_chart_block(draw_hand_off_chart(part, translator, CONTENT_WIDTH, layout.hand_off_row)),
        make_gap(10),
    ]
    worst = [translator.join_label(row.name, translator.join_list(row.worst)) for row in part.rows if row.worst]
    if worst:
        text = f"{translator.join_with_semicolons(worst)}."
        blocks.append(make_labelled_paragraph(translator.gettext("Framed, the lowest of each function:"), text))
    blocks += make_notes(part.notes, translator)
    if layout.has_embedding_with_hand_offs:
        blocks += lay_out_embedding(report, translator)
    topics = ("hand-offs", "embedding") if layout.has_embedding_with_hand_offs else ("hand-offs",)
    return [
        *blocks,
        *lay_out_remark(report, translator, "hand-offs"),
        *lay_out_topic_actions(report, translator, *topics, is_compact="hand-offs" in layout.shortened),
    ]
