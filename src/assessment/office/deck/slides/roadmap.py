"""Slides of the roadmap: all actions by horizon, then who begins what."""

from collections.abc import Sequence

from assessment.domain.report.actions import Action
from assessment.office.action_tables import build_dense_roadmap_table, build_owner_table, build_roadmap_table
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import TABLE, DeckWriter, Line

MAX_FIRST_ACTIONS = 6
ONE_COLUMN = 10  # more actions are set in two columns


def add_roadmap(deck: DeckWriter) -> None:
    """Add all actions in order; nothing without advice."""
    selection, translator = deck.selection, deck.translator
    actions, section = selection.actions, selection.report.roadmap
    if not actions:
        return
    notes = deck.render_method("method.advice")
    if selection.is_complete:
        notes += translator.render_messages(section.notes)
    title = section.title if selection.is_complete else selection.title
    writer = deck.add_slide(translator.render_message(title), notes)
    middle = (len(actions) + 1) // 2 if len(actions) > ONE_COLUMN else len(actions)
    upper, missing = CONTENT.take_top(0.93), 0
    boxes = [upper.take_left(0.5), upper.take_right(0.5)] if middle < len(actions) else [upper]
    is_dense = len(boxes) > 1
    build = build_dense_roadmap_table if is_dense else build_roadmap_table
    tables = [build(part, translator) for part in (actions[:middle], actions[middle:]) if part]
    size = min(TABLE * writer.find_table_scale(box, table) for box, table in zip(boxes, tables, strict=True))
    for box, table in zip(boxes, tables, strict=True):
        missing += len(table.rows) - writer.add_table(box, table, size=size)
    if decision := selection.format_first_decision():
        writer.add_text(CONTENT.take_bottom(0.07), [Line(decision, 12, bold=True)], name="First decision")
    elif missing:
        text = translator.ngettext(
            "{count} more action is in the document and the workbook.",
            "{count} more actions are in the document and the workbook.",
            missing,
        )
        writer.add_text(CONTENT.take_bottom(0.07), [Line(text.format(count=missing), 12, tone="muted")], name="More")
    elif is_dense:
        text = translator.gettext("In bold: start now.")
        writer.add_text(CONTENT.take_bottom(0.07), [Line(text, 12, tone="muted")], name="Key")


def add_first_actions(deck: DeckWriter) -> None:
    """Add who begins what, and what to watch."""
    selection, translator = deck.selection, deck.translator
    section = selection.report.roadmap
    actions: Sequence[Action] = section.starting if selection.is_complete else selection.actions
    if not actions:
        return
    writer = deck.add_slide(selection.format_owner_title(), deck.render_method("method.advice"))
    table = build_owner_table(actions[:MAX_FIRST_ACTIONS], translator)
    writer.add_table(CONTENT.take_top(0.84), table, size=14)
    answer = selection.report.answer
    if selection.is_complete and len(actions) == len(answer.actions):  # otherwise one is decided first
        outcome = [answer.effort, *answer.expected] if answer.effort else answer.expected
        lines = [Line(" ".join(translator.render_messages(outcome)), 14, bold=True)]
        writer.add_text(CONTENT.take_bottom(0.14), lines, name="Decision", fill="wash", anchor="middle")
