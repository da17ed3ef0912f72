"""Slide of the hand-offs between channels."""

from assessment.domain.report.figures import KeyFigure
from assessment.domain.report.message import make_message
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_tables import build_hand_off_table

ROW_HEIGHT = 46.0


def add_hand_offs(deck: DeckWriter) -> None:
    """Add functions by channels, and where to begin; nothing without a figure."""
    section, translator = deck.selection.report.hand_offs, deck.translator
    if section is None or all(cell.figure.value is None for row in section.rows for cell in row.cells):
        return
    notes = [*deck.render_method("method.hand-offs"), *translator.render_messages(section.notes)]
    writer = deck.add_slide(translator.render_message(section.title), notes)
    table = build_hand_off_table(section, translator)
    writer.add_table(CONTENT.take_top(0.6), table, size=15, row_height=ROW_HEIGHT)
    worst = [
        Line(translator.join_label(row.name, translator.join_list(row.worst)), 15) for row in section.rows if row.worst
    ]
    heading = [Line(translator.gettext("Begin with"), bold=True, tone="accent")] if worst else []
    lower = CONTENT.take_bottom(0.38)
    overall = KeyFigure(make_message("label.hand-offs-whole"), section.overall)
    writer.add_key_figures(lower.take_right(0.26).take_top(0.5), [overall])
    lines = [*heading, *worst, *build_bullets(section.notes, translator, 12)]
    writer.add_text(lower.take_left(0.74), lines, name="Notes")
