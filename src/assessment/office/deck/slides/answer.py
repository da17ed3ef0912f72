"""Slide of the answer: levels, findings, first actions, the decision asked for."""

from assessment.domain.report.sections.findings import FindingRow
from assessment.i18n.action_texts import format_owner, format_places, format_until
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line
from assessment.office.report_charts import build_level_chart
from assessment.office.report_tables import build_level_table

HEADING, TEXT, NOTE = 17.0, 16.0, 13.0
HIDDEN_ROW_HEIGHT = 40.0  # points; without a chart the table has its place


def add_answer(deck: DeckWriter) -> None:
    """Add the answer on one slide."""
    section, translator = deck.selection.report.answer, deck.translator
    notes = [
        *deck.render_method("method.scores", "method.levels", "method.interval", "method.interval-released"),
        *translator.render_messages(section.notes),
    ]
    writer = deck.add_slide(translator.render_message(section.title), notes)
    upper = CONTENT.take_top(0.83)
    left = upper.take_left(0.5)
    if chart := build_level_chart(deck.selection):
        writer.add_chart(left.take_top(0.5), chart)
        writer.add_table(left.take_bottom(0.5), build_level_table(deck.selection))
    else:
        writer.add_table(left, build_level_table(deck.selection), size=15, row_height=HIDDEN_ROW_HEIGHT)
    writer.add_text(upper.take_right(0.5), _build_findings(deck), name=translator.gettext("What we found"))
    decision = f"{translator.gettext('The decision asked for')}: {translator.render_message(section.decision)}"
    writer.add_text(
        CONTENT.take_bottom(0.17), [Line(decision, 14, bold=True)], name="Decision", fill="wash", anchor="middle"
    )


def _build_findings(deck: DeckWriter) -> list[Line]:
    section, translator = deck.selection.report.answer, deck.translator
    lines = [Line(f"{translator.render_message(section.change)}.", TEXT)] if section.change else []
    if section.rows:
        lines.append(Line(translator.gettext("What we found"), HEADING, bold=True, tone="accent"))
        lines += [
            line for number, row in enumerate(section.rows, start=1) for line in _build_row_lines(number, row, deck)
        ]
    return lines


def _build_row_lines(number: int, row: FindingRow, deck: DeckWriter) -> list[Line]:
    """Build a finding, the action that follows from it, its place in the roadmap, owner and time."""
    translator, action = deck.translator, row.action
    finding = Line(f"{number}. {translator.render_message(row.finding)}", TEXT, bold=True)
    if action is None:
        return [finding]
    about = " · ".join(
        [
            format_places(action, row.further, translator),
            format_owner(action, translator),
            format_until(action, translator),
        ]
    )
    return [finding, Line(f"→ {action.title}", TEXT), Line(about, NOTE, tone="muted")]
