"""Distribute groups of blocks over pages at least cost: no page looks unfinished, and few sections are split."""

from collections.abc import Sequence
from itertools import pairwise

from assessment.pdf.typesetting.page_groups import (
    BlockGroups,
    MovablePart,
    Piece,
    SectionStart,
    TiedPart,
    get_space_before,
    measure_blank_end,
    weigh_space,
)

MAX_EMPTY = 0.32  # of a page; from a third on, a page looks unfinished
MAX_EMPTY_STRETCHED = 0.305  # of a page whose spaces grow, which need not be exact
ROUNDING = 0.01  # points

# Costs of a page break, compared with one page more. A page that is too empty costs more than anything else.
PAGE_COST = 1.0
EMPTY_COST = 1000.0  # more than all other costs of a document together
JOIN_COST = 0.4  # a section that starts below another one
SPLIT_COST = 0.6  # a section that continues on another page
TEAR_COST = 50.0  # a part read together with the one above it: more than another page, less than an empty one
STRETCH_COST = 0.3  # more space between the groups of a page

PageIndexes = list[list[int]]


def distribute_groups(
    groups: BlockGroups,
    heights: Sequence[float],
    first: float,
    page: float,
    *,
    stretch: float = 0.0,
) -> tuple[float, PageIndexes]:
    """Distribute groups over pages at least cost; return the cost, and the indexes per page.

    `first` is what is left of the current page, which may take none. A group taller than a page has pages of its own.
    `stretch` is the height that the space between two groups may grow by, to fill a page, times its weight.
    """
    count = len(groups)

    def cost_of_page(start: int, end: int, used: float, room: float) -> float:
        cost = _cost_of_breaks(groups, start, end)
        spaces = stretch * sum(weigh_space(*pair) for pair in pairwise(groups[start:end])) / page if stretch else 0.0
        blank = measure_blank_end(groups[end - 1]) if groups[end - 1] else 0.0
        return cost + _cost_of_empty_space(((room - used) % page + blank) / page, spaces)

    # Cheapest way to place the groups from a place on, on pages of their own: its cost, and where its first page ends.
    ways: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in reversed(range(count)):
        ways[start] = min(
            (PAGE_COST + cost_of_page(start, end, used, page) + ways[end][0], end)
            for end, used in _list_page_ends(groups, heights, start, page, is_fresh=True)
        )
    is_fresh = first >= page - ROUNDING
    options = [] if is_fresh else [(_cost_of_empty_space(first / page) + ways[0][0], 0)]
    options += [
        (cost_of_page(0, end, used, first) + ways[end][0], end)
        for end, used in _list_page_ends(groups, heights, 0, first, is_fresh=is_fresh)
        if used <= first or is_fresh
    ]
    cost, end = min(options)
    pages = [list(range(end))]
    while end < count:
        start, end = end, ways[end][1]
        pages.append(list(range(start, end)))
    return cost, pages


def measure_page(groups: BlockGroups, heights: Sequence[float], *, is_fresh: bool) -> float:
    """Measure the height that groups use on a page: at its top, white space is dropped and table headers repeated."""
    first = groups[0] if groups else ()
    header = first.header if isinstance(first, Piece) else 0.0
    return sum(heights) + header - (get_space_before(first) if first and is_fresh else 0.0)


def _list_page_ends(
    groups: BlockGroups, heights: Sequence[float], start: int, room: float, *, is_fresh: bool
) -> list[tuple[int, float]]:
    """List where a page may end that begins with a group, and the height that it uses; at least one group is on it."""
    ends = []
    used = measure_page(groups[start : start + 1], (), is_fresh=is_fresh)
    for end in range(start + 1, len(heights) + 1):
        used += heights[end - 1]
        if used > room - ROUNDING and end > start + 1:
            break
        ends.append((end, used))
    return ends


def _cost_of_breaks(groups: BlockGroups, start: int, end: int) -> float:
    """Cost of a page that begins with a group: sections that start below others, and a section that was split."""
    joined = sum(isinstance(group, SectionStart) for group in groups[start + 1 : end])
    is_split = start > 0 and isinstance(groups[start], MovablePart)
    is_torn = start > 0 and isinstance(groups[start], TiedPart)
    return JOIN_COST * joined + (SPLIT_COST if is_split else 0.0) + (TEAR_COST if is_torn else 0.0)


def _cost_of_empty_space(share: float, spaces: float = 0.0) -> float:
    """Cost of the share of a page that is empty: little, then prohibitive. Pages that are equally full cost least.

    `spaces` is the share that larger spaces may fill.
    """
    if share <= MAX_EMPTY:
        return share * share / 2
    return share * share / 2 + (STRETCH_COST if share - spaces <= MAX_EMPTY_STRETCHED else EMPTY_COST + share)
