"""Appendix in two columns: method and cut points, withheld figures, provenance, items."""

from collections.abc import Sequence
from functools import partial

from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, NextPageTemplate, PageBreak

from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.domain.report.sections.appendix import AppendixItem, AppendixItemGroup
from assessment.domain.report.sections.functions import FunctionSection
from assessment.i18n import Translator
from assessment.pdf.document import COLUMNS_TEMPLATE, Heading
from assessment.pdf.page_blocks import Blocks, make_points, make_title
from assessment.pdf.pages import participation
from assessment.pdf.typesetting.column_filling import BalancedColumns
from assessment.pdf.typesetting.text import (
    escape_text,
    make_aside_paragraph,
    make_cell,
    make_gap,
    make_paragraph,
    make_table,
    share_width,
)
from assessment.pdf.typesetting.theme import COLUMN_WIDTH, CONTENT_HEIGHT

MIN_ROOM = 110.0
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
ROW_PADDINGS = (
    1.6,
    1.0,
    2.4,
)  # between the rows of items: preferred, then alternatives that may fill the last page better


def lay_out_appendix(report: Report, translator: Translator) -> Blocks:
    blocks: Blocks = [NextPageTemplate(COLUMNS_TEMPLATE), PageBreak()]
    blocks += make_title(translator.gettext("Appendix"), translator.gettext("How the figures came about"))
    blocks += [FrameBreak(), *_make_part_heading(translator.gettext("Who took part"))]
    blocks += [*participation.lay_out_participation(report, translator), *lay_out_method(report, translator)]
    blocks += [*lay_out_withheld_figures(report.appendix.hidden, translator)]
    blocks += lay_out_provenance(report, translator)
    return [*blocks, *lay_out_items(report.appendix.items, translator)]


def _make_part_heading(title: str) -> Blocks:
    """Make a heading with a bookmark and an entry in the contents, and space for content below it."""
    return [CondPageBreak(MIN_ROOM), Heading(title, "heading", 1, escape_text(title))]


def lay_out_method(report: Report, translator: Translator) -> Blocks:
    part = report.appendix
    blocks: Blocks = [
        *_make_part_heading(translator.gettext("Method")),
        *make_points(part.method, translator, "fine"),
    ]
    blocks += _make_part_heading(translator.gettext("Cut points"))
    judgement = translator.gettext(
        "The cut points below are judgements of design, not findings of science. They are taken from the questionnaire "
        "that this report was made with; there are no benchmark data behind them."
    )
    rows = [
        [
            make_cell(translator.render_message(cut.name), "fine"),
            make_cell(translator.render_message(cut.value), "fine"),
        ]
        for cut in part.cut_points
    ]
    return [
        *blocks,
        make_paragraph(judgement, "fine"),
        make_table(rows, share_width([62, 64], COLUMN_WIDTH), head=0, pad=2),
    ]


def lay_out_withheld_figures(messages: Sequence[Message], translator: Translator) -> Blocks:
    """Lay out what is hidden in an edition, and why."""
    blocks: Blocks = _make_part_heading(translator.gettext("What is hidden, and why"))
    return [*blocks, *make_points(messages, translator, "fine")]


def lay_out_provenance(report: Report, translator: Translator) -> Blocks:
    rows = [
        [
            make_cell(translator.render_message(line.label), "fine"),
            make_cell(_format_value(line.label.id, translator.render_message(line.value), translator), "fine"),
        ]
        for line in report.appendix.provenance
    ]
    blocks: Blocks = _make_part_heading(translator.gettext("Provenance"))
    return [*blocks, make_table(rows, share_width([40, 90], COLUMN_WIDTH), head=0, pad=2)]


def _format_value(label: str, text: str, translator: Translator) -> str:
    return translator.format_date(text) if label == "provenance.date" else text


def lay_out_items(groups: Sequence[AppendixItemGroup], translator: Translator) -> Blocks:
    """List every item in full, with its figure."""
    choices = [partial(_lay_out_item_groups, groups, translator, pad) for pad in ROW_PADDINGS]
    return [
        *_make_part_heading(translator.gettext("What was asked, item by item")),
        make_gap(0),
        BalancedColumns(choices, CONTENT_HEIGHT),
    ]


def _lay_out_item_groups(
    groups: Sequence[AppendixItemGroup], translator: Translator, pad: float = ROW_PADDINGS[0]
) -> Blocks:
    blocks: Blocks = []
    for group in groups:
        name = group.name or translator.gettext("Across functions")
        heading = make_paragraph(name, "cell-strong")
        blocks += [CondPageBreak(MIN_ROOM), make_gap(6), heading, _make_item_table(group, translator, pad)]
    return blocks


def _make_item_table(group: AppendixItemGroup, translator: Translator, pad: float) -> Flowable:
    head = [make_cell(translator.gettext("Item"), "head"), make_cell(translator.gettext("Score"), "head-right")]
    rows = [
        [
            make_aside_paragraph(line.text, _describe_item(line, translator), "fine"),
            make_cell(translator.format_figure(line.figure), "fine-right"),
        ]
        for line in group.items
    ]
    table = make_table([head, *rows], share_width([190, 48], COLUMN_WIDTH), pad=pad)
    table.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    return table


def _describe_item(line: AppendixItem, translator: Translator) -> str:
    """Format the id, and the numbers of answers and don't-knows."""
    counts = ""
    if line.figure.n is not None:
        counts = translator.gettext("n {n}").format(n=line.figure.n)
        if line.figure.dk:
            counts += ", " + translator.gettext("{dk} don’t know").format(dk=line.figure.dk)
    together = counts.replace(" ", NO_BREAK_SPACE)
    # The dot stays with the id: a line that begins with it looks like a bullet.
    return f"{NO_BREAK_SPACE}· ".join(part for part in (line.id, together) if part)


def lay_out_playbook_appendix(report: Report, part: FunctionSection, translator: Translator) -> Blocks:
    """Appendix of a playbook: its items in full, withheld figures, provenance."""
    blocks: Blocks = [NextPageTemplate(COLUMNS_TEMPLATE), PageBreak()]
    title = translator.gettext("What was asked, item by item")
    blocks += [*make_title(translator.gettext("Appendix"), title), FrameBreak()]
    blocks += _lay_out_item_groups([group for group in report.appendix.items if group.name == part.name], translator)
    hidden = report.appendix.list_hidden(part.id)
    return [*blocks, *lay_out_withheld_figures(hidden, translator), *lay_out_provenance(report, translator)]
