"""Appendix in two columns: method and cut points, withheld figures, provenance, items."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeAlias

from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, NextPageTemplate, PageBreak

from assessment.domain.report import Report
from assessment.domain.report.message import Message
from assessment.domain.report.sections.appendix import AppendixItem, AppendixItemGroup
from assessment.domain.report.sections.functions import FunctionSection
from assessment.i18n import Translator
from assessment.pdf.document import COLUMNS_TEMPLATE, Heading
from assessment.pdf.page_blocks import (
    Blocks,
    make_class_meaning,
    make_columns,
    make_points,
    make_title,
)
from assessment.pdf.pages import participation
from assessment.pdf.typesetting.column_filling import BalancedColumns
from assessment.pdf.typesetting.page_groups import BlockGroups, BreakablePart
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
CLOSE_PADDING = 1.2  # between the rows of short values
MAX_SHORT_VALUE = 12  # characters of a cut point; longer ones are lists of cut points
ROW_PADDINGS = (1.6, 1.0, 2.4, 3.2, 4.0)  # between the rows of items: preferred, then others that may end a page better

ITEM_SHARES = (169, 69)  # question, and score with counts: "12-mal „weiß nicht“" fits on a line
TABLE_GAP = 6.0  # points above the items of a function
PLAYBOOK_ROW_PADDINGS = (1.6, 0.8)

ItemCells: TypeAlias = Sequence[Sequence[Flowable | Blocks]]


def lay_out_appendix(report: Report, translator: Translator) -> Blocks:
    blocks: Blocks = [NextPageTemplate(COLUMNS_TEMPLATE), PageBreak()]
    blocks += make_title(translator.gettext("Appendix"), translator.gettext("How the figures came about"))
    blocks += [FrameBreak(), *_make_part_heading(translator.gettext("Who took part"))]
    blocks += [*participation.lay_out_participation(report, translator), *lay_out_method(report, translator)]
    blocks += [*lay_out_withheld_figures(report.appendix.hidden, translator)]
    blocks += lay_out_provenance(report, translator)
    return [*blocks, *lay_out_items(report.appendix.items, translator)]


def _make_part_heading(title: str, *, is_kept: bool = True) -> Blocks:
    """Make a heading with a bookmark and an entry in the contents, and space for content below it.

    One that is kept would take all of a table with it to the next column.
    """
    heading = Heading(title, "heading", 1, escape_text(title))
    if not is_kept:
        heading.style = heading.style.clone("heading-lone", keepWithNext=False)
    return [CondPageBreak(MIN_ROOM), heading]


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
    values = [(translator.render_message(cut.name), translator.render_message(cut.value)) for cut in part.cut_points]
    lists = [(name, value) for name, value in values if len(value) > MAX_SHORT_VALUE]
    rows = [
        [make_cell(name, "fine"), make_cell(value, "fine-right")]
        for name, value in values
        if len(value) <= MAX_SHORT_VALUE
    ]
    table = make_table(rows, share_width([108, 18], COLUMN_WIDTH), head=0, pad=CLOSE_PADDING)
    table.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    return [
        *blocks,
        make_paragraph(judgement, "fine"),
        *(make_class_meaning(name, value, translator, "fine") for name, value in lists),
        table,
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
    table = make_table(rows, share_width([40, 90], COLUMN_WIDTH), head=0, pad=CLOSE_PADDING)
    return [*_make_part_heading(translator.gettext("Provenance"), is_kept=False), table]


def _format_value(label: str, text: str, translator: Translator) -> str:
    return translator.format_date(text) if label == "provenance.date" else text


def lay_out_items(groups: Sequence[AppendixItemGroup], translator: Translator) -> Blocks:
    """List every item in full, with its figure."""
    tables = [_build_item_cells(group, translator) for group in groups]  # once: the choices differ in their spacing
    choices = [partial(_lay_out_item_groups, tables, pad) for pad in ROW_PADDINGS]
    return [
        *_make_part_heading(translator.gettext("What was asked, item by item")),
        make_paragraph(
            translator.gettext("Under each score: n, how many gave a number, and how many don’t know."), "fine"
        ),
        BalancedColumns(choices, CONTENT_HEIGHT),
    ]


def _lay_out_item_groups(tables: Sequence[ItemCells], pad: float) -> Blocks:
    return [block for cells in tables for block in (CondPageBreak(MIN_ROOM), _make_item_table(cells, pad))]


def _make_item_table(cells: ItemCells, pad: float) -> Flowable:
    table = make_table(cells, share_width(ITEM_SHARES, COLUMN_WIDTH), pad=pad)
    table.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    table.spaceBefore = TABLE_GAP  # which the top of a column drops, so that its columns start at one height
    return table


def _build_item_cells(group: AppendixItemGroup, translator: Translator) -> ItemCells:
    """Build a header row with the function, then a row per item: text and id; score and counts."""
    name = group.name or translator.gettext("Across functions")
    head = [make_cell(name, "cell-strong"), make_cell(translator.gettext("Score"), "head-right")]
    rows = [
        [
            make_aside_paragraph(line.text, line.id, "fine"),
            [
                make_cell(translator.format_figure(line.figure), "cell-right"),
                *(make_cell(text, "muted-right") for text in _list_counts(line, translator)),
            ],
        ]
        for line in group.items
    ]
    return [head, *rows]


def _list_counts(line: AppendixItem, translator: Translator) -> Iterator[str]:
    """List the numbers of answers and of don't-knows, a line each; nothing where they are hidden."""
    if line.figure.n is None:
        return
    yield translator.gettext("n {n}").format(n=line.figure.n)
    if line.figure.dk:
        yield translator.gettext("{dk} don’t know").format(dk=line.figure.dk)


def group_playbook_appendix(report: Report, part: FunctionSection, translator: Translator, pad: float) -> BlockGroups:
    """Group the appendix of a playbook: its items in full; withheld figures next to provenance."""
    items = [line for group in report.appendix.items if group.name == part.name for line in group.items]
    title = translator.gettext("What was asked, item by item")
    hidden = lay_out_withheld_figures(report.appendix.list_hidden(part.id), translator)
    provenance = lay_out_provenance(report, translator)
    table = _make_wide_item_table(items, translator, pad)
    return [
        BreakablePart([*make_title(translator.gettext("Appendix"), title, above=24), table, make_gap(8)]),
        [make_columns(_drop_breaks(hidden), _drop_breaks(provenance))],
    ]


def _drop_breaks(blocks: Blocks) -> Blocks:
    """Drop the conditional page breaks, which have no meaning inside a table."""
    return [block for block in blocks if not isinstance(block, CondPageBreak)]


def _make_wide_item_table(items: Sequence[AppendixItem], translator: Translator, pad: float) -> Flowable:
    """Make a table of items as wide as the page, with the counts in columns of their own."""
    titles = (translator.gettext("Answers"), translator.gettext("Don’t know"), translator.gettext("Score"))
    head = [make_cell(translator.gettext("Item"), "head"), *(make_cell(title, "head-right") for title in titles)]
    rows = [
        [
            make_aside_paragraph(line.text, line.id, "fine"),
            *(make_cell(text, "muted-right") for text in _format_count_columns(line, translator)),
            make_cell(translator.format_figure(line.figure), "fine-right"),
        ]
        for line in items
    ]
    table = make_table([head, *rows], share_width([114, 18, 18, 22]), pad=pad)
    table.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    return table


def _format_count_columns(line: AppendixItem, translator: Translator) -> tuple[str, str]:
    """Format the numbers of answers and of don't-knows; dashes where they are hidden."""
    if line.figure.n is None:
        return "–", "–"
    return translator.format_number(line.figure.n), translator.format_number(line.figure.dk or 0)
