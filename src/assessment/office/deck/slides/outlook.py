"""Slide of the outlook on roles and of the embedding."""

from assessment.domain.report.sections.outlook import OutlookSection
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_charts import build_outlook_chart
from assessment.office.report_tables import build_embedding_figure

NOTES_ON_SLIDE = 1  # that it is a scenario; the speaker notes have all


def add_outlook(deck: DeckWriter) -> None:
    """Add the point in four quadrants, and how far the work is embedded; nothing without a figure."""
    section, translator = deck.selection.report.outlook, deck.translator
    if section is None:
        return
    chart = build_outlook_chart(section, translator)
    if chart is None and section.embedding.value is None:
        return
    notes = [*deck.render_method("method.outlook", "method.embedding"), *translator.render_messages(section.notes)]
    notes += [translator.join_label(quadrant.name, quadrant.meaning) for quadrant in section.quadrants]
    writer = deck.add_slide(translator.render_message(section.title), notes)
    if chart is not None:
        left = CONTENT.take_left(0.54)
        writer.add_chart(left.take_top(0.92), chart)
        text = translator.gettext("High starts at {cut}, where the lines cross.")
        key = [Line(text.format(cut=translator.format_number(section.cut)), 12, tone="muted")]
        writer.add_text(left.take_bottom(0.07), key, name="Key")
    right = CONTENT.take_right(0.46) if chart is not None else CONTENT
    lines = [*_build_quadrant_lines(section), *build_bullets(section.notes[:NOTES_ON_SLIDE], translator, 12)]
    writer.add_text(right.take_top(0.46), lines, name="Quadrants")
    lower = right.take_bottom(0.54)
    writer.add_key_figures(lower.take_top(0.68), [*section.key_figures, build_embedding_figure(section)])
    writer.add_text(lower.take_bottom(0.32), [Line(section.embedding_meaning)], name="Embedding")


def _build_quadrant_lines(section: OutlookSection) -> list[Line]:
    """Build name and meaning of the quadrant with the point; the chart names the others, the notes explain them."""
    lines = []
    for quadrant in section.quadrants:
        if quadrant.is_current:
            lines += [Line(quadrant.name, 18, bold=True, tone="accent"), Line(quadrant.meaning)]
    return lines
