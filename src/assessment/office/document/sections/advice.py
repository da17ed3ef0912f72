"""Roadmap, and the advice in full."""

from assessment.domain.report.actions import Action
from assessment.i18n.action_texts import (
    format_note,
    format_owner,
    format_reasons,
    format_start,
    format_why,
    name_effort,
    name_impact,
)
from assessment.office.action_tables import build_owner_table, build_roadmap_table
from assessment.office.document.document_writer import DocumentWriter


def add_roadmap(writer: DocumentWriter) -> None:
    """Add all actions by horizon, then who begins what."""
    selection, translator = writer.selection, writer.translator
    section = selection.report.roadmap
    writer.add_heading(translator.render_message(section.title), is_new_page=bool(section.actions))
    if not section.actions:
        writer.add_paragraph(translator.render_message(selection.report.answer.decision))
    actions = (*section.actions, *section.further)
    writer.add_table(build_roadmap_table(actions, translator), translator.gettext("Roadmap"))
    writer.add_messages(section.notes, "Normal", tone="muted")
    writer.add_remark("roadmap")
    if section.starting:
        title = selection.format_owner_title()
        writer.add_heading(title, 2)
        writer.add_table(build_owner_table(section.starting, translator), title)


def add_advice(writer: DocumentWriter) -> None:
    """Add every action with reasons, first steps and indicator."""
    selection, translator = writer.selection, writer.translator
    if not selection.actions:
        return
    title = translator.gettext("All advice in full") if selection.is_complete else translator.gettext("What to do")
    writer.add_heading(title, is_new_page=True)
    writer.add_paragraph(selection.format_first_decision())
    further = selection.report.roadmap.further if selection.is_complete else ()
    for action in (*selection.actions, *further):
        _add_action(writer, action)


def _add_action(writer: DocumentWriter, action: Action) -> None:
    translator = writer.translator
    writer.add_heading(f"{action.place}  {action.title}", 3)
    owner = format_owner(action, translator)
    about = [
        "" if action.function_name == owner else action.function_name or "",
        owner,
        format_start(action, translator),
        action.horizon_name,
    ]
    about += [translator.gettext("effort {effort}").format(effort=name_effort(action, translator))]
    about += [translator.gettext("impact {impact}").format(impact=name_impact(action, translator))]
    writer.add_paragraph(" · ".join(text for text in about if text), tone="muted", keep_next=True)
    writer.add_paragraph(format_why(action, translator))
    writer.add_paragraph(format_note(action, translator))
    if action.fired:
        writer.add_paragraph(
            translator.join_label(translator.gettext("Because"), format_reasons(action, translator)), tone="muted"
        )
    for step in action.steps:
        writer.add_paragraph(step, "List Bullet")
    goal = f" {translator.render_message(action.goal)}" if action.goal else ""
    writer.add_paragraph(translator.join_label(translator.gettext("Watch"), f"{action.indicator}.{goal}"), tone="muted")
