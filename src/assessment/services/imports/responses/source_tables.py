"""Exports as tables: CSV in the encodings and with the delimiters that tools write, workbooks, JSON of SurveyJS."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from assessment.domain.csv_parser import CsvError, decode_text
from assessment.errors import InvalidError, Problem, with_values
from assessment.i18n.messages import N_
from assessment.services.imports.json_files import parse_json_file
from assessment.services.people.list_import.list_files import CELL_BREAK, read_list_file
from assessment.services.people.list_import.workbook_guard import UnreadableListError

MAX_SOURCE_BYTES = 20 * 1024**2
MAX_SOURCE_ROWS = 100_000
MAX_SOURCE_COLUMNS = 2000  # rows are filled up to the header: a wide one would take memory without end
MAX_CELL_CHARACTERS = 100_000
DELIMITERS = (";", ",", "\t")
CANNOT_READ = "The file can’t be read."
MIN_SWALLOWED_DELIMITERS = 3  # fewer occur in the lines of an ordinary answer
TOO_MANY_ROWS = N_("The file has more than 100,000 rows.")
SWALLOWED_LINES = N_("A quotation mark that opens in this line takes in the lines below it.")
CHECK_QUOTES = N_("Check the quotation marks of this line and the next ones, or export the file again.")


class SourceTable(Struct, frozen=True):
    """Header and rows of an export, all cells stripped; `lines` has the line or row number of each row.

    `is_guessed`: the file was not UTF-8, and was read as Windows-1252.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    is_guessed: bool = False

    def list_cells(self, column: int) -> list[str]:
        return [row[column] for row in self.rows]


def read_source_table(content: bytes) -> SourceTable:
    """Read a CSV file or a workbook; raises InvalidError."""
    if len(content) > MAX_SOURCE_BYTES:
        raise InvalidError(CANNOT_READ, [Problem("The file is larger than 20 MB.")])
    if content.startswith(b"PK"):
        try:
            text = read_list_file(content).text
        except UnreadableListError as error:
            raise InvalidError(CANNOT_READ, [error.problem]) from error
        return _parse_rows(text, "\t", is_guessed=False)
    text, is_guessed = _decode_source(content)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        return _parse_rows(rest, first.strip()[-1], is_guessed=is_guessed, first_line=2)
    return _parse_rows(text, _find_delimiter(first), is_guessed=is_guessed)


def read_json_results(content: bytes) -> SourceTable:
    """Read results of SurveyJS: a list of objects; what is nested gets names like `question.row`."""
    data = parse_json_file(content, CANNOT_READ)
    if isinstance(data, dict):
        data = data.get("results") or data.get("Data") or data.get("data")
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        remedy = N_("Export the results as a list of objects.")
        raise InvalidError(CANNOT_READ, [Problem("These are not results of SurveyJS.", remedy)])
    if len(data) > MAX_SOURCE_ROWS:
        raise InvalidError(CANNOT_READ, [Problem(TOO_MANY_ROWS)])
    flat = [dict(_flatten_entry("", entry)) for entry in data]
    header = tuple(dict.fromkeys(name for entry in flat for name in entry))
    _check_width(header)
    rows = tuple(tuple(entry.get(name, "") for name in header) for entry in flat)
    return SourceTable(header, rows, tuple(range(1, len(rows) + 1)))


def _check_width(header: tuple[str, ...]) -> None:
    if len(header) > MAX_SOURCE_COLUMNS:
        message = with_values("The file has more than {most} columns.", most=MAX_SOURCE_COLUMNS)
        raise InvalidError(CANNOT_READ, [Problem(message)])


def _flatten_entry(prefix: str, value: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # any JSON
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in _flatten_entry(_join_names(prefix, str(key)), inner)]
    if isinstance(value, list):
        return [(prefix, ";".join(_format_value(inner) for inner in value))]
    return [(prefix, _format_value(value))]


def _join_names(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _format_value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _decode_source(content: bytes) -> tuple[str, bool]:
    """Decode UTF-8 or UTF-16 with a mark; anything else is read as Windows-1252, as German Excel writes it."""
    try:
        return decode_text(content), False
    except CsvError as error:
        if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            raise InvalidError(CANNOT_READ, [Problem(error.message, error.remedy, line=error.line)]) from error
    try:
        return content.decode("cp1252"), True
    except UnicodeDecodeError as error:
        raise InvalidError(CANNOT_READ, [Problem("This is neither UTF-8, UTF-16 nor Windows-1252.")]) from error


def _find_delimiter(line: str) -> str:
    """Return the delimiter that is most frequent outside of quotes."""
    plain = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=plain.count)


def _parse_rows(text: str, delimiter: str, *, is_guessed: bool, first_line: int = 1) -> SourceTable:
    """Parse CSV; texts may have line breaks, as in exports of open questions."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    header: tuple[str, ...] = ()
    rows, lines, line = [], [], first_line
    try:
        for cells in reader:
            started, line = line, first_line + reader.line_num
            row = tuple(cell.replace(CELL_BREAK, "\n").strip() for cell in cells)
            if not any(row):
                continue
            if not header:
                header = row
                _check_width(header)
                continue
            if _has_swallowed_line(cells, delimiter, len(header)):
                raise InvalidError(CANNOT_READ, [Problem(SWALLOWED_LINES, CHECK_QUOTES, line=started)])
            rows.append((*row, *[""] * len(header))[: max(len(header), _measure_row(row))])
            lines.append(started)
            if len(rows) > MAX_SOURCE_ROWS:
                raise InvalidError(CANNOT_READ, [Problem(TOO_MANY_ROWS)])
    except csv.Error as error:
        message = with_values("This line can’t be read: {reason}.", reason=str(error))
        raise InvalidError(CANNOT_READ, [Problem(message, "Export the file again.", line=line)]) from error
    if not header:
        raise InvalidError(CANNOT_READ, [Problem("The file is empty.")])
    problems = [
        Problem(
            with_values("This line has {count} cells, the header {expected}.", count=len(row), expected=len(header)),
            line=place,
        )
        for row, place in zip(rows, lines, strict=True)
        if len(row) > len(header)
    ]
    if problems:
        raise InvalidError(CANNOT_READ, problems[:20])
    return SourceTable(header, tuple(rows), tuple(lines), is_guessed)


def _has_swallowed_line(cells: Sequence[str], delimiter: str, width: int) -> bool:
    """Return whether a line inside a cell has about as many delimiters as the header, so that it is a row itself.

    A comma that a space follows belongs to a sentence.
    """
    least = max(width - 2, MIN_SWALLOWED_DELIMITERS)
    return any(
        len(re.findall(rf"{re.escape(delimiter)}(?! )", line)) >= least
        for cell in cells
        if "\n" in cell
        for line in cell.splitlines()[1:]
    )


def _measure_row(row: tuple[str, ...]) -> int:
    """Return the number of cells up to the last that is filled: spreadsheets add empty ones."""
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)
