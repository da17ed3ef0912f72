"""Texts about an action that several outputs share: start, reasons, effort, impact."""

import re
from collections.abc import Sequence

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report.actions import Action, ActionPart
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.i18n.translator import Translator

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\s\d])")


def format_start(action: Action, translator: Translator) -> str:
    """Format when an action starts, or that only a target level needs it."""
    if action.after is not None:
        return translator.gettext("start after action {place}").format(place=translator.format_number(action.after))
    names = {"now": translator.gettext("start now"), "next": translator.gettext("start next")}
    return names.get(action.part, translator.gettext("to reach the target"))


def format_group(roadmap: RoadmapSection, part: ActionPart, translator: Translator) -> str:
    """Format the heading of the actions that start together, with the date where it is known."""
    start = roadmap.starts.get(part)
    if part == "target":
        return translator.gettext("Only to reach a target level")
    if start is None:
        return translator.gettext("Start now") if part == "now" else translator.gettext("Start next")
    text = (
        translator.gettext("Start now, from {date}") if part == "now" else translator.gettext("Start next, from {date}")
    )
    return text.format(date=translator.format_date(start, "medium"))


def format_reasons(action: Action, translator: Translator) -> str:
    """Format the figures that fired an action, with their cut points."""
    return translator.join_with_semicolons([translator.render_message(fired.text) for fired in action.fired])


def format_why(action: Action, translator: Translator) -> str:
    """Format why an action matters, and whom or what it is about."""
    return " ".join(
        text for text in (action.why, translator.render_message(action.about) if action.about else "") if text
    )


def format_until(action: Action, translator: Translator) -> str:
    """Format the date by which an action should have had its effect, or its horizon where no date is known."""
    if action.until is None:
        return action.horizon_name
    return translator.format_date(action.until, "medium")


def format_places(action: Action, further: Sequence[Action], translator: Translator) -> str:
    """Format the place of an action in the roadmap, when it starts unless now, and others of the same finding."""
    place = translator.gettext("Action {place}").format(place=translator.format_number(action.place))
    if not action.starts_now:
        place = translator.join_with_semicolons([place, format_start(action, translator)])
    if not further:
        return place
    also = translator.ngettext("also action {places}", "also actions {places}", len(further))
    others = translator.join_list([translator.format_number(other.place) for other in further])
    return translator.join_with_semicolons([place, also.format(places=others)])


def shorten_reason(why: str, sentences: int) -> str:
    """Keep the first sentences, which say why it matters; the advice in full has the rest."""
    return " ".join(SENTENCE_END.split(why)[:sentences])


def name_status(status: ActionStatus, translator: Translator) -> str:
    """Name the progress of an action."""
    return {
        ActionStatus.NOT_BEGUN: translator.gettext("not begun"),
        ActionStatus.UNDER_WAY: translator.gettext("under way"),
        ActionStatus.DONE: translator.gettext("done"),
        ActionStatus.DROPPED: translator.gettext("dropped"),
    }[status]


def format_owner(action: Action, translator: Translator) -> str:
    """Format the owner of an action, and how far it is where the consultant recorded it."""
    if action.status is None:
        return action.owner
    return f"{action.owner} · {name_status(action.status, translator)}"


def format_note(action: Action, translator: Translator) -> str:
    """Format the consultant's comment on an action; empty if there is none."""
    if not action.note.strip():
        return ""
    return translator.gettext("Consultant: {text}").format(text=" ".join(action.note.split()))


def name_effort(action: Action, translator: Translator) -> str:
    """Name the effort of an action: small, medium or large."""
    names = {"S": translator.gettext("small"), "M": translator.gettext("medium"), "L": translator.gettext("large")}
    return names.get(action.effort, action.effort)


def name_impact(action: Action, translator: Translator) -> str:
    """Name the impact of an action: medium or high."""
    return {"M": translator.gettext("medium"), "H": translator.gettext("high")}.get(action.impact, action.impact)


def list_answer_titles(translator: Translator) -> tuple[str, ...]:
    """Return the column titles of the answer: from finding to effect."""
    return (
        translator.gettext("What we found"),
        translator.gettext("Why it matters"),
        translator.gettext("What to do first"),
        translator.gettext("Who, until"),
        translator.gettext("Effect"),
    )
