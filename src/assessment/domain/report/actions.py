"""Actions of the roadmap: one piece of advice with its steps, owner, dates and the figures that fired it."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.display import RoundingScale, round_figure
from assessment.domain.questionnaire import AdviceRule, FigureName, RuleText
from assessment.domain.report.fired_figures import (
    AdviceReason,
    build_cut_value,
    build_figure_label,
    build_figure_value,
    build_finding,
    build_reason,
    expand_lowest_figure,
)
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.plan_edits import list_dropped_ids
from assessment.domain.report.sections.goals import ActionGoal, build_goal, find_action_end, find_action_start
from assessment.domain.report.source import ReportSource, list_names
from assessment.domain.result import Advice, FiredFigure

USUAL_PRACTICE = 75.0  # points: rung 3 of the ladder
BALANCE_FIGURES = {FigureName.BALANCE, FigureName.SPREAD}

ActionPart = Literal["now", "next", "target"]  # start now, start next, needed only to reach a target level
ActionTopic = Literal["gap", "authority", "hand-offs", "outlook", "embedding", "balance", "practice", "quality"]


class Action(Struct, frozen=True):
    """One piece of advice; `place` is its rank, from 1.

    `effect`: baseline, wanted value and date of the first figure that fired. `about` names the functions concerned by
    advice about balance or contested scores. `after` is the place of the action that must be decided first. `finding`
    is the first figure that fired as a sentence of its own, `figure` its kind and `dimension` the id of the dimension
    that it belongs to. `owner_functions` are the ids of the functions that the owner belongs to. `start` and `until`
    are dates; None if the start of the plan is not known. `computed_title` is empty unless the consultant reworded it;
    `note` is the consultant's comment, `status` the progress that they recorded.
    """

    id: str
    place: int
    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str
    effort: str
    impact: str
    part: ActionPart
    horizon: int
    horizon_name: str
    pinned: bool
    function: str | None
    function_name: str | None
    fired: tuple[AdviceReason, ...]
    priority: Decimal
    topic: ActionTopic = "practice"
    effect: ActionGoal | None = None
    about: Message | None = None
    after: int | None = None
    finding: Message | None = None
    figure: str = ""
    dimension: str | None = None
    owner_functions: tuple[str, ...] = ()
    start: date | None = None
    until: date | None = None
    computed_title: str = ""
    note: str = ""
    status: ActionStatus | None = None
    has_own_owner: bool = False

    @property
    def goal(self) -> Message | None:
        """Return baseline, wanted value and date as a sentence."""
        return None if self.effect is None else self.effect.text

    @property
    def starts_now(self) -> bool:
        """Return whether it starts now and does not wait for another action."""
        return self.part == "now" and self.after is None

    @property
    def urgent(self) -> bool:
        """Return whether it is pinned and due within the first horizon."""
        return self.pinned and self.horizon == 0


def build_action(source: ReportSource, place: int, advice: Advice, first_decision_place: int | None) -> Action:
    """Build an action from advice; `first_decision_place` is the place of the action that must be decided first."""
    text = _get_rule_text(source, advice.id, advice.dimension)
    first = next(iter(advice.fired), None)
    return Action(
        id=advice.id,
        place=place,
        title=text.title,
        why=text.why,
        steps=text.steps,
        owner=text.owner,
        indicator=text.indicator,
        effort=advice.effort,
        impact=advice.impact,
        part=advice.part,
        horizon=_get_horizon_index(source, advice.horizon),
        horizon_name=source.texts.horizons.get(advice.horizon, advice.horizon),
        pinned=advice.pinned,
        function=advice.function,
        function_name=source.name_function(advice.function) if advice.function else None,
        fired=tuple(
            build_reason(source, fired_figure)
            for figure in advice.fired
            for fired_figure in expand_lowest_figure(source, figure)
        ),
        priority=round_figure(advice.priority, RoundingScale(2)),
        topic=_find_topic(source, advice),
        effect=build_goal(source, advice, build_figure_label, build_figure_value, build_cut_value),
        about=_build_about(source, advice),
        after=first_decision_place if advice.part == "now" and place != first_decision_place else None,
        finding=None if first is None else build_finding(source, first),
        figure=first.figure if first else "",
        dimension=advice.dimension or _find_dimension(source, first),
        owner_functions=_find_owner_functions(source, advice.id),
        start=find_action_start(source, advice),
        until=find_action_end(source, advice),
    )


def _find_dimension(source: ReportSource, fired: FiredFigure | None) -> str | None:
    if fired is None or fired.dimension or not fired.item:
        return fired.dimension if fired else None
    return next((item.dimension for item in source.questionnaire.items if item.id == fired.item), None)


def _find_owner_functions(source: ReportSource, rule: str) -> tuple[str, ...]:
    """Find the functions in a rule's owner; in the source language, so that every language gives the same."""
    texts = source.questionnaire.text(source.questionnaire.source_language)
    owner = texts.rules[rule].owner if rule in texts.rules else ""
    return tuple(
        name
        for name, _ in source.list_functions()
        if re.search(rf"\b{re.escape(texts.functions.get(name, name))}\b", owner, re.IGNORECASE)
    )


def find_path_only_rules(source: ReportSource) -> Iterator[tuple[AdviceRule, str | None]]:
    """Yield the rules that only a target path needs, in order, each with the dimension of a next step."""
    fired = {advice.id for advice in source.result.advice} | set(list_dropped_ids(source.details))
    needed = {name: lift.dimensions.get(name) for lift in source.result.lifts for name in lift.advice or ()}
    for rule in source.questionnaire.rules:
        if rule.id in needed and rule.id not in fired:
            yield rule, needed[rule.id]


def build_path_only_action(source: ReportSource, place: int, rule: AdviceRule, dimension: str | None) -> Action:
    """Build an action that no figure calls for; worded as a next step if the rule asks for what is usual practice."""
    step = None if dimension else _find_step_text(source, rule)
    text = step or _get_rule_text(source, rule.id, dimension)
    return Action(
        id=rule.id,
        place=place,
        title=text.title,
        why="" if step else text.why,
        steps=text.steps,
        owner=text.owner,
        indicator=text.indicator,
        effort=rule.effort,
        impact=rule.impact,
        part="target",
        horizon=_get_horizon_index(source, rule.horizon),
        horizon_name=source.texts.horizons.get(rule.horizon, rule.horizon),
        pinned=False,
        function=rule.function,
        function_name=source.name_function(rule.function) if rule.function else None,
        fired=(),
        priority=Decimal(0),
        about=make_message("about.target-only"),
    )


def _find_step_text(source: ReportSource, rule: AdviceRule) -> RuleText | None:
    """Text of a next step in the dimension of a rule that is about usual practice; None otherwise."""
    dimension = _find_usual_dimension(source, rule)
    steps = {one.next_step: one.id for one in source.questionnaire.rules if one.function == rule.function}
    taken = {(advice.id, advice.dimension) for advice in source.result.advice}
    step = steps.get(2 if (steps.get(1), dimension) in taken else 1)
    if dimension is None or step not in source.texts.rules:
        return None
    return source.texts.rules[step].insert_dimension(source.name_dimension(dimension))


def _find_usual_dimension(source: ReportSource, rule: AdviceRule) -> str | None:
    """Find the dimension that a rule is about, if the item or one of the dimension's items is usual practice."""
    function = source.result.functions.get(rule.function or "")
    for condition in (*rule.any, *rule.all):
        for name, dimension in function.dimensions.items() if function else ():
            for item_id, item in dimension.items.items():
                is_meant = condition.item == item_id if condition.item else condition.dimension == name
                if is_meant and item.score is not None and item.score >= USUAL_PRACTICE:
                    return name
    return None


def _get_rule_text(source: ReportSource, rule: str, dimension: str | None) -> RuleText:
    text = source.texts.rules.get(rule, RuleText(rule, "", (), "", ""))
    return text if dimension is None else text.insert_dimension(source.name_dimension(dimension))


def _get_horizon_index(source: ReportSource, name: str) -> int:
    horizons = source.questionnaire.horizons
    return horizons.index(name) if name in horizons else 0


def _build_about(source: ReportSource, advice: Advice) -> Message | None:
    """Name the contested functions, or the weakest ones that do not differ beyond chance (method 8, rule 29)."""
    contested = source.list_contested_names()
    if advice.id == source.first_decision_id and len(contested) > 1:
        return make_message("about.contested", functions=contested)
    balance = source.result.indices.balance
    if balance is None or not balance.lowest or not any(fired.figure in BALANCE_FIGURES for fired in advice.fired):
        return None
    lowest = list_names(source.name_function(name) for name in balance.lowest)
    return make_message("about.lowest", count=len(lowest), functions=lowest)


TOPIC_OF_FIGURE: dict[FigureName, ActionTopic] = {
    FigureName.SET_UP_TO_FAIL: "authority",
    FigureName.RED_FLAGS: "authority",
    FigureName.AUTHORITY: "authority",
    FigureName.AUTHORITY_MINUS_SUPPORT: "authority",
    FigureName.CONFIRMED_GAP: "gap",
    FigureName.LEADER_DONT_KNOW: "gap",
    FigureName.GOAL_AGREEMENT: "gap",
    FigureName.HAND_OFF: "hand-offs",
    FigureName.WORST_HAND_OFF: "hand-offs",
    FigureName.INDEPENDENCE: "outlook",
    FigureName.READINESS: "outlook",
    FigureName.EMBEDDING: "embedding",
    FigureName.BALANCE: "balance",
    FigureName.SPREAD: "balance",
    FigureName.AGREEMENT: "quality",
    FigureName.COVERAGE: "quality",
}


def _find_topic(source: ReportSource, advice: Advice) -> ActionTopic:
    """Find the topic of the section that shows the figure that fired."""
    fired = next(iter(advice.fired), None)
    if fired is None:
        return "practice"
    if fired.figure != FigureName.ITEM or advice.function is not None:
        return TOPIC_OF_FIGURE.get(FigureName(fired.figure), "practice")
    indices = source.questionnaire.indices
    risk, outlook = indices.set_up_to_fail, indices.outlook
    if risk is not None and fired.item in (*risk.authority, *risk.support):
        return "authority"
    if outlook is not None and fired.item in (*outlook.independence, *outlook.readiness):
        return "outlook"
    return "gap"
