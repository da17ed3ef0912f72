"""Sheet of the answer: levels and targets, findings, first actions, the decision asked for."""

from assessment.charts.primitives.palette import PALETTE
from assessment.domain.report.figures import LevelScore
from assessment.domain.report.sections.targets import TargetRow
from assessment.office.figure_formats import FigureCell, build_figure_cell, build_number_cell, explain_figure
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue, SheetWriter, TableArea

LAST_COLUMN = 8
CHART_WIDTH, CHART_HEIGHT, CHART_ROWS = 860, 260, 15


def add_overview(book: ReportBook, selection: EditionSelection) -> None:
    """Add the first sheet."""
    translator, report = selection.translator, selection.report
    sheet = book.add_sheet(translator.gettext("Overview"))
    sheet.write_title(translator.render_message(selection.title), f"{selection.subject} · {selection.date}".strip(" ·"))
    area = _write_levels(sheet, selection)
    _insert_level_chart(sheet, area, selection)
    if selection.is_complete:
        if report.answer.change:
            sheet.write_paragraphs([f"{translator.render_message(report.answer.change)}."], LAST_COLUMN)
            sheet.row += 1
        if report.answer.findings:
            sheet.write_heading(translator.gettext("What we found"))
            sheet.write_paragraphs(translator.render_messages(report.answer.findings), LAST_COLUMN)
            sheet.row += 1
        sheet.write_heading(translator.gettext("The decision asked for"))
        sheet.write_paragraphs([translator.render_message(report.answer.decision)], LAST_COLUMN)
        sheet.row += 1
    notes = report.answer.notes if selection.function is None else selection.function.notes
    sheet.write_paragraphs(
        [
            *translator.render_messages(notes),
            translator.gettext(
                "0 to 100, from a five-step scale of observable practice; levels 1 to 5 are bands of it."
            ),
        ],
        LAST_COLUMN,
    )


def _write_levels(sheet: SheetWriter, selection: EditionSelection) -> TableArea:
    translator = selection.translator
    interval = translator.gettext("{percent}% interval").format(
        percent=translator.format_number(selection.report.interval_percent)
    )
    columns = (
        SheetColumn(translator.gettext("Part"), 30),
        SheetColumn(translator.gettext("Score"), 13, is_number=True),
        SheetColumn(translator.gettext("{interval}, from").format(interval=interval), 13, is_number=True),
        SheetColumn(translator.gettext("{interval}, to").format(interval=interval), 13, is_number=True),
        SheetColumn(translator.gettext("Answers"), 11, is_number=True),
        SheetColumn(translator.gettext("Level"), 13, is_number=True),
        SheetColumn(translator.gettext("Target"), 11, is_number=True),
        SheetColumn(translator.gettext("Points to go"), 13, is_number=True),
        SheetColumn(translator.gettext("Note"), 40, is_optional=True),
    )
    targets = {row.function: row for row in selection.report.targets.functions}
    rows = [
        _build_level_row(part.level_score, targets.get(part.id), selection, part.name) for part in selection.functions
    ]
    if selection.is_complete:
        overall = selection.report.answer.overall
        rows.insert(0, _build_level_row(overall, None, selection, translator.gettext("The whole")))
    return sheet.write_table(columns, rows)


def _build_level_row(
    score: LevelScore, target: TargetRow | None, selection: EditionSelection, name: str
) -> list[SheetValue]:
    translator, figure = selection.translator, score.figure
    low, high = figure.interval or (None, None)
    notes = [explain_figure(figure, translator)]
    if score.level is None and figure.value is not None:
        notes.append(translator.gettext("level withheld"))
    notes += [translator.gettext("contested")] if score.contested else []
    notes += [translator.gettext("provisional")] if score.provisional else []
    return [
        name,
        build_figure_cell(figure, translator),
        build_number_cell(low),
        build_number_cell(high),
        figure.n,
        score.level,
        build_number_cell(target.target) if target else None,
        build_figure_cell(target.distance, translator)
        if target and target.missing_points is not None
        else FigureCell(None),
        translator.join_with_semicolons([note for note in notes if note]),
    ]


def _insert_level_chart(sheet: SheetWriter, area: TableArea, selection: EditionSelection) -> None:
    """Draw scores as bars, with the targets as lines across them."""
    translator = selection.translator
    chart = sheet.book.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": area.refer_to_heading(1),
            "categories": area.refer_to_column(0),
            "values": area.refer_to_column(1),
            "fill": {"color": PALETTE["level-3"]},
            "data_labels": {"value": True, "position": "inside_base"},  # targets lie at the tops of bars
            "gap": 80,
        }
    )
    targets = sheet.book.book.add_chart({"type": "line"})
    targets.add_series(
        {
            "name": area.refer_to_heading(6),
            "categories": area.refer_to_column(0),
            "values": area.refer_to_column(6),
            "line": {"none": True},
            "marker": {
                "type": "long_dash",
                "size": 16,
                "fill": {"color": PALETTE["ink"]},
                "border": {"color": PALETTE["ink"]},
            },
        }
    )
    chart.combine(targets)
    chart.set_title({"name": translator.gettext("Now against target"), "name_font": {"size": 11}})
    chart.set_y_axis({"min": 0, "max": 100, "major_unit": 20, "major_gridlines": _get_grid_line(), "num_format": "0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    rows = [part.level_score for part in selection.functions]
    if selection.is_complete:
        rows.insert(0, selection.report.answer.overall)
    description = "; ".join(f"{row.name} {translator.format_figure(row.figure)}" for row in rows)
    sheet.insert_chart(chart, sheet.row - 1, 0, f"{translator.gettext('Now against target')}: {description}")
    sheet.row += CHART_ROWS
    sheet.fit_one_page()


def _get_grid_line() -> dict[str, object]:
    return {"visible": True, "line": {"color": PALETTE["faint"], "width": 0.75}}
