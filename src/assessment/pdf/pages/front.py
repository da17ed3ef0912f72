"""Pages of the answer, the contents with a reading guide, the consultant's findings, and the summary."""

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, KeepInFrame, KeepTogether, PageBreak

from assessment.charts.level import level_chart
from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.pdf.contents import contents
from assessment.pdf.document import Heading
from assessment.pdf.pages.blocks import Blocks, chart, heading, key_figures, notes, numbered, own, points, start, titled
from assessment.pdf.tables import Table
from assessment.pdf.text import bounded, bullets, cell, columns, gap, paragraph, paragraphs, table
from assessment.pdf.theme import COLOUR, HEIGHT, WIDTH
from assessment.wording import Wording

LONGEST_TITLE = 240
NEARLY_WHOLE = 0.6 * HEIGHT  # minimum space for the consultant’s findings below the contents
LONGEST_REMARK = 900  # in editions of a fixed number of pages
MOST_MODERATED = 5  # in the board edition
MOST_OWN = 3  # on the answer page and in the board edition; a page of its own has all of them


def the_answer(report: Report, wording: Wording) -> Blocks:
    """Lay out the answer on one page."""
    blocks = titled(wording.gettext("The answer on one page"), wording.text(report.answer.title))
    blocks += [*standing(report, wording), *findings(report, wording), *first_actions(report, wording)]
    blocks += [gap(12), decision(report, wording), gap(6), *notes(report.answer.notes, wording)]
    return [PageBreak(), one_page(blocks, HEIGHT)]


def one_page(blocks: Blocks, height: float) -> Flowable:
    """Shrink blocks to one page if they don't fit."""
    return KeepInFrame(WIDTH, height, blocks, mode="shrink")


def standing(report: Report, wording: Wording) -> Blocks:
    """Lay out the levels of the whole and its functions, and the key figures."""
    answer = report.answer
    return [chart(level_chart(answer, wording, WIDTH)), gap(8), *key_figures(answer.key_figures, wording)]


def findings(report: Report, wording: Wording) -> Blocks:
    """Lay out the computed findings, then the consultant's, marked as theirs."""
    style, pad = ("plain", 2.5) if report.details.findings else ("lead", 4)
    rows: list[tuple[str, Sequence[Flowable]]] = [
        (str(number), [paragraph(wording.text(finding), style)])
        for number, finding in enumerate(report.answer.findings, start=1)
    ]
    rows += [
        ("+", [*paragraphs(finding.title, style, LONGEST_TITLE), _theirs(wording)])
        for finding in report.details.findings[:MOST_OWN]
    ]
    return [heading(wording.gettext("What we found")), numbered(rows, pad)] if rows else []


def _theirs(wording: Wording) -> Flowable:
    return paragraph(wording.gettext("The consultant’s finding"), "finding-label")


def first_actions(report: Report, wording: Wording) -> Blocks:
    """Lay out the first actions with owner and time."""
    rows = [
        (
            str(action.place),
            [
                cell(action.title, "decision"),
                cell(" · ".join([action.owner, start(action, wording), action.horizon_name]), "cell-muted"),
            ],
        )
        for action in report.answer.actions
    ]
    return [heading(wording.gettext("What to do first")), numbered(rows)] if rows else []


def decision(report: Report, wording: Wording) -> Table:
    label, text = wording.gettext("The decision asked for"), wording.text(report.answer.decision)
    box = table([[[paragraph(label, "kicker"), paragraph(text, "decision", 900)]]], [WIDTH], head=0, lines=False)
    box.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), COLOUR["wash"]),
            ("LINEBEFORE", (0, 0), (0, -1), 3, COLOUR["accent"]),
            ("LEFTPADDING", (0, 0), (-1, -1), 14),
            ("TOPPADDING", (0, 0), (-1, -1), 10),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
        ]
    )
    return box


def contents_page(report: Report, wording: Wording) -> Blocks:
    title = wording.gettext("Contents")
    return [PageBreak(), Heading(title, "title", 0), contents(), *reading(report, wording)]


def reading(report: Report, wording: Wording) -> Blocks:
    """Lay out what a reader needs to know before the first figure."""
    guide = [
        (
            wording.gettext("Score"),
            wording.gettext("0 to 100, from a five-step scale of observable practice; levels 1 to 5 are bands of it."),
        ),
        (
            wording.gettext("Level"),
            wording.gettext("A band of the score, capped by the weakest area: at most one level above it."),
        ),
    ]
    if not report.consensus:
        interval = wording.gettext(
            "In parentheses behind a score: the {percent} interval. A function or dimension is called ahead, behind, "
            "strongest or weakest only where the difference is large enough and sure enough."
        )
        guide.append((wording.gettext("Interval"), interval.format(percent=wording.percent(report.interval_percent))))
    if report.needed is not None:
        hidden = wording.gettext(
            "A dash: fewer than {needed} answers, so nothing is shown. n: how many answers stand behind a figure."
        )
        guide.append((wording.gettext("Hidden"), hidden.format(needed=wording.number(report.needed))))
    rows = [[cell(name, "cell-strong"), cell(text)] for name, text in guide]
    made = table(rows, columns([18, 100]), head=0, pad=3)
    return [KeepTogether([heading(wording.gettext("How to read this report")), made])]


def own_findings(report: Report, wording: Wording) -> Blocks:
    """Lay out the consultant's text, findings and moderations in full; nothing if there are none."""
    details, foreword = report.details, own(report, wording, "answer")
    if not (details.findings or details.moderations or foreword):
        return []
    title = wording.gettext("What the consultant adds to the computed findings")
    begin = titled(wording.gettext("The consultant’s own findings"), title, above=24)
    blocks = [CondPageBreak(NEARLY_WHOLE), *begin, *foreword]
    for number, finding in enumerate(details.findings, start=1):
        blocks.append(heading(f"{number}  {bounded(finding.title, LONGEST_TITLE)}"))
        blocks += paragraphs(finding.text)
    return [*blocks, *_moderations(report, wording)]


def _moderations(report: Report, wording: Wording) -> Blocks:
    """Lay out both values and the reason of moderated scores; other pages show the computed values."""
    if not report.moderations:
        return []
    titles = ("", wording.gettext("Computed"), wording.gettext("Moderated"), wording.gettext("Why"))
    head = [cell(title, "head") for title in titles]
    rows = [
        [
            cell(row.place, "cell-strong"),
            cell(wording.figure(row.computed)),
            cell(wording.figure(row.moderated)),
            paragraphs(row.reason, "cell") or cell(""),
        ]
        for row in report.moderations
    ]
    note = wording.gettext("Moderated scores are the consultant’s judgement. All other pages show the computed ones.")
    made = table([head, *rows], columns([30, 16, 16, 60]), pad=3.5)
    return [heading(wording.gettext("Moderated scores")), paragraph(note, "small"), made]


def moderated(report: Report, wording: Wording) -> Blocks:
    """List the moderated scores in a line each, for editions without space for the reasons."""
    line = wording.gettext("{place}: {moderated}, computed {computed}")
    lines = [
        line.format(place=row.place, moderated=wording.figure(row.moderated), computed=wording.figure(row.computed))
        for row in report.moderations[:MOST_MODERATED]
    ]
    note = wording.gettext("The consultant’s judgement. All of them, and why, are in the full report.")
    return [heading(wording.gettext("Moderated scores")), *bullets(lines), paragraph(note, "small")] if lines else []


def summary(report: Report, wording: Wording) -> Blocks:
    """Lay out the summary for respondents."""
    part = report.summary
    sections: tuple[tuple[str, Sequence[Message]], ...] = (
        (wording.gettext("What was asked"), part.asked),
        (wording.gettext("Results"), part.found),
        (wording.gettext("What happens next"), part.following),
        (wording.gettext("How your answers were protected"), part.protected),
    )
    blocks = titled(wording.gettext("For everyone who answered"), wording.text(part.title))
    for number, (title, messages) in enumerate(sections):
        blocks += [heading(title), *points(messages, wording, "plain")]
        if number == 1 and report.answer.overall.figure.shown is not None:
            blocks += [gap(4), chart(level_chart(report.answer, wording, WIDTH))]
    return [*blocks, *own(report, wording, "next", LONGEST_REMARK)]
