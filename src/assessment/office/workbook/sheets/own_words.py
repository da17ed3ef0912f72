"""Sheet of what the consultant adds: findings, texts, moderated scores."""

from assessment.office.figure_formats import build_figure_cell
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn

LAST_COLUMN = 3


def add_own_words(book: ReportBook, selection: EditionSelection) -> None:
    """Add the consultant's findings and scores; a playbook shows the text on its function alone."""
    translator, details = selection.translator, selection.report.details
    places = set(details.remarks) if selection.is_complete else {part.id for part in selection.functions}
    remarks = [text for place, text in details.remarks.items() if place in places and text.strip()]
    findings = details.findings if selection.is_complete else ()
    moderations = selection.report.moderations if selection.is_complete else ()
    changes = translator.render_messages(selection.report.answer.finding_notes) if selection.is_complete else []
    if not (remarks or findings or moderations or changes):
        return
    sheet = book.add_sheet(translator.gettext("The consultant’s own"))
    sheet.write_title(translator.gettext("The consultant adds to the computed findings"), selection.subject)
    if findings:
        heads = (SheetColumn(translator.gettext("The consultant’s finding"), 50), SheetColumn("", 70))
        sheet.write_table(heads, [[finding.title, finding.text] for finding in findings])
    if changes:
        sheet.write_heading(translator.gettext("Changes to computed findings"))
        sheet.write_paragraphs(changes, LAST_COLUMN)
        sheet.row += 1
    if remarks:
        sheet.write_heading(translator.gettext("In the consultant’s own words"))
        sheet.write_paragraphs(remarks, LAST_COLUMN)
        sheet.row += 1
    if moderations:
        sheet.write_heading(translator.gettext("Moderated scores"))
        columns = (
            SheetColumn(translator.gettext("Part"), 50),
            SheetColumn(translator.gettext("Why"), 70),
            SheetColumn(translator.gettext("Computed"), 14, is_number=True),
            SheetColumn(translator.gettext("Moderated"), 14, is_number=True),
        )
        sheet.write_table(
            columns,
            [
                [
                    row.place,
                    row.reason,
                    build_figure_cell(row.computed, translator),
                    build_figure_cell(row.moderated, translator),
                ]
                for row in moderations
            ],
        )
