"""Inputs of the advice rules: figures of a result, each with its goodness x from 0 to 100 (method 8)."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.questionnaire import FigureName, RuleCondition
from assessment.domain.result import (
    CONFIRMED_VERDICTS,
    Bound,
    FunctionResult,
    ItemResult,
    Result,
    SetUpToFailResult,
    ShareBand,
)
from assessment.domain.scoring.tally import POINTS_PER_RUNG


class RuleInput(Struct, frozen=True):
    """A figure of the result, and `x`: the same figure on a scale from 0 (bad) to 100 (good)."""

    value: float | None
    x: float
    item: str | None = None
    function: str | None = None
    dimension: str | None = None
    channel: str | None = None
    bound: Bound | None = None
    band: ShareBand | None = None


class RuleInputSource(Struct, frozen=True):
    """Source of rule inputs; a figure whose high values are bad counts as x = `high_is_bad_from` - figure."""

    result: Result
    high_is_bad_from: float
    flagged_support: float | None


def read_figure(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    """Read the figure that a condition refers to; None if it is not valid or hidden."""
    rule_input = FIGURE_READERS[condition.figure](source, condition)
    return None if rule_input is None else _clip_goodness(rule_input)


def _clip_goodness(rule_input: RuleInput) -> RuleInput:
    return replace(rule_input, x=min(100.0, max(0.0, rule_input.x)))


def _read_item(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    for name, function in source.result.functions.items():
        for dimension, part in function.dimensions.items():
            if condition.item in part.items:
                return _build_item_input(part.items[condition.item], condition.item, name, dimension)
    item = source.result.personal.get(condition.item or "")
    return None if item is None else _build_item_input(item, condition.item, None, None)


def _build_item_input(
    item: ItemResult, name: str | None, function: str | None, dimension: str | None
) -> RuleInput | None:
    if item.score is None:
        return None
    return RuleInput(item.score, item.score, item=name, function=function, dimension=dimension, bound=item.bound)


def _read_dimension(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    function = source.result.functions.get(condition.function or "")
    part = function.dimensions.get(condition.dimension or "") if function else None
    if part is None or part.score is None:
        return None
    return RuleInput(part.score, part.score, function=condition.function, dimension=condition.dimension)


def _read_function(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.score is None:
        return None
    return RuleInput(function.score, function.score, function=condition.function)


def _read_hand_off(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.hand_off.score is None:
        return None
    return RuleInput(function.hand_off.score, function.hand_off.score, function=condition.function)


def _read_worst_hand_off(source: RuleInputSource, condition: RuleCondition) -> RuleInput | None:
    function = source.result.functions.get(condition.function or "")
    if function is None or function.hand_off.worst_score is None:
        return None
    score, channel = function.hand_off.worst_score, function.hand_off.worst
    return RuleInput(score / POINTS_PER_RUNG, score, function=condition.function, channel=channel)


def _read_embedding(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.embedding
    return None if index is None or index.score is None else RuleInput(index.score, index.score)


def _make_set_up_to_fail_reader(
    name: str, *, bad: bool
) -> Callable[[RuleInputSource, RuleCondition], RuleInput | None]:
    def reader(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
        index: SetUpToFailResult | None = source.result.indices.set_up_to_fail
        value: float | None = getattr(index, name) if index else None
        if index is None or value is None:
            return None
        x = source.high_is_bad_from - abs(value) if bad else value
        return RuleInput(value, x, bound=index.bounds.get(name))

    return reader


def _read_red_flags(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.set_up_to_fail
    if index is None or source.flagged_support is None:
        return None
    exact = index.red_flags is not None
    value = float(index.red_flags) if index.red_flags is not None else None
    return RuleInput(value, source.flagged_support, band=None if exact else index.red_flags_band)


def _read_confirmed_gap(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.perception_gap
    sure = (
        {name: gap for name, gap in index.visible_dimensions.items() if gap.verdict in CONFIRMED_VERDICTS}
        if index
        else {}
    )
    if not sure:
        return None
    name = max(sure, key=lambda dimension: round(abs(sure[dimension].gap), 6))
    size = abs(sure[name].gap)
    return RuleInput(size, source.high_is_bad_from - size, dimension=name)


def _make_gap_reader(name: str, *, bad: bool) -> Callable[[RuleInputSource, RuleCondition], RuleInput | None]:
    def reader(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
        index = source.result.indices.perception_gap
        value: float | None = getattr(index, name) if index else None
        if index is None or value is None:
            return None
        return RuleInput(value, source.high_is_bad_from - value if bad else value, bound=index.bounds.get(name))

    return reader


def _read_goal_answers(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.perception_gap
    if index is None or index.goal_agreement_n is None:
        return None
    fewer = float(min(index.goal_agreement_n.leader, index.goal_agreement_n.practitioner))
    return RuleInput(fewer, fewer)


def _read_balance(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.balance
    return None if index is None or index.score is None else RuleInput(index.score, index.score)


def _read_spread(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
    index = source.result.indices.balance
    return (
        None
        if index is None or index.spread is None
        else RuleInput(index.spread, source.high_is_bad_from - index.spread)
    )


def _make_outlook_reader(name: str) -> Callable[[RuleInputSource, RuleCondition], RuleInput | None]:
    def reader(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
        index = source.result.indices.outlook
        value: float | None = getattr(index, name) if index else None
        return None if index is None or value is None else RuleInput(value, value, bound=index.bounds.get(name))

    return reader


def _make_lowest_reader(
    figure: Callable[[FunctionResult], float | None],
) -> Callable[[RuleInputSource, RuleCondition], RuleInput | None]:
    def reader(source: RuleInputSource, _: RuleCondition) -> RuleInput | None:
        values = {name: value for name, f in source.result.functions.items() if (value := figure(f)) is not None}
        if not values:
            return None
        name = min(values, key=lambda function: round(values[function], 6))
        return RuleInput(values[name], 100 * values[name], function=name)

    return reader


FIGURE_READERS: Mapping[FigureName, Callable[[RuleInputSource, RuleCondition], RuleInput | None]] = {
    FigureName.ITEM: _read_item,
    FigureName.DIMENSION: _read_dimension,
    FigureName.FUNCTION: _read_function,
    FigureName.HAND_OFF: _read_hand_off,
    FigureName.WORST_HAND_OFF: _read_worst_hand_off,
    FigureName.EMBEDDING: _read_embedding,
    FigureName.SET_UP_TO_FAIL: _make_set_up_to_fail_reader("score", bad=True),
    FigureName.RED_FLAGS: _read_red_flags,
    FigureName.AUTHORITY: _make_set_up_to_fail_reader("authority", bad=False),
    FigureName.AUTHORITY_MINUS_SUPPORT: _make_set_up_to_fail_reader("difference", bad=True),
    FigureName.CONFIRMED_GAP: _read_confirmed_gap,
    FigureName.LEADER_DONT_KNOW: _make_gap_reader("leader_dont_know", bad=True),
    FigureName.GOAL_AGREEMENT: _make_gap_reader("goal_agreement", bad=False),
    FigureName.GOAL_ANSWERS: _read_goal_answers,
    FigureName.BALANCE: _read_balance,
    FigureName.SPREAD: _read_spread,
    FigureName.INDEPENDENCE: _make_outlook_reader("independence"),
    FigureName.READINESS: _make_outlook_reader("readiness"),
    FigureName.AGREEMENT: _make_lowest_reader(lambda function: function.agreement),
    FigureName.COVERAGE: _make_lowest_reader(lambda function: function.coverage),
}
