"""Show quickly that a gap leaves answers open: two possible worlds in which a role has different sums are enough.

One world in the middle of all windows is built from what is released, and each role's sum is moved by a rung. This
mostly replaces the search for decided answers, and never says that an answer is open which is decided.
"""

from collections.abc import Sequence

from msgspec import Struct

from assessment.domain.disclosure.item_sums import FLOAT_NOISE, SIDES, TOP, ItemSums, Window
from assessment.domain.scoring.tally import POINTS_PER_RUNG

HIGHEST_SCORE = POINTS_PER_RUNG * TOP
MIDDLE_RUNG = TOP // 2
# Points by side that the worlds which are tried are off the middle of the means' windows.
OFFSETS = ((0.0, 0.0), (-1.2, 1.2), (1.2, -1.2), (1.2, 1.2), (-1.2, -1.2))
SMALLEST_ROLE = 3  # of fewer, someone who took part may know all answers but one


class World(Struct):
    """Sums of answers by item and role, with the item scores and the means of both sides that they give."""

    sums: list[list[int]]
    scores: list[float]
    means: list[float]


def find_open_items(items: Sequence[ItemSums], windows: tuple[Window, ...]) -> list[bool]:
    """Return for each item whether every answer is open with these windows of both means; False: not known."""
    is_searched = [not _has_large_roles(item) for item in items]
    if all(is_searched):
        return [False] * len(items)
    middles = [_find_middle(item.window) for item in items]
    sums: list[list[set[int]]] = [[set() for _ in item.counts] for item in items]
    is_open = [False] * len(items)
    for offsets in OFFSETS:
        world = _build_world(items, middles, windows, offsets)
        if world is None:
            continue
        for number, item in enumerate(items):
            if not is_open[number] and not is_searched[number]:
                _add_sums(items, windows, world, number, sums[number])
                is_open[number] = all(
                    len(possible) > 1 for possible, count in zip(sums[number], item.counts, strict=True) if count
                )
        if all(known or searched for known, searched in zip(is_open, is_searched, strict=True)):
            break
    return is_open


def _has_large_roles(item: ItemSums) -> bool:
    return not item.others and not any(0 < count < SMALLEST_ROLE for count in item.counts)


def _build_world(
    items: Sequence[ItemSums], middles: Sequence[float], windows: tuple[Window, ...], offsets: tuple[float, ...]
) -> World | None:
    """Build a world near the middle of all windows, but for offsets of both means; None if it is outside of one."""
    wanted = [_spread(_find_middle(window) + offset, middles) for window, offset in zip(windows, offsets, strict=True)]
    carried, means = [0.0] * SIDES, [0.0] * SIDES
    sums, scores = [], []
    for number, item in enumerate(items):
        counts, points = item.counts, item.points
        last = max(role for role, count in enumerate(counts) if count)
        own, score = [0] * len(counts), 0.0
        for role, count in enumerate(counts):
            if role < SIDES:
                aim = wanted[role][number] + carried[role]
                own[role] = _limit(round(aim * count / POINTS_PER_RUNG), count)
                mean = own[role] * POINTS_PER_RUNG / count
                carried[role] = aim - mean
                means[role] += mean / len(items)
            elif role != last:
                own[role] = MIDDLE_RUNG * count
            else:
                own[role] = _limit(round((middles[number] - score) / points[role]), count)
            score += own[role] * points[role]
        if not _is_inside(score, item.window):
            return None
        sums.append(own)
        scores.append(score)
    is_possible = all(_is_inside(mean, window) for mean, window in zip(means, windows, strict=True))
    return World(sums, scores, means) if is_possible else None


def _spread(target: float, scores: Sequence[float]) -> list[float]:
    """Means by item that differ as the scores do, with the mean `target` where 0 to 100 allows it."""
    means, shift = list(scores), target - sum(scores) / len(scores)
    for _ in scores:
        means = [min(max(mean + shift, 0.0), HIGHEST_SCORE) for mean in means]
        shift = target - sum(means) / len(means)
        if abs(shift) < FLOAT_NOISE:
            break
    return means


def _add_sums(
    items: Sequence[ItemSums], windows: tuple[Window, ...], world: World, number: int, sums: list[set[int]]
) -> None:
    """Add each role's sum behind an item, and those a rung higher or lower that are possible too."""
    item = items[number]
    for role, count in enumerate(item.counts):
        if count and len(sums[role]) <= 1:
            own = world.sums[number][role]
            moves = (rung for rung in (1, -1) if _can_move(item, windows, world, (number, role), rung, len(items)))
            sums[role] |= {own, *(own + rung for rung in moves)}


def _can_move(
    item: ItemSums, windows: tuple[Window, ...], world: World, place: tuple[int, int], rung: int, functions: int
) -> bool:
    number, role = place
    count = item.counts[role]
    if not 0 <= world.sums[number][role] + rung <= TOP * count:
        return False
    if not _is_inside(world.scores[number] + rung * item.points[role], item.window):
        return False
    return role >= SIDES or _is_inside(world.means[role] + rung * POINTS_PER_RUNG / count / functions, windows[role])


def _find_middle(window: Window) -> float:
    return (max(0.0, window[0]) + min(HIGHEST_SCORE, window[1])) / 2


def _limit(total: int, count: int) -> int:
    return min(max(total, 0), TOP * count)


def _is_inside(value: float, window: Window) -> bool:
    return window[0] + FLOAT_NOISE <= value < window[1] - 2 * FLOAT_NOISE
