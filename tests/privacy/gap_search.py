"""The exact search behind a gap: all items of a dimension and both means together, by integer programs.

The search of sums looks at one item at a time, with the least and greatest that the others can be. Here all must fit at
once. It is tried where an answer is there to be worked out: a single person of a role, or a role of one mind at an end.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.privacy.findings import Finding, Kind
from tests.privacy.release import Background, Release, Shown, gap_of, shown_items
from tests.privacy.sum_search import TOP

EDGE = 1e-5  # a window is open at its end; what two possible scores differ by is more
Floats = NDArray[np.float64]


class Joint(Struct, frozen=True):
    """The items of one gap: a line for each score and each mean, over the sums by item and role."""

    items: list[Shown]
    counts: NDArray[np.int64]  # by item and role
    lines: LinearConstraint

    def find_ends(self, item: int, role: int, insider: tuple[int, int] | None = None) -> tuple[int, int]:
        """Least and greatest sum of a role behind an item."""
        low, high = np.zeros(self.counts.shape), TOP * self.counts.astype(float)
        if insider is not None:
            own_role, own = insider
            low[item, own_role], high[item, own_role] = own, own + TOP * (self.counts[item, own_role] - 1)
        aim = np.zeros(self.counts.shape)
        ends = []
        for sign in (1, -1):
            aim[item, role] = sign
            found = milp(
                aim.ravel(),
                integrality=np.ones(aim.size),
                bounds=Bounds(low.ravel(), high.ravel()),
                constraints=self.lines,
            )
            assert found.success, found.message  # what really was answered is one solution
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]


def attack(known: Background, release: Release) -> Iterator[Finding]:
    """Try every shown gap whose functions have one item of both sides each."""
    for dimension in known.questionnaire.dimensions:
        joint = _join(known, release, dimension.id)
        if joint is not None:
            for number in range(len(joint.items)):
                yield from _alone(known, joint, number)
                yield from _with_insider(known, joint, number)


def _join(known: Background, release: Release, dimension: str) -> Joint | None:
    gap, index = gap_of(release, dimension), known.questionnaire.indices.perception_gap
    if gap is None or index is None:
        return None
    sides = [known.roles.index(name) for name in (index.leader, index.practitioner)]
    both = {index.leader, index.practitioner}
    items = [
        shown
        for shown in shown_items(known, release)
        if shown.dimension == dimension
        and both <= set(known.questionnaire.items[shown.column].roles)
        and min(known.counts[sides, shown.column]) >= index.minimum_people
    ]
    counts = np.stack([known.counts[:, shown.column] for shown in items])
    lines, windows = [], []
    full = known.questionnaire.scoring.full_weight_answers
    for number, shown in enumerate(items):
        weights = known.weights * np.minimum(1.0, counts[number] / full)
        line = np.zeros(counts.shape)
        line[number] = 25 * weights / weights.sum() / np.maximum(1, counts[number])
        lines.append(line.ravel())
        windows.append(release.window(shown.item.score or 0.0, shown.item.bound))
    for role, name in zip(sides, ("leader", "practitioner"), strict=True):
        line = np.zeros(counts.shape)
        line[:, role] = 25 / len(items) / counts[:, role]
        lines.append(line.ravel())
        windows.append(release.window(getattr(gap, name), gap.bounds.get(name)))
    low, high = (np.asarray(ends) - EDGE for ends in zip(*windows, strict=True))
    return Joint(items, counts, LinearConstraint(np.asarray(lines), low, high))


def _alone(known: Background, joint: Joint, item: int) -> Iterator[Finding]:
    for role, people in enumerate(joint.counts[item].tolist()):
        total = int(known.values(joint.items[item].id, role).sum())
        if people and (people == 1 or total in (0, TOP * people)) and joint.find_ends(item, role) == (total, total):
            yield Finding(Kind.ANSWER, f"{joint.items[item].id} (gap)", known.roles[role], people, total)


def _with_insider(known: Background, joint: Joint, item: int) -> Iterator[Finding]:
    """Knowledge of an insider about the only other person of a role; the ends of the ladder are no secret then."""
    name, counts = joint.items[item].id, joint.counts[item]
    for role in np.flatnonzero(counts):
        total = int(known.values(name, int(role)).sum())
        for own_role in np.flatnonzero(counts):
            if counts[role] - (role == own_role) != 1:
                continue
            for own in sorted(set(known.values(name, int(own_role)).tolist())):
                rest = total - (own if role == own_role else 0)
                if 0 < rest < TOP and joint.find_ends(item, int(role), (int(own_role), own)) == (total, total):
                    insider = (known.roles[own_role], own)
                    yield Finding(Kind.ANSWER, f"{name} (gap)", known.roles[role], 1, rest, insider)
