"""Split pasted lines into cells; the delimiter of each line is tab, otherwise comma, otherwise `;`.

Spreadsheets quote a cell only if it has a line break or a tab. So quotes inside a cell are text, and a quoted cell may
span lines; but an unbalanced quote that would span the lines of other people is refused.
"""

import re
from collections.abc import Iterator

from assessment.domain.csv_parser import LINE_PATTERN, QUOTED_PATTERN, CsvError
from assessment.i18n.messages import N_

BLANK_CHARACTERS = "\ufeff \t"  # files may start with a byte order mark
MAX_CELL_LENGTH = 4000  # characters searched for a delimiter
UNCLOSED_QUOTE = N_("A quote opens on this line and is never closed.")
QUOTE_SPANS_LINES = N_("A quote opens on this line and closes in another person’s line.")
QUOTE_REMEDY = N_("Remove it, or close it at the end of the cell.")


def read_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each non-blank line; raises `CsvError` at a misplaced quote."""
    text = text.removeprefix("\ufeff")
    start, line = 0, 1
    while start < len(text):
        plain = _read_line(text, start)
        if plain.strip(BLANK_CHARACTERS):
            cells, end = _read_cells(text, start, line, _find_delimiter(text, start, plain))
            yield line, [cell.strip() for cell in cells]
        else:
            end = start + len(plain)
        end += 2 if text.startswith("\r\n", end) else 1
        line += len(re.findall(r"\r\n|\r|\n", text[start:end]))
        start = end


def _read_line(text: str, start: int) -> str:
    match = LINE_PATTERN.match(text, start)
    return match[0].rstrip("\r\n") if match else ""


def _find_delimiter(text: str, start: int, plain: str) -> str:
    if '"' in plain:
        plain = _read_line(QUOTED_PATTERN.sub('""', text[start : start + MAX_CELL_LENGTH]), 0)
    return next((mark for mark in "\t," if mark in plain), ";")


def _read_cells(text: str, start: int, line: int, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of one record, and its end offset."""
    cells: list[str] = []
    at = start
    while True:
        cell, at = _read_cell(text, at, line, delimiter)
        cells.append(cell)
        if not text.startswith(delimiter, at):
            return cells, at
        at += 1


def _read_cell(text: str, at: int, line: int, delimiter: str) -> tuple[str, int]:
    while text.startswith(" ", at):
        at += 1
    match = QUOTED_PATTERN.match(text, at)
    if match:
        end = match.end()
        while text.startswith(" ", end):
            end += 1
        if end == len(text) or text.startswith((delimiter, "\r", "\n"), end):
            return _unquote_cell(match[1], line), end
    plain = re.compile(f"[^{delimiter}\r\n]*").match(text, at)
    raw = plain[0] if plain else ""
    if raw.startswith('"') and raw.count('"') % 2:
        raise CsvError(line, UNCLOSED_QUOTE, QUOTE_REMEDY)
    return raw, at + len(raw)


def _unquote_cell(inside: str, line: int) -> str:
    """Return the text of a quoted cell; raises `CsvError` if it looks like several people's lines."""
    if re.search(r"[\r\n]", inside) and ("\t" in inside or inside.count("@") > 1):
        raise CsvError(line, QUOTE_SPANS_LINES, QUOTE_REMEDY)
    return inside.replace('""', '"')
