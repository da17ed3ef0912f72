"""Slide of the gaps between leaders and practitioners."""

from msgspec.structs import replace

from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter
from assessment.office.report_charts import build_gap_chart
from assessment.office.report_tables import build_gap_table

ON_SLIDE = (0, 3, 4, 5)  # columns of the table: the chart next to it has both scores
SHARES = (30, 14, 26, 34)


def add_perception_gap(deck: DeckWriter) -> None:
    """Add dumbbells, and a table of gaps with their verdicts; nothing without a figure."""
    section, translator = deck.selection.report.perception_gap, deck.translator
    chart = build_gap_chart(section, translator) if section else None
    if section is None or chart is None:
        return
    notes = [*deck.render_method("method.gap", "note.gap-chance"), *translator.render_messages(section.notes)]
    writer = deck.add_slide(translator.render_message(section.title), notes)
    upper = CONTENT.take_top(0.74)
    writer.add_chart(upper.take_left(0.52), chart)
    table = build_gap_table(section, translator)
    head, *rows = [[line[place] for place in ON_SLIDE] for line in (table.head, *table.rows)]
    writer.add_table(upper.take_right(0.48), replace(table, head=head, rows=rows, shares=SHARES), size=13)
    writer.add_key_figures(CONTENT.take_bottom(0.26), section.key_figures)
