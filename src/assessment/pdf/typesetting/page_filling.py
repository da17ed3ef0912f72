"""Blocks that adapt to the page: as much content as fits, and no nearly empty pages."""

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, PageBreak
from reportlab.platypus.doctemplate import NullActionFlowable

MAX_SAVING = 0.15  # of the height, by the densest choice
MIN_FILL = 0.25  # of a page; a last page with less looks like an error
MIN_GROUP_FILL = 0.6  # of the last page of groups; with less they are distributed evenly
FILL_STEP = 0.05
UNBOUNDED_HEIGHT = 0xFFFFFF  # taller than any page, so that ReportLab calls `split`


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
        _, tall = block.wrapOn(canvas, width, height)
        lower += max(after, block.getSpaceBefore()) + tall
        after = block.getSpaceAfter()
        placed.append((block, lower))
    return placed, lower


BlockGroups = Sequence[Sequence[Flowable]]
PageIndexes = list[list[int]]


class BalancedGroups(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Groups of blocks that are not broken across pages and leave no nearly empty last page.

    `choices` build the same groups in decreasing height; of those with the fewest pages, the highest is used. If even
    the smallest would leave such a page, the groups start on a new page where this costs none, or are distributed
    evenly.
    """

    def __init__(self, choices: Sequence[Callable[[], BlockGroups]], page: float) -> None:
        super().__init__()
        self.choices = choices
        self.page = page
        self.built_choices: list[BlockGroups] = []

    def wrap(self, width: float, _: float) -> tuple[float, float]:
        """Report an unbounded height, so that ReportLab calls `split` with the remaining space."""
        return width, UNBOUNDED_HEIGHT

    def split(self, width: float, height: float) -> list[Flowable]:
        """Distribute the groups over pages."""
        groups, pages = self._place_groups(width, height)
        blocks: list[Flowable] = [NullActionFlowable()]
        for number, page in enumerate(pages):
            blocks += [PageBreak()] if number else []
            blocks += [KeepTogether(list(groups[place])) for place in page]
        return blocks

    def _place_groups(self, width: float, height: float) -> tuple[BlockGroups, PageIndexes]:
        layouts = []
        for number, choice in enumerate(self.choices):
            if number == len(self.built_choices):
                self.built_choices.append(choice())
            heights = [stack_blocks(group, self.canv, width, self.page)[1] for group in self.built_choices[number]]
            pages = fill_pages(heights, height, self.page)
            layouts.append((self.built_choices[number], pages, heights))
            fewest = fill_pages([(1 - MAX_SAVING) * tall for tall in heights], height, self.page)
            if has_filled_last_page(pages, heights, self.page) and len(fewest) >= len(pages):
                break  # no denser choice could save a page
        well = [
            (groups, pages) for groups, pages, heights in layouts if has_filled_last_page(pages, heights, self.page)
        ]
        if well:
            return min(well, key=lambda layout: len(layout[1]))
        groups, _, heights = layouts[0]
        return groups, balance_pages(heights, height, self.page)


def fill_pages(heights: Sequence[float], first: float, page: float) -> PageIndexes:
    """Fill pages greedily; return the indexes per page. The first page may stay empty."""
    pages: PageIndexes = [[]]
    free_height = first
    for place, tall in enumerate(heights):
        if tall > free_height and (pages[-1] or len(pages) == 1):
            pages.append([])
            free_height = page
        pages[-1].append(place)
        free_height -= tall
    return pages


def has_filled_last_page(pages: PageIndexes, heights: Sequence[float], page: float) -> bool:
    """Return whether the last page is filled enough. A single page always is: it is shared with other content."""
    return len(pages) == 1 or sum(heights[place] for place in pages[-1]) >= MIN_GROUP_FILL * page


def balance_pages(heights: Sequence[float], first: float, page: float) -> PageIndexes:
    """Balance the pages, or start on a new one if that takes no more pages and leaves less of any page empty."""
    balanced, fresh = fill_pages(heights, first, page), fill_pages(heights, 0, page)
    count, share = len(balanced), 1.0 - FILL_STEP
    while len(tried := fill_pages(heights, min(first, share * page), share * page)) <= count and share > MIN_FILL:
        balanced, share = tried, share - FILL_STEP
    if len(fresh) > count or not has_filled_last_page(fresh, heights, page):
        return balanced
    emptiest = [find_emptiest_page(pages, heights, first, page) for pages in (fresh, balanced)]
    return fresh if emptiest[0] <= emptiest[1] else balanced


def find_emptiest_page(pages: PageIndexes, heights: Sequence[float], first: float, page: float) -> float:
    """Return the most height that any of the pages leaves empty."""
    rooms = [first, *[page] * (len(pages) - 1)]
    return max(room - sum(heights[place] for place in places) for room, places in zip(rooms, pages, strict=True))
