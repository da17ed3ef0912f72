"""Roadmap section: the advice as actions with steps, owner, date and the figures that fired it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.display import RoundingScale, drop_zero_decimals, get_difference_bound, round_figure
from assessment.domain.questionnaire import AdviceRule, FigureName, Kind, RuleText
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.plan_edits import get_action_edit, has_own_order, list_dropped_ids, parse_day
from assessment.domain.report.sections.goals import ActionGoal, build_goal, find_end, find_next_start, find_start
from assessment.domain.report.sections.hand_offs import find_worst_channels
from assessment.domain.report.source import (
    ReportSource,
    build_amount,
    get_items_bound,
    list_names,
    quote_titles,
    to_exact_decimal,
)
from assessment.domain.result import Advice, Bound, FiredFigure
from assessment.domain.scoring.cut_points import is_below
from assessment.domain.scoring.tally import POINTS_PER_RUNG

STEPPED_FIGURES = {
    FigureName.ITEM,
    FigureName.SET_UP_TO_FAIL,
    FigureName.AUTHORITY,
    FigureName.LEADER_DONT_KNOW,
    FigureName.GOAL_AGREEMENT,
    FigureName.INDEPENDENCE,
    FigureName.READINESS,
}
BALANCE_FIGURES = {FigureName.BALANCE, FigureName.SPREAD}
OF_LOWEST = (FigureName.AGREEMENT, FigureName.COVERAGE)  # figures that every function has, named as its fields are
PERCENT_FIGURES = {FigureName.LEADER_DONT_KNOW, FigureName.GOAL_AGREEMENT}

EDIT_NOTES = ("note.reworded", "note.own-order", "note.dropped")
ActionPart = Literal["now", "next", "target"]  # start now, start next, needed only to reach a target level
ActionTopic = Literal["gap", "authority", "hand-offs", "outlook", "balance", "practice", "quality"]


class AdviceReason(Struct, frozen=True):
    """The figure that fired a piece of advice, and a text that compares it with the cut point."""

    figure: Message
    text: Message


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


class RoadmapSection(Struct, frozen=True):
    """All advice from now to the last horizon.

    `further` actions are needed only to reach a target level. `starting` actions start now, the action to be decided
    first at the beginning; `first` is their number.
    """

    title: Message
    horizons: tuple[str, ...]
    actions: tuple[Action, ...]
    first: int
    further: tuple[Action, ...] = ()
    starting: tuple[Action, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def edit_notes(self) -> tuple[Message, ...]:
        """Notes on what the consultant changed."""
        return tuple(note for note in self.notes if note.id in EDIT_NOTES)


def build_roadmap(source: ReportSource) -> RoadmapSection:
    """Build the roadmap: all advice in order, then the actions that are needed only to reach a target level."""
    all_advice = source.result.advice
    settled = next(
        (place for place, advice in enumerate(all_advice, start=1) if advice.id == source.settling_advice_id), None
    )
    all_actions = [_build_action(source, place, advice, settled) for place, advice in enumerate(all_advice, start=1)]
    all_actions += [
        _build_path_only_action(source, place, *rule_and_dimension)
        for place, rule_and_dimension in enumerate(_find_path_only_rules(source), start=len(all_advice) + 1)
    ]
    titled_actions = tuple(_apply_edit(source, action) for action in _disambiguate_titles(all_actions))
    actions, further = titled_actions[: len(all_advice)], titled_actions[len(all_advice) :]
    starting = sorted(
        (action for action in actions if action.part == "now"),
        key=lambda action: action.id != source.settling_advice_id,
    )
    horizons = tuple(source.texts.horizons.get(name, name) for name in source.questionnaire.horizons)
    title = _build_title(source, actions)
    return RoadmapSection(
        title,
        horizons,
        actions,
        len(starting),
        further,
        tuple(starting),
        _build_urgency_notes(starting) + _build_goal_notes(source, actions) + _build_edit_notes(source, titled_actions),
    )


def _apply_edit(source: ReportSource, action: Action) -> Action:
    """Replace what the consultant changed: title, owner, dates, status, baseline, goal."""
    edit = get_action_edit(source.details, action.id)
    until = parse_day(edit.due) or action.until
    effect = action.effect
    if edit.baseline or edit.goal:
        indicator = make_message("figure.item", item=action.indicator)
        effect = ActionGoal(
            indicator if edit.baseline or effect is None else effect.figure,
            edit.baseline or (effect.baseline if effect else "–"),
            edit.goal or (effect.wanted if effect else "–"),
            until,
        )
    return replace(
        action,
        title=edit.title or action.title,
        computed_title=action.title if edit.title and edit.title != action.title else "",
        owner=edit.owner or action.owner,
        has_own_owner=bool(edit.owner),
        start=parse_day(edit.start) or action.start,
        until=until,
        effect=None if effect is None else replace(effect, until=until),
        note=edit.note,
        status=edit.status,
    )


def _build_edit_notes(source: ReportSource, actions: Sequence[Action]) -> tuple[Message, ...]:
    """Say what the consultant changed, so that readers can tell it from what is computed."""
    notes = []
    if reworded := [action for action in actions if action.computed_title]:
        notes += [
            make_message("note.reworded", place=action.place, title=quote_titles([action.computed_title])[0])
            for action in reworded
        ]
    if has_own_order(source.details):
        notes.append(make_message("note.own-order"))
    if dropped := source.dropped_advice:
        titles = quote_titles([source.name_rule(advice) for advice in dropped])
        notes.append(make_message("note.dropped", count=len(dropped), actions=titles))
    return tuple(notes)


def _build_title(source: ReportSource, actions: tuple[Action, ...]) -> Message:
    if not actions:
        return make_message("roadmap.unknown" if source.has_no_scores else "roadmap.none")
    settling = [action for action in actions if action.id == source.settling_advice_id]
    (first,) = quote_titles([(settling or list(actions))[0].title])
    if settling:
        return make_message("roadmap.settle", count=len(actions), first=first)
    urgent = sum(action.urgent for action in actions)
    if urgent == len(actions):
        return make_message("roadmap.all-urgent", count=urgent, first=first)
    if urgent:
        return make_message("roadmap.urgent", count=urgent, total=len(actions), first=first)
    return make_message("roadmap.first", count=len(actions), first=first)


def _build_urgency_notes(actions: Sequence[Action]) -> tuple[Message, ...]:
    """Explain urgent actions by their figures, since the averages on other pages may look unremarkable."""
    urgent = [action for action in actions if action.urgent and action.fired]
    return tuple(
        make_message("note.urgent", action=quote_titles([action.title])[0], reason=action.fired[0].text)
        for action in urgent
    )


def _build_goal_notes(source: ReportSource, actions: Sequence[Action]) -> tuple[Message, ...]:
    """Explain the baselines of goals, and the assumed start of the next actions, on which dates depend."""
    proxies = any(action.goal and action.goal.id.startswith("goal.proxy") for action in actions)
    notes = [make_message("note.baseline")] if proxies else []
    begin = find_next_start(source)
    if begin is not None and any(action.part == "next" and action.goal for action in actions):
        notes.append(make_message("note.next-start", date=begin))
    return tuple(notes)


def _disambiguate_titles(actions: Sequence[Action]) -> tuple[Action, ...]:
    """Append the function's name to titles that several actions share."""
    counts = Counter(action.title for action in actions)
    return tuple(
        replace(action, title=f"{action.title} ({action.function_name})")
        if counts[action.title] > 1 and action.function_name
        else action
        for action in actions
    )


def _build_action(source: ReportSource, place: int, advice: Advice, settled: int | None) -> Action:
    """Build an action from advice; `settled` is the place of the action that must be decided first."""
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
            _build_reason(source, fired_figure)
            for figure in advice.fired
            for fired_figure in _expand_lowest_figure(source, figure)
        ),
        priority=round_figure(advice.priority, RoundingScale(2)),
        topic=_find_topic(source, advice),
        effect=build_goal(source, advice, _build_figure_label, _build_figure_value, _build_cut_value),
        about=_build_about(source, advice),
        after=settled if advice.part == "now" and place != settled else None,
        finding=None if first is None else _build_finding(source, first),
        figure=first.figure if first else "",
        dimension=advice.dimension or _find_dimension(source, first),
        owner_functions=_find_owner_functions(source, advice.id),
        start=find_start(source, advice),
        until=find_end(source, advice),
    )


def _build_finding(source: ReportSource, fired: FiredFigure) -> Message:
    """The figure that fired as a sentence of its own; an item is named with its function."""
    reason = _build_reason(source, fired).text
    if fired.figure != FigureName.ITEM or not fired.function:
        return reason
    values = {"item": source.name_item(fired.item or ""), "function": source.name_function(fired.function)}
    return Message(reason.id, reason.values | {"figure": make_message("figure.item-in", **values)})


def _find_dimension(source: ReportSource, fired: FiredFigure | None) -> str | None:
    if fired is None or fired.dimension or not fired.item:
        return fired.dimension if fired else None
    return next((item.dimension for item in source.questionnaire.items if item.id == fired.item), None)


def _find_owner_functions(source: ReportSource, rule: str) -> tuple[str, ...]:
    """Functions named in a rule's owner; in the source language, so that every language gives the same."""
    texts = source.questionnaire.text(source.questionnaire.source_language)
    owner = texts.rules[rule].owner if rule in texts.rules else ""
    return tuple(
        name
        for name, _ in source.list_functions()
        if re.search(rf"\b{re.escape(texts.functions.get(name, name))}\b", owner, re.IGNORECASE)
    )


def _find_path_only_rules(source: ReportSource) -> Iterator[tuple[AdviceRule, str | None]]:
    """Yield the rules that only a target path needs, in order, each with the dimension of a next step."""
    fired = {advice.id for advice in source.result.advice} | set(list_dropped_ids(source.details))
    needed = {name: lift.dimensions.get(name) for lift in source.result.lifts for name in lift.advice or ()}
    for rule in source.questionnaire.rules:
        if rule.id in needed and rule.id not in fired:
            yield rule, needed[rule.id]


def _build_path_only_action(source: ReportSource, place: int, rule: AdviceRule, dimension: str | None) -> Action:
    text = _get_rule_text(source, rule.id, dimension)
    return Action(
        id=rule.id,
        place=place,
        title=text.title,
        why=text.why,
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
    )


def _get_rule_text(source: ReportSource, rule: str, dimension: str | None) -> RuleText:
    text = source.texts.rules.get(rule, RuleText(rule, "", (), "", ""))
    return text if dimension is None else text.insert_dimension(source.name_dimension(dimension))


def _get_horizon_index(source: ReportSource, name: str) -> int:
    horizons = source.questionnaire.horizons
    return horizons.index(name) if name in horizons else 0


def _build_about(source: ReportSource, advice: Advice) -> Message | None:
    """Name the contested functions, or the weakest ones that do not differ beyond chance (method 8, rule 29)."""
    contested = list_names(
        source.name_function(name) for name, function in source.list_scored_functions() if function.contested
    )
    if advice.id == source.settling_advice_id and len(contested) > 1:
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
    FigureName.EMBEDDING: "outlook",
    FigureName.BALANCE: "balance",
    FigureName.SPREAD: "balance",
    FigureName.AGREEMENT: "quality",
    FigureName.COVERAGE: "quality",
}


def _find_topic(source: ReportSource, advice: Advice) -> ActionTopic:
    """Topic of the section that shows the figure that fired."""
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


def _expand_lowest_figure(source: ReportSource, fired: FiredFigure) -> Sequence[FiredFigure]:
    """Where the lowest function stands for all that are below the cut, the figure of each of them."""
    if fired.figure not in OF_LOWEST:
        return (fired,)
    values = ((name, getattr(function, fired.figure)) for name, function in source.list_functions())
    below_cut = [(value, name) for name, value in values if value is not None and is_below(value, fired.cut)]
    figures = [
        replace(fired, function=name, value=value) for value, name in sorted(below_cut, key=lambda pair: pair[0])
    ]
    return figures or (fired,)


def _build_reason(source: ReportSource, fired: FiredFigure) -> AdviceReason:
    label = _build_figure_label(source, fired)
    comparison = "band" if fired.value is None else fired.comparison.replace(" ", "-")
    text = make_message(
        f"fired.{comparison}", figure=label, value=_build_figure_value(source, fired), cut=_build_cut_value(fired)
    )
    return AdviceReason(label, text)


def _build_figure_label(source: ReportSource, fired: FiredFigure) -> Message:
    values: dict[str, MessageValue | tuple[MessageValue, ...]] = {
        "item": source.name_item(fired.item) if fired.item else "",
        "function": source.name_function(fired.function) if fired.function else "",
        "dimension": source.name_dimension(fired.dimension) if fired.dimension else "",
        "channel": _list_channels(source, fired),
    }
    kind = f"figure.{fired.figure}"
    if fired.figure == FigureName.CONFIRMED_GAP and not fired.dimension:
        kind += "-whole"
    return make_message(kind, **values)


def _list_channels(source: ReportSource, fired: FiredFigure) -> tuple[str, ...]:
    """Name the channel of a hand-off, and all others that share its score as the lowest."""
    if fired.figure != FigureName.WORST_HAND_OFF:
        return list_names([source.name_channel(fired.channel)])
    return list_names(
        source.name_channel(channel) for channel in find_worst_channels(source.result.functions[fired.function or ""])
    )


def _build_figure_value(source: ReportSource, fired: FiredFigure) -> MessageValue:
    kind = FigureName(fired.figure)
    if fired.value is None:
        return make_message(f"share.{(fired.band or 'some').replace(' ', '-')}")
    if kind is FigureName.WORST_HAND_OFF:
        return _build_worst_hand_off(source, fired)
    bound = _find_bound(source, kind, fired)
    figure = _round_value(source, kind, fired.value)
    figure = figure if bound is None else drop_zero_decimals(figure)
    value: MessageValue = Percentage(figure) if kind in PERCENT_FIGURES or kind is FigureName.COVERAGE else figure
    if bound is None:
        return value
    return make_message("bound.at-most" if bound == "at most" else "bound.at-least", value=value)


def _find_bound(source: ReportSource, kind: FigureName, fired: FiredFigure) -> Bound | None:
    """Bound of a figure that fired; for figures derived from clipped ones the bound is derived too."""
    indices, function = source.result.indices, source.result.functions.get(fired.function or "")
    if kind is FigureName.EMBEDDING and source.is_at_floor(fired.value):
        return "at most"
    if kind is FigureName.DIMENSION and function is not None and fired.dimension in function.dimensions:
        part = function.dimensions[fired.dimension]
        return get_items_bound(part.score, part.items.values())
    if kind is FigureName.AUTHORITY_MINUS_SUPPORT and indices.set_up_to_fail is not None:
        bounds = indices.set_up_to_fail.bounds
        return get_difference_bound(bounds.get("authority"), bounds.get("support"))
    return fired.bound


def _build_worst_hand_off(source: ReportSource, fired: FiredFigure) -> MessageValue:
    """Amount of the lowest row, on the scale and with the bound of all other pages."""
    rows = source.result.functions[fired.function or ""].hand_off.rows
    items = source.list_items(Kind.HAND_OFF, fired.function)
    item = next(item.id for item in items if item.channel == fired.channel)
    return build_amount(source.build_item_figure(rows.get(item), f"functions.{fired.function}.hand_off.rows.{item}"))


def _round_value(source: ReportSource, kind: FigureName, value: float) -> Decimal:
    scales = source.figures.scales
    if kind is FigureName.COVERAGE:
        return round_figure(100 * value, scales.coverage)
    special = {
        FigureName.AGREEMENT: scales.agreement,
        FigureName.RED_FLAGS: RoundingScale(0),
        FigureName.AUTHORITY_MINUS_SUPPORT: source.figures.stepped_gap,
        FigureName.CONFIRMED_GAP: source.figures.stepped_gap,
        FigureName.SPREAD: scales.gap,
        **dict.fromkeys(STEPPED_FIGURES, source.figures.stepped),
    }
    return round_figure(value, special.get(kind, scales.score))


def _build_cut_value(fired: FiredFigure) -> MessageValue:
    kind = FigureName(fired.figure)
    if kind is FigureName.COVERAGE:
        return Percentage(to_exact_decimal(100 * fired.cut))
    if kind is FigureName.WORST_HAND_OFF:
        return to_exact_decimal(POINTS_PER_RUNG * fired.cut)
    return Percentage(to_exact_decimal(fired.cut)) if kind in PERCENT_FIGURES else to_exact_decimal(fired.cut)
