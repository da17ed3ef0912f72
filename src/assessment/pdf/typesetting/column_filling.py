"""Blocks at the end of a two-column document, spread evenly over its pages: no last page that is nearly empty."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf

from msgspec import Struct
from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, Table
from reportlab.platypus.doctemplate import NullActionFlowable

from assessment.pdf.typesetting.page_distribution import MAX_EMPTY
from assessment.pdf.typesetting.page_filling import UNBOUNDED_HEIGHT

COLUMNS = 2  # on a page
PARTS_OF_SPLIT = 2
MIN_FILL = 1 - MAX_EMPTY  # of each page
MAX_SHORTENING = 0.5  # of a column; more would put a document on half as many pages
SPLIT_TOLERANCE = 0.1  # points
SHORTENING_STEP = 0.5  # points; to measure more exactly would change nothing that can be seen


class ColumnPiece(Struct):
    """A block or a row of a table, which is never broken, and the column that it is in."""

    block: int
    height: float
    row: int = 0
    header: float = 0.0  # height of the rows repeated above it at the top of a column
    above: float = 0.0  # white space above it, except at the top of a column
    starts_group: bool = False  # not printed: `height` is the room that what follows needs
    column: int = 0


class ColumnLayout(Struct, frozen=True):
    """Blocks and their pieces; `fill` is the share of a page that each page uses, infinite if there is only one."""

    blocks: Sequence[Flowable]
    pieces: Sequence[ColumnPiece]
    fill: float


class BalancedColumns(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Breakable blocks at the end of a two-column document, which start on one of its pages.

    `choices` build the same blocks in different heights; the first that fills its pages well is used, otherwise the
    one that fills them best. All columns are then made about as high as each other.
    """

    def __init__(self, choices: Sequence[Callable[[], Sequence[Flowable]]], column: float) -> None:
        super().__init__()
        self.choices = choices
        self.column = column
        self.built_choices: list[Sequence[Flowable]] = []

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        """Report an unbounded height, so that ReportLab calls `split` with the remaining space."""
        return width, UNBOUNDED_HEIGHT

    def split(self, width: float, height: float) -> list[Flowable]:
        layout = self._choose_layout(width, [height, *self._list_following_heights()])
        if any(piece.height > self.column for piece in layout.pieces):
            return [NullActionFlowable(), *layout.blocks]  # ReportLab breaks what no column has room for
        return [NullActionFlowable(), *_break_into_columns(layout, width)]

    def _list_following_heights(self) -> list[float]:
        """Return the heights of the remaining columns of this page."""
        document = self.canv._doctemplate  # noqa: SLF001 - ReportLab offers no public way
        frames = document.pageTemplate.frames
        return [frame._height for frame in frames[frames.index(document.frame) + 1 :]]  # noqa: SLF001 - as above

    def _choose_layout(self, width: float, rooms: Sequence[float]) -> ColumnLayout:
        layouts = []
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            blocks = self.built_choices[number]
            pieces = self._measure_pieces(blocks, width)
            layouts.append(ColumnLayout(blocks, pieces, balance_columns(pieces, rooms, self.column)))
            if layouts[-1].fill >= MIN_FILL:
                return layouts[-1]
        return max(layouts, key=lambda layout: layout.fill)

    def _measure_pieces(self, blocks: Sequence[Flowable], width: float) -> list[ColumnPiece]:
        pieces: list[ColumnPiece] = []
        below = 0.0  # white space after the block above
        for number, block in enumerate(blocks):
            if isinstance(block, CondPageBreak):
                pieces.append(ColumnPiece(number, block.height, starts_group=True))
                continue
            _, tall = block.wrapOn(self.canv, width, self.column)
            above, below = max(below, float(block.getSpaceBefore())), float(block.getSpaceAfter())
            if not isinstance(block, Table):
                pieces.append(ColumnPiece(number, tall, above=above))
                continue
            heights, repeated = block._rowHeights, block.repeatRows  # noqa: SLF001 - not public
            pieces += [
                ColumnPiece(
                    number, height, row, sum(heights[:repeated]) if row >= repeated else 0.0, 0.0 if row else above
                )
                for row, height in enumerate(heights)
            ]
        return pieces


def balance_columns(pieces: Sequence[ColumnPiece], rooms: Sequence[float], column: float) -> float:
    """Fill as few pages as possible, but all about equally; return the share of a page that each of them uses.

    `rooms` are the heights of the columns that are left on this page; infinite if all pieces are on it.
    """
    fill_columns(pieces, rooms, column)
    pages = count_further_pages(pieces, len(rooms))
    low, high = 0.0, MAX_SHORTENING * column
    while high - low > SHORTENING_STEP:
        middle = (low + high) / 2
        fill_columns(pieces, [room - middle for room in rooms], column - middle)
        low, high = (middle, high) if count_further_pages(pieces, len(rooms)) == pages else (low, middle)
    fill_columns(pieces, [room - low for room in rooms], column - low)
    return (column - low) / column if pages else inf


def fill_columns(pieces: Sequence[ColumnPiece], rooms: Sequence[float], column: float) -> None:
    """Fill the columns of this page, then of further pages, in order."""
    number, used = 0, 0.0
    for piece in pieces:
        above = piece.above if used else 0.0
        if used and used + above + piece.height > (rooms[number] if number < len(rooms) else column):
            number, used, above = number + 1, piece.header, 0.0
        used += 0 if piece.starts_group else above + piece.height
        piece.column = number


def count_further_pages(pieces: Sequence[ColumnPiece], first_page: int) -> int:
    """Count the pages after the one with `first_page` columns."""
    return max(0, 1 + (max((piece.column for piece in pieces), default=0) - first_page) // COLUMNS)


def _break_into_columns(layout: ColumnLayout, width: float) -> Iterator[Flowable]:
    """Yield the blocks with a break at the start of each column; a table is split above the row that starts one."""
    printed = [piece for piece in layout.pieces if not piece.starts_group]
    starts = {(piece.block, piece.row) for upper, piece in pairwise(printed) if piece.column != upper.column}
    for number, block in enumerate(layout.blocks):
        if isinstance(block, CondPageBreak):
            continue
        if (number, 0) in starts:
            yield FrameBreak()
        rows = sorted(row for place, row in starts if place == number and row)
        yield from _split_table(block, rows, width) if rows else [block]


def _split_table(table: Flowable, rows: Sequence[int], width: float) -> Iterator[Flowable]:
    """Split a table above some of its rows, with breaks between its parts."""
    passed = 0  # rows of the whole table that are in earlier parts, without the repeated ones
    for row in rows:
        heights = table._rowHeights[: row - passed]  # noqa: SLF001 - not public
        parts = table.split(width, sum(heights) + SPLIT_TOLERANCE)
        if len(parts) != PARTS_OF_SPLIT:  # it doesn't break there
            break
        yield parts[0]
        yield FrameBreak()
        passed, table = row - table.repeatRows, parts[1]
        table.wrap(width, UNBOUNDED_HEIGHT)
    yield table
