"""Advice: which rules fire on a result, and in which order (method 8).

Importance times gap: after Martilla & James 1977 and Slack 1994.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.advice.rule_inputs import RuleInput, RuleInputSource, read_figure
from assessment.domain.advice.rule_subjects import list_function_rules, rank_next_dimensions
from assessment.domain.questionnaire import AdviceRule, FigureName, Questionnaire, RuleCondition
from assessment.domain.result import Advice, Comparison, FiredFigure, Result
from assessment.domain.scoring.cut_points import CUT_DECIMALS, is_at_least, is_at_most, is_below

MAX_NEXT_STEPS = 2  # that a function without other advice gets


class ConditionMatch(Struct, frozen=True):
    """A condition that is met, and the figure that meets it."""

    condition: RuleCondition
    rule_input: RuleInput


def select_advice(
    questionnaire: Questionnaire, result: Result, importance: Mapping[str, int], *, flagged_support: float | None = None
) -> tuple[Advice, ...]:
    """Return all advice that fires: pinned first, then by descending priority, ties by rule number.

    `importance` is the consultant's 1-5 by rule id; `flagged_support` is the 0-100 value that a red flag counts as.
    """
    source = RuleInputSource(result, questionnaire.prioritising.high_is_bad_from, flagged_support)
    by_rule = {rule.id: fired for rule in questionnaire.rules if (fired := _match_rule(source, rule))}
    steps = dict(_find_next_steps(questionnaire, result, by_rule))
    all_advice = [
        _build_advice(questionnaire, result, rule, fired, importance)
        for rule in questionnaire.rules
        if (fired := by_rule.get(rule.id, steps.get(rule.id, ())))
    ]
    all_advice.sort(key=lambda advice: (not advice.pinned, -round(advice.priority, CUT_DECIMALS), advice.number))
    now = questionnaire.prioritising.now
    return tuple(replace(advice, part="now" if place < now else "next") for place, advice in enumerate(all_advice))


def _match_rule(source: RuleInputSource, rule: AdviceRule) -> tuple[ConditionMatch, ...]:
    """Return the conditions that fire the rule; empty if it does not fire."""
    if any(_match_condition(source, condition) for condition in rule.unless):
        return ()
    if not all(_match_condition(source, condition) for condition in rule.only_if):
        return ()
    required = tuple(_match_condition(source, condition) for condition in rule.all)
    alternatives = tuple(_match_condition(source, condition) for condition in rule.any)
    fired = tuple(match for match in (*required, *alternatives) if match is not None)
    complete = None not in required and (not alternatives or any(match is not None for match in alternatives))
    return fired if complete else ()


def _find_next_steps(
    questionnaire: Questionnaire, result: Result, by_rule: Mapping[str, tuple[ConditionMatch, ...]]
) -> Iterator[tuple[str, tuple[ConditionMatch, ...]]]:
    """Yield the next steps that fire: for functions below their target with few or no other rules that fire."""
    for rule in questionnaire.rules:
        function = result.functions.get(rule.function or "")
        if (
            not rule.next_step
            or function is None
            or function.score is None
            or not is_below(function.score, function.target)
        ):
            continue
        name = rule.function or ""
        own = sum(function_rule.id in by_rule for function_rule in list_function_rules(questionnaire, name))
        order = rank_next_dimensions(questionnaire, name, function, by_rule)
        if own > MAX_NEXT_STEPS - rule.next_step or len(order) < rule.next_step:
            continue
        dimension = order[rule.next_step - 1]
        condition = RuleCondition(FigureName.FUNCTION, function=name, dimension=dimension, below=function.target)
        x = function.dimensions[dimension].score or 0.0
        yield rule.id, (ConditionMatch(condition, RuleInput(function.score, x, function=name)),)


def _match_condition(source: RuleInputSource, condition: RuleCondition) -> ConditionMatch | None:
    rule_input = read_figure(source, condition)
    if rule_input is None:
        return None
    return (
        ConditionMatch(condition, rule_input)
        if rule_input.value is None or _is_met(condition, rule_input.value)
        else None
    )


def _is_met(condition: RuleCondition, value: float) -> bool:
    if condition.below is not None:
        return is_below(value, condition.below)
    if condition.at_most is not None:
        return is_at_most(value, condition.at_most)
    return is_at_least(value, _get_cut(condition))


def _get_cut(condition: RuleCondition) -> float:
    return next(cut for cut in (condition.below, condition.at_most, condition.at_least) if cut is not None)


def _name_comparison(condition: RuleCondition) -> Comparison:
    if condition.below is not None:
        return "below"
    return "at most" if condition.at_most is not None else "at least"


def _build_advice(
    questionnaire: Questionnaire,
    result: Result,
    rule: AdviceRule,
    fired: Sequence[ConditionMatch],
    importance: Mapping[str, int],
) -> Advice:
    """Priority = I x G x (1 + U/100 if risk) x c / e (method 8)."""
    rules = questionnaire.prioritising
    weight = float(importance.get(rule.id, rules.impact[rule.impact]))
    target = rules.whole_target if rule.function is None else _get_target(questionnaire, result, rule.function)
    gap = max(0.0, target - min(match.rule_input.x for match in fired)) / rules.gap_unit
    withheld = result.overall.score is not None and result.overall.contested
    doubt = rules.doubt if _is_doubtful(result, rule.function) else 1.0
    return Advice(
        id=rule.id,
        priority=weight * gap * _compute_risk_factor(result, rule) * doubt / rules.effort[rule.effort],
        number=rule.number,
        part="next",
        horizon=rule.horizon,
        effort=rule.effort,
        impact=rule.impact,
        importance=weight,
        pinned=rule.pinned or (rule.pinned_if_contested and withheld),
        risk=rule.risk,
        function=rule.function,
        target=target,
        gap=gap,
        fired=tuple(_build_fired_figure(match) for match in fired),
        dimension=fired[0].condition.dimension if rule.next_step else None,
    )


def _get_target(questionnaire: Questionnaire, result: Result, function: str) -> float:
    function_result = result.functions.get(function)
    return function_result.target if function_result else questionnaire.prioritising.whole_target


def _compute_risk_factor(result: Result, rule: AdviceRule) -> float:
    index = result.indices.set_up_to_fail
    return 1 + index.score / 100 if rule.risk and index is not None and index.score is not None else 1.0


def _is_doubtful(result: Result, function: str | None) -> bool:
    concerned = [f for name, f in result.functions.items() if function in (None, name)]
    return any(f.provisional or f.contested for f in concerned)


def _build_fired_figure(match: ConditionMatch) -> FiredFigure:
    rule_input, condition = match.rule_input, match.condition
    return FiredFigure(
        figure=condition.figure.value,
        value=rule_input.value,
        cut=_get_cut(condition),
        comparison=_name_comparison(condition),
        item=rule_input.item,
        function=rule_input.function,
        dimension=rule_input.dimension,
        channel=rule_input.channel,
        bound=rule_input.bound,
        band=rule_input.band,
    )
