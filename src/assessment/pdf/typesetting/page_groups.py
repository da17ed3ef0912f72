"""Groups of blocks that pages are made of: sections, their parts, and parts that break inside tables and texts."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Spacer

from assessment.pdf.typesetting.paragraphs import Paragraph
from assessment.pdf.typesetting.tables import Table

BlockGroups = Sequence[Sequence[Flowable]]
CUT_TOLERANCE = 0.1  # points
PARTS_OF_CUT = 2  # above and below it
LINES_TOGETHER = 3  # of a text that breaks
MIN_LINES = 6  # of a text that may break
ROWS_TOGETHER = 2  # at the beginning and at the end of a table that breaks
MIN_ROWS = 4  # of a table that may break, without its header
MIN_TABLE_HEIGHT = 90.0  # points
SECTION_WEIGHT = 3  # of the space above a section, compared with others
HEADING_STYLES = ("kicker", "title", "heading", "subheading")
NOTE_STYLES = ("small", "cell-muted")  # they explain what is above


class SectionStart(list[Flowable]):
    """A group that starts a section, at best on a page of its own."""


class MovablePart(list[Flowable]):
    """A further group of a section, at best on the same page."""


class TiedPart(MovablePart):
    """A part that is read together with the one above it, such as the chart of some key figures."""


class TyingGap(Spacer):  # type: ignore[misc] # ReportLab has no types
    """Space above a part that is read together with the one above it."""


class BreakablePart(MovablePart):
    """A further group of a section that may break inside its tables and texts."""


class Piece(MovablePart):
    """Some rows of a table, or lines of a text: what is between two heights of a block.

    `lead` are the headings above its first piece, `trail` the notes below its last one; `header` is the height of the
    rows that are repeated above the piece at the top of a page.
    """

    lead: Sequence[Flowable] = ()
    trail: Sequence[Flowable] = ()

    def __init__(self, block: Flowable, top: float, bottom: float, header: float, *, is_end: bool) -> None:
        super().__init__([block])
        self.block, self.top, self.bottom, self.header, self.is_end = block, top, bottom, header, is_end


def group_by_section(blocks: Sequence[Flowable]) -> BlockGroups:
    """Group the blocks of sections: a page break starts a section; a conditional one starts a part that may move."""
    groups: list[list[Flowable]] = []
    for block in blocks:
        if isinstance(block, CondPageBreak):
            groups.append(MovablePart() if groups else [])
        elif isinstance(block, PageBreak):
            groups.append(SectionStart())
        elif groups:
            groups[-1].append(block)
        else:
            groups.append([block])
    return [group for group in groups if group]


def break_group(group: Sequence[Flowable], canvas: Any, width: float, page: float) -> BlockGroups:  # noqa: ANN401 - ReportLab's own type
    """Break a group into the smallest ones that may stand on different pages; the first is of the group's kind."""
    first, *others = _split_group(group)
    pieces: list[Sequence[Flowable]] = []
    is_movable = isinstance(group, MovablePart)
    pieces += _list_pieces(first, canvas, width, page) if is_movable else [_make_kind(group, first)]
    for upper, small in pairwise([first, *others]):
        parts = _list_pieces(small, canvas, width, page)
        is_tied = isinstance(upper[-1], TyingGap) and len(parts) == 1
        pieces += [TiedPart(small)] if is_tied else parts
    return pieces


def _make_kind(group: Sequence[Flowable], blocks: list[Flowable]) -> list[Flowable]:
    """Make a group of the same kind from other blocks."""
    return SectionStart(blocks) if isinstance(group, SectionStart) else blocks


def _split_group(group: Sequence[Flowable]) -> Iterator[list[Flowable]]:
    """Split a group above each block, except where a heading or a note would be left alone."""
    small: list[Flowable] = []
    for block in group:
        is_alone = all(isinstance(one, Spacer) for one in small)
        if not (is_alone or _is_heading(small[-1]) or _is_note(block)):
            yield small
            small = []
        small.append(block)
    yield small


def _is_heading(block: Flowable) -> bool:
    is_title = isinstance(block, Paragraph) and block.style.name.partition("-")[0] in HEADING_STYLES
    return is_title or bool(block.getKeepWithNext())


def _is_note(block: Flowable) -> bool:
    return isinstance(block, Spacer) or (isinstance(block, Paragraph) and block.style.name in NOTE_STYLES)


def _list_pieces(
    small: Sequence[Flowable],
    canvas: Any,  # noqa: ANN401 - ReportLab's own type
    width: float,
    page: float,
) -> Sequence[Sequence[Flowable]]:
    """Break the block that the headings of a small group belong to."""
    place = next((place for place, block in enumerate(small) if not _is_heading(block)), len(small) - 1)
    block = small[place]
    block.wrapOn(canvas, width, page)
    header = sum(block._rowHeights[: block.repeatRows]) if isinstance(block, Table) else 0.0  # noqa: SLF001 - not public
    ends = list(_list_piece_ends(block))
    if len(ends) <= 1:
        return [MovablePart(small)]
    pieces = [
        Piece(block, top, bottom, header if top else 0.0, is_end=bottom == ends[-1])
        for top, bottom in zip([0.0, *ends], ends, strict=False)
    ]
    pieces[0].lead, pieces[-1].trail = small[:place], small[place + 1 :]
    return pieces


def _list_piece_ends(block: Flowable) -> Iterator[float]:
    """Yield the heights at which a block may break, and its own."""
    heights = block._rowHeights if isinstance(block, Table) else ()  # noqa: SLF001 - not public
    if len(heights) >= MIN_ROWS + getattr(block, "repeatRows", 0) and sum(heights) >= MIN_TABLE_HEIGHT:
        first, last = block.repeatRows + ROWS_TOGETHER, len(heights) - ROWS_TOGETHER
        yield from (sum(heights[:row]) for row in (*range(first, last + 1), len(heights)))
    elif isinstance(block, Paragraph) and block.height >= MIN_LINES * block.style.leading:
        count, leading = round(block.height / block.style.leading), block.style.leading
        yield from (leading * line for line in (*range(LINES_TOGETHER, count - 1, LINES_TOGETHER), count))


def weigh_space(upper: Sequence[Flowable], lower: Sequence[Flowable]) -> int:
    """Weigh the space between two groups, by which it may grow: most above a section, none within a block."""
    if isinstance(upper, Piece) and isinstance(lower, Piece) and upper.block is lower.block:
        return 0
    first = lower[0]
    return SECTION_WEIGHT if isinstance(first, Paragraph) and first.style.name.startswith("kicker") else 1


def join_pieces(page: BlockGroups, remainders: dict[int, Flowable], width: float) -> Iterator[Sequence[Flowable]]:
    """Join the pieces of each block that stand on one page; `remainders`: of broken blocks, by their identity."""
    for _, run in groupby(page, key=lambda group: id(group.block if isinstance(group, Piece) else group)):
        groups = list(run)
        first, last = groups[0], groups[-1]
        if isinstance(first, Piece) and isinstance(last, Piece):
            yield [*first.lead, _cut_block(first, last, remainders, width), *last.trail]
        else:
            yield first


def _cut_block(first: Piece, last: Piece, remainders: dict[int, Flowable], width: float) -> Flowable:
    """Cut the pieces of a page off the rest of their block; all of the rest if `last` is its end."""
    rest = remainders.get(id(first.block), first.block)
    if last.is_end:
        return rest
    parts = rest.split(width, first.header + last.bottom - first.top + CUT_TOLERANCE)
    if len(parts) != PARTS_OF_CUT:  # it doesn't break where planned: all of it is here, and nothing on later pages
        remainders[id(first.block)] = Spacer(1, 0)
        return rest
    upper, remainders[id(first.block)] = parts
    return upper


def get_space_before(group: Sequence[Flowable]) -> float:
    first = [*group.lead, group.block][0] if isinstance(group, Piece) else group[0]
    return float(first.getSpaceBefore())


def measure_blank_end(group: Sequence[Flowable]) -> float:
    """Measure the white space at the end of a group, which fills no page; a thin rule below a table does not either."""
    if isinstance(group, Piece):
        return 0.0
    inked = next((place for place in reversed(range(len(group))) if not isinstance(group[place], Spacer)), 0)
    last = group[inked]
    padding = min(cell.bottomPadding for cell in last._cellStyles[-1]) if isinstance(last, Table) else 0.0  # noqa: SLF001 - not public
    return float(sum(block.height for block in group[inked + 1 :]) + last.getSpaceAfter() + padding)


def get_space_after(group: Sequence[Flowable]) -> float:
    if isinstance(group, Piece) and not group.is_end:
        return 0.0
    last = [group.block, *group.trail][-1] if isinstance(group, Piece) else group[-1]
    return float(last.getSpaceAfter())
