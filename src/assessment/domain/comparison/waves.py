"""Comparison of two waves on common items with the newer weights, with a test against chance (method 7).

Uses released results only, never answers, so that a comparison discloses nothing new (method 6.2).
"""

from collections.abc import Iterator
from datetime import date
from math import hypot

import numpy as np
from msgspec import Struct, field

from assessment.domain.display import get_difference_bound
from assessment.domain.distributions import compute_normal_quantile, compute_student_quantile
from assessment.domain.questionnaire import Item, Questionnaire
from assessment.domain.result import Bound, Interval, Result
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.figure_paths import (
    EMBEDDING_PATH,
    OVERALL_PATH,
    get_dimension_path,
    get_function_path,
    list_results_by_path,
    list_scores_by_path,
)
from assessment.domain.scoring.rescoring import (
    ItemScores,
    Rescoring,
    build_rescoring,
    find_out_of_scope_items,
    get_settings,
    list_item_results,
    list_item_scores,
)

DAYS_PER_YEAR = 365.25
QUANTILE_DECIMALS = 2  # the method states the normal quantile as 1.96 (method 7)


class FigureChange(Struct, frozen=True):
    """A figure in both waves, on common items.

    `margin` is 1.96 standard errors of the difference. `margin` and `changed` are None if a wave shows no
    interval for the figure, or computes it mostly from items that the other wave does not have.
    """

    earlier: float
    later: float
    change: float
    margin: float | None
    changed: bool | None


class Break(Struct, frozen=True):
    """Too few common items to compare: their share 0-1 of the later wave's items, overall or of a dimension."""

    common: float
    needed: float
    dimension: str | None = None


class Projection(Struct, frozen=True):
    """Linear extrapolation of embedding: a scenario, not a forecast (method 5).

    Paces are points per year; `years` to the goal, None if the pace does not differ from 0 beyond chance.
    """

    years_between: float
    pace: float
    interval: Interval | None
    needed_pace: float
    reached: bool
    years: float | None


class Wave(Struct, frozen=True):
    """One wave: its questionnaire and its result."""

    questionnaire: Questionnaire
    result: Result


class CommonItemScores(Struct, frozen=True):
    """Item scores of both waves in the later questionnaire's order, and the weights that aggregate both."""

    rescoring: Rescoring
    earlier: ItemScores
    later: ItemScores


class WaveComparison(Struct, frozen=True):
    """Changes between two waves; `changes` by path as in a result.

    After an overall break only the common items remain, and the embedding index if all its items are common.
    """

    breaks: tuple[Break, ...]
    changes: dict[str, FigureChange]
    items: dict[str, float]  # change of each item shown in both
    projection: Projection | None
    item_bounds: dict[str, Bound] = field(default_factory=dict)  # of changes with a clipped end


def compare_waves(earlier: Wave, later: Wave) -> WaveComparison:
    """Compare two waves; both are rescored with the weights of the later one."""
    common = align_common_items(earlier, later)
    breaks = tuple(_find_breaks(later.questionnaire, earlier.questionnaire))
    changes = dict(_compute_changes(earlier, later, common, {gap.dimension for gap in breaks}))
    if any(gap.dimension is None for gap in breaks):
        has_all_embedding_items = (
            _compute_shares_by_path(later.questionnaire, earlier.questionnaire).get(EMBEDDING_PATH) == 1
        )
        changes = {
            path: change for path, change in changes.items() if path == EMBEDDING_PATH and has_all_embedding_items
        }
    difference = common.later - common.earlier
    columns = np.flatnonzero(~np.isnan(difference)).tolist()
    return WaveComparison(
        breaks=breaks,
        changes=changes,
        items={later.questionnaire.items[column].id: float(difference[column]) for column in columns},
        projection=_compute_projection(earlier, later, changes.get(EMBEDDING_PATH)),
        item_bounds=dict(_find_item_bounds(earlier, later)),
    )


def _find_item_bounds(earlier: Wave, later: Wave) -> Iterator[tuple[str, Bound]]:
    """Bounds of changes from or to a clipped score, by the later wave's item."""
    before, after = list_item_results(earlier.result), list_item_results(later.result)
    twins = {get_item_identity(item): item.id for item in earlier.questionnaire.items}
    for item in later.questionnaire.items:
        later_item, earlier_item = after.get(item.id), before.get(twins.get(get_item_identity(item), ""))
        bound = get_difference_bound(later_item.bound, earlier_item.bound) if later_item and earlier_item else None
        if bound is not None:
            yield item.id, bound


def align_common_items(earlier: Wave, later: Wave) -> CommonItemScores:
    """Align both waves on their common items; an item that only one wave shows is dropped from both."""
    before, after = list_item_results(earlier.result), list_item_results(later.result)
    twins = {get_item_identity(item): item.id for item in earlier.questionnaire.items}
    names = [twins.get(get_item_identity(item), "") for item in later.questionnaire.items]
    moved = {
        item.id: before[name] for item, name in zip(later.questionnaire.items, names, strict=True) if name in before
    }
    earlier_scores, later_scores = (
        list_item_scores(later.questionnaire, moved),
        list_item_scores(later.questionnaire, after),
    )
    both = ~np.isnan(earlier_scores) & ~np.isnan(later_scores)
    scope = find_out_of_scope_items(later.questionnaire, moved) | find_out_of_scope_items(later.questionnaire, after)
    rolled = build_rescoring(later.questionnaire, get_settings(later.result), both, scope)
    return CommonItemScores(rolled, np.where(both, earlier_scores, np.nan), np.where(both, later_scores, np.nan))


def get_item_identity(item: Item) -> tuple[str, int]:
    """Key and revision: two items with the same pair are the same across questionnaire versions."""
    return item.key or item.id, item.revision


def compute_common_shares(
    questionnaire: Questionnaire, other_questionnaire: Questionnaire
) -> tuple[float, dict[str, float]]:
    """Share 0-1 of a questionnaire's items that `other_questionnaire` also has, overall and by dimension.

    Hand-off rows count towards their dimension.
    """
    other_identities = {get_item_identity(item) for item in other_questionnaire.items}
    places = [_get_dimension(questionnaire, column) for column in range(len(questionnaire.items))]
    shared = [
        (place, get_item_identity(item) in other_identities)
        for place, item in zip(places, questionnaire.items, strict=True)
        if place
    ]
    dimensions = {
        dimension.id: [both for place, both in shared if place == dimension.id]
        for dimension in questionnaire.dimensions
    }
    overall_share = float(np.mean([both for _, both in shared])) if shared else 0.0
    return overall_share, {name: float(np.mean(own)) for name, own in dimensions.items() if own}


def _find_breaks(questionnaire: Questionnaire, other_questionnaire: Questionnaire) -> Iterator[Break]:
    """Yield the overall break and those of dimensions with too few common items."""
    rules = questionnaire.comparison
    overall_share, dimensions = compute_common_shares(questionnaire, other_questionnaire)
    if cut_points.is_below(overall_share, rules.common_items):
        yield Break(overall_share, rules.common_items)
    for name, share in dimensions.items():
        if cut_points.is_below(share, rules.common_items_per_dimension):
            yield Break(share, rules.common_items_per_dimension, name)


def _get_dimension(questionnaire: Questionnaire, column: int) -> str | None:
    item = questionnaire.items[column]
    with_rows = next((dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs), None)
    return with_rows if item.channel is not None else item.dimension


def _compute_changes(
    earlier: Wave, later: Wave, common: CommonItemScores, broken_dimensions: set[str | None]
) -> Iterator[tuple[str, FigureChange]]:
    plan, weights = common.rescoring.blueprint, common.rescoring
    before, after = (
        list_scores_by_path(plan, weights.compute_figures(common.earlier)),
        list_scores_by_path(plan, weights.compute_figures(common.later)),
    )
    confidence = later.questionnaire.scoring.interval_confidence
    sides = (
        (list_results_by_path(earlier.result), _compute_shares_by_path(earlier.questionnaire, later.questionnaire)),
        (list_results_by_path(later.result), _compute_shares_by_path(later.questionnaire, earlier.questionnaire)),
    )
    for path in before.keys() & after.keys():
        dimension = path.rpartition(".dimensions.")[2]
        if dimension in broken_dimensions:
            continue
        rules = later.questionnaire.comparison
        needed = rules.common_items if dimension == path else rules.common_items_per_dimension
        errors = [
            None
            if path not in side or cut_points.is_below(shares.get(path, 0), needed)
            else compute_standard_error(
                side[path].score, side[path].interval, side[path].n, confidence, side[path].half_width
            )
            for side, shares in sides
        ]
        yield path, _compute_change(before[path], after[path], errors, later.questionnaire)


def _compute_shares_by_path(questionnaire: Questionnaire, other_questionnaire: Questionnaire) -> dict[str, float]:
    """Share 0-1 of the items behind each figure that another questionnaire also has, by path."""
    other_identities = {get_item_identity(item) for item in other_questionnaire.items}
    is_common: dict[str, list[bool]] = {}
    for column, item in enumerate(questionnaire.items):
        dimension = _get_dimension(questionnaire, column)
        if item.function is None or dimension is None:
            continue
        paths = [OVERALL_PATH, get_function_path(item.function), get_dimension_path(item.function, dimension)]
        for path in (*paths, *([EMBEDDING_PATH] if item.embedding else [])):
            is_common.setdefault(path, []).append(get_item_identity(item) in other_identities)
    return {path: float(np.mean(common)) for path, common in is_common.items()}


def compute_standard_error(
    score: float | None, interval: Interval | None, n: int | None, confidence: float, half_width: float | None = None
) -> float | None:
    """Standard error of a Student interval; method 1.0 stored no half-width, so the wider side is used."""
    if score is None or interval is None or n is None:
        return None
    width = max(score - interval[0], interval[1] - score) if half_width is None else half_width
    return float(width / compute_student_quantile(n - 1, (1 + confidence) / 2))


def _compute_change(
    earlier: float, later: float, errors: list[float | None], questionnaire: Questionnaire
) -> FigureChange:
    """Test a change: it must reach the minimum size and exceed 1.96 standard errors of the difference."""
    change = later - earlier
    known_errors = [error for error in errors if error is not None]
    if len(known_errors) < len(errors):
        return FigureChange(earlier, later, change, None, None)
    quantile = round(compute_normal_quantile((1 + questionnaire.scoring.interval_confidence) / 2), QUANTILE_DECIMALS)
    margin = quantile * hypot(*known_errors)
    large = cut_points.is_at_least(abs(change), questionnaire.comparison.changed_at)
    return FigureChange(
        earlier,
        later,
        change,
        margin,
        large and cut_points.is_above(abs(change), round(margin, cut_points.CUT_DECIMALS)),
    )


def _compute_projection(earlier: Wave, later: Wave, change: FigureChange | None) -> Projection | None:
    """Pace of embedding in points per year, and years to the goal at that pace (method 5)."""
    index, rules = later.result.indices.embedding, later.questionnaire.indices.outlook
    days = _count_days(earlier.result.computed_at, later.result.computed_at)
    if rules is None or change is None or index is None or index.score is None or not days:
        return None
    years = days / DAYS_PER_YEAR
    pace = change.change / years
    interval = None if change.margin is None else (pace - change.margin / years, pace + change.margin / years)
    reached = cut_points.is_at_least(index.score, rules.reached_at)
    telling = pace > 0 and interval is not None and interval[0] > 0
    return Projection(
        years_between=years,
        pace=pace,
        interval=interval,
        needed_pace=max(0.0, rules.reached_at - index.score) / rules.years,
        reached=reached,
        years=(rules.reached_at - index.score) / pace if telling and not reached else None,
    )


def _count_days(earlier: str | None, later: str | None) -> int:
    if earlier is None or later is None:
        return 0
    return max(0, (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days)
