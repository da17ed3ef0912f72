"""Split pasted lines into cells; the delimiter of a line is a tab, otherwise that of the list: comma or `;`.

Spreadsheets quote a cell only if it has a line break or a tab. So quotes inside a cell are text, and a quoted cell may
span lines; but an unbalanced quote that would span the lines of other people is refused.
"""

import re
from collections.abc import Iterator

from assessment.domain.csv_parser import LINE_PATTERN, QUOTED_PATTERN, SEPARATOR_LINE_PATTERN, CsvError
from assessment.domain.text_normalisation import is_address, normalize_address
from assessment.i18n.messages import N_

BLANK_CHARACTERS = "\ufeff \t"  # files may start with a byte order mark
MAX_CELL_LENGTH = 4000  # characters searched for a delimiter
SAMPLE_LENGTH = 20_000  # characters that determine the delimiter of a list
MIN_SEMICOLONS = 2
UNCLOSED_QUOTE = N_("A quote opens on this line and is never closed.")
QUOTE_SPANS_LINES = N_("A quote opens on this line and closes in another person’s line.")
QUOTE_REMEDY = N_("Remove it, or close it at the end of the cell.")


def read_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each non-blank line; raises `CsvError` at a misplaced quote."""
    text = text.removeprefix("\ufeff")
    preferred = find_list_delimiter(text)
    start, line = 0, 1
    while start < len(text):
        plain = _read_line(text, start)
        if plain.strip(BLANK_CHARACTERS) and not (line == 1 and SEPARATOR_LINE_PATTERN.fullmatch(plain.strip(' "'))):
            cells, end = _read_cells(text, start, line, _find_delimiter(text, start, plain, preferred))
            yield line, [cell.strip() for cell in cells]
        else:
            end = start + len(plain)
        end += 2 if text.startswith("\r\n", end) else 1
        line += len(re.findall(r"\r\n|\r|\n", text[start:end]))
        start = end


def _read_line(text: str, start: int) -> str:
    match = LINE_PATTERN.match(text, start)
    return match[0].rstrip("\r\n") if match else ""


def find_list_delimiter(text: str) -> str:
    """Return comma or `;`: the one that separates whole addresses more often in the first lines; comma if equal.

    Counting delimiters would be wrong: in a list with semicolons, names like "Berg, Anna" have commas.
    """
    match = LINE_PATTERN.match(text)
    sep_line = SEPARATOR_LINE_PATTERN.fullmatch(match[0].strip().strip('"')) if match else None
    if sep_line:
        return sep_line[1]
    lines = text[:SAMPLE_LENGTH].splitlines()
    scores = {mark: sum(_has_address_cell(line, mark) for line in lines) for mark in ",;"}
    if not any(scores.values()):  # no addresses: semicolons separate if each line has as many of them
        counts = {QUOTED_PATTERN.sub("", line).count(";") for line in lines if line.strip()}
        return ";" if len(counts) == 1 and min(counts) >= MIN_SEMICOLONS else ","
    return max(scores, key=lambda mark: scores[mark])


def _has_address_cell(line: str, delimiter: str) -> bool:
    cells = (cell.strip(' "') for cell in line.split(delimiter) if "@" in cell)
    return any("," not in cell and ";" not in cell and is_address(normalize_address(cell)) for cell in cells)


def _find_delimiter(text: str, start: int, plain: str, preferred: str) -> str:
    if '"' in plain:
        plain = _read_line(QUOTED_PATTERN.sub('""', text[start : start + MAX_CELL_LENGTH]), 0)
    return next((mark for mark in ("\t", preferred, ",") if mark in plain), ";")


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
