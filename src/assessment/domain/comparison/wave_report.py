"""Wave report for the API: every figure before and after, and the attribution of its change.

Built from a comparison (method 7) and the attribution stored at the later close; nothing is computed from answers.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from assessment.domain.comparison.attribution import Attribution
from assessment.domain.comparison.published_scores import (
    RescoringReason,
    find_rescoring_reasons,
    list_published_scores,
)
from assessment.domain.comparison.waves import (
    Break,
    CommonItemScores,
    FigureChange,
    Projection,
    Wave,
    WaveComparison,
    align_common_items,
    compare_waves,
    compute_common_shares,
    get_item_identity,
)
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.result import Bound, Interval, QuestionnaireReference, Result
from assessment.domain.scoring.figure_paths import EMBEDDING_PATH, OVERALL_PATH, get_dimension_path, get_function_path
from assessment.domain.scoring.indices.balance import compute_balance_score
from assessment.domain.scoring.rescoring import get_settings, list_item_results

UNTESTED_REASON = "no interval in both waves that rests on mostly the same items"
NO_INTERVAL_REASON = "no interval is released for this figure"


class Side(Struct, frozen=True):
    """Reference to a wave; `assessment` and `title` are None if it was read from a file."""

    questionnaire: QuestionnaireReference
    computed_at: str | None
    respondents: int
    assessment: str | None = None
    title: str | None = None


class Share(Struct, frozen=True):
    """Share 0-1 of the later wave's items that the earlier one also has, and the share needed to compare."""

    common: float
    needed: float


class CommonItems(Struct, frozen=True):
    """Shares of common items, overall and by dimension."""

    overall: Share
    dimensions: dict[str, Share]


class Moved(Struct, frozen=True, kw_only=True):
    """A figure 0-100 in both waves, on common items and with the later wave's weights.

    `published`: the earlier wave's own released score, which can differ from `before`. `interval` is that of the
    change; `changed` is null, with a `reason`, if the change could not be tested.
    `attribution` splits the change between the two released figures.
    """

    before: float
    after: float
    change: float
    interval: Interval | None = None
    changed: bool | None = None
    reason: str | None = None
    attribution: Attribution | None = None
    published: float | None = None


class MovedFunction(Moved, frozen=True, kw_only=True):
    """A function and its dimensions in both waves."""

    dimensions: dict[str, Moved]


class MovedItem(Struct, frozen=True):
    """An item that both waves show; `bounds` mark "10 or less" and "90 or more"."""

    before: float
    after: float
    change: float
    bounds: dict[str, Bound] = field(default_factory=dict)


class Waves(Struct, frozen=True):
    """Comparison of two waves. Figures that can't be compared are null; `attribution_missing` is a reason.

    `rescored_because`: why `before` may differ from `published`: items that only one wave asked (`items`) or shows
    (`hidden`) are left out, `weights` are those of the later wave, item scores are published rounded (`rounding`).
    """

    earlier: Side
    later: Side
    common_items: CommonItems
    weights: dict[str, float]
    breaks: tuple[Break, ...]
    overall: Moved | None
    functions: dict[str, MovedFunction]
    indices: dict[str, Moved | None]
    items: dict[str, MovedItem]
    projection: Projection | None
    attribution_missing: str | None = None
    rescored_because: tuple[RescoringReason, ...] = ()


class WaveLabels(Struct, frozen=True):
    """Id and title of an assessment."""

    assessment: str | None = None
    title: str | None = None


NO_LABELS = WaveLabels()


def build_wave_report(
    earlier: Wave,
    later: Wave,
    attribution: Mapping[str, Attribution] | str,
    names: tuple[WaveLabels, WaveLabels] = (NO_LABELS, NO_LABELS),
) -> Waves:
    """Build the report of two waves; `attribution` by path, or the reason why there is none."""
    comparison, common = compare_waves(earlier, later), align_common_items(earlier, later)
    attributions = {} if isinstance(attribution, str) else attribution
    published = list_published_scores(earlier)
    changes = {
        path: replace(_build_figure_change(change, attributions.get(path)), published=published.get(path))
        for path, change in comparison.changes.items()
    }
    return Waves(
        earlier=_build_wave_reference(earlier.result, names[0]),
        later=_build_wave_reference(later.result, names[1]),
        common_items=_build_common_items(earlier.questionnaire, later.questionnaire),
        weights=get_settings(later.result).weights,
        breaks=comparison.breaks,
        overall=changes.get(OVERALL_PATH),
        functions=dict(_build_function_changes(later, changes)),
        indices=_build_index_changes(earlier, later, comparison, common),
        items=_build_item_changes(earlier, later, comparison),
        projection=comparison.projection,
        attribution_missing=attribution if isinstance(attribution, str) else None,
        rescored_because=find_rescoring_reasons(earlier, later),
    )


def _build_wave_reference(result: Result, names: WaveLabels) -> Side:
    return Side(result.questionnaire, result.computed_at, result.respondents.counted, names.assessment, names.title)


def _build_common_items(earlier: Questionnaire, later: Questionnaire) -> CommonItems:
    overall, dimensions = compute_common_shares(later, earlier)
    rules = later.comparison
    return CommonItems(
        Share(overall, rules.common_items),
        {name: Share(share, rules.common_items_per_dimension) for name, share in dimensions.items()},
    )


def _build_figure_change(change: FigureChange, attribution: Attribution | None = None) -> Moved:
    margin = change.margin
    return Moved(
        before=change.earlier,
        after=change.later,
        change=change.change,
        interval=None if margin is None else (change.change - margin, change.change + margin),
        changed=change.changed,
        reason=UNTESTED_REASON if change.changed is None else None,
        attribution=attribution,
    )


def _build_function_changes(later: Wave, changes: Mapping[str, Moved]) -> Iterator[tuple[str, MovedFunction]]:
    for function in later.questionnaire.functions:
        change = changes.get(get_function_path(function.id))
        if change is None:
            continue
        paths = {
            dimension.id: get_dimension_path(function.id, dimension.id) for dimension in later.questionnaire.dimensions
        }
        own = {name: changes[path] for name, path in paths.items() if path in changes}
        fields = {name: getattr(change, name) for name in Moved.__struct_fields__}
        yield function.id, MovedFunction(**fields, dimensions=own)


def _build_item_changes(earlier: Wave, later: Wave, comparison: WaveComparison) -> dict[str, MovedItem]:
    before, after = list_item_results(earlier.result), list_item_results(later.result)
    earlier_ids = {get_item_identity(item): item.id for item in earlier.questionnaire.items}
    changes = {}
    for name, change in comparison.items.items():
        earlier_item, later_item = before[earlier_ids[get_item_identity(later.questionnaire.item[name])]], after[name]
        if earlier_item.score is None or later_item.score is None:
            continue
        bounds = {
            place: item_result.bound
            for place, item_result in (("before", earlier_item), ("after", later_item))
            if item_result.bound
        }
        changes[name] = MovedItem(earlier_item.score, later_item.score, change, bounds)
    return changes


def _build_index_changes(
    earlier: Wave, later: Wave, comparison: WaveComparison, common: CommonItemScores
) -> dict[str, Moved | None]:
    """Changes of the indices.

    Indices made of scores are computed from common items. Indices that are means over people are compared as
    released, if both waves ask all items behind them.
    """
    changes: dict[str, Moved | None] = {}
    embedding = comparison.changes.get(EMBEDDING_PATH)
    changes["embedding"] = None if embedding is None else _build_figure_change(embedding)
    is_broken = any(gap.dimension is None for gap in comparison.breaks)
    changes["balance"] = None if is_broken else _compare_balance(later.questionnaire, comparison)
    changes["beyond_one_network"] = None if is_broken else _compare_hand_offs(common)
    item_identities = (
        {get_item_identity(item) for item in earlier.questionnaire.items},
        {get_item_identity(item) for item in later.questionnaire.items},
    )
    for name, items in _list_index_items(later.questionnaire):
        alike = {get_item_identity(item) for item in items} <= item_identities[0] and _has_only_known_items(
            name, earlier.questionnaire, item_identities[1]
        )
        changes[name] = _compare_released_index(earlier.result, later.result, name) if alike else None
    return changes


def _has_only_known_items(name: str, questionnaire: Questionnaire, identities: set[tuple[str, int]]) -> bool:
    return all(
        get_item_identity(item) in identities
        for own, items in _list_index_items(questionnaire)
        if own == name
        for item in items
    )


def _list_index_items(questionnaire: Questionnaire) -> Iterator[tuple[str, list[Item]]]:
    """Yield the indices that are means over people, with the items behind them."""
    indices = questionnaire.indices
    risk, gap, roles = indices.set_up_to_fail, indices.perception_gap, indices.outlook
    if risk:
        yield "set_up_to_fail", [questionnaire.item[name] for name in (*risk.authority, *risk.support)]
    if gap:
        sides = {gap.leader, gap.practitioner}
        practices = [item for item in questionnaire.items if item.kind is Kind.PRACTICE and sides <= set(item.roles)]
        yield "perception_gap", practices
    if roles:
        yield "independence", [questionnaire.item[name] for name in roles.independence]
        yield "readiness", [questionnaire.item[name] for name in roles.readiness]


def _compare_released_index(earlier: Result, later: Result, name: str) -> Moved | None:
    if name == "perception_gap" and not _has_same_dimensions(earlier, later):
        return None
    return _build_untested_change(_get_index_score(earlier, name), _get_index_score(later, name))


def _has_same_dimensions(earlier: Result, later: Result) -> bool:
    """Return whether both gaps are means over the same dimensions; otherwise they are different figures."""
    earlier_gap, later_gap = earlier.indices.perception_gap, later.indices.perception_gap
    return (
        earlier_gap is not None
        and later_gap is not None
        and earlier_gap.visible_dimensions.keys() == later_gap.visible_dimensions.keys()
    )


def _get_index_score(result: Result, name: str) -> float | None:
    if name in ("independence", "readiness"):
        return getattr(result.indices.outlook, name, None)
    return getattr(getattr(result.indices, name), "score", None)


def _build_untested_change(before: float | None, after: float | None) -> Moved | None:
    if before is None or after is None:
        return None
    return Moved(before=before, after=after, change=after - before, reason=NO_INTERVAL_REASON)


def _compare_balance(questionnaire: Questionnaire, compared: WaveComparison) -> Moved | None:
    rules = questionnaire.indices.balance
    paths = [get_function_path(function.id) for function in questionnaire.functions]
    both = [(path, compared.changes[path]) for path in paths if path in compared.changes]
    if rules is None or not both:
        return None
    before, after = [change.earlier for _, change in both], [change.later for _, change in both]
    return _build_untested_change(compute_balance_score(before), compute_balance_score(after))


def _compare_hand_offs(common: CommonItemScores) -> Moved | None:
    """Compare the means of the hand-off scores over functions that have one in both waves."""
    before, after = (common.rescoring.compute_figures(items).hand_offs for items in (common.earlier, common.later))
    both = ~np.isnan(before) & ~np.isnan(after)
    return _build_untested_change(float(before[both].mean()), float(after[both].mean())) if both.any() else None
