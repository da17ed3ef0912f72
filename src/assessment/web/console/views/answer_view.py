"""The answer on the results page: findings with their actions, figures of the contents, methods of the indices."""

from msgspec import Struct

from assessment.charts.action_effect import format_effect
from assessment.domain.report import Report
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.sections.change import ChangeRow
from assessment.domain.report.sections.findings import FindingRow
from assessment.i18n import Translator
from assessment.i18n.action_texts import format_owner, format_start, format_until, shorten_reason

REASON_SENTENCES = 2
SECTIONS_OF_FINDINGS = {
    "authority": "authority",
    "gap": "gap",
    "hand-offs": "hand-offs",
    "heatmap": "heatmap",
    "outlook": "outlook",
    "embedding": "outlook",
    "functions": "levels",
}
ADVICE_SECTION = "advice"  # it states the figures that an action follows from
METHODS_OF_INDICES = ("method.embedding", "method.risk")


class FindingWithActions(Struct, frozen=True):
    """A finding with the action that follows from it; `section` is the id of the part of the page with its figures.

    `evidence` is the figure that fired the action, `start` when it starts unless now, `further` the other actions that
    follow from the finding.
    """

    finding: str
    section: str
    action: Action | None = None
    why: str = ""
    start: str = ""
    owner: str = ""
    until: str = ""
    effect: str = ""
    effect_figure: str = ""
    evidence: str = ""
    further: tuple[Action, ...] = ()


def list_answer_rows(report: Report, translator: Translator) -> tuple[FindingWithActions, ...]:
    """List the findings of the answer with reason, owner, date and effect as texts, as the PDF has them."""
    return tuple(_build_row(row, report, translator) for row in report.answer.rows)


def _build_row(row: FindingRow, report: Report, translator: Translator) -> FindingWithActions:
    finding, action = translator.render_message(row.finding), row.action
    computed = row.stated.computed if row.stated else row.finding
    section = SECTIONS_OF_FINDINGS.get(computed.id.partition(".")[0], ADVICE_SECTION)
    if getattr(report, section.replace("-", "_"), report) is None:  # the questionnaire does not have this part
        section = ADVICE_SECTION
    if action is None:
        return FindingWithActions(finding, section)
    return FindingWithActions(
        finding,
        section,
        action,
        why=shorten_reason(action.why, REASON_SENTENCES),
        start="" if action.starts_now else format_start(action, translator),
        owner=format_owner(action, translator),
        until=format_until(action, translator),
        effect=format_effect(action.effect, translator) if action.effect else "",
        effect_figure=translator.render_message(action.effect.figure) if action.effect else action.indicator,
        evidence=translator.render_message(row.evidence) if row.evidence else "",
        further=row.further,
    )


def list_contents_figures(report: Report, translator: Translator) -> dict[str, str]:
    """Return the figures next to the entries of the contents, by the id of the section."""
    texts = {
        "answer": _format_whole(report, translator),
        "change": next(
            (translator.format_figure(row.change, signed=True) for row in _list_overall_changes(report)), ""
        ),
        "heatmap": _format_lowest_cell(report, translator),
        "targets": _format_widest_distance(report, translator),
        "advice": translator.format_number(len(report.roadmap.actions)) if report.roadmap.actions else "",
    }
    if report.authority is not None:
        texts["authority"] = report.authority.class_name
    if report.hand_offs is not None and report.hand_offs.overall.value is not None:
        texts["hand-offs"] = _format_both(report.hand_offs.overall, translator)
    if report.outlook is not None:
        texts["outlook"] = next((corner.name for corner in report.outlook.quadrants if corner.is_current), "")
    if report.perception_gap is not None:
        texts["gap"] = _format_widest_gap(report, translator)
    return {section: text for section, text in texts.items() if text}


def list_index_methods(report: Report, translator: Translator) -> dict[str, str]:
    """Return how embedding and risk come about, by message id; only those that the report has."""
    return {
        message.id: translator.render_message(message)
        for message in report.appendix.method
        if message.id in METHODS_OF_INDICES
    }


def _format_whole(report: Report, translator: Translator) -> str:
    figure = report.answer.overall.figure
    return "" if figure.value is None else _format_both(figure, translator)


def _format_both(figure: ReportFigure, translator: Translator) -> str:
    """Format a figure, with the consultant's value next to it where it is moderated."""
    return f"{translator.format_figure(figure)} {translator.format_moderated(figure)}".rstrip()


def _list_overall_changes(report: Report) -> tuple[ChangeRow, ...]:
    rows = report.change.rows if report.change else ()
    return tuple(row for row in rows if row.is_overall)


def _format_lowest_cell(report: Report, translator: Translator) -> str:
    """Format the lowest score of a function in a dimension, with the dimension unless several share the score."""
    cells = [
        (cell.figure.value, column, cell.figure)
        for row in report.heatmap.rows
        for column, cell in zip(report.heatmap.columns, row.cells, strict=True)
        if cell.figure.value is not None
    ]
    if not cells:
        return ""
    least = min(value for value, _, _ in cells)
    lowest = [(column, figure) for value, column, figure in cells if value == least]
    columns = {column for column, _ in lowest}
    text = _format_both(lowest[0][1], translator)
    return f"{columns.pop()} {text}" if len(columns) == 1 else text


def _format_widest_distance(report: Report, translator: Translator) -> str:
    """Format the widest distance to a target with its function; rows are sorted by it."""
    row = next(
        (row for row in report.targets.functions if row.missing_points is not None and row.missing_points > 0), None
    )
    return "" if row is None else f"{row.name} {translator.format_figure(row.distance)}"


def _format_widest_gap(report: Report, translator: Translator) -> str:
    """Format the widest gap of leaders and practitioners with its dimension, unless several share it."""
    rows = report.perception_gap.rows if report.perception_gap else ()
    gaps = [(abs(row.gap.value), row) for row in rows if row.gap.value is not None]
    widest = [row for size, row in gaps if size == max(size for size, _ in gaps)]
    if not widest:
        return ""
    text = translator.format_figure(widest[0].gap, signed=True)
    return f"{widest[0].name} {text}" if len(widest) == 1 else text
