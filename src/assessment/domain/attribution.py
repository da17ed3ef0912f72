"""Decomposition of a score change between waves into answers, role mix and instrument (method 6, 7).

The change of a released figure is split into three parts that add up to it:
    instrument  effect of items that only one wave has, and of new weights
    who         effect of another mix of roles: the later wave compared with itself, standardised to the earlier
                wave's role weights (direct standardisation, Kitagawa 1955)
    answers     the remainder: the same roles gave different answers
Refused if a role in a function has 1 to k people in either wave. `who` is the only part that can't be computed from
the two releases, so it would reveal something new: it is rounded to whole points, and an item with 1 to k answers of
a role keeps its own mix (the effect of the mix there is counted under answers).
"""

import math
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from assessment.domain.answers import Flags
from assessment.domain.comparison import Common, Wave, common_items, twin
from assessment.domain.disclosure import Guard
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.naming import OVERALL, function_path, named
from assessment.domain.scoring.rollup import Floats
from assessment.domain.scoring.tally import MAXIMUM, Counts, role_shares

HALF = 0.5
DECIMALS = 9  # removes float noise before a half is rounded up


class Attribution(Struct, frozen=True):
    """Parts of one change in points; all None if the split is `refused`."""

    change: float
    answers: float | None
    who: float | None
    instrument: float | None
    refused: str | None = None


class Measured(Struct, frozen=True):
    """A wave and the computation behind its result."""

    wave: Wave
    computation: Computation


def attribute(earlier: Measured, later: Measured) -> dict[str, Attribution]:
    """Split the change of each function and of the overall score, by path."""
    common = common_items(earlier.wave, later.wave)
    return dict(_attributions(earlier, later, common))


def _attributions(earlier: Measured, later: Measured, common: Common) -> Iterator[tuple[str, Attribution]]:
    plan, weights = common.rescoring.blueprint, common.rescoring
    rules = _stricter(earlier, later)
    standard = np.where(_thin(earlier, later, rules), common.later, rules.stepped(_standardised(earlier, later)))
    before, after, same_mix = (
        named(plan, weights.figures(items)) for items in (common.earlier, common.later, standard)
    )
    old, new = earlier.wave.result, later.wave.result
    refused = _refused(earlier, later)
    for name in [None, *(function.id for function in plan.functions)]:
        path = OVERALL if name is None else function_path(name)
        one = old.overall.score if name is None else _score(earlier, name)
        two = new.overall.score if name is None else _score(later, name)
        if one is None or two is None or path not in before or path not in same_mix:
            continue
        reason = refused.get(name) if name else next(iter(refused.values()), None)
        if reason:
            yield path, Attribution(two - one, None, None, None, reason)
            continue
        who = _told(after[path] - same_mix[path], rules)
        yield path, parts((one, two), (before[path], after[path]), who)


def parts(released: tuple[float, float], common: tuple[float, float], who: float) -> Attribution:
    """Split the change between two released scores; apart from `who`, both releases determine the parts.

    `common` are the same two scores on common items with the later wave's weights.
    """
    (one, two), (before, after) = released, common
    return Attribution(
        change=two - one,
        answers=after - before - who,
        who=who,
        instrument=(two - after) - (one - before),
    )


def _stricter(earlier: Measured, later: Measured) -> Guard:
    """Return the guard of the wave that needs more people, since the parts disclose both waves."""
    guards = (later.computation.guard, earlier.computation.guard)
    return max(guards, key=lambda guard: guard.needed or 0)


def _told(who: float, rules: Guard) -> float:
    """Round the effect of the role mix to whole points, halves up, unless nothing is guarded."""
    return who if rules.needed is None else float(math.floor(round(who, DECIMALS) + HALF))


def _thin(earlier: Measured, later: Measured, rules: Guard) -> Flags:
    """Mark items with 1 to k answers of a role in either wave: its mean would disclose single answers."""
    old, new = earlier.computation, later.computation
    counts = np.concatenate([new.tally.counts, _by_twin(earlier, later, old.tally.counts)])
    counting = np.concatenate([new.counting.counts, _by_twin(earlier, later, old.counting.counts)])
    pairs = zip(counts.T, counting.T, strict=True)
    return np.asarray([rules.uncovers_roles(all_, behind) for all_, behind in pairs], dtype=np.bool_)


def _score(measured: Measured, function: str) -> float | None:
    found = measured.wave.result.functions.get(function)
    return found.score if found else None


def _standardised(earlier: Measured, later: Measured) -> Floats:
    """Item scores from the later wave's role means and the earlier wave's role weights.

    A role without answers in the later wave keeps its earlier mean, since it gave no different answers.
    """
    blueprint, tally = later.computation.blueprint, later.computation.tally
    counts, sums = _earlier(earlier, later)
    shares = role_shares(counts, blueprint.role_weights, blueprint.questionnaire.scoring.full_weight_answers)
    stayed = tally.counts > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nan_to_num(np.where(stayed, tally.sums / tally.counts, sums / counts))
        return np.asarray(MAXIMUM * (shares * means).sum(axis=0) / shares.sum(axis=0))


def _earlier(earlier: Measured, later: Measured) -> tuple[Counts, Counts]:
    """Counts and sums by role of the earlier wave, in the item order of the later questionnaire."""
    tally = earlier.computation.tally
    return _by_twin(earlier, later, tally.counts), _by_twin(earlier, later, tally.sums)


def _by_twin(earlier: Measured, later: Measured, counts: Counts) -> Counts:
    """Reorder the earlier wave's counts to the roles and items of the later questionnaire."""
    old, new = earlier.computation.blueprint, later.computation.blueprint
    twins = {twin(item): column for column, item in enumerate(old.questionnaire.items)}
    columns = [twins.get(twin(item)) for item in new.questionnaire.items]
    shared = [place for place, column in enumerate(columns) if column is not None]
    found = [column for column in columns if column is not None]
    moved = np.zeros((len(new.roles), len(columns)), dtype=np.int64)
    for row, role in enumerate(new.roles):
        if role in old.roles:
            moved[row, shared] = counts[old.roles.index(role), found]
    return moved


def _refused(earlier: Measured, later: Measured) -> dict[str, str]:
    """Functions in which a role has 1 to k people in either wave, with the reason."""
    found = {}
    for measured in (earlier, later):
        computation = measured.computation
        for number, function in enumerate(computation.blueprint.functions):
            members, roles = computation.answers.functions[:, number], len(computation.blueprint.roles)
            people = np.bincount(computation.role[members], minlength=roles)
            counting = np.bincount(computation.role[members & computation.counts], minlength=roles)
            if computation.guard.uncovers_roles(people, counting):
                found[function.id] = f"fewer than {computation.guard.needed} people in one role"
    return found
