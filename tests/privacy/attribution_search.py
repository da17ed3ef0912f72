"""Search for what the attribution of a change discloses in addition to both releases: exact, over role sums by item.

Only `who` is new to someone who holds both releases. It is the later wave under the earlier mix of roles, rolled up
from items in steps. Each item's step narrows which sums its roles can have; all items of a function together must come
to what was told. A group of 1 to k whose sum is then certain, and was not before, is given away. An insider adds what
they answered themselves.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.comparison.attribution import Attribution, ScoredWave
from assessment.domain.comparison.waves import align_common_items
from assessment.domain.disclosure.guard import DisclosureGuard
from assessment.domain.scoring.figure_paths import get_function_path, list_scores_by_path
from assessment.domain.scoring.tally import POINTS_PER_RUNG
from tests.privacy.findings import Finding, kind_of

TOP = 4
MOST = 400_000  # combinations of sums of one item
FLOAT = 1e-6
Floats = NDArray[np.float64]


class Sums(Struct, frozen=True):
    """All that one item's roles may have summed up to, and the step each gives under the earlier mix.

    A column for each role of the later wave, then of the earlier one; -1 where it says nothing. `own` is what the
    insider answered, in the column of their role: of `counts` people there, one is known.
    """

    item: str
    weight: float
    sums: NDArray[np.int64]
    steps: Floats
    counts: NDArray[np.int64]
    own: Mapping[int, int]


class Insider(Struct, frozen=True):
    """Someone who took part, by their row in the answers of either wave, None where they stayed away."""

    earlier: int | None = None
    later: int | None = None


NOBODY = Insider()


def attack(
    earlier: ScoredWave,
    later: ScoredWave,
    told: Mapping[str, Attribution],
    k: int,
    *,
    insider: Insider = NOBODY,
    keeps_thin: bool = True,
) -> Iterator[Finding]:
    """Find groups of 1 to k people whose sum the parts decide; counts by role and item are known.

    An insider finds groups of fewer than k others, and k others of one mind at an end. `keeps_thin`: items with few
    answers of a role keep their own mix, as the rule has it.
    """
    common = align_common_items(earlier.wave, later.wave)
    after = list_scores_by_path(common.rescoring.blueprint, common.rescoring.compute_figures(common.later))
    coarse = 0.5 if later.computation.guard.needed is not None else 0.0
    for number, function in enumerate(common.rescoring.blueprint.functions):
        part = told.get(get_function_path(function.id))
        if part is None or part.who is None:
            continue
        half = coarse if abs(part.who - round(part.who)) < FLOAT else 0.0
        middle = after[get_function_path(function.id)] - part.who
        weights = common.rescoring.weights.functions[:, number]
        items = [
            _sums(earlier, later, int(c), float(weights[c]), insider, keeps_thin=keeps_thin)
            for c in np.flatnonzero(weights)
        ]
        yield from _decided(items, (middle - half - FLOAT, middle + half + FLOAT), k)


def _sums(
    earlier: ScoredWave, later: ScoredWave, column: int, weight: float, insider: Insider, *, keeps_thin: bool
) -> Sums:
    """Both waves answer the same questionnaire here, so the columns are the same."""
    plan, rules = later.computation.blueprint, later.computation.guard
    now, then = (each.computation.tally.counts[:, column] for each in (later, earlier))
    full, base = plan.questionnaire.scoring.full_weight_answers, plan.role_weights
    own, owned = _own(later, insider.later, column), _own(earlier, insider.earlier, column)
    mine = _fitting(_grid(now, rules, base, full, later.computation.items[column]), now, own)
    theirs = _fitting(_grid(then, rules, base, full, earlier.computation.items[column]), then, owned)
    away = (now == 0) & (then > 0)
    theirs = np.unique(np.where(away, theirs, -1), axis=0)
    sums = np.concatenate([np.repeat(mine, len(theirs), axis=0), np.tile(theirs, (len(mine), 1))], axis=1)
    roles = len(now)
    means = np.where(now > 0, sums[:, :roles] / np.maximum(now, 1), sums[:, roles:] / np.maximum(then, 1))
    steps = rules.round_scores(_score(np.where(then > 0, means, 0), _shares(then, base, full)))
    if keeps_thin and (rules.has_too_small_role(now) or rules.has_too_small_role(then)):
        steps = np.full(len(sums), later.computation.items[column])
    counts = np.concatenate([np.where(now > 0, now, 0), np.where(away, then, 0)])
    known = own | {roles + role: value for role, value in owned.items() if away[role]}
    return Sums(plan.questionnaire.items[column].id, weight, sums, steps, counts, known)


def _own(wave: ScoredWave, row: int | None, column: int) -> dict[int, int]:
    """The insider's answer by role, if they gave one."""
    answer = -1 if row is None else int(wave.computation.values[row, column])
    return {int(wave.computation.role[row]): answer} if answer >= 0 else {}


def _fitting(sums: NDArray[np.int64], counts: NDArray[np.int64], own: Mapping[int, int]) -> NDArray[np.int64]:
    """Sums that leave the others of the insider's role something that they can have answered."""
    for role, answer in own.items():
        others = sums[:, role] - answer
        sums = sums[(sums[:, role] < 0) | ((others >= 0) & (others <= TOP * (counts[role] - 1)))]
    return sums


def _grid(
    counts: NDArray[np.int64], rules: DisclosureGuard, base: Floats, full: int, released: float
) -> NDArray[np.int64]:
    """All sums by role that give the released step."""
    sizes = counts * TOP + 1
    if np.prod(sizes.astype(float)) > MOST:
        return np.full((1, len(counts)), -1)
    sums = np.stack([axis.ravel() for axis in np.indices(sizes)], axis=1)
    scores = _score(sums / np.maximum(counts, 1), _shares(counts, base, full))
    return sums[np.abs(rules.round_scores(scores) - released) < FLOAT]


def _shares(counts: NDArray[np.int64], base: Floats, full: int) -> Floats:
    return np.asarray(base * np.minimum(1.0, counts / full))


def _score(means: Floats, shares: Floats) -> Floats:
    return np.asarray(POINTS_PER_RUNG * (means * shares).sum(axis=1) / shares.sum())


def _decided(items: list[Sums], window: tuple[float, float], k: int) -> Iterator[Finding]:
    if any((item.sums < 0).all() for item in items):
        return
    for place, item in enumerate(items):
        others = np.zeros(1)
        for number, other in enumerate(items):
            if number != place:
                steps = np.unique(other.steps) * other.weight
                others = np.unique(np.round(others[:, None] + steps[None, :], 6))
        low = np.searchsorted(others, window[0] - item.weight * item.steps)
        high = np.searchsorted(others, window[1] - item.weight * item.steps, side="right")
        left = item.sums[high > low]
        for role, people in enumerate(item.counts.tolist()):
            before, after = np.unique(item.sums[:, role]), np.unique(left[:, role])
            if 0 < people <= k + (role in item.own) and len(before) > 1 and len(after) == 1:
                yield from _finding(item, role, people, int(after[0]), k)


def _finding(item: Sums, role: int, people: int, total: int, k: int) -> Iterator[Finding]:
    """Claim of a decided sum; an insider may know the sum of k others, if it gives away no answer."""
    own = item.own.get(role)
    others, rest = (people, total) if own is None else (people - 1, total - own)
    alike = rest in (0, TOP * others)
    insider = None if own is None else (str(role), own)
    kind = kind_of(others, k, alike=alike, alone=own is None)
    if kind:
        yield Finding(kind, item.item, str(role), others, total, insider)
