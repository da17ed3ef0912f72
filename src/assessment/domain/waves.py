"""Wave report for the API: every figure before and after, and the attribution of its change.

Built from a comparison (method 7) and the attribution stored at the later close; nothing is computed from answers.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct, field

from assessment.domain.attribution import Attribution
from assessment.domain.comparison import (
    Break,
    Change,
    Common,
    Comparison,
    Projection,
    Wave,
    common_items,
    compare,
    in_common,
    twin,
)
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.result import Bound, Interval, QuestionnaireReference, Result
from assessment.domain.scoring.balance import lowest_of_highest
from assessment.domain.scoring.naming import EMBEDDING, OVERALL, dimension_path, function_path
from assessment.domain.scoring.rescoring import item_results, settings_of

UNTESTED = "no interval in both waves that rests on mostly the same items"
NO_INTERVAL = "no interval is released for this figure"


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

    `interval` is that of the change; `changed` is null, with a `reason`, if the change could not be tested.
    `attribution` splits the change between the two released figures.
    """

    before: float
    after: float
    change: float
    interval: Interval | None = None
    changed: bool | None = None
    reason: str | None = None
    attribution: Attribution | None = None


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
    """Comparison of two waves. Figures that can't be compared are null; `attribution_missing` is a reason."""

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


class Labels(Struct, frozen=True):
    """Id and title of an assessment."""

    assessment: str | None = None
    title: str | None = None


UNNAMED = Labels()


def waves(
    earlier: Wave,
    later: Wave,
    attribution: Mapping[str, Attribution] | str,
    names: tuple[Labels, Labels] = (UNNAMED, UNNAMED),
) -> Waves:
    """Build the report of two waves; `attribution` by path, or the reason why there is none."""
    compared, common = compare(earlier, later), common_items(earlier, later)
    split = {} if isinstance(attribution, str) else attribution
    moved = {path: _moved(change, split.get(path)) for path, change in compared.changes.items()}
    return Waves(
        earlier=_side(earlier.result, names[0]),
        later=_side(later.result, names[1]),
        common_items=_common_items(earlier.questionnaire, later.questionnaire),
        weights=settings_of(later.result).weights,
        breaks=compared.breaks,
        overall=moved.get(OVERALL),
        functions=dict(_functions(later, moved)),
        indices=_indices(earlier, later, compared, common),
        items=_items(earlier, later, compared),
        projection=compared.projection,
        attribution_missing=attribution if isinstance(attribution, str) else None,
    )


def _side(result: Result, names: Labels) -> Side:
    return Side(result.questionnaire, result.computed_at, result.respondents.counted, names.assessment, names.title)


def _common_items(earlier: Questionnaire, later: Questionnaire) -> CommonItems:
    whole, dimensions = in_common(later, earlier)
    rules = later.comparison
    return CommonItems(
        Share(whole, rules.common_items),
        {name: Share(share, rules.common_items_per_dimension) for name, share in dimensions.items()},
    )


def _moved(change: Change, attribution: Attribution | None = None) -> Moved:
    margin = change.margin
    return Moved(
        before=change.earlier,
        after=change.later,
        change=change.change,
        interval=None if margin is None else (change.change - margin, change.change + margin),
        changed=change.changed,
        reason=UNTESTED if change.changed is None else None,
        attribution=attribution,
    )


def _functions(later: Wave, moved: Mapping[str, Moved]) -> Iterator[tuple[str, MovedFunction]]:
    for function in later.questionnaire.functions:
        found = moved.get(function_path(function.id))
        if found is None:
            continue
        paths = {one.id: dimension_path(function.id, one.id) for one in later.questionnaire.dimensions}
        own = {name: moved[path] for name, path in paths.items() if path in moved}
        fields = {name: getattr(found, name) for name in Moved.__struct_fields__}
        yield function.id, MovedFunction(**fields, dimensions=own)


def _items(earlier: Wave, later: Wave, compared: Comparison) -> dict[str, MovedItem]:
    before, after = item_results(earlier.result), item_results(later.result)
    theirs = {twin(item): item.id for item in earlier.questionnaire.items}
    found = {}
    for name, change in compared.items.items():
        one, two = before[theirs[twin(later.questionnaire.item[name])]], after[name]
        if one.score is None or two.score is None:
            continue
        bounds = {place: each.bound for place, each in (("before", one), ("after", two)) if each.bound}
        found[name] = MovedItem(one.score, two.score, change, bounds)
    return found


def _indices(earlier: Wave, later: Wave, compared: Comparison, common: Common) -> dict[str, Moved | None]:
    """Changes of the indices.

    Indices made of scores are computed from common items. Indices that are means over people are compared as
    released, if both waves ask all items behind them.
    """
    found: dict[str, Moved | None] = {}
    embedding = compared.changes.get(EMBEDDING)
    found["embedding"] = None if embedding is None else _moved(embedding)
    broken = any(gap.dimension is None for gap in compared.breaks)
    found["balance"] = None if broken else _balance(later.questionnaire, compared)
    found["beyond_one_network"] = None if broken else _hand_offs(common)
    asked = {twin(item) for item in earlier.questionnaire.items}, {twin(item) for item in later.questionnaire.items}
    for name, items in _asked_by(later.questionnaire):
        alike = {twin(item) for item in items} <= asked[0] and _asks_no_more(name, earlier.questionnaire, asked[1])
        found[name] = _released(earlier.result, later.result, name) if alike else None
    return found


def _asks_no_more(name: str, questionnaire: Questionnaire, known: set[tuple[str, int]]) -> bool:
    return all(twin(item) in known for own, items in _asked_by(questionnaire) if own == name for item in items)


def _asked_by(questionnaire: Questionnaire) -> Iterator[tuple[str, list[Item]]]:
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


def _released(earlier: Result, later: Result, name: str) -> Moved | None:
    if name == "perception_gap" and not _same_dimensions(earlier, later):
        return None
    return _plain(_score(earlier, name), _score(later, name))


def _same_dimensions(earlier: Result, later: Result) -> bool:
    """Return whether both gaps are means over the same dimensions; otherwise they are different figures."""
    one, two = earlier.indices.perception_gap, later.indices.perception_gap
    return one is not None and two is not None and one.shown.keys() == two.shown.keys()


def _score(result: Result, name: str) -> float | None:
    if name in ("independence", "readiness"):
        return getattr(result.indices.outlook, name, None)
    return getattr(getattr(result.indices, name), "score", None)


def _plain(before: float | None, after: float | None) -> Moved | None:
    if before is None or after is None:
        return None
    return Moved(before=before, after=after, change=after - before, reason=NO_INTERVAL)


def _balance(questionnaire: Questionnaire, compared: Comparison) -> Moved | None:
    rules = questionnaire.indices.balance
    paths = [function_path(function.id) for function in questionnaire.functions]
    both = [(path, compared.changes[path]) for path in paths if path in compared.changes]
    if rules is None or not both:
        return None
    before, after = [change.earlier for _, change in both], [change.later for _, change in both]
    return _plain(lowest_of_highest(before), lowest_of_highest(after))


def _hand_offs(common: Common) -> Moved | None:
    """Compare the means of the hand-off scores over functions that have one in both waves."""
    before, after = (common.rescoring.figures(items).hand_offs for items in (common.earlier, common.later))
    both = ~np.isnan(before) & ~np.isnan(after)
    return _plain(float(before[both].mean()), float(after[both].mean())) if both.any() else None
