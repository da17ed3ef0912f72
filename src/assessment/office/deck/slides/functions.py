"""Slide of a function: its dimensions, key figures, what to do."""

from assessment.domain.report.sections.functions import FunctionSection
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_charts import build_function_chart
from assessment.office.report_tables import build_reason_table

MAX_ACTIONS, MAX_KEY_FIGURES = 4, 6


def add_function(deck: DeckWriter, part: FunctionSection) -> None:
    """Add the slide; without figures it says why."""
    translator = deck.translator
    remark = deck.selection.report.details.remarks.get(part.id, "")
    notes = [*deck.render_method("method.items", "method.scores"), remark]
    writer = deck.add_slide(translator.render_message(part.title), notes)
    writer.add_key_figures(CONTENT.take_top(0.24), part.key_figures[:MAX_KEY_FIGURES])
    below = CONTENT.take_bottom(0.76)
    left, right = below.take_left(0.5), below.take_right(0.5)
    if chart := build_function_chart(part, translator):
        writer.add_chart(left.take_top(0.84), chart)
        writer.add_text(left.take_bottom(0.15), build_bullets(part.notes, translator, 12), name="Notes")
    else:
        writer.add_text(left, build_bullets(part.notes, translator, 14), name="Notes")
    if part.actions:
        title = translator.gettext("What to do here")
        writer.add_table(right, build_reason_table(part.actions[:MAX_ACTIONS], title, translator), size=13)
    elif chart:
        text = translator.gettext("No rule calls for action at present")
        writer.add_text(right, [Line(text, tone="muted")], name="Actions")
