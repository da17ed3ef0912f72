"""The integer search: which sums of answers, role by role, can stand behind a released score.

A score is a role-weighted mean of 0-4 answers, so behind every window of scores lie finitely many
sums by role. All of them are tried, together with what the leadership gap says of the same answers.
Where every one that is left gives a role the same sum, that sum is known: of one person it is the
answer, of fewer than k people a leak, at 0 or at the top it is everybody's answer. Then the same
again with an insider, who takes away what they answered themselves.
"""

from collections.abc import Iterator
from itertools import product
from math import inf

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.result import GapDimension
from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release, Shown, Window, gap_of, shown_items

TOP = 4  # highest rung
MOST_WORLDS, ENOUGH_WORLDS = 200_000, 400
Range = tuple[int, int]
Whole = NDArray[np.int64]


class Sums(Struct, frozen=True):
    """Sums that can stand behind one item: of two roles as a grid, of a third from `low` to `high`."""

    item: Shown
    roles: tuple[int, ...]  # those with answers; the last is the third
    counts: tuple[int, ...]
    low: Whole
    high: Whole

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Mask of the possible cells of the grid."""
        return np.asarray(self.low <= self.high)

    def ranges(self) -> dict[int, Range]:
        """Least and greatest sum of each role; empty where nothing is possible."""
        possible = self.possible
        if not possible.any():
            return {}
        found = {}
        for axis, role in enumerate(self.roles[:-1]):
            axes = tuple(other for other in range(possible.ndim) if other != axis)
            sums = np.flatnonzero(possible.any(axis=axes))
            found[role] = int(sums[0]), int(sums[-1])
        found[self.roles[-1]] = int(self.low[possible].min()), int(self.high[possible].max())
        return found

    def within(self, role: int, least: float, most: float) -> "Sums":
        """Keep what gives `role` a sum from `least` to `most`."""
        place = self.roles.index(role)
        if place == len(self.roles) - 1:
            low, high = np.maximum(self.low, np.ceil(least)), np.minimum(self.high, np.floor(min(most, 1e9)))
            return Sums(self.item, self.roles, self.counts, low, high)
        shape = [1] * self.low.ndim
        shape[place] = -1
        sums = np.arange(TOP * self.counts[place] + 1).reshape(shape)
        kept = (sums >= least) & (sums <= most)
        return Sums(self.item, self.roles, self.counts, self.low, np.where(kept, self.high, -1))


def attack(known: Background, release: Release, *, roster: bool = False) -> Iterator[Finding]:
    """Search every shown item, alone and with each possible insider.

    `roster`: the attacker knows who was asked what, not how many of each role answered each item.
    """
    found = {shown.id: behind(known, release, shown) for shown in shown_items(known, release)}
    ranges = {name: sums.ranges() for name, sums in found.items()}
    for sums in found.values():
        narrowed = with_gap(known, release, sums, found, ranges)
        claims = (*alone(known, narrowed), *with_insider(known, narrowed))
        others = _others(known, release, sums, found, ranges) if claims and roster else ()
        yield from (claim for claim in claims if not roster or _holds(known, sums, claim, others))


def behind(known: Background, release: Release, shown: Shown, answered: Whole | None = None) -> Sums:
    """All sums behind one score; `answered` numbers by role in place of the true ones."""
    by_role = known.counts[:, shown.column] if answered is None else answered
    order = _order(known, by_role)
    counts = by_role[order]
    weights = known.weights[order] * np.minimum(1.0, counts / known.questionnaire.scoring.full_weight_answers)
    per_answer = 25 * weights / weights.sum() / counts
    low, high = release.window(shown.item.score or 0.0, shown.item.bound)
    others = np.zeros((1,) * max(1, len(order) - 1))
    for axis in range(len(order) - 1):
        shape = [1] * (len(order) - 1)
        shape[axis] = -1
        others = others + per_answer[axis] * np.arange(TOP * counts[axis] + 1).reshape(shape)
    least = np.maximum(0, np.ceil((low - others) / per_answer[-1])).astype(np.int64)
    most = np.minimum(TOP * counts[-1], np.ceil((high - others) / per_answer[-1]) - 1).astype(np.int64)
    return Sums(shown, tuple(order), tuple(counts.tolist()), least, most)


def alone(known: Background, sums: Sums) -> Iterator[Finding]:
    """Findings from the release alone."""
    count = dict(zip(sums.roles, sums.counts, strict=True))
    for role, (low, high) in sums.ranges().items():
        if low == high and (kind := _kind(low, count[role], known.k)):
            yield Finding(kind, sums.item.id, known.roles[role], count[role], low)


def with_insider(known: Background, sums: Sums) -> Iterator[Finding]:
    """Findings of insiders: what each true answer reveals of the others to its author."""
    count, open_ranges = dict(zip(sums.roles, sums.counts, strict=True)), sums.ranges()
    for role in sums.roles:
        for own in sorted(set(known.values(sums.item.id, role).tolist())):
            most = own + TOP * (count[role] - 1)
            low, high = open_ranges.get(role, (0, 0))
            if low < high and own <= low and high <= most and all(a < b for a, b in open_ranges.values()):
                continue  # the own answer rules nothing out
            narrowed = sums.within(role, own, most).ranges()
            for other, (least, greatest) in narrowed.items():
                mine = own if other == role else 0
                people = count[other] - (other == role)
                if people and least == greatest and (kind := _kind(least - mine, people, known.k)):
                    kind = Kind.UNANIMOUS if kind is Kind.ANSWER and (least - mine) in (0, TOP * people) else kind
                    yield Finding(
                        kind, sums.item.id, known.roles[other], people, least - mine, (known.roles[role], own)
                    )


def _others(
    known: Background, release: Release, sums: Sums, found: dict[str, Sums], ranges: dict[str, dict[int, Range]]
) -> tuple[Sums, ...]:
    """Return sums for other counts by role with the same total."""
    column = sums.item.column
    asked, true = known.asked[:, column], known.counts[:, column]
    options = (range(int(most) + 1) for most in asked)
    worlds = []
    for answered in product(*options) if np.prod(asked + 1) <= MOST_WORLDS else ():
        if sum(answered) == true.sum() and answered != tuple(true):
            world = behind(known, release, sums.item, np.asarray(answered))
            worlds.append(with_gap(known, release, world, {**found, sums.item.id: world}, ranges))
        if len(worlds) >= ENOUGH_WORLDS:
            break
    return tuple(worlds)


def _holds(known: Background, sums: Sums, claim: Finding, others: tuple[Sums, ...]) -> bool:
    """Return True if a claim is true in every world that fits the roster.

    An answer is someone's only where each of that role surely answered.
    """
    role, column = known.roles.index(claim.role), sums.item.column
    named = claim.kind is not Kind.GROUP
    if named and known.counts[role, column] < known.asked[role, column]:
        return False
    for other in others:
        world = other
        if claim.insider:
            mine = known.roles.index(claim.insider[0])
            if mine not in world.roles:
                continue
            world = world.within(mine, claim.insider[1], claim.insider[1] + TOP * (_count(world, mine) - 1))
        own = claim.insider[1] if claim.insider and claim.insider[0] == claim.role else 0
        left = world.ranges()
        same = _count(world, role) == _count(sums, role) and left.get(role) == (claim.total + own,) * 2
        if left and not same:
            return False
    return True


def _count(sums: Sums, role: int) -> int:
    return sums.counts[sums.roles.index(role)] if role in sums.roles else 0


def _kind(total: int, people: int, k: int) -> Kind | None:
    if people == 1 or total in (0, TOP * people):
        return Kind.ANSWER
    return Kind.GROUP if people < k else None


def _order(known: Background, counts: Whole) -> list[int]:
    """Roles that answered, those of the leadership gap first."""
    index = known.questionnaire.indices.perception_gap
    first = [known.roles.index(index.leader), known.roles.index(index.practitioner)]
    rest = [number for number in range(len(known.roles)) if number not in first]
    return [role for role in (*first, *rest) if counts[role]]


def with_gap(
    known: Background, release: Release, sums: Sums, found: dict[str, Sums], ranges: dict[str, dict[int, Range]]
) -> Sums:
    """Narrow by the leaders' and practitioners' means on the item's dimension, over all functions in it."""
    gap, index = gap_of(release, sums.item.dimension), known.questionnaire.indices.perception_gap
    partners = [other for other in _both(known, release, found, sums.item.dimension) if gap is not None]
    if gap is None or sums.item.id not in [partner.item.id for partner in partners]:
        return sums
    for name, side in (("leader", index.leader), ("practitioner", index.practitioner)):
        role = known.roles.index(side)
        low, high = _window(release, gap, name)
        size = {partner.item.id: partner.counts[partner.roles.index(role)] for partner in partners}
        for partner in partners:
            if partner.item.id != sums.item.id:
                least, most = ranges[partner.item.id].get(role, (0, 0))
                low -= 25 * most / size[partner.item.id] / len(partners)
                high -= 25 * least / size[partner.item.id] / len(partners)
        scale = size[sums.item.id] * len(partners) / 25
        sums = sums.within(role, low * scale, high * scale - 1e-12 if high != inf else inf)
    return sums


def _window(release: Release, gap: GapDimension, side: str) -> Window:
    return release.window(getattr(gap, side), gap.bounds.get(side))


def _both(known: Background, release: Release, found: dict[str, Sums], dimension: str | None) -> list[Sums]:
    """Items of a dimension that leaders and practitioners both were asked, where both sides are in the gap.

    Only where each function has one such item: then a person's mean is that one answer.
    """
    index = known.questionnaire.indices.perception_gap
    both = {known.roles.index(index.leader), known.roles.index(index.practitioner)}
    names = {index.leader, index.practitioner}
    asked = [
        item
        for item in known.questionnaire.items
        if item.dimension == dimension and item.function and names <= set(item.roles)
    ]
    if len({item.function for item in asked}) < len(asked):
        return []
    in_it = [item.id for item in asked if _enters(known, release, _answered(known, found, item.id), both)]
    return [found[name] for name in in_it] if all(name in found for name in in_it) else []


def _answered(known: Background, found: dict[str, Sums], item: str) -> Whole:
    """Answers to an item by role, as the world that is looked at has them."""
    counts = known.counts[:, known.column(item)].copy()
    if item in found:
        counts[:] = 0
        counts[list(found[item].roles)] = found[item].counts
    return counts


def _enters(known: Background, release: Release, counts: Whole, both: set[int]) -> bool:
    """Return True if a function enters the gap."""
    index = known.questionnaire.indices.perception_gap
    if min(counts[list(both)]) < index.minimum_people:
        return False
    if release.result.disclosure is None:
        return True
    return bool(counts.sum() >= release.result.disclosure.needed)
