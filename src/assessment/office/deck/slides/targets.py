"""Slide of the targets: now against target, and where most is missing."""

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line
from assessment.office.report_charts import build_target_chart
from assessment.office.report_tables import build_target_table

MAX_DISTANCES = 5


def add_targets(deck: DeckWriter) -> None:
    """Add functions as dumbbells, and the widest distances as a table; nothing without a score."""
    section, translator = deck.selection.report.targets, deck.translator
    chart = build_target_chart(section, translator)
    if chart is None:
        return
    writer = deck.add_slide(translator.render_message(section.title), deck.render_method("method.scores"))
    upper = CONTENT.take_top(0.8)
    writer.add_chart(upper.take_left(0.56), chart)
    if section.dimensions:
        title = translator.gettext("The widest distances, dimension by dimension")
        table = build_target_table(section.dimensions[:MAX_DISTANCES], title, translator, by_dimension=True)
        writer.add_table(upper.take_right(0.44), table)
    balance = [Line(translator.render_message(section.balance))] if section.balance else []
    writer.add_text(CONTENT.take_bottom(0.18), balance, name="Balance", anchor="middle")
