"""Roadmap section: the advice as actions with steps, owner, date and the figures that fired it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.days import parse_day
from assessment.domain.report.actions import (
    Action,
    ActionPart,
    build_action,
    build_path_only_action,
    find_path_only_rules,
)
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.plan_edits import get_action_edit, has_own_order
from assessment.domain.report.sections.goals import ActionGoal, find_next_actions_start, find_plan_start
from assessment.domain.report.source import ReportSource, quote_titles

EDIT_NOTES = ("note.reworded", "note.own-order", "note.dropped")


class RoadmapSection(Struct, frozen=True):
    """All advice from now to the last horizon.

    `further` actions are needed only to reach a target level. `starting` actions start now, the action to be decided
    first at the beginning; `first` is their number. `starts` are the dates at which each part of
    the plan begins, where known.
    """

    title: Message
    horizons: tuple[str, ...]
    actions: tuple[Action, ...]
    first: int
    further: tuple[Action, ...] = ()
    starting: tuple[Action, ...] = ()
    notes: tuple[Message, ...] = ()
    starts: Mapping[ActionPart, date | None] = {}

    @property
    def edit_notes(self) -> tuple[Message, ...]:
        """Notes on what the consultant changed."""
        return tuple(note for note in self.notes if note.id in EDIT_NOTES)


def build_roadmap(source: ReportSource) -> RoadmapSection:
    """Build the roadmap: all advice in order, then the actions that are needed only to reach a target level."""
    all_advice = source.result.advice
    first_decision_place = next(
        (place for place, advice in enumerate(all_advice, start=1) if advice.id == source.first_decision_id), None
    )
    all_actions = [
        build_action(source, place, advice, first_decision_place) for place, advice in enumerate(all_advice, start=1)
    ]
    all_actions += [
        build_path_only_action(source, place, *rule_and_dimension)
        for place, rule_and_dimension in enumerate(find_path_only_rules(source), start=len(all_advice) + 1)
    ]
    titled_actions = tuple(_apply_edit(source, action) for action in _disambiguate_titles(all_actions))
    actions, further = titled_actions[: len(all_advice)], titled_actions[len(all_advice) :]
    starting = sorted(
        (action for action in actions if action.part == "now"),
        key=lambda action: action.id != source.first_decision_id,
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
        {"now": find_plan_start(source), "next": find_next_actions_start(source)},
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
    """List what the consultant changed, so that readers can distinguish it from computed advice."""
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
    first_decision = [action for action in actions if action.id == source.first_decision_id]
    (first,) = quote_titles([(first_decision or list(actions))[0].title])
    if first_decision:
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
        make_message(
            "note.urgent-too" if number else "note.urgent",
            action=quote_titles([action.title])[0],
            reason=action.fired[0].text,
        )
        for number, action in enumerate(urgent)
    )


def _build_goal_notes(source: ReportSource, actions: Sequence[Action]) -> tuple[Message, ...]:
    """Explain the baselines of goals, and the assumed start of the next actions, on which dates depend."""
    proxies = any(action.goal and action.goal.id.startswith("goal.proxy") for action in actions)
    notes = [make_message("note.baseline")] if proxies else []
    begin = find_next_actions_start(source)
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
