"""Slides of functions: dimensions, key figures, what to do; functions without a figure share one slide."""

from collections.abc import Sequence

from assessment.domain.report.sections.functions import FunctionSection
from assessment.office.action_tables import build_reason_table
from assessment.office.deck.slide_area import CONTENT
from assessment.office.deck.slide_writer import DeckWriter, Line, build_bullets
from assessment.office.report_charts import build_function_chart
from assessment.office.report_tables import Cell, ReportTable, build_head

MAX_ACTIONS, MAX_KEY_FIGURES = 4, 6
HIDDEN_ROW_HEIGHT = 40.0  # points
NOTE_LINE_LENGTH = 70  # characters of a line below the chart


def add_functions(deck: DeckWriter) -> None:
    """Add a slide for each function, and one for all those without a figure, if there are several."""
    hidden = [part for part in deck.selection.functions if _is_hidden(part, deck)]
    for part in deck.selection.functions:
        if part not in hidden or len(hidden) == 1:
            add_function(deck, part)
    if len(hidden) > 1:
        _add_hidden_functions(deck, hidden)


def _choose_note_share(part: FunctionSection, deck: DeckWriter) -> float:
    """Choose the share of the height that notes take below the chart, at most two fifths."""
    length = sum(len(text) for text in deck.translator.render_messages(part.notes))
    return min(0.4, 0.1 + 0.05 * (1 + length // NOTE_LINE_LENGTH))


def _is_hidden(part: FunctionSection, deck: DeckWriter) -> bool:
    """Return whether there is neither a figure nor a text, so that the slide would only say so."""
    has_text = part.actions or deck.selection.report.details.remarks.get(part.id, "").strip()
    return not has_text and build_function_chart(part, deck.translator) is None


def _add_hidden_functions(deck: DeckWriter, parts: Sequence[FunctionSection]) -> None:
    translator = deck.translator
    names = translator.join_list([part.name for part in parts])
    title = translator.gettext("No score can be shown for {functions}").format(functions=names)
    writer = deck.add_slide(title, deck.render_method("method.items", "method.scores"))
    head = build_head((translator.gettext("Function"), translator.gettext("Why")))
    rows = [
        [Cell(part.name, bold=True), Cell(" ".join(translator.render_messages(part.notes or (part.title,))))]
        for part in parts
    ]
    writer.add_table(CONTENT, ReportTable(head, rows, [28, 92]), size=15, row_height=HIDDEN_ROW_HEIGHT)


def add_function(deck: DeckWriter, part: FunctionSection) -> None:
    """Add the slide; without figures it says why."""
    translator = deck.translator
    remark = deck.selection.report.details.remarks.get(part.id, "")
    notes = [*deck.render_method("method.items", "method.scores"), remark]
    writer = deck.add_slide(translator.render_message(part.title), notes)
    writer.add_key_figures(CONTENT.take_top(0.27), part.key_figures[:MAX_KEY_FIGURES])
    below = CONTENT.take_bottom(0.73)
    left, right = below.take_left(0.5), below.take_right(0.5)
    chart = build_function_chart(part, translator)
    if chart and not part.actions:
        writer.add_chart(below.take_top(0.8), chart)
        lines = [
            Line(translator.gettext("No rule calls for action at present")),
            *build_bullets(part.notes, translator, 12),
        ]
        writer.add_text(below.take_bottom(0.19), lines, name="Notes")
    elif chart:
        share = _choose_note_share(part, deck)
        writer.add_chart(left.take_top(1 - share), chart)
        writer.add_text(left.take_bottom(share), build_bullets(part.notes, translator, 12), name="Notes")
    else:
        writer.add_text(left, build_bullets(part.notes, translator, 14), name="Notes")
    if part.actions:
        title = translator.gettext("What to do here")
        writer.add_table(right, build_reason_table(part.actions[:MAX_ACTIONS], title, translator), size=13)
