"""Page of the answer: levels, findings, first actions, and the decision asked for."""

from collections.abc import Sequence

from reportlab.platypus import Flowable, PageBreak

from assessment.charts.answer import draw_level_chart
from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_start
from assessment.pdf.page_blocks import (
    Blocks,
    lay_out_key_figures,
    make_chart_block,
    make_heading,
    make_notes,
    make_numbered_list,
    make_title,
    shrink_to_page,
)
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_paragraph,
    make_paragraphs,
    make_table,
)
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_HEIGHT, CONTENT_WIDTH

MAX_TITLE_LENGTH = 240
MAX_OWN_FINDINGS = 3  # on the answer page and in the board edition; a page of its own has all of them


def lay_out_answer(report: Report, translator: Translator) -> Blocks:
    """Lay out the answer on one page."""
    blocks = make_title(translator.gettext("The answer on one page"), translator.render_message(report.answer.title))
    blocks += [
        *lay_out_level(report, translator),
        *lay_out_findings(report, translator),
        *lay_out_first_actions(report, translator),
    ]
    blocks += [
        make_gap(12),
        lay_out_decision(report, translator),
        make_gap(6),
        *make_notes(report.answer.notes, translator),
    ]
    return [PageBreak(), shrink_to_page(blocks, CONTENT_HEIGHT)]


def lay_out_level(report: Report, translator: Translator) -> Blocks:
    """Lay out the levels of the whole and its functions, and the key figures."""
    answer = report.answer
    return [
        make_chart_block(draw_level_chart(answer, translator, CONTENT_WIDTH)),
        make_gap(8),
        *lay_out_key_figures(answer.key_figures, translator),
    ]


def lay_out_findings(report: Report, translator: Translator) -> Blocks:
    """Lay out the computed findings, then the consultant's, marked as theirs."""
    style, pad = ("plain", 2.5) if report.details.findings else ("lead", 4)
    rows: list[tuple[str, Sequence[Flowable]]] = [
        (str(number), [make_paragraph(translator.render_message(finding), style)])
        for number, finding in enumerate(report.answer.findings, start=1)
    ]
    rows += [
        ("+", [*make_paragraphs(finding.title, style, MAX_TITLE_LENGTH), _label_own_finding(translator)])
        for finding in report.details.findings[:MAX_OWN_FINDINGS]
    ]
    return [make_heading(translator.gettext("What we found")), make_numbered_list(rows, pad)] if rows else []


def _label_own_finding(translator: Translator) -> Flowable:
    return make_paragraph(translator.gettext("The consultant’s finding"), "finding-label")


def lay_out_first_actions(report: Report, translator: Translator) -> Blocks:
    """Lay out the first actions with owner and time."""
    rows = [
        (
            str(action.place),
            [
                make_cell(action.title, "decision"),
                make_cell(
                    " · ".join([action.owner, format_start(action, translator), action.horizon_name]), "cell-muted"
                ),
            ],
        )
        for action in report.answer.actions
    ]
    return [make_heading(translator.gettext("What to do first")), make_numbered_list(rows)] if rows else []


def lay_out_decision(report: Report, translator: Translator) -> Table:
    label, text = translator.gettext("The decision asked for"), translator.render_message(report.answer.decision)
    box = make_table(
        [[[make_paragraph(label, "kicker"), make_paragraph(text, "decision", 900)]]],
        [CONTENT_WIDTH],
        head=0,
        lines=False,
    )
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), COLOURS["wash"]),
            ("LINEBEFORE", (0, 0), (0, -1), 3, COLOURS["accent"]),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 10),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
        ]
    )
    return box
