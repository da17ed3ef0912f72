"""Parse a CSV file of responses into columns: its headings, and rows whose shape fits them."""

from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

from assessment.domain.csv_parser import DELIMITER_NAMES, CsvError, CsvRow, read_rows
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.comment_fields import list_known_keys
from assessment.errors import Problem, with_values
from assessment.i18n.messages import N_

FIXED_COLUMNS = ("respondent", "role", "functions", "seconds")
REQUIRED_COLUMNS = FIXED_COLUMNS[:3]
MAX_PROBLEMS = 2000
MAX_ROWS = 100_000
OPEN_QUOTE = N_("A quote opens on this line and takes in the lines below.")


class CsvTable(Struct, frozen=True):
    """CSV file by column; `lines` has the line number of each row."""

    columns: dict[str, list[str]]
    lines: list[int]


def read_header(text: str) -> tuple[str, ...]:
    """Return the column names; empty if the file can't be parsed, which `read_responses` reports."""
    try:
        return tuple(name.strip() for name in next(read_rows(text)).cells)
    except (CsvError, StopIteration):
        return ()


class TooManyProblemsError(Exception):
    """Stops the validation: a small file can have a million mistakes."""


class ResponseTableReader:
    """Reads the table of one file and collects its problems."""

    def __init__(self, questionnaire: Questionnaire, file: str) -> None:
        self.questionnaire = questionnaire
        self.file = file
        self.problems: list[Problem] = []
        self.comment_keys = list_known_keys(questionnaire)

    def add_problem(self, line: int | None, column: str, message: str, remedy: str, code: str) -> None:
        """Collect one problem; `TooManyProblemsError` after `MAX_PROBLEMS`."""
        self.problems.append(Problem(message, remedy, self.file, line, column, code=code))
        if len(self.problems) > MAX_PROBLEMS:
            raise TooManyProblemsError

    def read_table(self, text: str) -> CsvTable:
        """Return the columns; an empty table if the file can't be read, with its problem."""
        try:
            rows = list(islice(read_rows(text.removeprefix("\ufeff")), MAX_ROWS + 2))
        except CsvError as error:
            self.add_problem(error.line, "", error.message, error.remedy, "unreadable")
            return CsvTable({}, [])
        if not rows:
            self.add_problem(
                1,
                "",
                N_("The file is empty."),
                with_values("Begin it with {columns} and the ids of the items.", columns=FIXED_COLUMNS),
                "missing",
            )
            return CsvTable({}, [])
        if len(rows) > MAX_ROWS + 1:
            message = with_values("There are more than {most} rows.", most=MAX_ROWS)
            self.add_problem(rows[-1].line, "", message, N_("Divide the file."), "too-many")
            return CsvTable({}, [])
        header = [name.strip() for name in rows[0].cells]
        while not header[-1]:
            header.pop()  # spreadsheets export empty columns that were used once
        self._check_header(header, rows[0].line)
        rows = rows[1:]
        for row in rows:
            self._check_shape(row, header)
        width = len(header)
        padded = ([*map(str.strip, row.cells[:width]), *[""] * (width - len(row.cells))] for row in rows)
        by_column = list(zip(*padded, strict=True)) or [() for _ in header]
        columns = {name: list(cells) for name, cells in zip(header, by_column, strict=True)}
        return CsvTable(columns, [row.line for row in rows])

    def _check_shape(self, row: CsvRow, header: Sequence[str]) -> None:
        for place, cell in enumerate(row.cells[len(header) :], start=len(header) + 1):
            if cell.strip():
                message = with_values("Column {place} has no heading, but this row has something in it.", place=place)
                self.add_problem(
                    row.line, str(place), message, N_("Remove it, or give the column a heading."), "missing"
                )
        for place, line in row.broken_cells.items():
            name = header[place] if place < len(header) else str(place + 1)
            # A reason or a comment may have several lines. A stray quote would join whole rows, so the cell has many
            # separators.
            within = max(row.cells[place].count(delimiter) for delimiter in DELIMITER_NAMES)
            is_text = name.endswith(":reason") or name in self.comment_keys
            if not is_text or within >= len(header) - 1:
                self.add_problem(
                    line, name, OPEN_QUOTE, N_("Remove it, or close it at the end of the cell."), "unreadable"
                )

    def _check_header(self, header: Sequence[str], line: int) -> None:
        known = {*FIXED_COLUMNS, *self.questionnaire.item, *self.comment_keys}
        known |= {f"{item}:{extra}" for item in self.questionnaire.item for extra in ("evidence", "reason")}
        for name in REQUIRED_COLUMNS:
            if name not in header:
                self.add_problem(
                    line,
                    name,
                    N_("This column is missing."),
                    with_values("Begin the file with {columns}.", columns=FIXED_COLUMNS),
                    "missing",
                )
        for name in dict.fromkeys(header):
            if not name:
                place = header.index(name) + 1
                self.add_problem(
                    line,
                    str(place),
                    with_values("Column {place} has no heading.", place=place),
                    N_("Remove it, or give it a heading."),
                    "missing",
                )
            elif name not in known:
                self.add_problem(
                    line,
                    name,
                    N_("No such column."),
                    N_("Use item ids of the questionnaire as column names."),
                    "unknown-field",
                )
            elif header.count(name) > 1:
                self.add_problem(
                    line, name, N_("This column stands there twice."), N_("Remove one of them."), "duplicate"
                )
