"""Pages of the answer, the contents with a reading guide, the consultant's findings, and the summary."""

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, KeepInFrame, KeepTogether, PageBreak

from assessment.charts.answer import draw_level_chart
from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.i18n import Translator
from assessment.pdf.document import Heading
from assessment.pdf.page_blocks import (
    Blocks,
    format_start,
    lay_out_key_figures,
    lay_out_remark,
    make_chart_block,
    make_heading,
    make_notes,
    make_numbered_list,
    make_points,
    make_title,
)
from assessment.pdf.table_of_contents import make_table_of_contents
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.text import (
    make_bullets,
    make_cell,
    make_gap,
    make_paragraph,
    make_paragraphs,
    make_table,
    share_width,
    truncate_characters,
)
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_HEIGHT, CONTENT_WIDTH

MAX_TITLE_LENGTH = 240
MIN_FINDINGS_ROOM = 0.6 * CONTENT_HEIGHT  # minimum space for the consultant’s findings below the contents
MAX_REMARK_LENGTH = 900  # in editions of a fixed number of pages
MAX_MODERATED_SCORES = 5  # in the board edition
MAX_OWN_FINDINGS = 3  # on the answer page and in the board edition; a page of its own has all of them


def lay_out_answer(report: Report, translator: Translator) -> Blocks:
    """Lay out the answer on one page."""
    blocks = make_title(translator.gettext("The answer on one page"), translator.text(report.answer.title))
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


def shrink_to_page(blocks: Blocks, height: float) -> Flowable:
    """Shrink blocks to one page if they don't fit."""
    return KeepInFrame(CONTENT_WIDTH, height, blocks, mode="shrink")


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
        (str(number), [make_paragraph(translator.text(finding), style)])
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
    label, text = translator.gettext("The decision asked for"), translator.text(report.answer.decision)
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


def lay_out_contents(report: Report, translator: Translator) -> Blocks:
    title = translator.gettext("Contents")
    return [
        PageBreak(),
        Heading(title, "title", 0),
        make_table_of_contents(),
        *lay_out_reading_guide(report, translator),
    ]


def lay_out_reading_guide(report: Report, translator: Translator) -> Blocks:
    """Lay out what a reader needs to know before the first figure."""
    guide = [
        (
            translator.gettext("Score"),
            translator.gettext(
                "0 to 100, from a five-step scale of observable practice; levels 1 to 5 are bands of it."
            ),
        ),
        (
            translator.gettext("Level"),
            translator.gettext("A band of the score, capped by the weakest area: at most one level above it."),
        ),
    ]
    if not report.consensus:
        interval = translator.gettext(
            "In parentheses behind a score: the {percent} interval. A function or dimension is called ahead, behind, "
            "strongest or weakest only where the difference is large enough and sure enough."
        )
        guide.append(
            (translator.gettext("Interval"), interval.format(percent=translator.percent(report.interval_percent)))
        )
    if report.needed is not None:
        hidden = translator.gettext(
            "A dash: fewer than {needed} answers, so nothing is shown. n: how many answers stand behind a figure."
        )
        guide.append((translator.gettext("Hidden"), hidden.format(needed=translator.number(report.needed))))
    rows = [[make_cell(name, "cell-strong"), make_cell(text)] for name, text in guide]
    made = make_table(rows, share_width([18, 100]), head=0, pad=3)
    return [KeepTogether([make_heading(translator.gettext("How to read this report")), made])]


def lay_out_own_findings(report: Report, translator: Translator) -> Blocks:
    """Lay out the consultant's text, findings and moderations in full; nothing if there are none."""
    details, foreword = report.details, lay_out_remark(report, translator, "answer")
    if not (details.findings or details.moderations or foreword):
        return []
    title = translator.gettext("What the consultant adds to the computed findings")
    begin = make_title(translator.gettext("The consultant’s own findings"), title, above=24)
    blocks = [CondPageBreak(MIN_FINDINGS_ROOM), *begin, *foreword]
    for number, finding in enumerate(details.findings, start=1):
        blocks.append(make_heading(f"{number}  {truncate_characters(finding.title, MAX_TITLE_LENGTH)}"))
        blocks += make_paragraphs(finding.text)
    return [*blocks, *_lay_out_moderations(report, translator)]


def _lay_out_moderations(report: Report, translator: Translator) -> Blocks:
    """Lay out both values and the reason of moderated scores; other pages show the computed values."""
    if not report.moderations:
        return []
    titles = ("", translator.gettext("Computed"), translator.gettext("Moderated"), translator.gettext("Why"))
    head = [make_cell(title, "head") for title in titles]
    rows = [
        [
            make_cell(row.place, "cell-strong"),
            make_cell(translator.figure(row.computed)),
            make_cell(translator.figure(row.moderated)),
            make_paragraphs(row.reason, "cell") or make_cell(""),
        ]
        for row in report.moderations
    ]
    note = translator.gettext(
        "Moderated scores are the consultant’s judgement. All other pages show the computed ones."
    )
    made = make_table([head, *rows], share_width([30, 16, 16, 60]), pad=3.5)
    return [make_heading(translator.gettext("Moderated scores")), make_paragraph(note, "small"), made]


def lay_out_moderated_scores(report: Report, translator: Translator) -> Blocks:
    """List the moderated scores in a line each, for editions without space for the reasons."""
    line = translator.gettext("{place}: {moderated}, computed {computed}")
    lines = [
        line.format(
            place=row.place, moderated=translator.figure(row.moderated), computed=translator.figure(row.computed)
        )
        for row in report.moderations[:MAX_MODERATED_SCORES]
    ]
    note = translator.gettext("The consultant’s judgement. All of them, and why, are in the full report.")
    return (
        [make_heading(translator.gettext("Moderated scores")), *make_bullets(lines), make_paragraph(note, "small")]
        if lines
        else []
    )


def lay_out_summary(report: Report, translator: Translator) -> Blocks:
    """Lay out the summary for respondents."""
    part = report.summary
    sections: tuple[tuple[str, Sequence[Message]], ...] = (
        (translator.gettext("What was asked"), part.subjects),
        (translator.gettext("Results"), part.findings),
        (translator.gettext("What happens next"), part.next_steps),
        (translator.gettext("How your answers were protected"), part.protection),
    )
    blocks = make_title(translator.gettext("For everyone who answered"), translator.text(part.title))
    for number, (title, messages) in enumerate(sections):
        blocks += [make_heading(title), *make_points(messages, translator, "plain")]
        if number == 1 and report.answer.overall.figure.value is not None:
            blocks += [make_gap(4), make_chart_block(draw_level_chart(report.answer, translator, CONTENT_WIDTH))]
    return [*blocks, *lay_out_remark(report, translator, "next", MAX_REMARK_LENGTH)]
