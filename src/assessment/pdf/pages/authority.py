"""Page of authority and support."""

from assessment.charts.authority import draw_authority_chart
from assessment.charts.functions import draw_item_chart, format_short_key
from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    has_any_value,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_chart_block,
    make_class_meaning,
    make_heading,
    make_notes,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_gap,
    make_paragraph,
)
from assessment.pdf.typesetting.theme import CONTENT_WIDTH


def lay_out_authority(report: Report, translator: Translator) -> Blocks:
    part = report.authority
    if part is None:
        return []
    has_figures = has_any_value((part.authority, part.support, *(item.figure for item in part.items)))
    subject, title = translator.gettext("Authority and support"), translator.render_message(part.title)
    if not has_figures:
        return [*lay_out_unknown(subject, title), *lay_out_remark(report, translator, "authority")]
    blocks = start_page(subject, title)
    blocks += lay_out_key_figures(part.key_figures, translator)
    if part.authority.value is not None and part.support.value is not None:
        blocks += [make_chart_block(draw_authority_chart(part, translator, CONTENT_WIDTH)), make_gap(7)]
    if part.class_meaning:
        blocks.append(make_class_meaning(part.class_name, part.class_meaning, translator))
    if part.items:
        label = translator.gettext("What support is made of")
        blocks += [make_heading(label), make_chart_block(draw_item_chart(part.items, translator, CONTENT_WIDTH, label))]
        unsure = format_short_key(part.items, translator)
        blocks += [make_paragraph(unsure, "small")] if unsure else []
    blocks += [make_gap(6), *make_notes(part.notes, translator)]
    return [
        *blocks,
        *lay_out_remark(report, translator, "authority"),
        *lay_out_topic_actions(report, translator, "authority"),
    ]
