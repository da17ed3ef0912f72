"""Appendix in two columns: method and cut points, respondents, withheld figures, provenance, items."""

from collections.abc import Sequence
from functools import partial

from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, NextPageTemplate, PageBreak

from assessment.domain.report import Report
from assessment.domain.report.parts import Count, FunctionPart, ItemGroup, ItemLine
from assessment.pdf.document import COLUMNS, Heading
from assessment.pdf.fitting import Closing
from assessment.pdf.pages.blocks import Blocks, points, titled
from assessment.pdf.text import cell, columns, gap, paragraph, safe, table
from assessment.pdf.theme import COLUMN, HEIGHT
from assessment.wording import Wording

ROOM = 110.0
UNBROKEN = "\N{NO-BREAK SPACE}"
PADS = (1.6, 1.0, 2.4)  # between the rows of items: preferred, then alternatives that may fill the last page better


def appendix(report: Report, wording: Wording) -> Blocks:
    blocks: Blocks = [NextPageTemplate(COLUMNS), PageBreak()]
    blocks += titled(wording.gettext("Appendix"), wording.gettext("How the figures came about"))
    blocks += [FrameBreak(), *method(report, wording), *who_took_part(report, wording)]
    blocks += [*hidden(report, wording), *provenance(report, wording)]
    return [*blocks, *items(report.appendix.items, wording)]


def _part(title: str) -> Blocks:
    """Make a heading with a bookmark and an entry in the contents, and space for content below it."""
    return [CondPageBreak(ROOM), Heading(title, "heading", 1, safe(title))]


def method(report: Report, wording: Wording) -> Blocks:
    part = report.appendix
    blocks: Blocks = [Heading(wording.gettext("Method"), "heading", 1), *points(part.method, wording, "fine")]
    blocks += _part(wording.gettext("Cut points"))
    judgement = wording.gettext(
        "The cut points below are judgements of design, not findings of science. They are taken from the questionnaire "
        "that this report was made with; there are no benchmark data behind them."
    )
    rows = [[cell(wording.text(cut.name), "fine"), cell(wording.text(cut.value), "fine")] for cut in part.cut_points]
    return [*blocks, paragraph(judgement, "fine"), table(rows, columns([62, 64], COLUMN), head=0, pad=2)]


def who_took_part(report: Report, wording: Wording) -> Blocks:
    """Count by role or by function, never by both: a combination could identify people."""
    part = report.appendix
    blocks: Blocks = _part(wording.gettext("Who took part"))
    blocks += points(part.taking_part, wording, "fine")
    if not report.consensus:
        blocks += [*points((part.careless,), wording, "fine"), gap(4)]
        blocks += [_counts(wording.gettext("Role"), part.by_role, wording), gap(6)]
        blocks += [_counts(wording.gettext("Function"), part.by_function, wording)]
        note = wording.gettext(
            "People may belong to several functions. They are counted by role or by function, never by both."
        )
        blocks += [gap(4), paragraph(note, "fine")]
    return blocks


def _counts(label: str, counts: tuple[Count, ...], wording: Wording) -> Flowable:
    unsaid = wording.gettext("not shown")
    head = [cell(label, "head"), cell(wording.gettext("People"), "head-right")]
    rows = [
        [
            cell(count.name, "fine"),
            cell(unsaid if count.people is None else wording.number(count.people), "cell-right"),
        ]
        for count in counts
    ]
    return table([head, *rows], columns([80, 30], COLUMN), pad=2)


def hidden(report: Report, wording: Wording) -> Blocks:
    blocks: Blocks = _part(wording.gettext("What is hidden, and why"))
    return [*blocks, *points(report.appendix.hidden, wording, "fine")]


def provenance(report: Report, wording: Wording) -> Blocks:
    rows = [
        [cell(wording.text(line.label), "fine"), cell(_value(line.label.id, wording.text(line.value), wording), "fine")]
        for line in report.appendix.provenance
    ]
    blocks: Blocks = _part(wording.gettext("Provenance"))
    return [*blocks, table(rows, columns([40, 90], COLUMN), head=0, pad=2)]


def _value(label: str, text: str, wording: Wording) -> str:
    return wording.date(text) if label == "provenance.date" else text


def items(groups: Sequence[ItemGroup], wording: Wording) -> Blocks:
    """List every item in full, with its figure."""
    listed = [partial(_groups, groups, wording, pad) for pad in PADS]
    return [*_part(wording.gettext("What was asked, item by item")), gap(0), Closing(listed, HEIGHT)]


def _groups(groups: Sequence[ItemGroup], wording: Wording, pad: float = PADS[0]) -> Blocks:
    blocks: Blocks = []
    for group in groups:
        name = group.name or wording.gettext("Across functions")
        lone = paragraph(name, "cell-strong")
        blocks += [CondPageBreak(ROOM), gap(6), lone, _items(group, wording, pad)]
    return blocks


def _items(group: ItemGroup, wording: Wording, pad: float) -> Flowable:
    head = [cell(wording.gettext("Item"), "head"), cell(wording.gettext("Score"), "head-right")]
    rows = [
        [
            [cell(line.text, "fine"), cell(_about(line, wording), "finer")],
            cell(wording.figure(line.figure), "fine-right"),
        ]
        for line in group.items
    ]
    made = table([head, *rows], columns([190, 48], COLUMN), pad=pad)
    made.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    return made


def _about(line: ItemLine, wording: Wording) -> str:
    """Format the id, the roles that were asked, and the numbers of answers and don't-knows."""
    counts = ""
    if line.figure.n is not None:
        counts = wording.gettext("n {n}").format(n=line.figure.n)
        if line.figure.dk:
            counts += ", " + wording.gettext("{dk} don’t know").format(dk=line.figure.dk)
    together = counts.replace(" ", UNBROKEN)
    return " · ".join(part for part in (line.id, line.asked_of, together) if part)


def of_function(report: Report, part: FunctionPart, wording: Wording) -> Blocks:
    """Appendix of a playbook: its items in full, withheld figures, provenance."""
    blocks: Blocks = [NextPageTemplate(COLUMNS), PageBreak()]
    title = wording.gettext("What was asked, item by item")
    blocks += [*titled(wording.gettext("Appendix"), title), FrameBreak()]
    blocks += _groups([group for group in report.appendix.items if group.name == part.name], wording)
    return [*blocks, *hidden(report, wording), *provenance(report, wording)]
