"""Page of the answer: levels and targets, findings with their actions, and the decision asked for."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from msgspec import Struct
from reportlab.platypus import PageBreak

from assessment.charts.action_effect import draw_effect_chart, format_effect
from assessment.charts.answer import draw_level_chart
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.sections.findings import WITH_ACTION, FindingRow
from assessment.i18n import Translator
from assessment.i18n.action_texts import (
    format_owner,
    format_places,
    format_until,
    list_answer_titles,
    shorten_reason,
)
from assessment.pdf.page_blocks import (
    CELL_GAP,
    MAX_REMARK_LENGTH,
    Blocks,
    fit_on_page,
    has_any_value,
    lay_out_key_figures,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_points,
    make_title,
)
from assessment.pdf.pages.participation import lay_out_participation
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.text import (
    make_cell,
    make_gap,
    make_labelled_paragraph,
    make_paragraph,
    make_paragraphs,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_HEIGHT, CONTENT_WIDTH, find_colour

MAX_TITLE_LENGTH = 240
MAX_OWN_FINDINGS = 3  # on the answer page and in the board edition; a page of its own has all of them
CHAIN_SHARES = (29, 31, 28, 22, 22)


class AnswerDetails(Struct, frozen=True):
    """How much the page says: sentences of each reason, style of the rows, further findings.

    With fewer findings, only those of actions remain. The figure behind an action also stands next to its effect.
    `is_close`: with less space between the parts, and one strength.
    """

    sentences: int
    style: str
    has_evidence: bool = True
    further: Literal["all", "of actions", "none"] = "all"
    is_close: bool = False


DETAILS = (
    AnswerDetails(2, "chain"),
    AnswerDetails(2, "cell"),
    AnswerDetails(1, "chain"),
    AnswerDetails(1, "cell"),
    AnswerDetails(1, "cell", has_evidence=False),
    AnswerDetails(1, "cell", has_evidence=False, further="of actions"),
    AnswerDetails(1, "cell", has_evidence=False, is_close=True),
    AnswerDetails(1, "cell", has_evidence=False, further="of actions", is_close=True),
    AnswerDetails(1, "cell", has_evidence=False, further="none"),
)


def lay_out_answer(report: Report, translator: Translator) -> Blocks:
    """Lay out the answer on one page, with fewer details where it would not fit otherwise."""
    choices = [partial(_lay_out_answer_page, report, translator, details) for details in DETAILS]
    return [PageBreak(), fit_on_page(choices, CONTENT_HEIGHT)]


def _lay_out_answer_page(report: Report, translator: Translator, details: AnswerDetails) -> Blocks:
    return [
        *make_title(translator.gettext("The answer on one page"), translator.render_message(report.answer.title)),
        *lay_out_level(report, translator),
        *lay_out_remark(report, translator, "answer", MAX_REMARK_LENGTH),
        *lay_out_findings(report, translator, details),
        *_lay_out_rules(report, translator),
        make_gap(3.5 if details.is_close else 7),
        lay_out_decision(report, translator),
        make_gap(2 if details.is_close else 5.25),
        *lay_out_footnotes(report, translator, details),
    ]


def _lay_out_rules(report: Report, translator: Translator) -> Blocks:
    """Lay out why figures are hidden, if nearly all are."""
    if has_any_value(row.figure for row in (report.answer.overall, *report.answer.functions)):
        return []
    heading = make_heading(translator.gettext("What is hidden, and why"))
    return [heading, *make_points(report.appendix.rules, translator, "fine")]


def lay_out_level(report: Report, translator: Translator) -> Blocks:
    """Lay out the levels of the whole and its functions, the change since the last wave, and the key figures."""
    answer = report.answer
    if answer.overall.figure.value is None and all(row.figure.value is None for row in answer.functions):
        known = [figure for figure in answer.key_figures if figure.figure.value is not None]
        return [
            *(make_paragraph(text) for text in translator.render_messages(report.answer.needs)),
            make_gap(7),
            *lay_out_key_figures(known, translator, style="figure-inline"),
            make_heading(translator.gettext("Who took part")),
            *lay_out_participation(report, translator),
        ]
    change = [make_paragraph(f"{translator.render_message(answer.change)}.")] if answer.change else []
    return [
        make_chart_block(draw_level_chart(answer, translator, CONTENT_WIDTH)),
        *change,
        make_gap(4),
        *lay_out_key_figures(answer.key_figures, translator, style="figure-inline"),
    ]


def lay_out_findings(report: Report, translator: Translator, details: AnswerDetails) -> Blocks:
    """Lay out finding, reason, action, owner and effect in rows; then the consultant's own findings."""
    rows = report.answer.rows
    if any(row.action for row in rows):
        blocks = [_make_findings_table(rows, translator, details)]
    else:
        blocks = [
            make_heading(translator.gettext("What we found")),
            *make_points([row.finding for row in rows], translator, "body"),
        ]
    own = report.details.findings[:MAX_OWN_FINDINGS]
    if own:
        blocks.append(make_paragraph(translator.gettext("The consultant’s own findings"), "finding-label"))
    for finding in own:
        blocks += make_paragraphs(finding.title, "body", MAX_TITLE_LENGTH)
    return blocks


def _make_findings_table(rows: Sequence[FindingRow], translator: Translator, details: AnswerDetails) -> Table:
    titles = list_answer_titles(translator)
    widths = share_width(CHAIN_SHARES)
    head = [make_cell(title, "head") for title in titles]
    later = make_cell(translator.gettext("Nothing to start now"), "cell-muted")
    cells = [
        [
            [
                make_cell(f"{number}  {translator.render_message(row.finding)}", f"{details.style}-strong"),
                *(
                    [make_cell(translator.render_message(row.evidence), "cell-muted")]
                    if row.evidence and details.has_evidence
                    else []
                ),
            ],
            *(
                _lay_out_row_action(row, row.action, translator, widths[-1] - CELL_GAP, details)
                if row.action
                else [make_cell(""), later, make_cell(""), ""]
            ),
        ]
        for number, row in enumerate(rows, start=1)
    ]
    return make_table([head, *cells], widths, pad=3 if details.is_close else 5)


def _lay_out_row_action(
    row: FindingRow, action: Action, translator: Translator, width: float, details: AnswerDetails
) -> list[Blocks]:
    effect: Blocks = []
    if action.effect is not None:
        chart = draw_effect_chart(action.effect, translator, width)
        effect = [
            make_cell(format_effect(action.effect, translator), "cell-strong"),
            *([make_chart_block(chart)] if chart else []),
            make_cell(translator.render_message(action.effect.figure), "cell-muted"),
        ]
    return [
        [make_cell(shorten_reason(action.why, details.sentences), details.style)],
        [
            make_cell(action.title, f"{details.style}-strong"),
            make_cell(format_places(action, row.further, translator), "cell-muted"),
        ],
        [
            make_cell(format_owner(action, translator), details.style),
            make_cell(format_until(action, translator), "cell-muted"),
        ],
        effect or [make_cell(action.indicator, "cell-muted")],
    ]


def lay_out_decision(report: Report, translator: Translator) -> Table:
    """Lay out the decision with its effort, and the scores that the actions would lead to."""
    label, text = translator.gettext("The decision asked for"), translator.render_message(report.answer.decision)
    more = [report.answer.effort] if report.answer.effort else []
    details = " ".join(translator.render_messages([*more, *report.answer.expected]))
    box = make_table(
        [
            [
                [
                    make_paragraph(label, "kicker"),
                    make_paragraph(text, "decision", 900),
                    *([make_gap(3), make_paragraph(details, "body")] if details else []),
                ]
            ]
        ],
        [CONTENT_WIDTH],
        head=0,
        lines=False,
    )
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), COLOURS["wash"]),
            ("LINEBEFORE", (0, 0), (0, -1), 3, find_colour("accent")),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ]
    )
    return box


def lay_out_footnotes(report: Report, translator: Translator, details: AnswerDetails) -> Blocks:
    """Lay out further findings, what is worth keeping, and the notes in one paragraph."""
    blocks: Blocks = []
    further = [also for also in report.answer.also if details.further == "all" or also.id == WITH_ACTION]
    if further and details.further != "none":
        sentences = (sentence.rstrip(".") for sentence in translator.render_messages(further))
        text = " ".join(f"{sentence}." for sentence in sentences)
        blocks.append(make_labelled_paragraph(translator.gettext("Also found:"), text, "body"))
    if report.answer.strengths:
        strengths = report.answer.strengths[:1] if details.is_close else report.answer.strengths
        text = translator.join_with_semicolons(translator.render_messages(strengths))
        blocks.append(make_labelled_paragraph(translator.gettext("Worth keeping:"), f"{text}.", "body"))
    notes = translator.render_messages(report.answer.notes)
    return [*blocks, *([make_paragraph(" ".join(notes), "small")] if notes else [])]
