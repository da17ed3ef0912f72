"""Slide of the change since the last wave."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, build_bullets
from assessment.office.report_tables import build_change_table

MAX_NOTES = 3


def add_change(deck: DeckWriter) -> None:
    """Add both waves as a table; nothing without an earlier wave."""
    section, translator = deck.selection.report.change, deck.translator
    if section is None:
        return
    messages = (*section.breaks, *section.notes)
    writer = deck.add_slide(translator.render_message(section.title), translator.render_messages(messages))
    writer.add_table(CONTENT.take_top(0.78), build_change_table(section, translator), size=14)
    writer.add_text(CONTENT.take_bottom(0.2), build_bullets(messages[:MAX_NOTES], translator, 12), name="Notes")
