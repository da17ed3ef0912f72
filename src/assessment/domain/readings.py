"""Inputs of the advice rules: figures of a result, each with its goodness x from 0 to 100 (method 8)."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import Condition, Figure
from assessment.domain.result import Bound, FunctionResult, ItemResult, Result, SetUpToFailResult, ShareBand

RAW = 25.0  # one rung of a ladder in points
SURE = ("confirmed", "strong")


class Reading(Struct, frozen=True):
    """A figure of the result, and `x`: the same figure on a scale from 0 (bad) to 100 (good)."""

    value: float | None
    x: float
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    bound: Bound | None = None
    band: ShareBand | None = None


class Source(Struct, frozen=True):
    """Source of rule inputs; a figure whose high values are bad counts as x = `high_is_bad_from` - figure."""

    result: Result
    high_is_bad_from: float
    flagged_support: float | None


def read(source: Source, condition: Condition) -> Reading | None:
    """Read the figure that a condition refers to; None if it is not valid or hidden."""
    reading = READERS[condition.figure](source, condition)
    return None if reading is None else _clipped(reading)


def _clipped(reading: Reading) -> Reading:
    return replace(reading, x=min(100.0, max(0.0, reading.x)))


def _item(source: Source, condition: Condition) -> Reading | None:
    for name, function in source.result.functions.items():
        for dimension, part in function.dimensions.items():
            if condition.item in part.items:
                return _of_item(part.items[condition.item], condition.item, name, dimension)
    found = source.result.personal.get(condition.item or "")
    return None if found is None else _of_item(found, condition.item, None, None)


def _of_item(item: ItemResult, name: str | None, function: str | None, dimension: str | None) -> Reading | None:
    if item.score is None:
        return None
    return Reading(item.score, item.score, item=name, function=function, dimension=dimension, bound=item.bound)


def _dimension(source: Source, condition: Condition) -> Reading | None:
    function = source.result.functions.get(condition.function or "")
    part = function.dimensions.get(condition.dimension or "") if function else None
    if part is None or part.score is None:
        return None
    return Reading(part.score, part.score, function=condition.function, dimension=condition.dimension)


def _function(source: Source, condition: Condition) -> Reading | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.score is None:
        return None
    return Reading(function.score, function.score, function=condition.function)


def _hand_off(source: Source, condition: Condition) -> Reading | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.hand_off.score is None:
        return None
    return Reading(function.hand_off.score, function.hand_off.score, function=condition.function)


def _worst_hand_off(source: Source, condition: Condition) -> Reading | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.hand_off.worst_score is None:
        return None
    score, channel = function.hand_off.worst_score, function.hand_off.worst
    return Reading(score / RAW, score, function=condition.function, channel=channel)


def _embedding(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.embedding
    return None if index is None or index.score is None else Reading(index.score, index.score)


def _authority(name: str, *, bad: bool) -> Callable[[Source, Condition], Reading | None]:
    def reader(source: Source, _: Condition) -> Reading | None:
        index: SetUpToFailResult | None = source.result.indices.set_up_to_fail
        value: float | None = getattr(index, name) if index else None
        if index is None or value is None:
            return None
        x = source.high_is_bad_from - abs(value) if bad else value
        return Reading(value, x, bound=index.bounds.get(name))

    return reader


def _red_flags(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.set_up_to_fail
    if index is None or source.flagged_support is None:
        return None
    exact = index.red_flags is not None
    value = float(index.red_flags) if index.red_flags is not None else None
    return Reading(value, source.flagged_support, band=None if exact else index.red_flags_band)


def _confirmed_gap(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.perception_gap
    sure = {name: gap for name, gap in index.shown.items() if gap.verdict in SURE} if index else {}
    if not sure:
        return None
    name = max(sure, key=lambda dimension: round(abs(sure[dimension].gap), 6))
    size = abs(sure[name].gap)
    return Reading(size, source.high_is_bad_from - size, dimension=name)


def _gap_figure(name: str, *, bad: bool) -> Callable[[Source, Condition], Reading | None]:
    def reader(source: Source, _: Condition) -> Reading | None:
        index = source.result.indices.perception_gap
        value: float | None = getattr(index, name) if index else None
        if index is None or value is None:
            return None
        return Reading(value, source.high_is_bad_from - value if bad else value, bound=index.bounds.get(name))

    return reader


def _goal_answers(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.perception_gap
    if index is None or index.goal_agreement_n is None:
        return None
    fewer = float(min(index.goal_agreement_n.leader, index.goal_agreement_n.practitioner))
    return Reading(fewer, fewer)


def _balance(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.balance
    return None if index is None or index.score is None else Reading(index.score, index.score)


def _spread(source: Source, _: Condition) -> Reading | None:
    index = source.result.indices.balance
    return (
        None if index is None or index.spread is None else Reading(index.spread, source.high_is_bad_from - index.spread)
    )


def _outlook(name: str) -> Callable[[Source, Condition], Reading | None]:
    def reader(source: Source, _: Condition) -> Reading | None:
        index = source.result.indices.outlook
        value: float | None = getattr(index, name) if index else None
        return None if index is None or value is None else Reading(value, value, bound=index.bounds.get(name))

    return reader


def _lowest(figure: Callable[[FunctionResult], float | None]) -> Callable[[Source, Condition], Reading | None]:
    def reader(source: Source, _: Condition) -> Reading | None:
        known = {name: value for name, f in source.result.functions.items() if (value := figure(f)) is not None}
        if not known:
            return None
        name = min(known, key=lambda function: round(known[function], 6))
        return Reading(known[name], 100 * known[name], function=name)

    return reader


READERS: Mapping[Figure, Callable[[Source, Condition], Reading | None]] = {
    Figure.ITEM: _item,
    Figure.DIMENSION: _dimension,
    Figure.FUNCTION: _function,
    Figure.HAND_OFF: _hand_off,
    Figure.WORST_HAND_OFF: _worst_hand_off,
    Figure.EMBEDDING: _embedding,
    Figure.SET_UP_TO_FAIL: _authority("score", bad=True),
    Figure.RED_FLAGS: _red_flags,
    Figure.AUTHORITY: _authority("authority", bad=False),
    Figure.AUTHORITY_MINUS_SUPPORT: _authority("difference", bad=True),
    Figure.CONFIRMED_GAP: _confirmed_gap,
    Figure.LEADER_DONT_KNOW: _gap_figure("leader_dont_know", bad=True),
    Figure.GOAL_AGREEMENT: _gap_figure("goal_agreement", bad=False),
    Figure.GOAL_ANSWERS: _goal_answers,
    Figure.BALANCE: _balance,
    Figure.SPREAD: _spread,
    Figure.INDEPENDENCE: _outlook("independence"),
    Figure.READINESS: _outlook("readiness"),
    Figure.AGREEMENT: _lowest(lambda function: function.agreement),
    Figure.COVERAGE: _lowest(lambda function: function.coverage),
}
