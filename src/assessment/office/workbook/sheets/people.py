"""Sheet of who took part: by role or by function, never by both."""

from assessment.domain.report.sections.participation import PeopleCount
from assessment.office.selection import EditionSelection
from assessment.office.workbook.sheet_writer import ReportBook, SheetColumn, SheetWriter

LAST_COLUMN = 3


def add_people(book: ReportBook, selection: EditionSelection) -> None:
    """Add the counts; a playbook has none, and a combination of both could identify people."""
    part, translator = selection.report.participation, selection.translator
    if not selection.is_complete:
        return
    sheet = book.add_sheet(translator.gettext("Who took part"), portrait=True)
    sheet.write_title(translator.gettext("Who took part"), selection.subject)
    texts = translator.render_messages(part.notes)  # the first says how many
    if selection.report.consensus:
        sheet.write_paragraphs(texts, LAST_COLUMN)
        return
    _write_counts(sheet, translator.gettext("Role"), part.by_role, selection)
    _write_counts(sheet, translator.gettext("Function"), part.by_function, selection)
    note = translator.gettext(
        "People may belong to several functions. They are counted by role or by function, never by both."
    )
    sheet.write_paragraphs([*texts, translator.render_message(part.careless), note], LAST_COLUMN)


def _write_counts(sheet: SheetWriter, label: str, counts: tuple[PeopleCount, ...], selection: EditionSelection) -> None:
    translator = selection.translator
    columns = (
        SheetColumn(label, 40),
        SheetColumn(translator.gettext("People"), 12, is_number=True),
        SheetColumn(translator.gettext("Invited"), 12, is_number=True, is_optional=True),
        SheetColumn(translator.gettext("Note"), 30, is_optional=True),
    )
    unsaid = translator.gettext("not shown")
    rows = [[count.name, count.people, count.invited, unsaid if count.people is None else ""] for count in counts]
    sheet.write_table(columns, rows)
