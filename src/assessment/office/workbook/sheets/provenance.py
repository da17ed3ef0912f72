"""Sheet of the provenance: what the file was made from, the method, what is hidden and why."""

from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn

LAST_COLUMN = 1


def add_provenance(book: ReportBook, selection: EditionSelection) -> None:
    """Add the last sheet."""
    part, translator = selection.report.appendix, selection.translator
    sheet = book.add_sheet(translator.gettext("Provenance"), portrait=True)
    sheet.fit_one_page()
    sheet.write_title(translator.gettext("How the figures came about"), selection.subject)
    columns = (SheetColumn(translator.gettext("Provenance"), 44), SheetColumn("", 80))
    rows = [[translator.render_message(line.label), selection.format_provenance(line)] for line in part.provenance]
    sheet.write_table(columns, rows)
    for title, texts in (
        (translator.gettext("What is hidden, and why"), selection.hidden),
        (translator.gettext("Method"), part.method),
    ):
        sheet.write_heading(title)
        sheet.write_paragraphs(translator.render_messages(texts), LAST_COLUMN)
        sheet.row += 1
    cuts = [[translator.render_message(cut.name), translator.render_message(cut.value)] for cut in part.cut_points]
    sheet.write_table((SheetColumn(translator.gettext("Cut points"), 44), SheetColumn("", 80)), cuts)
