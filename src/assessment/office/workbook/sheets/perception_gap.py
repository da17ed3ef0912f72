"""Sheet of the gaps between leaders and practitioners."""

from assessment.charts.primitives.palette import PALETTE
from assessment.domain.report.sections.perception_gap import GapRow
from assessment.office.figure_formats import build_figure_cell, build_number_cell, explain_figure
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue, SheetWriter, TableArea

LAST_COLUMN = 9
GRID_LINE = {"visible": True, "line": {"color": PALETTE["faint"], "width": 0.75}}


def add_perception_gap(book: ReportBook, selection: EditionSelection) -> None:
    """Add the sheet; a playbook has none."""
    part, translator = selection.report.perception_gap, selection.translator
    if part is None or not selection.is_complete:
        return
    sheet = book.add_sheet(translator.gettext("Gaps"))
    sheet.write_title(translator.render_message(part.title), selection.subject)
    columns = (
        SheetColumn(translator.gettext("Dimension"), 24),
        SheetColumn(translator.gettext("Leaders"), 12, is_number=True),
        SheetColumn(translator.gettext("Practitioners"), 13, is_number=True),
        SheetColumn(translator.gettext("Gap"), 12, is_number=True),
        SheetColumn(translator.gettext("Interval, from"), 12, is_number=True),
        SheetColumn(translator.gettext("Interval, to"), 12, is_number=True),
        SheetColumn(translator.gettext("Leaders who answered"), 14, is_number=True),
        SheetColumn(translator.gettext("Practitioners who answered"), 14, is_number=True),
        SheetColumn(translator.gettext("Verdict"), 26),
        SheetColumn(translator.gettext("Note"), 30, is_optional=True),
    )
    area = sheet.write_table(columns, [_build_row(row, selection) for row in part.rows], is_main=True)
    _insert_gap_chart(sheet, area, selection)
    sheet.write_paragraphs(translator.render_messages(part.notes), LAST_COLUMN)


def _build_row(row: GapRow, selection: EditionSelection) -> list[SheetValue]:
    translator = selection.translator
    low, high = row.gap.interval or (None, None)
    note = translator.render_message(row.direction) if row.direction else explain_figure(row.gap, translator)
    return [
        row.name,
        build_figure_cell(row.leader, translator),
        build_figure_cell(row.practitioner, translator),
        build_figure_cell(row.gap, translator, signed=True),
        build_number_cell(low, signed=True),
        build_number_cell(high, signed=True),
        row.leader.n,
        row.practitioner.n,
        translator.render_message(row.verdict_text) if row.verdict_text else "",
        note,
    ]


def _insert_gap_chart(sheet: SheetWriter, area: TableArea, selection: EditionSelection) -> None:
    translator = selection.translator
    chart = sheet.book.book.add_chart({"type": "bar"})
    for column, tone in ((1, "accent"), (2, "second")):
        chart.add_series(
            {
                "name": area.refer_to_heading(column),
                "categories": area.refer_to_column(0),
                "values": area.refer_to_column(column),
                "fill": {"color": PALETTE[tone]},
                "data_labels": {"value": True},
                "gap": 60,
            }
        )
    chart.set_title({"name": translator.gettext("Leaders and practitioners"), "name_font": {"size": 11}})
    chart.set_x_axis({"min": 0, "max": 100, "major_unit": 20, "num_format": "0", "major_gridlines": GRID_LINE})
    chart.set_y_axis({"reverse": True, "crossing": "max"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 340})
    rows = selection.report.perception_gap.rows if selection.report.perception_gap else ()
    description = "; ".join(
        f"{row.name}: {translator.format_figure(row.leader)}, {translator.format_figure(row.practitioner)}"
        for row in rows
    )
    sheet.insert_chart(chart, sheet.row - 1, 0, f"{translator.gettext('Leaders and practitioners')}: {description}")
    sheet.row += 18
