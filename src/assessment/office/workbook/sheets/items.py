"""Sheet of the items: text, who was asked, score, answers and their distribution."""

from collections.abc import Iterator

from assessment.domain.report.figures import ItemRow
from assessment.domain.report.sections.appendix import AppendixItem
from assessment.office.figure_formats import build_figure_cell, build_number_cell, explain_figure
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetValue

RUNG_CLASSES = {5: ("0", "1", "2", "3", "4"), 3: ("0–1", "2", "3–4")}


def add_items(book: ReportBook, selection: EditionSelection) -> None:
    """Add a row for each item, with a filter."""
    translator = selection.translator
    sheet = book.add_sheet(translator.gettext("Items"))
    sheet.write_title(translator.gettext("What was asked, item by item"), selection.subject)
    rows_by_id = {row.id: row for part in selection.functions for row in part.all}
    classes = RUNG_CLASSES.get(max((len(row.shares) for row in rows_by_id.values()), default=0), ())
    columns = [
        SheetColumn(translator.gettext("Function"), 22),
        SheetColumn(translator.gettext("Dimension"), 17),
        SheetColumn(translator.gettext("Item"), 15),
        SheetColumn(translator.gettext("Question"), 60),
        SheetColumn(translator.gettext("Asked of"), 24),
        SheetColumn(translator.gettext("Score"), 12, is_number=True),
        SheetColumn(translator.gettext("Answers"), 10, is_number=True),
        SheetColumn(translator.gettext("Don’t know"), 10, is_number=True),
        *(
            SheetColumn(translator.gettext("Rung {rungs}, percent").format(rungs=rungs), 10, is_number=True)
            for rungs in classes
        ),
        SheetColumn(translator.gettext("Note"), 30, is_optional=True),
    ]
    sheet.write_table(columns, list(_iterate_rows(selection, rows_by_id, len(classes))), is_main=True)


def _iterate_rows(
    selection: EditionSelection, rows_by_id: dict[str, ItemRow], class_count: int
) -> Iterator[list[SheetValue]]:
    """Yield the items of the functions shown, and of the whole those asked across functions."""
    translator = selection.translator
    dimensions = {
        item.id: dimension.name
        for part in selection.functions
        for dimension in part.dimensions
        for item in dimension.items
    }
    hand_offs = {row.id for part in selection.functions for row in part.rows}
    names = {part.name for part in selection.functions}
    for group in selection.report.appendix.items:
        if group.name not in names and not (selection.is_complete and not group.name):
            continue
        for item in group.items:
            kind = translator.gettext("Hand-offs") if item.id in hand_offs else dimensions.get(item.id, "")
            shares = rows_by_id[item.id].shares if item.id in rows_by_id else ()
            cells: list[SheetValue] = [build_number_cell(share) for share in shares] or [None] * class_count
            name = group.name or translator.gettext("Across functions")
            yield [name, kind, *_build_item_cells(item, selection), *cells, explain_figure(item.figure, translator)]


def _build_item_cells(item: AppendixItem, selection: EditionSelection) -> list[SheetValue]:
    figure = item.figure
    score = build_figure_cell(figure, selection.translator)
    return [item.id, item.text, item.asked_of, score, figure.n, figure.dk]
