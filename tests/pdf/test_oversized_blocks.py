"""Blocks that no page has room for: they are taken apart or shrunk, all of their text is printed, and nothing fails."""

import os

import pytest
from reportlab.platypus import Flowable, KeepTogether, NextPageTemplate, PageBreak

from assessment.pdf.document import COLUMNS_TEMPLATE, Heading
from assessment.pdf.typesetting.column_filling import BalancedColumns
from assessment.pdf.typesetting.page_filling import BlockStack, FirstFit
from assessment.pdf.typesetting.page_groups import Piece, join_pieces
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.text import make_cell, make_paragraph, make_table
from assessment.pdf.typesetting.theme import COLUMN_WIDTH, CONTENT_HEIGHT, CONTENT_WIDTH
from tests.pdf.oversized_layouts import SolidBlock, make_story, print_document

STORIES = 600 if os.environ.get("ASSESSMENT_TEST_SOAK") else 12
HALF = CONTENT_HEIGHT / 2
TALL = CONTENT_HEIGHT * 3


class UnbreakableTable(Table):
    """A table that breaks nowhere, whatever its rows are like."""

    def split(self, *_):
        return []


class WrongBreak(Flowable):
    """A block that breaks into parts of which the first is still too high for the rest of the page."""

    def wrap(self, width, _):
        return width, TALL

    def split(self, _width, height):
        return [SolidBlock("upper", height + 100 if height < CONTENT_HEIGHT - 1 else HALF), SolidBlock("lower", HALF)]


def make_rows(names, height):
    return [[make_cell(name), [make_cell("row"), SolidBlock(f"block {name}", height)]] for name in names]


def list_pages_with(pages, text):
    return [number for number, page in enumerate(pages) if text in page]


@pytest.mark.parametrize("seed", range(STORIES))
def test_random_blocks_of_any_height_are_all_printed(seed):
    story, names = make_story(seed)

    text = "\n".join(print_document(story))

    assert [name for name in names if name not in text] == []


def test_last_choice_higher_than_page_continues_on_next_page():
    rows = [[make_cell(f"{name} {'word ' * 110}") for name in (f"first {row}", f"second {row}")] for row in range(30)]
    last = make_table(rows, [CONTENT_WIDTH / 2] * 2, head=0)

    pages = print_document([make_paragraph("above"), FirstFit([lambda: [SolidBlock("long", TALL)], lambda: [last]])])

    assert len(pages) > 1
    assert list_pages_with(pages, "above") == list_pages_with(pages, "first 0") == [0]
    assert list_pages_with(pages, "second 29") == [len(pages) - 1]


def test_choice_higher_than_rest_of_page_starts_on_next_page():
    blocks = [SolidBlock("upper", HALF), SolidBlock("lower", HALF - 20)]

    pages = print_document([SolidBlock("above", HALF), FirstFit([lambda: blocks])])

    assert [list_pages_with(pages, name) for name in ("above", "upper", "lower")] == [[0], [1], [1]]


def test_stack_higher_than_planned_continues_on_next_page():
    stack = BlockStack([SolidBlock("upper", HALF), SolidBlock("lower", HALF + 20)])

    pages = print_document([stack])

    assert [list_pages_with(pages, name) for name in ("upper", "lower")] == [[0], [1]]


@pytest.mark.parametrize("is_kept", [False, True])
def test_block_higher_than_page_is_shrunk(is_kept):
    block = SolidBlock("tall", TALL)

    pages = print_document(
        [KeepTogether([make_paragraph("above"), block]) if is_kept else block, SolidBlock("below", HALF)]
    )

    assert list_pages_with(pages, "tall") < list_pages_with(pages, "below")


def test_header_that_leaves_no_room_for_rows_is_printed_once():
    rows = make_rows(["header"], CONTENT_HEIGHT - 25) + make_rows(["one", "two"], 100.0)

    pages = print_document([make_table(rows, [CONTENT_WIDTH / 2] * 2)])

    assert [list_pages_with(pages, f"block {name}") for name in ("header", "one", "two")] == [[0], [1], [1]]


def test_row_that_breaks_nowhere_is_shrunk_and_not_those_below():
    rows = [["", SolidBlock("tall", TALL)], *make_rows([str(row) for row in range(12)], HALF)]

    pages = print_document([make_table(rows, [CONTENT_WIDTH / 2] * 2, head=0)])

    assert list_pages_with(pages, "tall") == [0]
    assert list_pages_with(pages, "block 11") == [12]  # one on each page


def test_block_with_first_part_too_high_starts_on_next_page():
    pages = print_document([SolidBlock("above", HALF), WrongBreak()])

    assert [list_pages_with(pages, name) for name in ("above", "upper", "lower")] == [[0], [1], [1]]


def test_heading_higher_than_page_with_nothing_below_is_printed():
    heading = make_paragraph(f"first {'word ' * 1100} last", "subheading")

    pages = print_document([heading, PageBreak(), make_paragraph("below")])

    assert list_pages_with(pages, "first") < list_pages_with(pages, "last") < list_pages_with(pages, "below")


def test_block_that_does_not_break_where_planned_stays_whole():
    block = UnbreakableTable([["one"], ["two"]])
    upper, lower = Piece(block, 0, 10, 0, is_end=False), Piece(block, 10, 20, 0, is_end=True)
    rests = {}

    [first] = join_pieces([upper], rests, CONTENT_WIDTH)
    [rest] = join_pieces([lower], rests, CONTENT_WIDTH)

    assert first == [block]
    assert block not in rest
    assert rest[0].wrap(0, 0)[1] == 0


def test_columns_stay_uneven_where_table_breaks_nowhere():
    rows = [[make_cell(f"row {row}.")] for row in range(20)]
    table = UnbreakableTable(rows, colWidths=[COLUMN_WIDTH], repeatRows=1)
    columns = BalancedColumns([lambda: [SolidBlock("above", CONTENT_HEIGHT * 1.9), table]], CONTENT_HEIGHT)

    pages = print_document([NextPageTemplate(COLUMNS_TEMPLATE), PageBreak(), Heading("Title", "title"), columns])

    assert list_pages_with(pages, "row 0.") == list_pages_with(pages, "row 19.")
