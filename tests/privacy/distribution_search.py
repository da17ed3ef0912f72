"""The search with distributions: which answers, role by role, lie behind a score, its distribution and its spread.

A group can only be found out to be of one mind where it is. So only such groups are tried, each
alone and with one insider: is there any other way to answer that would be released alike? First near
the truth, then everywhere. Where none is found, each answer of the group counts as known.
"""

from collections.abc import Iterator
from functools import cache
from itertools import permutations
from math import comb, prod

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import RUNG_COUNT
from tests.privacy import spread_search, sum_search
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import EXACT, Background, Release, Shown, shown_items
from tests.privacy.sum_search import Range

NEAR = (2, 1), (1, 2), (3, 1), (2, 2)  # how many of the group, and of each other role, answer otherwise
MOST_WORLDS = 10_000_000  # where there are more and none near the truth fits, the group counts as found out
PARTS = (10, 5, 4, 3, 2)  # steps of a distribution, as the method has them
FIVE = 5  # people at least behind a step
CLASSES = (1, 2, 4)  # and the highest rungs of its classes
Whole = NDArray[np.int64]
Insider = tuple[int, int]  # place among the roles, own answer


class Case(Struct, frozen=True):
    """One item: the roles that answered, their true answers by rung, and what sums they can have next to the gap."""

    shown: Shown
    roles: Whole
    rungs: Whole
    ranges: dict[int, Range]


class Group(Struct, frozen=True):
    """People of one role who all answer alike, an insider left out."""

    place: int
    rung: int
    people: int
    insider: Insider | None = None


def attack(known: Background, release: Release) -> Iterator[Finding]:
    """Try every item whose distribution is released."""
    for shown in shown_items(known, release):
        if shown.item.distribution is None:
            continue
        roles = np.flatnonzero(known.counts[:, shown.column])
        rungs = np.stack([np.bincount(known.values(shown.id, int(role)), minlength=RUNG_COUNT) for role in roles])
        groups = [*_of_one_mind(rungs)]
        if groups:
            case = Case(shown, roles, rungs, _ranges(known, release, shown))
            fresh = [group for group in groups if not _known_before(case, group)]
            yield from (_finding(known, case, group) for group in fresh if _found_out(known, release, case, group))


def _of_one_mind(rungs: Whole) -> Iterator[Group]:
    for place, given in enumerate(rungs):
        if np.count_nonzero(given) == 1:
            yield Group(place, int(given.argmax()), int(given.sum()))
        for insider in zip(*np.nonzero(rungs), strict=True):
            left = given.copy()
            left[insider[1]] -= insider[0] == place
            if np.count_nonzero(left) == 1:
                yield Group(place, int(left.argmax()), int(left.sum()), (int(insider[0]), int(insider[1])))


def _known_before(case: Case, group: Group) -> bool:
    """Return True if score and gap alone leave one sum: then the search of sums decides."""
    low, high = case.ranges.get(int(case.roles[group.place]), (0, 1))
    return low == high


def _ranges(known: Background, release: Release, shown: Shown) -> dict[int, Range]:
    """Sums by role that the leadership gap leaves open."""
    found = {other.id: sum_search.behind(known, release, other) for other in shown_items(known, release)}
    ranges = {name: each.ranges() for name, each in found.items()}
    return sum_search.with_gap(known, release, found[shown.id], found, ranges).ranges()


def _found_out(known: Background, release: Release, case: Case, group: Group) -> bool:
    """Return True if no other set of answers fits: none near the truth, and none at all where all can be tried."""
    for own, others in NEAR:
        ways = [_near(tuple(rungs.tolist()), own if n == group.place else others) for n, rungs in enumerate(case.rungs)]
        if _another(known, release, case, group, ways):
            return False
    ways = [
        _near(tuple(rungs.tolist()), 1) if n == group.place else _slides(tuple(rungs.tolist()))
        for n, rungs in enumerate(case.rungs)
    ]
    if prod(map(len, ways)) <= MOST_WORLDS and _another(known, release, case, group, ways):
        return False
    people = case.rungs.sum(axis=1).tolist()
    if prod(comb(each + RUNG_COUNT - 1, RUNG_COUNT - 1) for each in people) > MOST_WORLDS:
        return True
    return not _another(known, release, case, group, [_ways(each) for each in people])


def _another(known: Background, release: Release, case: Case, group: Group, options: list[Whole]) -> bool:
    """Return True if one of these sets of answers fits in which the group does not agree."""
    if group.insider is not None:
        place, own = group.insider
        options = [ways[ways[:, own] > 0] if number == place else ways for number, ways in enumerate(options)]
    ways = options[group.place].copy()
    if group.insider is not None and group.insider[0] == group.place:
        ways[:, group.insider[1]] -= 1
    options[group.place] = options[group.place][ways[:, group.rung] != group.people]
    return all(len(each) for each in options) and bool(_fitting(known, release, case, options).any())


def _fitting(known: Background, release: Release, case: Case, options: list[Whole]) -> NDArray[np.bool_]:
    """Which combinations of these ways, role by role, give all that is released."""
    picked = np.meshgrid(*(np.arange(len(each)) for each in options), indexing="ij")
    chosen = [each[pick] for each, pick in zip(options, picked, strict=True)]
    raw = np.arange(RUNG_COUNT)
    totals, squares = np.stack([ways @ raw for ways in chosen]), np.stack([ways @ raw**2 for ways in chosen])
    part, by_itself = spread_search.spread_of(known, release, case.shown)
    tried = case.roles, case.rungs.sum(axis=1), totals, squares
    possible = spread_search.fitting(known, release, case.shown, part, tried, with_interval=by_itself)
    for total, role in zip(totals, case.roles, strict=True):
        low, high = case.ranges.get(int(role), (0, RUNG_COUNT * int(total.max())))
        possible &= (total >= low) & (total <= high)
    return np.asarray(possible & _distributed(known, release, case, sum(chosen)))


def _distributed(known: Background, release: Release, case: Case, rungs: Whole) -> NDArray[np.bool_]:
    """Mask of the counts by rung whose shares equal those released."""
    people, released = int(case.rungs.sum()), np.cumsum(case.shown.item.distribution or ())
    up_to = rungs.cumsum(axis=-1) / people
    if len(released) < RUNG_COUNT:
        up_to = up_to[..., list(CLASSES)]
    if len(released) < RUNG_COUNT and (
        parts := next((parts for parts in PARTS if people >= parts * max(known.k, FIVE)), None)
    ):
        up_to = spread_search.rounded(up_to * parts, 1.0) / parts
    return np.asarray(np.all(np.abs(up_to - released) < EXACT, axis=-1))


@cache
def _ways(people: int) -> Whole:
    """Every way in which so many can lie on the rungs."""
    ways: list[tuple[int, ...]] = [()]
    for _ in range(RUNG_COUNT - 1):
        ways = [(*way, more) for way in ways for more in range(people - sum(way) + 1)]
    return np.asarray([(*way, people - sum(way)) for way in ways], dtype=np.int64)


@cache
def _near(rungs: tuple[int, ...], moves: int) -> Whole:
    """Ways that differ by so many people who answer otherwise."""
    found = {rungs}
    for _ in range(moves):
        found |= {
            tuple(count - (rung == old) + (rung == new) for rung, count in enumerate(way))
            for way in found
            for old, new in permutations(range(RUNG_COUNT), 2)
            if way[old]
        }
    return np.asarray(sorted(found), dtype=np.int64)


@cache
def _slides(rungs: tuple[int, ...]) -> Whole:
    """Ways that lie in the same classes: any number of people move between the two rungs of the lowest or highest."""
    found = {rungs}
    for low, high in ((0, 1), (3, 4)):
        for people in range(rungs[low] + rungs[high] + 1):
            way = list(rungs)
            way[low], way[high] = people, rungs[low] + rungs[high] - people
            found.add(tuple(way))
    return np.asarray(sorted(found), dtype=np.int64)


def _finding(known: Background, case: Case, group: Group) -> Finding:
    """Claims found; an insider may see that all others chose one end, as the method says."""
    extreme = group.rung in (0, RUNG_COUNT - 1)
    kind = Kind.UNANIMOUS if extreme and group.insider else Kind.ANSWER
    role, figure = known.roles[case.roles[group.place]], f"{case.shown.id} (distribution)"
    who = (known.roles[case.roles[group.insider[0]]], group.insider[1]) if group.insider else None
    return Finding(kind, figure, role, group.people, group.rung * group.people, who)
