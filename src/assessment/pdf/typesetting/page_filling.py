"""Blocks that adapt to the page: as much content as fits, and no nearly empty pages."""

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak
from reportlab.platypus.doctemplate import NullActionFlowable

MAX_SAVING = 0.15  # of the height, by the densest choice
MIN_FILL = 0.25  # of a page; a last page with less looks like an error
MAX_EMPTY = 0.32  # of a page; from a third on, a page looks unfinished
ROUNDING = 0.01  # points
UNBOUNDED_HEIGHT = 0xFFFFFF  # taller than any page, so that ReportLab calls `split`

# Costs of a page break, compared with one page more. A page that is too empty costs more than anything else.
PAGE_COST = 1.0
EMPTY_COST = 1000.0  # more than all other costs of a document together
JOIN_COST = 0.4  # a section that starts below another one
SPLIT_COST = 0.6  # a section that continues on another page
DENSITY_COST = 0.05  # each choice after the first, which looks best


class FirstFit(Flowable):  # type: ignore[misc] # ReportLab has no types
    """The first of several lists of blocks that fits on the page, otherwise the last. The longest come first.

    `choices` build the lists when they are needed: mostly the first one fits.
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
        return width, needed

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw block by block, so that each is tagged separately."""
        top = y + self.stacked_blocks[-1][1] if self.stacked_blocks else y
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
    placed = []
    for block in blocks:
        # What adapts to the room is given what is left; a table would measure only the rows that fit there.
        room = height - lower - max(after, block.getSpaceBefore()) if isinstance(block, FirstFit) else height
        _, tall = block.wrapOn(canvas, width, room)
        lower += max(after, block.getSpaceBefore()) + tall
        after = block.getSpaceAfter()
        placed.append((block, lower))
    return placed, lower


BlockGroups = Sequence[Sequence[Flowable]]
PageIndexes = list[list[int]]


class SectionStart(list[Flowable]):
    """A group that starts a section, at best on a page of its own."""


class MovablePart(list[Flowable]):
    """A further group of a section, at best on the same page."""


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


class BalancedGroups(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Groups of blocks that are not broken across pages, distributed so that no page is a third empty.

    `choices` build the same groups in different heights. The first that leaves no page too empty is used, a later one
    only if it fills a page, or, with `saves_pages`, takes fewer. The last page may stay empty if it
    `is_last`, or if what follows flows onto it.
    """

    def __init__(
        self,
        choices: Sequence[Callable[[], BlockGroups]],
        page: float,
        *,
        is_last: bool = False,
        saves_pages: bool = True,
    ) -> None:
        super().__init__()
        self.choices = choices
        self.page = page
        self.is_last = is_last
        self.saves_pages = saves_pages
        self.built_choices: list[BlockGroups] = []
        self.heights: dict[int, float] = {}  # of groups by identity; choices share those that look the same
        self.placements: dict[float, tuple[BlockGroups, PageIndexes]] = {}  # by room: every pass asks for the same one

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        """Report an unbounded height, so that ReportLab calls `split` with the remaining space."""
        return width, UNBOUNDED_HEIGHT

    def split(self, width: float, height: float) -> list[Flowable]:
        """Distribute the groups over pages."""
        if height not in self.placements:
            self.placements[height] = self._place_groups(width, height)
        groups, pages = self.placements[height]
        blocks: list[Flowable] = [NullActionFlowable()]
        for number, page in enumerate(pages):
            blocks += [PageBreak()] if number else []
            for place in page:
                blocks += _keep_together(groups[place])
        return blocks

    def _place_groups(self, width: float, height: float) -> tuple[BlockGroups, PageIndexes]:
        layouts: list[tuple[float, BlockGroups, PageIndexes]] = []
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            groups = self.built_choices[number]
            heights = [self._measure_height(group, width) for group in groups]
            cost, pages = distribute_groups(groups, heights, height, self.page, is_last=self.is_last)
            layouts.append((cost + DENSITY_COST * number, groups, pages))
            is_denser_tried = number > 0 or not self.saves_pages
            if cost < EMPTY_COST and (is_denser_tried or not self._can_save_page(groups, heights, height, pages)):
                break
        _, groups, pages = min(layouts, key=lambda layout: layout[0])
        return groups, pages

    def _measure_height(self, group: Sequence[Flowable], width: float) -> float:
        if id(group) not in self.heights:
            self.heights[id(group)] = stack_blocks(group, self.canv, width, self.page)[1]
        return self.heights[id(group)]

    def _can_save_page(self, groups: BlockGroups, heights: Sequence[float], first: float, pages: PageIndexes) -> bool:
        """Return whether a denser choice might take a page less."""
        lower = [(1 - MAX_SAVING) * tall for tall in heights]
        return len(distribute_groups(groups, lower, first, self.page, is_last=self.is_last)[1]) < len(pages)


def _keep_together(group: Sequence[Flowable]) -> list[Flowable]:
    """Keep a group together, unless a block of it chooses its size by the room that is left on the page."""
    return list(group) if any(isinstance(block, FirstFit) for block in group) else [KeepTogether(list(group))]


def distribute_groups(
    groups: BlockGroups, heights: Sequence[float], first: float, page: float, *, is_last: bool = False
) -> tuple[float, PageIndexes]:
    """Distribute groups over pages at least cost; return the cost, and the indexes per page.

    `first` is what is left of the current page, which may take none. A group taller than a page has pages of its own.
    """
    count = len(groups)
    # Cheapest way to place the groups from a place on, on pages of their own: its cost, and where its first page ends.
    ways: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in reversed(range(count)):
        options = []
        lead = groups[start][0].getSpaceBefore() if groups[start] else 0.0  # dropped at the top of a page
        for end, used in _list_page_ends(heights, start, page):
            empty = 0 if is_last and end == count else _cost_of_empty_space((lead - used) % page / page)
            options.append((PAGE_COST + _cost_of_page(groups, start, end) + empty + ways[end][0], end))
        ways[start] = min(options)
    is_fresh = first >= page - ROUNDING
    options = [] if is_fresh else [(_cost_of_empty_space(first / page) + ways[0][0], 0)]
    for end, used in _list_page_ends(heights, 0, first):
        if used <= first or is_fresh:
            is_free = is_last and end == count
            empty = 0 if is_free else _cost_of_empty_space((first - used) % page / page)
            options.append((_cost_of_page(groups, 0, end) + empty + ways[end][0], end))
    cost, end = min(options)
    pages = [list(range(end))]
    while end < count:
        start, end = end, ways[end][1]
        pages.append(list(range(start, end)))
    return cost, pages


def _list_page_ends(heights: Sequence[float], start: int, room: float) -> list[tuple[int, float]]:
    """List where a page may end that begins with a group, and the height that it uses; at least one group is on it."""
    ends = []
    used = 0.0
    for end in range(start + 1, len(heights) + 1):
        used += heights[end - 1]
        if used > room - ROUNDING and end > start + 1:
            break
        ends.append((end, used))
    return ends


def _cost_of_page(groups: BlockGroups, start: int, end: int) -> float:
    """Cost of a page that begins with a group: sections that start below others, and a section that was split."""
    joined = sum(isinstance(group, SectionStart) for group in groups[start + 1 : end])
    is_split = start > 0 and isinstance(groups[start], MovablePart)
    return JOIN_COST * joined + (SPLIT_COST if is_split else 0.0)


def _cost_of_empty_space(share: float) -> float:
    """Cost of the share of a page that is empty: little, then prohibitive. Pages that are equally full cost least."""
    return share * share / 2 + (EMPTY_COST + share if share > MAX_EMPTY else 0.0)
