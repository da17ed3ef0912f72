"""Sheet of the functions: the heatmap, then a row for each dimension."""

from collections.abc import Sequence

from assessment.charts.primitives.palette import PALETTE
from assessment.domain.report.figures import ScoreCell
from assessment.domain.report.sections.functions import DimensionRow, FunctionSection
from assessment.office.figure_formats import build_figure_cell, build_number_cell, explain_figure
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue, SheetWriter, TableArea

NAME_WIDTH, SCORE_WIDTH = 26, 13
ROWS_ON_PAGE = 24  # of dimensions, below grid and chart
CHART_WIDTH, CHART_SURROUNDINGS, BAR_HEIGHT, ROW_HEIGHT = 900, 100, 16, 19  # pixels


def add_functions(book: ReportBook, selection: EditionSelection) -> None:
    """Add the heatmap with its chart, and the dimensions."""
    translator = selection.translator
    sheet = book.add_sheet(translator.gettext("Functions"))
    title = selection.report.heatmap.title if selection.is_complete else selection.title
    sheet.write_title(translator.render_message(title), selection.subject)
    names = {part.name for part in selection.functions}
    rows = [row for row in selection.report.heatmap.rows if row.name in names]
    heads = (translator.gettext("Score"), *selection.report.heatmap.columns)
    sheet.write_line(translator.gettext("Scores from 0 to 100; the colour is the level of the score."))
    area = write_score_grid(
        sheet,
        (translator.gettext("Function"), *heads),
        [(row.name, (ScoreCell(row.level_score.figure, row.level_score.band), *row.cells)) for row in rows],
        selection,
    )
    insert_grid_chart(
        sheet, area, selection.report.heatmap.columns, translator.gettext("Functions by dimension (0–100)"), first=2
    )
    _write_dimensions(sheet, selection)


def write_score_grid(
    sheet: SheetWriter,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[ScoreCell]]],
    selection: EditionSelection,
) -> TableArea:
    """Write scores coloured by level. A missing one is an empty grey cell; the last column says why."""
    translator = selection.translator
    columns = [
        SheetColumn(heads[0], NAME_WIDTH),
        *(SheetColumn(head, SCORE_WIDTH, is_number=True) for head in heads[1:]),
        SheetColumn(translator.gettext("Note"), SCORE_WIDTH, is_optional=True),
    ]
    first_row = sheet.row + 1
    values: list[list[SheetValue]] = []
    for name, cells in rows:
        reasons = dict.fromkeys(explain_figure(cell.figure, translator) for cell in cells)
        notes = translator.join_with_semicolons([reason for reason in reasons if reason])
        values.append([name, *(build_figure_cell(cell.figure, translator) for cell in cells), notes])
    area = sheet.write_table(columns, values)
    for offset, (_, cells) in enumerate(rows):
        for number, cell in enumerate(cells, start=1):
            value = build_figure_cell(cell.figure, translator)
            sheet.write_cell(first_row + offset, number, value, _choose_colours(cell))
    return area


def _choose_colours(cell: ScoreCell) -> dict[str, object]:
    if cell.figure.value is None:
        return {"bg_color": PALETTE["wash"]}
    if cell.band is None:
        return {"bold": True}
    return {
        "bg_color": PALETTE[f"level-{cell.band}"],
        "font_color": PALETTE[f"on-level-{cell.band}"],
        "bold": cell.mark,
    }


def insert_grid_chart(sheet: SheetWriter, area: TableArea, columns: Sequence[str], title: str, *, first: int) -> None:
    """Draw a group of bars for each column of a grid, a bar for each row; missing scores leave a gap.

    Bars lie: above columns, labels like "10 or less" would overlap.
    """
    chart = sheet.book.book.add_chart({"type": "bar"})
    tones = ("accent", "second", "third", "level-5", "rule")
    last = first + len(columns) - 1
    for offset, row in enumerate(range(area.first_row, area.last_row + 1)):
        chart.add_series(
            {
                "name": [area.sheet, row, 0],
                "categories": [area.sheet, area.first_row - 1, first, area.first_row - 1, last],
                "values": [area.sheet, row, first, row, last],
                "fill": {"color": PALETTE[tones[offset % len(tones)]]},
                "data_labels": {"value": True, "font": {"size": 8}},
                "gap": 60,
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 11}})
    chart.set_y_axis({"reverse": True, "crossing": "max"})
    chart.set_x_axis(
        {
            "min": 0,
            "max": 100,
            "major_unit": 20,
            "num_format": "0",
            "major_gridlines": {"visible": True, "line": {"color": PALETTE["faint"], "width": 0.75}},
        }
    )
    chart.set_legend({"position": "bottom"})
    height = CHART_SURROUNDINGS + BAR_HEIGHT * len(columns) * (area.last_row - area.first_row + 1)
    chart.set_size({"width": CHART_WIDTH, "height": height})
    sheet.insert_chart(chart, sheet.row - 1, 0, f"{title}: {', '.join(columns)}")
    sheet.row += height // ROW_HEIGHT + 2


def _write_dimensions(sheet: SheetWriter, selection: EditionSelection) -> None:
    translator = selection.translator
    columns = (
        SheetColumn(translator.gettext("Function"), NAME_WIDTH),
        SheetColumn(translator.gettext("Dimension"), SCORE_WIDTH),
        SheetColumn(translator.gettext("Score"), SCORE_WIDTH, is_number=True),
        SheetColumn(translator.gettext("Interval, from"), SCORE_WIDTH, is_number=True),
        SheetColumn(translator.gettext("Interval, to"), SCORE_WIDTH, is_number=True),
        SheetColumn(translator.gettext("Answers"), SCORE_WIDTH, is_number=True),
        SheetColumn(translator.gettext("Agreement"), SCORE_WIDTH, is_number=True),
        SheetColumn(translator.gettext("Note"), SCORE_WIDTH),  # even if empty: the grid above has a score there
        SheetColumn(translator.gettext("Today"), 44),
        SheetColumn(translator.gettext("One level up"), 44),
    )
    rows = [_build_row(part, row, selection) for part in selection.functions for row in part.dimensions]
    sheet.write_table(columns, rows, is_main=True)
    if len(rows) <= ROWS_ON_PAGE:
        sheet.fit_one_page()
    sheet.sheet.freeze_panes(0, 1)  # the grid above the table must stay in view too


def _build_row(part: FunctionSection, row: DimensionRow, selection: EditionSelection) -> list[SheetValue]:
    translator = selection.translator
    low, high = row.figure.interval or (None, None)
    return [
        part.name,
        row.name,
        build_figure_cell(row.figure, translator),
        build_number_cell(low),
        build_number_cell(high),
        row.figure.n,
        build_figure_cell(row.agreement, translator) if row.agreement else None,
        explain_figure(row.figure, translator),
        row.level_text,
        row.next_text,
    ]
