"""Raw answers as a workbook: one sheet of answers, one of the questions with the words of each answer."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from assessment.services.results.answer_export import ExportedAnswers, iterate_rows, list_columns

CREATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # constant, so that the same answers give the same bytes
MAX_CELL_LENGTH = 32_000  # XLSX limits a cell to 32,767 characters
QUESTION_COLUMNS = ("item", "kind", "function", "dimension", "question", "0", "1", "2", "3", "4", "options")
NUMBER_LENGTH = 15  # longer digits are names, and would be rounded


def render_answer_workbook(exported: ExportedAnswers) -> bytes:
    """Render XLSX; everything but short whole numbers is written as text, never as formula or URL."""
    import xlsxwriter  # noqa: PLC0415  # a server process may never need it

    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": CREATED_AT.replace(tzinfo=None)})
        strong = book.add_format({"bold": True})
        _write_sheet(book.add_worksheet("Answers"), strong, list_columns(exported), iterate_rows(exported))
        _write_sheet(book.add_worksheet("Questions"), strong, QUESTION_COLUMNS, _iterate_questions(exported))
    return target.getvalue()


def _iterate_questions(exported: ExportedAnswers) -> Iterator[list[str]]:
    texts = exported.questionnaire.text(exported.language)
    for item in exported.questionnaire.items:
        text = texts.items[item.id]
        rungs = [*text.rungs, *[""] * 5][:5]
        options = "; ".join(f"{option}: {text.options.get(option, option)}" for option in item.options)
        yield [item.id, item.kind, item.function or "", item.dimension or "", text.text, *rungs, options]


def _write_sheet(sheet: Any, strong: Any, header: Sequence[str], rows: Iterator[list[str]]) -> None:  # noqa: ANN401  # the library has no types
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, strong)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if column and cell.isascii() and cell.isdecimal() and len(cell) < NUMBER_LENGTH:
                sheet.write_number(number, column, int(cell))
            elif cell:
                sheet.write_string(number, column, cell[:MAX_CELL_LENGTH])
