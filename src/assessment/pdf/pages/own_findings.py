"""The consultant's findings and moderated scores."""

from reportlab.platypus import CondPageBreak

from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.page_blocks import (
    MAX_REMARK_LENGTH,
    Blocks,
    lay_out_remark,
    make_heading,
    make_title,
)
from assessment.pdf.pages.answer import MAX_TITLE_LENGTH
from assessment.pdf.typesetting.text import (
    make_bullets,
    make_cell,
    make_paragraph,
    make_paragraphs,
    make_table,
    share_width,
    truncate_characters,
)
from assessment.pdf.typesetting.theme import CONTENT_HEIGHT

TITLE_ROOM = 0.12 * CONTENT_HEIGHT
FINDING_ROOM = 0.08 * CONTENT_HEIGHT  # a short one
MAX_FINDINGS_TOGETHER = 5  # as many start on one page, rather than that a few continue on the next
MAX_MODERATED_SCORES = 5  # in the board edition


def lay_out_own_findings(report: Report, translator: Translator) -> Blocks:
    """Lay out the consultant's text, findings and moderations in full; nothing if there are none."""
    details = report.details
    is_cut = len(details.remarks.get("answer", "")) > MAX_REMARK_LENGTH  # the answer page has a shorter one in full
    foreword = lay_out_remark(report, translator, "answer") if is_cut else []
    notes = translator.render_messages(report.answer.finding_notes)
    if not (details.findings or details.moderations or foreword or notes):
        return []
    title = translator.gettext("The consultant adds to the computed findings")
    begin = make_title(translator.gettext("The consultant’s own findings"), title, above=24)
    room = TITLE_ROOM + FINDING_ROOM * min(max(1, len(details.findings)), MAX_FINDINGS_TOGETHER)
    blocks = [CondPageBreak(room), *begin, *foreword]
    for number, finding in enumerate(details.findings, start=1):
        blocks.append(make_heading(f"{number}  {truncate_characters(finding.title, MAX_TITLE_LENGTH)}"))
        blocks += make_paragraphs(finding.text)
    if notes:
        blocks += [make_heading(translator.gettext("Changes to computed findings")), *make_bullets(notes)]
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
            make_cell(translator.format_figure(row.computed)),
            make_cell(translator.format_figure(row.moderated)),
            make_paragraphs(row.reason, "cell") or make_cell(""),
        ]
        for row in report.moderations
    ]
    note = translator.gettext(
        "Moderated scores are the consultant’s judgement. They stand next to the computed ones, which decide "
        "everything else: levels, findings, actions."
    )
    table = make_table([head, *rows], share_width([30, 16, 16, 60]), pad=3.5)
    return [make_heading(translator.gettext("Moderated scores")), make_paragraph(note, "small"), table]


def lay_out_finding_changes(report: Report, translator: Translator) -> Blocks:
    """List the consultant's changes to computed findings in one paragraph, for editions of few pages."""
    notes = " ".join(translator.render_messages(report.answer.finding_notes))
    return [make_paragraph(notes, "small")] if notes else []


def lay_out_moderated_scores(report: Report, translator: Translator) -> Blocks:
    """List the moderated scores in a line each, for editions without space for the reasons."""
    line = translator.gettext("{place}: {moderated}, computed {computed}")
    lines = [
        line.format(
            place=row.place,
            moderated=translator.format_figure(row.moderated),
            computed=translator.format_figure(row.computed),
        )
        for row in report.moderations[:MAX_MODERATED_SCORES]
    ]
    note = translator.gettext("The consultant’s judgement. All of them, and why, are in the full report.")
    return (
        [make_heading(translator.gettext("Moderated scores")), *make_bullets(lines), make_paragraph(note, "small")]
        if lines
        else []
    )
