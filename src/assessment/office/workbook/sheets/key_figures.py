"""Sheet of the key figures of all sections, authority, outlook and embedding among them."""

from assessment.domain.report.figures import KeyFigure
from assessment.office.figure_formats import build_figure_cell, build_number_cell, explain_figure
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue


def add_key_figures(book: ReportBook, selection: EditionSelection) -> None:
    """Add a row for each key figure."""
    translator = selection.translator
    sheet = book.add_sheet(translator.gettext("Key figures"))
    sheet.write_title(translator.gettext("Key figures"), selection.subject)
    columns = (
        SheetColumn(translator.gettext("Part"), 28),
        SheetColumn(translator.gettext("Figure"), 34),
        SheetColumn(translator.gettext("Value"), 16, is_number=True),
        SheetColumn(translator.gettext("Interval, from"), 12, is_number=True),
        SheetColumn(translator.gettext("Interval, to"), 12, is_number=True),
        SheetColumn(translator.gettext("Answers"), 11, is_number=True),
        SheetColumn(translator.gettext("Meaning"), 44),
    )
    sheet.write_table(
        columns, [_build_row(name, figure, selection) for name, figure in selection.list_key_figures()], is_main=True
    )


def _build_row(section: str, entry: KeyFigure, selection: EditionSelection) -> list[SheetValue]:
    translator, figure = selection.translator, entry.figure
    low, high = figure.interval or (None, None)
    meaning = translator.render_message(entry.meaning) if entry.meaning else ""
    return [
        section,
        translator.render_message(entry.label),
        build_figure_cell(figure, translator, signed=entry.unit == "signed", percent=entry.unit == "percent"),
        build_number_cell(low),
        build_number_cell(high),
        figure.n,
        explain_figure(figure, translator) or meaning,
    ]
