"""Blocks at the end of a two-column document: no nearly empty last page, and columns of one height on it."""

from collections.abc import Callable, Sequence
from math import inf

from msgspec import Struct
from reportlab.platypus import CondPageBreak, Flowable, FrameBreak, Table
from reportlab.platypus.doctemplate import NullActionFlowable

from assessment.pdf.typesetting.page_filling import MIN_FILL, UNBOUNDED_HEIGHT

COLUMNS = 2  # on a page
SPLIT_TOLERANCE = 0.1  # points


class ColumnPiece(Struct):
    """A block or a row of a table, which is never broken, and the column that it is in."""

    block: int
    height: float
    row: int = 0
    header: float = 0.0  # height of the rows repeated above it at the top of a column
    above: float = 0.0  # white space above it, except at the top of a column
    starts_group: bool = False
    may_start_column: bool = False
    column: int = 0


class BalancedColumns(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Breakable blocks at the end of a two-column document.

    `choices` build the same blocks with different spacing; the first with a well-filled end is used, otherwise the
    one that fills the last page best. The columns of the last page are then made as high as each other.
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
        rooms = [height, *self._list_following_heights()]
        blocks, pieces = self._choose_blocks(width, rooms)
        return [NullActionFlowable(), *self._balance_last_page(blocks, pieces, width, len(rooms))]

    def _list_following_heights(self) -> list[float]:
        """Return the heights of the remaining columns of this page."""
        document = self.canv._doctemplate  # noqa: SLF001 - ReportLab offers no public way
        frames = document.pageTemplate.frames
        return [frame._height for frame in frames[frames.index(document.frame) + 1 :]]  # noqa: SLF001 - as above

    def _choose_blocks(self, width: float, rooms: Sequence[float]) -> tuple[Sequence[Flowable], list[ColumnPiece]]:
        filled = []
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            pieces = self._measure_pieces(self.built_choices[number], width)
            fill_columns(pieces, rooms, self.column)
            share = measure_last_page(pieces, len(rooms)) / self.column
            if share >= MIN_FILL:
                return self.built_choices[number], pieces
            filled.append((share, number, pieces))
        _, number, pieces = max(filled, key=lambda one: (one[0], -one[1]))
        return self.built_choices[number], pieces

    def _measure_pieces(self, blocks: Sequence[Flowable], width: float) -> list[ColumnPiece]:
        pieces: list[ColumnPiece] = []
        for number, block in enumerate(blocks):
            if isinstance(block, CondPageBreak):
                pieces.append(ColumnPiece(number, block.height, starts_group=True, may_start_column=True))
                continue
            _, tall = block.wrapOn(self.canv, width, self.column)
            if not isinstance(block, Table):
                pieces.append(ColumnPiece(number, tall))
                continue
            heights, repeated = block._rowHeights, block.repeatRows  # noqa: SLF001 - not public
            pieces += [
                ColumnPiece(
                    number,
                    height,
                    row,
                    sum(heights[:repeated]) if row >= repeated else 0.0,
                    0.0 if row else float(block.getSpaceBefore()),
                    may_start_column=row > repeated,
                )
                for row, height in enumerate(heights)
            ]
        return pieces

    def _balance_last_page(
        self, blocks: Sequence[Flowable], pieces: Sequence[ColumnPiece], width: float, first_page: int
    ) -> Sequence[Flowable]:
        """Start the last column where both columns of the last page are about as high."""
        start = find_last_column_start(pieces, first_page)
        if start is None:
            return blocks
        block = blocks[start.block]
        before, after = blocks[: start.block], blocks[start.block + 1 :]
        if not isinstance(block, Table):
            return [*before, FrameBreak(), *after]
        height = sum(block._rowHeights[: start.row]) + SPLIT_TOLERANCE  # noqa: SLF001 - not public
        parts = block.split(width, height)
        if len(parts) != COLUMNS:  # it doesn't break there
            return blocks
        return [*before, parts[0], FrameBreak(), parts[1], *after]


def fill_columns(pieces: Sequence[ColumnPiece], rooms: Sequence[float], column: float) -> None:
    """Fill the columns of this page, then of further pages, in order."""
    number, used = 0, 0.0
    for piece in pieces:
        above = piece.above if used else 0.0
        if used + above + piece.height > (rooms[number] if number < len(rooms) else column):
            number, used, above = number + 1, piece.header, 0.0
        used += 0 if piece.starts_group else above + piece.height
        piece.column = number


def measure_last_page(pieces: Sequence[ColumnPiece], first_page: int) -> float:
    """Measure the columns of the last page once they are as high as each other.

    Infinite if the last page is the one with `first_page` columns, which holds other content too.
    """
    on_last_page = _list_pieces_on_last_page(pieces, first_page)
    height = sum(piece.above + piece.height for piece in on_last_page if not piece.starts_group)
    return min(_list_column_ends(pieces, first_page), default=(height or inf, 0))[0]


def find_last_column_start(pieces: Sequence[ColumnPiece], first_page: int) -> ColumnPiece | None:
    """Find where the last column starts if it is to be as high as the one before it on the last page.

    None if the last page is the one with `first_page` columns, which holds other content too.
    """
    _, place = min(_list_column_ends(pieces, first_page), default=(0.0, None))
    return None if place is None else _list_pieces_on_last_page(pieces, first_page)[place]


def _list_pieces_on_last_page(pieces: Sequence[ColumnPiece], first_page: int) -> list[ColumnPiece]:
    last = (pieces[-1].column if pieces else 0) - first_page
    if last < 0:
        return []
    return [piece for piece in pieces if piece.column >= first_page + last // COLUMNS * COLUMNS]


def _list_column_ends(pieces: Sequence[ColumnPiece], first_page: int) -> list[tuple[float, int]]:
    """List where the last column may start on the last page, each with the height of the taller column."""
    on_last_page = _list_pieces_on_last_page(pieces, first_page)
    heights = [0.0 if piece.starts_group else piece.above + piece.height for piece in on_last_page]
    if heights:
        heights[0] += on_last_page[0].header - on_last_page[0].above
    return [
        (max(sum(heights[:place]), piece.header - piece.above + sum(heights[place:])), place)
        for place, piece in enumerate(on_last_page)
        if place and piece.may_start_column
    ]
