"""Table of the answer: each finding with its reason, the action that follows from it, owner, date and effect."""

from assessment.charts.action_effect import format_effect
from assessment.domain.report import Report
from assessment.domain.report.sections.findings import FindingRow
from assessment.i18n import Translator
from assessment.i18n.action_texts import (
    format_owner,
    format_places,
    format_until,
    list_answer_titles,
    shorten_reason,
)
from assessment.office.report_tables import Cell, ReportTable, build_head

REASON_SENTENCES = 2
SHARES = (29, 31, 28, 22, 22)


def build_answer_table(report: Report, translator: Translator) -> ReportTable | None:
    """Build the rows of the answer; None if no action follows from any finding."""
    rows = report.answer.rows
    if not any(row.action for row in rows):
        return None
    titles = list_answer_titles(translator)
    cells = [_build_row(number, row, translator) for number, row in enumerate(rows, start=1)]
    return ReportTable(build_head(titles), cells, SHARES)


def _build_row(number: int, row: FindingRow, translator: Translator) -> list[Cell]:
    action, finding = row.action, Cell(f"{number}  {translator.render_message(row.finding)}", bold=True)
    if action is None:
        later = translator.gettext("Nothing to start now")
        return [finding, Cell(""), Cell(later, tone="muted"), Cell(""), Cell("")]
    effect = action.indicator
    if action.effect is not None:
        figure = translator.render_message(action.effect.figure)
        effect = translator.join_label(figure, format_effect(action.effect, translator))
    return [
        finding,
        Cell(shorten_reason(action.why, REASON_SENTENCES)),
        Cell(f"{action.title} ({format_places(action, row.further, translator)})", bold=True),
        Cell(f"{format_owner(action, translator)}, {format_until(action, translator)}"),
        Cell(effect),
    ]
