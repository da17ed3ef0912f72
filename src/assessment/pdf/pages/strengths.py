"""Strengths to keep."""

from reportlab.platypus import CondPageBreak

from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.page_blocks import MIN_ROOM, Blocks, make_title
from assessment.pdf.typesetting.text import make_cell, make_paragraph, make_table, share_width


def lay_out_strengths(report: Report, translator: Translator) -> Blocks:
    """Lay out the strong dimensions: what they look like, and which items are usual practice."""
    part = report.strengths
    subject, title = translator.gettext("Strengths to keep"), translator.render_message(part.title)
    head_blocks = [CondPageBreak(MIN_ROOM), *make_title(subject, title, style="title-quiet", above=14)]
    if not part.rows:
        return head_blocks
    titles = (
        translator.gettext("Function"),
        translator.gettext("Dimension"),
        translator.gettext("Score"),
        translator.gettext("What the level describes"),
        translator.gettext("Usual practice, of what was asked"),
    )
    head = [make_cell(text, "head") for text in titles]
    rows = [
        [
            make_cell(row.function, "cell-strong"),
            make_cell(row.dimension),
            make_cell(translator.format_figure(row.figure)),
            make_cell(row.level_text),
            make_cell(translator.join_list(list(row.items)) or "–"),
        ]
        for row in part.rows
    ]
    more = translator.ngettext(
        "{count} more dimension stands there; the heatmap shows it.",
        "{count} more dimensions stand there; the heatmap shows them.",
        part.left_out,
    )
    note = [make_paragraph(more.format(count=part.left_out), "small")] if part.left_out else []
    return [
        *head_blocks,
        make_table([head, *rows], share_width([26, 22, 16, 40, 36]), pad=2.5),
        *note,
    ]
