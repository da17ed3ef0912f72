"""Slide of what would lift the level."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, build_bullets, has_room
from assessment.office.report_tables import build_target_path_table

MAX_NOTES = 2
SIZE = 14.0


def add_target_paths(deck: DeckWriter) -> None:
    """Add the paths to the target levels as a table; nothing where levels are withheld."""
    section, translator = deck.selection.report.target_paths, deck.translator
    if not section.rows:
        return
    writer = deck.add_slide(translator.render_message(section.title), translator.render_messages(section.notes))
    box, table = CONTENT.take_top(0.84), build_target_path_table(section, translator)
    if not has_room(box, table):
        table = build_target_path_table(section, translator, has_titles=False)
    writer.add_table(box, table, size=SIZE)
    writer.add_text(CONTENT.take_bottom(0.14), build_bullets(section.notes[:MAX_NOTES], translator, 12), name="Notes")
