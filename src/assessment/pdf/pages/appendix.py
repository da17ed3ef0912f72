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
ITEMS_ROOM = 170.0  # for a heading, a line, and the first items of a table
CLOSE_PADDING = 1.2  # between the rows of short values
MAX_SHORT_VALUE = 12  # characters of a cut point; longer ones are lists of cut points
SENTENCES = "dense"  # style of what is read; tables are in smaller type
ROW_PADDINGS = (1.6, 2.4, 3.2, 4.0, 1.0)  # between the rows of items: preferred, then others that fill pages better

ITEM_SHARES = (164, 74)  # question, and score with counts: "12-mal „weiß nicht“" fits on a line
TABLE_GAP = 6.0  # points above the items of a function
# Style of questions in a playbook, and space between them: preferred, then others that fill pages better.
PLAYBOOK_ITEM_STYLES = ((SENTENCES, 1.6), ("fine", 1.6), ("fine", 0.8), (SENTENCES, 3.5), (SENTENCES, 5.0))

ItemCells: TypeAlias = Sequence[Sequence[Flowable | Blocks]]


def lay_out_appendix(report: Report, translator: Translator) -> Blocks:
    blocks: Blocks = [NextPageTemplate(COLUMNS_TEMPLATE), PageBreak()]
    blocks += make_title(translator.gettext("Appendix"), translator.gettext("How the figures came about"))
    before = [
        *_make_part_heading(translator.gettext("Who took part")),
        *participation.lay_out_participation(report, translator),
        *lay_out_method(report, translator),
        *lay_out_withheld_figures(report.appendix.hidden, translator),
        *lay_out_provenance(report, translator),
        *_make_part_heading(translator.gettext("What was asked, item by item"), room=ITEMS_ROOM),
        make_paragraph(
            translator.gettext("Under each score: n, how many gave a number, and how many don’t know."), SENTENCES
        ),
    ]
    # Cells are built once: the choices differ in their spacing.
    tables = [_build_item_cells(group, translator) for group in report.appendix.items]
    choices = [partial(_lay_out_parts, before, tables, pad) for pad in ROW_PADDINGS]
    return [*blocks, FrameBreak(), BalancedColumns(choices, CONTENT_HEIGHT)]


def _lay_out_parts(before: Sequence[Flowable], tables: Sequence[ItemCells], pad: float) -> Blocks:
    """Lay out everything, and every item in full with its figure."""
    items = [block for cells in tables for block in (CondPageBreak(MIN_ROOM), _make_item_table(cells, pad))]
    return [*before, *items[1:]]  # the first table stays with its heading


def _make_part_heading(title: str, *, is_kept: bool = True, room: float = MIN_ROOM) -> Blocks:
    """Make a heading with a bookmark and an entry in the contents, and space for content below it.

    One that is kept would take all of a table with it to the next column.
    """
    heading = Heading(title, "heading", 1, escape_text(title))
    if not is_kept:
        heading.style = heading.style.clone("heading-lone", keepWithNext=False)
    return [CondPageBreak(room), heading]


def lay_out_method(report: Report, translator: Translator) -> Blocks:
    part = report.appendix
    blocks: Blocks = [
        *_make_part_heading(translator.gettext("Method")),
        *make_points(part.method, translator, SENTENCES),
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
        make_paragraph(judgement, SENTENCES),
        *(make_class_meaning(name, value, translator, SENTENCES) for name, value in lists),
        table,
    ]


def lay_out_withheld_figures(messages: Sequence[Message], translator: Translator) -> Blocks:
    """Lay out what is hidden in an edition, and why."""
    blocks: Blocks = _make_part_heading(translator.gettext("What is hidden, and why"))
    return [*blocks, *make_points(messages, translator, SENTENCES)]


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


def group_playbook_appendix(
    report: Report, part: FunctionSection, translator: Translator, style: str, pad: float
) -> BlockGroups:
    """Group the appendix of a playbook: its items in full; withheld figures next to provenance."""
    items = [line for group in report.appendix.items if group.name == part.name for line in group.items]
    title = translator.gettext("What was asked, item by item")
    hidden = lay_out_withheld_figures(report.appendix.list_hidden(part.id), translator)
    provenance = lay_out_provenance(report, translator)
    table = _make_wide_item_table(items, translator, style, pad)
    return [
        BreakablePart([*make_title(translator.gettext("Appendix"), title, above=24), table, make_gap(8)]),
        [make_columns(_drop_breaks(hidden), _drop_breaks(provenance))],
    ]


def _drop_breaks(blocks: Blocks) -> Blocks:
    """Drop the conditional page breaks, which have no meaning inside a table."""
    return [block for block in blocks if not isinstance(block, CondPageBreak)]


def _make_wide_item_table(items: Sequence[AppendixItem], translator: Translator, style: str, pad: float) -> Flowable:
    """Make a table of items as wide as the page, with the counts in columns of their own."""
    titles = (translator.gettext("Answers"), translator.gettext("Don’t know"), translator.gettext("Score"))
    head = [make_cell(translator.gettext("Item"), "head"), *(make_cell(title, "head-right") for title in titles)]
    rows = [
        [
            make_aside_paragraph(line.text, line.id, style),
            *(make_cell(text, "muted-right") for text in _format_count_columns(line, translator)),
            make_cell(translator.format_figure(line.figure), "fine-right"),
        ]
        for line in items
    ]
    table = make_table([head, *rows], share_width([118, 18, 19, 19]), pad=pad)
    table.setStyle([("RIGHTPADDING", (-1, 0), (-1, -1), 0)])
    return table


def _format_count_columns(line: AppendixItem, translator: Translator) -> tuple[str, str]:
    """Format the numbers of answers and of don't-knows; dashes where they are hidden."""
    if line.figure.n is None:
        return "–", "–"
    return translator.format_number(line.figure.n), translator.format_number(line.figure.dk or 0)
