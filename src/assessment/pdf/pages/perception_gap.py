"""Page of the perception gap between leaders and practitioners."""

from assessment.charts.perception_gap import draw_gap_chart
from assessment.domain.report import Report
from assessment.domain.report.sections.perception_gap import GapRow, PerceptionGapSection
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    Blocks,
    has_any_value,
    lay_out_key_figures,
    lay_out_remark,
    lay_out_topic_actions,
    lay_out_unknown,
    make_chart_block,
    make_heading,
    make_notes,
    start_page,
)
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import CONTENT_WIDTH


def lay_out_perception_gap(report: Report, translator: Translator) -> Blocks:
    part = report.perception_gap
    if part is None:
        return []
    has_figures = has_any_value(row.leader for row in part.rows)
    subject, title = translator.gettext("Leaders and practitioners"), translator.render_message(part.title)
    if not has_figures:
        return [
            *lay_out_unknown(subject, title),
            *make_notes(part.notes[1:], translator),
            *lay_out_remark(report, translator, "gap"),
        ]
    blocks = start_page(subject, title)
    blocks += lay_out_key_figures(part.key_figures, translator)
    blocks += [
        make_chart_block(draw_gap_chart(part, translator, CONTENT_WIDTH)),
        make_gap(8),
        *_lay_out_verdicts(part, translator),
    ]
    blocks += [make_gap(6), *make_notes(part.notes, translator)]
    return [*blocks, *lay_out_remark(report, translator, "gap"), *lay_out_topic_actions(report, translator, "gap")]


def _lay_out_verdicts(part: PerceptionGapSection, translator: Translator) -> Blocks:
    """Explain the verdicts that occur."""
    meanings = {
        "untested": translator.gettext("There was nothing to test the difference against. Ask both sides for cases."),
        "none": translator.gettext("The two views are close here. Nothing to settle before acting."),
        "open": translator.gettext("The averages are close, but too few people answered to rule a difference out."),
        "indicative": translator.gettext("The averages differ, but chance could explain it. Ask both sides for cases."),
        "confirmed": translator.gettext("The difference holds. Compare the evidence of both sides."),
        "strong": translator.gettext("The two groups describe different realities: agree on the facts first."),
    }
    compared = [row for row in part.rows if row.gap.value is not None]
    rows = [
        [
            make_cell(label, "row-strong"),
            make_cell(", ".join(row.name for row in named), "row"),
            make_cell(meaning, "row"),
        ]
        for verdict, meaning in meanings.items()
        if (named := [row for row in compared if row.verdict == verdict])
        for label in [_format_verdict(part, named[0], translator)]
    ]
    titles = (translator.gettext("Verdict"), translator.gettext("Here"), translator.gettext("What it means"))
    head = [make_cell(title, "head") for title in titles]
    table = make_table([head, *rows], share_width([24, 34, 70]), pad=3.5)
    return [make_heading(translator.gettext("How sure the gaps are")), table]


def _format_verdict(part: PerceptionGapSection, row: GapRow, translator: Translator) -> str:
    """Name a verdict; "strong" with the distance that defines it."""
    verdict = translator.render_message(row.verdict_text) if row.verdict_text else ""
    if row.verdict != "strong" or not part.cuts:
        return verdict
    template = translator.gettext("{verdict}, by {points} points or more")
    return template.format(verdict=verdict, points=translator.format_number(part.cuts[-1]))
