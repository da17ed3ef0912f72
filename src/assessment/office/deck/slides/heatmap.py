"""Slide of the heatmap: functions by dimensions."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_tables import build_heatmap_table, build_level_key

ROW_HEIGHT = 46.0


def add_heatmap(deck: DeckWriter) -> None:
    """Add the scores coloured by level, and how to read them."""
    section, translator = deck.selection.report.heatmap, deck.translator
    notes = deck.render_method("method.items", "method.scores", "method.ranks")
    writer = deck.add_slide(translator.render_message(section.title), notes)
    table = build_heatmap_table(section, translator)
    writer.add_table(CONTENT.take_top(0.52), table, size=15, row_height=ROW_HEIGHT)
    lower = CONTENT.take_bottom(0.46)
    writer.add_key_figures(lower.take_bottom(0.82).take_top(0.74), deck.selection.report.answer.key_figures)
    key = translator.gettext("Scores from 0 to 100; the colour is the level of the score.")
    writer.add_table(lower.take_top(0.2), build_level_key(section.cuts, translator))
    lines = [*build_bullets(section.reading, translator, 15), Line(key, 12, tone="muted")]
    writer.add_text(lower.take_bottom(0.22), lines, name="Key")
