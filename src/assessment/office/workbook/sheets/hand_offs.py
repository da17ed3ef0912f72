"""Sheet of the hand-offs between channels."""

from assessment.domain.report.figures import ScoreCell
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn
from assessment.office.workbook.sheets.functions import insert_grid_chart, write_score_grid

LAST_COLUMN = 6


def add_hand_offs(book: ReportBook, selection: EditionSelection) -> None:
    """Add functions by channels, and where to begin."""
    part, translator = selection.report.hand_offs, selection.translator
    names = {function.name for function in selection.functions}
    rows = [row for row in part.rows if row.name in names] if part else []
    if part is None or not rows:
        return
    sheet = book.add_sheet(translator.gettext("Hand-offs"))
    title = translator.render_message(part.title) if selection.is_complete else translator.gettext("Hand-offs")
    sheet.write_title(title, selection.subject)
    area = write_score_grid(
        sheet,
        (translator.gettext("Function"), translator.gettext("Hand-offs"), *part.columns),
        [(row.name, (ScoreCell(row.figure, None), *row.cells)) for row in rows],
        selection,
    )
    title = translator.gettext("Hand-offs between channels (0–100)")
    insert_grid_chart(sheet, area, part.columns, title, first=2)
    columns = (SheetColumn(translator.gettext("Function"), 26), SheetColumn(translator.gettext("Begin with"), 30))
    worst = [[row.name, translator.join_list(row.worst)] for row in rows if row.worst]
    if worst:
        sheet.write_table(columns, worst)
    if selection.is_complete:
        sheet.write_paragraphs(translator.render_messages(part.notes), LAST_COLUMN)
