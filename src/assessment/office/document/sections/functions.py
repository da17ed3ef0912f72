"""Section of a function."""

from assessment.domain.report.figures import ItemRow, ReportFigure
from assessment.domain.report.sections.functions import FunctionSection
from assessment.office.action_tables import build_reason_table
from assessment.office.document.document_writer import DocumentWriter
from assessment.office.report_charts import build_function_chart
from assessment.office.report_tables import DASH, Cell, ReportTable, build_head

INTERVAL_COLUMN = 2


def add_function(writer: DocumentWriter, part: FunctionSection) -> None:
    """Add figures, items, next rungs, notes and actions."""
    translator = writer.translator
    chart = build_function_chart(part, translator)
    writer.add_heading(translator.render_message(part.title), is_new_page=chart is not None)
    writer.add_key_figures(part.key_figures, translator.join_label(part.name, translator.gettext("Key figures")))
    writer.add_chart(chart, part.name)
    writer.add_messages(part.notes, "Normal", tone="muted")
    writer.add_remark(part.id)
    if part.actions:
        writer.add_heading(translator.gettext("What to do here"), 2)
        table = build_reason_table(part.actions, translator.gettext("Action"), translator)
        writer.add_table(table, translator.join_label(part.name, translator.gettext("What to do here")))
    if any(row.figure.value is not None for row in part.all):
        writer.add_table(
            _build_item_table(part, writer),
            translator.join_label(part.name, translator.gettext("What was asked, item by item")),
        )
    writer.add_table(
        _build_rung_table(part, writer), translator.join_label(part.name, translator.gettext("The next step"))
    )


def _build_item_table(part: FunctionSection, writer: DocumentWriter) -> ReportTable:
    """Build dimensions, each followed by its items."""
    translator = writer.translator
    titles: tuple[str, ...] = (
        translator.gettext("Item"),
        translator.gettext("Score"),
        translator.gettext("Interval"),
        translator.gettext("Answers"),
    )
    rows: list[list[Cell]] = []
    for dimension in part.dimensions:
        rows.append(_build_row(dimension.name, dimension.figure, writer, bold=True))
        rows += [_build_item_row(item, writer) for item in dimension.items]
    if part.rows:
        rows.append(_build_row(translator.gettext("Hand-offs"), part.hand_off, writer, bold=True))
        rows += [_build_item_row(item, writer) for item in part.rows]
    shares = [64.0, 18.0, 18.0, 14.0]
    if not any(row[INTERVAL_COLUMN].text for row in rows):
        titles, shares = (*titles[:INTERVAL_COLUMN], titles[-1]), [82.0, 18.0, 14.0]
        rows = [[*row[:INTERVAL_COLUMN], row[-1]] for row in rows]
    return ReportTable(build_head(titles, range(1, len(titles))), rows, shares)


def _build_item_row(item: ItemRow, writer: DocumentWriter) -> list[Cell]:
    return _build_row(item.text, item.figure, writer, bold=False)


def _build_row(name: str, figure: ReportFigure, writer: DocumentWriter, *, bold: bool) -> list[Cell]:
    translator, fill = writer.translator, "wash" if bold else ""
    score = translator.format_figure(figure)
    if figure.value is None:
        score = translator.format_missing_briefly(figure) or DASH
    interval = translator.format_interval(figure.interval) if figure.interval else ""
    count = DASH if figure.n is None else translator.format_number(figure.n)
    return [
        Cell(name, bold=bold, fill=fill),
        Cell(score, bold=bold, fill=fill, is_number=True),
        Cell(interval, tone="muted", fill=fill, is_number=True),
        Cell(count, tone="muted", fill=fill, is_number=True),
    ]


def _build_rung_table(part: FunctionSection, writer: DocumentWriter) -> ReportTable:
    translator = writer.translator
    titles = (translator.gettext("Dimension"), translator.gettext("Today"), translator.gettext("One level up"))
    rows = [
        [Cell(row.name, bold=True), Cell(row.level_text), Cell(row.next_text or DASH)]
        for row in part.dimensions
        if row.level_text
    ]
    return ReportTable(build_head(titles), rows, [24, 50, 50])
