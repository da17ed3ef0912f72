"""Why a score changed between waves: other answers, other people, or another instrument (method 6, 7).

The change of a figure as released is split into three parts that add up to it:
    instrument  what items outside the common ones, and newer weights, make of it
    who         what another mix of roles makes of it: the later wave against itself, standardised to
                the earlier wave's role weights (direct standardisation, Kitagawa 1955)
    answers     the rest: the same roles answering otherwise
Refused where some role in a function has 1 to k people in either wave. Of what is released, `who` alone
does not follow from both releases; so it is given in whole points, and an item with 1 to k answers of some role
keeps its own mix (what the mix did there stands among the answers).
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
DECIMALS = 9  # takes float noise off before a half is rounded up


class Attribution(Struct, frozen=True):
    """Parts of one change in points; all None where the split is `refused`."""

    change: float
    answers: float | None
    who: float | None
    instrument: float | None
    refused: str | None = None


class Measured(Struct, frozen=True):
    """A wave, and the computation its result came from."""

    wave: Wave
    computation: Computation


def attribute(earlier: Measured, later: Measured) -> dict[str, Attribution]:
    """Split the change of each function and of the whole, by path."""
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
    """Split the change between two released scores: given `who`, all else follows from both releases.

    `common` are the same scores on common items, and with the later wave's weights.
    """
    (one, two), (before, after) = released, common
    return Attribution(
        change=two - one,
        answers=after - before - who,
        who=who,
        instrument=(two - after) - (one - before),
    )


def _stricter(earlier: Measured, later: Measured) -> Guard:
    """The guard of whichever wave asks for more people: what is split speaks of both."""
    guards = (later.computation.guard, earlier.computation.guard)
    return max(guards, key=lambda guard: guard.needed or 0)


def _told(who: float, rules: Guard) -> float:
    """Whole points, halves up, where few people are to be guarded."""
    return who if rules.needed is None else float(math.floor(round(who, DECIMALS) + HALF))


def _thin(earlier: Measured, later: Measured, rules: Guard) -> Flags:
    """Items for which some role has so few answers, in either wave, that its mean would speak of single people."""
    old, new = earlier.computation, later.computation
    counts = np.concatenate([new.tally.counts, _by_twin(earlier, later, old.tally.counts)])
    counting = np.concatenate([new.counting.counts, _by_twin(earlier, later, old.counting.counts)])
    pairs = zip(counts.T, counting.T, strict=True)
    return np.asarray([rules.uncovers_roles(all_, behind) for all_, behind in pairs], dtype=np.bool_)


def _score(measured: Measured, function: str) -> float | None:
    found = measured.wave.result.functions.get(function)
    return found.score if found else None


def _standardised(earlier: Measured, later: Measured) -> Floats:
    """Item scores of the later wave's role means under the earlier wave's role weights.

    A role that stayed away keeps its earlier mean: it did not answer otherwise, it did not answer.
    """
    blueprint, tally = later.computation.blueprint, later.computation.tally
    counts, sums = _earlier(earlier, later)
    shares = role_shares(counts, blueprint.role_weights, blueprint.questionnaire.scoring.full_weight_answers)
    stayed = tally.counts > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nan_to_num(np.where(stayed, tally.sums / tally.counts, sums / counts))
        return np.asarray(MAXIMUM * (shares * means).sum(axis=0) / shares.sum(axis=0))


def _earlier(earlier: Measured, later: Measured) -> tuple[Counts, Counts]:
    """Counts and sums by role of the earlier wave, in the later questionnaire's order of items."""
    tally = earlier.computation.tally
    return _by_twin(earlier, later, tally.counts), _by_twin(earlier, later, tally.sums)


def _by_twin(earlier: Measured, later: Measured, counts: Counts) -> Counts:
    """Counts by role and item of the earlier wave, in the later questionnaire's order of both."""
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
    """Functions in which some role has too few people in either wave, with the reason."""
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
