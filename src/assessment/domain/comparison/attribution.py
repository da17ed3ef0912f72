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

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from assessment.domain.answers import BoolArray, FloatArray
from assessment.domain.comparison.waves import CommonItemScores, Wave, align_common_items, get_item_identity
from assessment.domain.disclosure.guard import DisclosureGuard, round_half_up
from assessment.domain.scoring.computation import Computation
from assessment.domain.scoring.figure_paths import OVERALL_PATH, get_function_path, list_scores_by_path
from assessment.domain.scoring.tally import POINTS_PER_RUNG, CountArray, compute_role_weights


class Attribution(Struct, frozen=True):
    """Parts of one change in points; all None if the split is `refused`."""

    change: float
    answers: float | None
    who: float | None
    instrument: float | None
    refused: str | None = None


class ScoredWave(Struct, frozen=True):
    """A wave and the computation behind its result."""

    wave: Wave
    computation: Computation


def attribute_changes(earlier: ScoredWave, later: ScoredWave) -> dict[str, Attribution]:
    """Split the change of each function and of the overall score, by path."""
    common = align_common_items(earlier.wave, later.wave)
    return dict(_iterate_attributions(earlier, later, common))


def _iterate_attributions(
    earlier: ScoredWave, later: ScoredWave, common: CommonItemScores
) -> Iterator[tuple[str, Attribution]]:
    plan, weights = common.rescoring.blueprint, common.rescoring
    rules = _choose_stricter_guard(earlier, later)
    standard = np.where(
        _find_thin_items(earlier, later, rules), common.later, rules.round_scores(_standardise_scores(earlier, later))
    )
    before, after, same_mix = (
        list_scores_by_path(plan, weights.compute_figures(items)) for items in (common.earlier, common.later, standard)
    )
    old, new = earlier.wave.result, later.wave.result
    refused = _find_refused_functions(earlier, later)
    for name in [None, *(function.id for function in plan.functions)]:
        path = OVERALL_PATH if name is None else get_function_path(name)
        earlier_score = old.overall.score if name is None else _get_function_score(earlier, name)
        later_score = new.overall.score if name is None else _get_function_score(later, name)
        if earlier_score is None or later_score is None or path not in before or path not in same_mix:
            continue
        reason = refused.get(name) if name else next(iter(refused.values()), None)
        if reason:
            yield path, Attribution(later_score - earlier_score, None, None, None, reason)
            continue
        mix_effect = _round_mix_effect(after[path] - same_mix[path], rules)
        yield path, split_change((earlier_score, later_score), (before[path], after[path]), mix_effect)


def split_change(released: tuple[float, float], common: tuple[float, float], mix_effect: float) -> Attribution:
    """Split the change between two released scores; apart from `mix_effect`, both releases determine the parts.

    `common` are the same two scores on common items with the later wave's weights.
    """
    (earlier_score, later_score), (before, after) = released, common
    return Attribution(
        change=later_score - earlier_score,
        answers=after - before - mix_effect,
        who=mix_effect,
        instrument=(later_score - after) - (earlier_score - before),
    )


def _choose_stricter_guard(earlier: ScoredWave, later: ScoredWave) -> DisclosureGuard:
    """Return the guard of the wave that needs more people, since the parts disclose both waves."""
    guards = (later.computation.guard, earlier.computation.guard)
    return max(guards, key=lambda guard: guard.needed or 0)


def _round_mix_effect(mix_effect: float, rules: DisclosureGuard) -> float:
    """Round the effect of the role mix to whole points, halves up, unless nothing is guarded."""
    return mix_effect if rules.needed is None else float(round_half_up(mix_effect))


def _find_thin_items(earlier: ScoredWave, later: ScoredWave, rules: DisclosureGuard) -> BoolArray:
    """Mark items with 1 to k answers of a role in either wave: its mean would disclose single answers."""
    old, new = earlier.computation, later.computation
    counts = np.concatenate([new.tally.counts, _align_counts(earlier, later, old.tally.counts)])
    counting = np.concatenate([new.counting.counts, _align_counts(earlier, later, old.counting.counts)])
    pairs = zip(counts.T, counting.T, strict=True)
    return np.asarray(
        [rules.has_too_small_role(all_, counting_answers) for all_, counting_answers in pairs], dtype=np.bool_
    )


def _get_function_score(scored_wave: ScoredWave, function: str) -> float | None:
    function_result = scored_wave.wave.result.functions.get(function)
    return function_result.score if function_result else None


def _standardise_scores(earlier: ScoredWave, later: ScoredWave) -> FloatArray:
    """Item scores from the later wave's role means and the earlier wave's role weights.

    A role without answers in the later wave keeps its earlier mean, since it gave no different answers.
    """
    blueprint, tally = later.computation.blueprint, later.computation.tally
    counts, sums = _align_earlier_tally(earlier, later)
    shares = compute_role_weights(counts, blueprint.role_weights, blueprint.questionnaire.scoring.full_weight_answers)
    stayed = tally.counts > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nan_to_num(np.where(stayed, tally.sums / tally.counts, sums / counts))
        return np.asarray(POINTS_PER_RUNG * (shares * means).sum(axis=0) / shares.sum(axis=0))


def _align_earlier_tally(earlier: ScoredWave, later: ScoredWave) -> tuple[CountArray, CountArray]:
    """Counts and sums by role of the earlier wave, in the item order of the later questionnaire."""
    tally = earlier.computation.tally
    return _align_counts(earlier, later, tally.counts), _align_counts(earlier, later, tally.sums)


def _align_counts(earlier: ScoredWave, later: ScoredWave, counts: CountArray) -> CountArray:
    """Reorder the earlier wave's counts to the roles and items of the later questionnaire."""
    old, new = earlier.computation.blueprint, later.computation.blueprint
    twins = {get_item_identity(item): column for column, item in enumerate(old.questionnaire.items)}
    columns = [twins.get(get_item_identity(item)) for item in new.questionnaire.items]
    shared = [place for place, column in enumerate(columns) if column is not None]
    old_columns = [column for column in columns if column is not None]
    moved = np.zeros((len(new.roles), len(columns)), dtype=np.int64)
    for row, role in enumerate(new.roles):
        if role in old.roles:
            moved[row, shared] = counts[old.roles.index(role), old_columns]
    return moved


def _find_refused_functions(earlier: ScoredWave, later: ScoredWave) -> dict[str, str]:
    """Functions in which a role has 1 to k people in either wave, with the reason."""
    reasons = {}
    for scored_wave in (earlier, later):
        computation = scored_wave.computation
        for number, function in enumerate(computation.blueprint.functions):
            members, roles = computation.answers.functions[:, number], len(computation.blueprint.roles)
            people = np.bincount(computation.role[members], minlength=roles)
            counting = np.bincount(computation.role[members & computation.counts], minlength=roles)
            if computation.guard.has_too_small_role(people, counting):
                reasons[function.id] = f"fewer than {computation.guard.needed} people in one role"
    return reasons
