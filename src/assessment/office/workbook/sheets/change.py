"""Sheet of the change since the last wave."""

from assessment.domain.report.sections.change import ChangeRow, ChangeSection
from assessment.office.figure_formats import build_figure_cell, build_number_cell
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue

LAST_COLUMN = 5


def add_change(book: ReportBook, selection: EditionSelection) -> None:
    """Add a row for each figure of both waves; nothing without an earlier wave, or in a playbook."""
    part, translator = selection.report.change, selection.translator
    if part is None or not selection.is_complete:
        return
    sheet = book.add_sheet(translator.gettext("Change"))
    sheet.write_title(translator.render_message(part.title), selection.subject)
    sheet.write_paragraphs(translator.render_messages(part.breaks), LAST_COLUMN)
    is_split = any(row.parts for row in part.rows)
    columns = [
        SheetColumn(translator.gettext("Part"), 30),
        SheetColumn(translator.gettext("Then"), 12, is_number=True),
        SheetColumn(translator.gettext("Now"), 12, is_number=True),
        SheetColumn(translator.gettext("Change"), 12, is_number=True),
        SheetColumn("±", 10, is_number=True),
        SheetColumn(translator.gettext("Verdict"), 26),
    ]
    if is_split:
        titles = (translator.gettext("Answers"), translator.gettext("Who answered"), translator.gettext("Instrument"))
        columns += [SheetColumn(title, 14, is_number=True) for title in titles]
    sheet.write_table(columns, [_build_row(row, selection, is_split=is_split) for row in part.rows], is_main=True)
    _write_items(book, part, selection)


def _build_row(row: ChangeRow, selection: EditionSelection, *, is_split: bool) -> list[SheetValue]:
    translator = selection.translator
    name = row.name if isinstance(row.name, str) else translator.render_message(row.name)
    cells: list[SheetValue] = [
        name or translator.gettext("The whole"),
        build_figure_cell(row.earlier, translator),
        build_figure_cell(row.later, translator),
        build_figure_cell(row.change, translator, signed=True),
        build_number_cell(row.margin),
        translator.render_message(row.verdict),
    ]
    if is_split:
        parts = row.parts or ()
        cells += [build_figure_cell(part, translator, signed=True) for part in parts] or [None] * 3
    return cells


def _write_items(book: ReportBook, part: ChangeSection, selection: EditionSelection) -> None:
    translator = selection.translator
    moved = (*part.rising_items, *part.falling_items)
    if not moved:
        return
    sheet = book.add_sheet(translator.gettext("Items that moved"))
    sheet.write_title(translator.gettext("Items that moved"), selection.subject)
    columns = (
        SheetColumn(translator.gettext("Item"), 60),
        SheetColumn(translator.gettext("Function"), 26),
        SheetColumn(translator.gettext("Change"), 12, is_number=True),
    )
    rows: list[list[SheetValue]] = [
        [item.name, item.function, build_figure_cell(item.change, translator, signed=True)] for item in moved
    ]
    sheet.write_table(columns, rows, is_main=True)
