"""Blocks that adapt to the page: as much content as fits, and no nearly empty pages."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from reportlab.platypus import Flowable, PageBreak, Spacer
from reportlab.platypus.doctemplate import NullActionFlowable

from assessment.pdf.typesetting.page_distribution import (
    EMPTY_COST,
    MAX_EMPTY,
    MAX_EMPTY_STRETCHED,
    ROUNDING,
    PageIndexes,
    distribute_groups,
    measure_page,
)
from assessment.pdf.typesetting.page_groups import (
    BlockGroups,
    BreakablePart,
    Piece,
    break_group,
    get_space_after,
    get_space_before,
    join_pieces,
    measure_blank_end,
    weigh_space,
)

MAX_SAVING = 0.15  # of the height, by the densest choice
MAX_STRETCH = 14.0  # points between two groups
SPACE_STEP = 3.5  # points; half the grid unit
MAX_OVERFLOW = 0.1  # points by which a planned page may be too high; the sum of its blocks is rounded
DENSITY_COST = 0.05  # each choice after the first, which looks best
UNBOUNDED_HEIGHT = 0xFFFFFF  # taller than any page, so that ReportLab calls `split`


class FirstFit(Flowable):  # type: ignore[misc] # ReportLab has no types
    """The first of several lists of blocks that fits on the page, otherwise the last. The longest come first.

    `choices` build the lists when they are needed: mostly the first one fits. If even the last one is higher than a
    page, its blocks break as if they stood alone.
    """

    def __init__(self, choices: Sequence[Callable[[], Sequence[Flowable]]]) -> None:
        super().__init__()
        self.choices = choices
        self.built_choices: list[Sequence[Flowable]] = []
        self.stacked_blocks: list[tuple[Flowable, float]] = []  # each with the distance from the top to its lower edge

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Choose, and return the size."""
        needed = 0.0
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            self.stacked_blocks, needed = stack_blocks(self.built_choices[number], self.canv, width, height)
            if needed <= height:
                break
        self.height = needed
        return width, needed

    def split(self, _width: float, _height: float) -> list[Flowable]:
        """Hand out the blocks of the last choice if no page has room for them; otherwise the next page has."""
        frame = self._frame
        if not frame._atTop and self.height <= frame._height:  # noqa: SLF001 - ReportLab offers no public way
            return []
        return [NullActionFlowable(), *(block for block, _ in self.stacked_blocks)]

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw block by block, so that each is tagged separately."""
        top = y + self.stacked_blocks[-1][1] if self.stacked_blocks else y
        for block, lower in self.stacked_blocks:
            block.drawOn(canvas, x, top - lower, _sW)


class BlockStack(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Blocks that are known to fit on the page, drawn below each other.

    ReportLab would otherwise ask each of them whether it fits and stays with the next one. If they turn
    out to be higher than planned, it does.
    """

    def __init__(self, blocks: Sequence[Flowable]) -> None:
        super().__init__()
        self.blocks = blocks
        self.stacked_blocks: list[tuple[Flowable, float]] = []
        self.measured_room: tuple[float, float] | None = None

    def getSpaceBefore(self) -> float:  # noqa: N802 - ReportLab's
        return float(self.blocks[0].getSpaceBefore())

    def getSpaceAfter(self) -> float:  # noqa: N802 - ReportLab's
        return float(self.blocks[-1].getSpaceAfter())

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Stack the blocks; the space above the first one belongs to the frame."""
        if self.measured_room != (width, height):
            self.measured_room = width, height
            self.stacked_blocks, needed = stack_blocks(self.blocks, self.canv, width, height)
            needed -= self.getSpaceBefore()
            self.width, self.height = width, min(height, needed) if needed <= height + MAX_OVERFLOW else needed
        return self.width, self.height

    def split(self, _width: float, _height: float) -> list[Flowable]:
        """Hand out the blocks: ReportLab distributes them over as many pages as they need."""
        return [NullActionFlowable(), *self.blocks]

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw block by block, so that each is tagged separately."""
        top = y + self.height + self.getSpaceBefore()
        for block, lower in self.stacked_blocks:
            block.drawOn(canvas, x, top - lower, _sW)


def stack_blocks(
    blocks: Sequence[Flowable],
    canvas: Any,  # noqa: ANN401 - ReportLab's own type
    width: float,
    height: float,
) -> tuple[list[tuple[Flowable, float]], float]:
    """Stack blocks: return each with the distance from the top to its lower edge, and the total height."""
    lower, after = 0.0, 0.0
    lead = blocks[0].getSpaceBefore() if blocks else 0.0  # dropped at the top of a page
    placed = []
    for block in blocks:
        # What adapts to the room is given what is left; a table would measure only the rows that fit there.
        room = height + lead - lower - max(after, block.getSpaceBefore()) if isinstance(block, FirstFit) else height
        _, tall = block.wrapOn(canvas, width, room)
        lower += max(after, block.getSpaceBefore()) + tall
        after = block.getSpaceAfter()
        placed.append((block, lower))
    return placed, lower


class BalancedGroups(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Groups of blocks that are not broken across pages, distributed so that no page is a third empty.

    `choices` build the same groups in different heights. The first that leaves no page too empty is used, a later one
    only if it fills a page, or, with `saves_pages`, takes fewer. If none does, the groups are broken into smaller
    ones, and their tables and texts too.
    """

    def __init__(
        self,
        choices: Sequence[Callable[[], BlockGroups]],
        page: float,
        *,
        saves_pages: bool = True,
    ) -> None:
        super().__init__()
        self.choices = choices
        self.page = page
        self.saves_pages = saves_pages
        self.built_choices: list[BlockGroups] = []
        # By identity of a group: choices share those that look the same.
        self.heights: dict[int, float] = {}
        self.pieces: dict[int, BlockGroups] = {}

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        """Report an unbounded height, so that ReportLab calls `split` with the remaining space."""
        return width, UNBOUNDED_HEIGHT

    def split(self, width: float, height: float) -> list[Flowable]:
        """Distribute the groups over pages."""
        blocks: list[Flowable] = [NullActionFlowable()]
        for number, page in enumerate(self._place_groups(width, height)):
            blocks += [PageBreak(), *page] if number else page
        return blocks

    def _place_groups(self, width: float, height: float) -> Iterator[Sequence[Flowable]]:
        """Choose a layout, and yield the blocks of each page."""
        groups, pages, stretch = self._choose_layout(width, height)
        heights = self._measure_heights(groups, width)
        remainders: dict[int, Flowable] = {}
        for number, page in enumerate(pages):
            room = self.page if number else height
            on_page = [groups[place] for place in page]
            is_fresh = number > 0 or height >= self.page - ROUNDING
            used = measure_page(on_page, [heights[place] for place in page], is_fresh=is_fresh)
            free = room - used
            free += measure_blank_end(on_page[-1]) if on_page else 0.0
            joined = [list(group) for group in join_pieces(on_page, remainders, width)]
            weights = [weigh_space(*pair) for pair in pairwise(joined)]
            space = self._find_space(free, sum(weights), stretch)
            for weight, group in zip(weights, joined[1:], strict=True):
                group[:0] = [Spacer(1, space * weight)] if space else []
            blocks = [block for group in joined for block in group]
            # A group that is taller than a page is left to ReportLab, which breaks it.
            yield [BlockStack(blocks)] if blocks and used <= room + ROUNDING else blocks

    def _choose_layout(self, width: float, height: float) -> tuple[BlockGroups, PageIndexes, float]:
        """Choose the cheapest layout: its groups, their pages, and the height that spaces between them may grow by."""
        layouts: list[tuple[float, int, BlockGroups, PageIndexes, float]] = []
        for is_broken, stretch in ((False, 0.0), (True, MAX_STRETCH)):
            for number, groups in enumerate(self._list_choices(width, is_broken=is_broken)):
                heights = self._measure_heights(groups, width)
                cost, pages = distribute_groups(groups, heights, height, self.page, stretch=stretch)
                layouts.append((cost + DENSITY_COST * number, len(layouts), groups, pages, stretch))
                is_denser_tried = is_broken or number > 0 or not self.saves_pages
                if cost < EMPTY_COST and (is_denser_tried or not self._can_save_page(groups, heights, height, pages)):
                    return min(layouts)[2:]
        return min(layouts)[2:]

    def _list_choices(self, width: float, *, is_broken: bool) -> Iterator[BlockGroups]:
        """Build each choice once, when it is needed; with `is_broken`, every group is broken where it may be."""
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            yield [
                piece
                for group in self.built_choices[number]
                for piece in (
                    self._break_group(group, width) if is_broken or isinstance(group, BreakablePart) else [group]
                )
            ]

    def _break_group(self, group: Sequence[Flowable], width: float) -> BlockGroups:
        if id(group) not in self.pieces:
            self.pieces[id(group)] = break_group(group, self.canv, width, self.page)
        return self.pieces[id(group)]

    def _measure_heights(self, groups: BlockGroups, width: float) -> list[float]:
        """Measure the groups, each with the space between it and the next one."""
        heights = [self._measure_height(group, width) for group in groups]
        for place, (upper, lower) in enumerate(pairwise(groups)):
            heights[place] += max(0.0, get_space_after(upper) - get_space_before(lower))
        return heights

    def _measure_height(self, group: Sequence[Flowable], width: float) -> float:
        if id(group) not in self.heights:
            self.heights[id(group)] = (
                self._measure_piece(group, width)
                if isinstance(group, Piece)
                else stack_blocks(group, self.canv, width, self.page)[1]
            )
        return self.heights[id(group)]

    def _measure_piece(self, piece: Piece, width: float) -> float:
        _, around = stack_blocks([*piece.lead, piece.block, *piece.trail], self.canv, width, self.page)
        return float(around - piece.block.wrapOn(self.canv, width, self.page)[1] + piece.bottom - piece.top)

    def _find_space(self, free: float, count: int, stretch: float) -> float:
        """Return the height by which each of `count` spaces of weight 1 grows so that the page is not too empty."""
        if free <= MAX_EMPTY * self.page or not count:
            return 0.0
        missing = free - MAX_EMPTY_STRETCHED * self.page
        return min(stretch, SPACE_STEP * ceil(missing / count / SPACE_STEP))

    def _can_save_page(self, groups: BlockGroups, heights: Sequence[float], first: float, pages: PageIndexes) -> bool:
        """Return whether a denser choice might take a page less."""
        lower = [(1 - MAX_SAVING) * tall for tall in heights]
        return len(distribute_groups(groups, lower, first, self.page)[1]) < len(pages)
