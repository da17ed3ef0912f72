"""Slide of authority and support."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_charts import build_authority_chart


def add_authority(deck: DeckWriter) -> None:
    """Add both sides, and what support is made of; nothing without a figure."""
    section, translator = deck.selection.report.authority, deck.translator
    chart = build_authority_chart(section, translator) if section else None
    if section is None or chart is None:
        return
    notes = [
        *deck.render_method("method.risk"),
        *translator.render_messages(section.notes),
        deck.selection.report.details.remarks.get("authority", ""),
    ]
    writer = deck.add_slide(translator.render_message(section.title), notes)
    writer.add_key_figures(CONTENT.take_top(0.27), section.key_figures)
    below = CONTENT.take_bottom(0.73)
    writer.add_chart(below.take_left(0.58), chart)
    lines = [Line(section.class_meaning, 18)] if section.class_name else []  # the title and a figure name the class
    lines += build_bullets(section.notes, translator, 12)
    writer.add_text(below.take_right(0.42), lines, name="Meaning")
