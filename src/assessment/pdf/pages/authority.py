"""Page of authority and support."""

from assessment.charts.authority import draw_authority_chart
from assessment.charts.functions import draw_item_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.authority import AuthoritySection
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


def lay_out_authority(report: Report, translator: Translator, layout: SectionLayout) -> Blocks:
    """Lay out authority against support, and what support is made of."""
    part = report.authority
    if part is None:
        return []
    has_figures = has_any_value((part.authority, part.support, *(item.figure for item in part.items)))
    subject, title = translator.gettext("Authority and support"), translator.render_message(part.title)
    if not has_figures:
        return [*lay_out_unknown(subject, title), *lay_out_remark(report, translator, "authority")]
    # Without a score little is left to say: it goes with the lines on other unknown subjects.
    is_known = part.authority.value is not None or part.support.value is not None
    blocks = lay_out_key_figures(part.key_figures, translator) if is_known else _list_known_figures(part, translator)
    if part.authority.value is not None and part.support.value is not None:
        blocks += [make_chart_block(draw_authority_chart(part, translator, CONTENT_WIDTH)), make_gap(7)]
    if part.class_meaning:
        blocks.append(make_class_meaning(part.class_name, part.class_meaning, translator))
    if part.items:
        label = translator.gettext("What support is made of")
        blocks += [make_heading(label), make_chart_block(draw_item_chart(part.items, translator, CONTENT_WIDTH, label))]
    blocks += [make_gap(6), *make_notes(part.notes, translator)] if is_known else []  # they explain the risk
    remark = lay_out_remark(report, translator, "authority")
    actions = lay_out_topic_actions(
        report, translator, "authority", is_compact=not is_known and "authority" in layout.shortened
    )
    if is_known:
        return [*start_page(subject, title), *blocks, *remark, *actions]
    return [*lay_out_unknown(subject, title), *blocks, *actions, *remark]


def _list_known_figures(part: AuthoritySection, translator: Translator) -> Blocks:
    """List the figures that are known in a sentence: a strip of dashes says less."""
    known = [
        translator.join_label(translator.render_message(figure.label), translator.format_figure(figure.figure))
        for figure in part.key_figures
        if figure.figure.value is not None or figure.figure.word is not None
    ]
    return [make_paragraph(f"{translator.join_with_semicolons(known)}.")] if known else []
