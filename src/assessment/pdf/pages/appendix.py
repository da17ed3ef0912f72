"""The appendix: method and cut points, who took part, items, what is hidden, provenance."""

from reportlab.platypus import CondPageBreak, Flowable

from assessment.domain.report import Report
from assessment.domain.report.parts import Count, ItemLine
from assessment.pdf.document import Heading
from assessment.pdf.pages.blocks import Blocks, page, points, under
from assessment.pdf.text import cell, columns, gap, paragraph, safe, table
from assessment.wording import Wording

ROOM = 150.0


def _part(title: str) -> Blocks:
    """A heading that bookmarks and contents list, with room below it."""
    return [CondPageBreak(ROOM), Heading(title, "heading", 1, safe(title))]


def method(report: Report, wording: Wording) -> Blocks:
    """How the figures came about."""
    part = report.appendix
    blocks = page(wording.gettext("Appendix: method"), wording.gettext("How the figures came about"))
    blocks += points(part.method, wording)
    blocks += _part(wording.gettext("Cut points"))
    judgement = wording.gettext(
        "The cut points below are judgements of design, not findings of science. They are taken from the questionnaire "
        "that this report was made with; there are no benchmark data behind them."
    )
    rows = [[cell(wording.text(cut.name), "cell-strong"), cell(wording.text(cut.value))] for cut in part.cut_points]
    return [*blocks, paragraph(judgement), table(rows, columns([50, 76]), head=0, pad=3)]


def who_took_part(report: Report, wording: Wording) -> Blocks:
    """Counts by role or by function, never by both."""
    part = report.appendix
    blocks: Blocks = _part(wording.gettext("Who took part"))
    blocks += points(part.taking_part, wording)
    if not report.consensus:
        blocks += [*points((part.careless,), wording), gap(4)]
        blocks += [_counts(wording.gettext("Role"), part.by_role, wording), gap(8)]
        blocks += [_counts(wording.gettext("Function"), part.by_function, wording)]
        note = wording.gettext(
            "People may belong to several functions. They are counted by role or by function, never by both."
        )
        blocks += [gap(4), paragraph(note, "small")]
    return blocks


def _counts(label: str, counts: tuple[Count, ...], wording: Wording) -> Flowable:
    hidden = wording.gettext("not shown")
    head = [cell(label, "head"), cell(wording.gettext("People"), "head")]
    rows = [
        [cell(count.name), cell(hidden if count.people is None else wording.number(count.people))] for count in counts
    ]
    return table([head, *rows], columns([40, 80]), pad=3)


def hidden(report: Report, wording: Wording) -> Blocks:
    """What is not shown, and why."""
    blocks: Blocks = _part(wording.gettext("What is hidden, and why"))
    return [*blocks, *points(report.appendix.hidden, wording)]


def items(report: Report, wording: Wording) -> Blocks:
    """Every item in full, with its figure."""
    blocks = page(wording.gettext("Appendix: items"), wording.gettext("What was asked, item by item"))
    for group in report.appendix.items:
        blocks += under(group.name or wording.gettext("Across functions"), _items(group.items, wording))
    return blocks


def _items(lines: tuple[ItemLine, ...], wording: Wording) -> Flowable:
    titles = (wording.gettext("Item"), wording.gettext("Text"), wording.gettext("Asked of"))
    head = [cell(title, "head") for title in titles]
    head += [
        cell(title, "head-right")
        for title in (wording.gettext("Score"), wording.gettext("n"), wording.gettext("Don’t know"))
    ]
    rows = [
        [
            cell(line.id, "cell-muted"),
            cell(line.text),
            cell(line.asked_of, "cell-muted"),
            cell(wording.figure(line.figure), "cell-right"),
            cell("" if line.figure.n is None else wording.number(line.figure.n), "cell-right"),
            cell("" if line.figure.dk is None else wording.number(line.figure.dk), "cell-right"),
        ]
        for line in lines
    ]
    return table([head, *rows], columns([66, 220, 106, 52, 22, 28]), pad=3)


def provenance(report: Report, wording: Wording) -> Blocks:
    """Where the figures come from."""
    rows = [
        [cell(wording.text(line.label), "cell-strong"), cell(_value(line.label.id, wording.text(line.value), wording))]
        for line in report.appendix.provenance
    ]
    blocks: Blocks = _part(wording.gettext("Provenance"))
    return [*blocks, table(rows, columns([34, 90]), head=0, pad=3)]


def _value(label: str, text: str, wording: Wording) -> str:
    return wording.date(text) if label == "provenance.date" else text
