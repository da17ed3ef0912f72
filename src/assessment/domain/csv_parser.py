"""Strict CSV parser: a misplaced quote is an error with its line number, never silently a cell of many lines."""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
LINE_PATTERN = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
# Possessive quantifiers prevent backtracking, so an unclosed quote in a large file costs neither time nor memory.
QUOTED_PATTERN = re.compile(r'"((?:[^"]++|"")*+)"')
PLAIN_CELL_PATTERNS = {delimiter: re.compile(rf"[^{delimiter}\r\n]*+") for delimiter in DELIMITER_NAMES}
# A cell of a row that is one line, with the delimiter behind it or the end. A cell in two groups: quoted, or plain.
CELL_PATTERNS = {
    delimiter: re.compile(rf' *+"((?:[^"]++|"")*+)" *+(?:{delimiter}|$)|([^"{delimiter}]*+)(?:{delimiter}|$)')
    for delimiter in DELIMITER_NAMES
}
ROW_PATTERNS = {
    delimiter: re.compile(rf'(?:(?: *+"(?:[^"]++|"")*+" *+|[^"{delimiter}]*+)(?:{delimiter}|$))++')
    for delimiter in DELIMITER_NAMES
}
BLANK_LINES_PATTERN = re.compile(r"(?:[^\S\r\n\t]*+(?:\r\n|\r|\n))++")
MAX_BLANK_ROWS = 100_000  # rows with delimiters only, as a spreadsheet exports below its table
MAX_CELLS = 10_000  # of a row; a spreadsheet has at most 16,384 columns
SEPARATOR_LINE_PATTERN = re.compile(r"sep=([,;\t])[,;\t]*", re.IGNORECASE)


class CsvError(ValueError):
    """A syntax error with its line number and a remedy."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


class CsvRow(NamedTuple):
    """Cells of a row and its first line; `broken_cells` maps each cell with line breaks to its first line."""

    line: int
    cells: list[str]
    broken_cells: dict[int, int]


def decode_text(content: bytes) -> str:
    """Decode a file: UTF-8 with or without a byte order mark, or UTF-16 with one; raises `CsvError` otherwise."""
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        raise _make_encoding_error(line, encoding) from None
    if text.startswith("\ufeff"):
        raise _make_mark_error()
    return text


def decode_pieces(pieces: Iterable[bytes]) -> Iterator[str]:
    """Decode a file piece by piece, as `decode_text` does; the first piece must have the byte order mark."""
    decoder, encoding, line, before, is_first = None, "", 1, "", True
    for piece in chain(pieces, [b""]):
        if decoder is None:
            encoding = "utf-16" if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
            decoder = codecs.getincrementaldecoder(encoding)()
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            readable = error.object[: error.start]
            line += len(re.findall(rb"\r\n|\r|\n", readable)) - (before == "\r" and readable.startswith(b"\n"))
            raise _make_encoding_error(line, encoding) from None
        if is_first and text.startswith("\ufeff"):
            raise _make_mark_error()
        if text:
            is_first = False
            line += count_line_breaks(text) - (before == "\r" and text[0] == "\n")
            before = text[-1]
            yield text


def _make_encoding_error(line: int, encoding: str) -> CsvError:
    # Invalid UTF-8 is most likely an accented letter from Windows or an old version of Excel.
    message = f"This line is not {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}, but perhaps Windows-1252."
    return CsvError(line, message, "Save the file as “CSV UTF-8”.")


def _make_mark_error() -> CsvError:
    return CsvError(1, "The file begins with two byte order marks.", "Save it as “CSV UTF-8”.")


def read_rows(text: str) -> Iterator[CsvRow]:
    """Yield the rows that are not blank; a `sep=` line or the first row determines the delimiter.

    Raises `CsvError` at a NUL character and at a misplaced or unclosed quote.
    """
    if "\0" in text:
        line = count_line_breaks(text[: text.index("\0")]) + 1
        raise CsvError(line, "There is a NUL character in this line.", "Save the file as “CSV UTF-8”.")
    start, line = 0, 1
    first = LINE_PATTERN.match(text)
    heading = first[0].rstrip("\r\n") if first else ""
    named = SEPARATOR_LINE_PATTERN.fullmatch(heading.strip(' "'))
    if named and first:
        delimiter, start, line = named[1], first.end(), 2
    else:
        delimiter = find_delimiter(heading)
    blank = 0
    while start < len(text):
        if skipped := BLANK_LINES_PATTERN.match(text, start):
            start, line = skipped.end(), line + count_line_breaks(skipped[0])
            continue
        row, end, breaks = _read_row(text, start, line, delimiter)
        if row.broken_cells or any(cell.strip() for cell in row.cells):
            yield row
        elif (blank := blank + 1) > MAX_BLANK_ROWS:
            raise CsvError(line, "There are too many empty rows.", "Delete them below the table.")
        start, line = end, line + breaks


def count_line_breaks(text: str) -> int:
    """Count line breaks of any kind; CR LF is one."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def find_delimiter(heading: str) -> str:
    """Return the most frequent delimiter outside quotes (comma, semicolon or tab) of the header row; comma if none."""
    outside = QUOTED_PATTERN.sub("", heading)
    return max(DELIMITER_NAMES, key=outside.count)


def _read_row(text: str, start: int, line: int, delimiter: str) -> tuple[CsvRow, int, int]:
    """Return the row, the offset of the next one, and the number of lines in this one."""
    match = LINE_PATTERN.match(text, start)
    end = match.end() if match else len(text)
    plain = text[start:end].rstrip("\r\n")
    if '"' not in plain:
        _check_cell_count(plain.count(delimiter) + 1, line)
        return CsvRow(line, plain.split(delimiter), {}), end, 1
    if plain.count(delimiter) < MAX_CELLS and ROW_PATTERNS[delimiter].fullmatch(plain):
        return CsvRow(line, _split_quoted_row(plain, delimiter), {}), end, 1
    cells: list[str] = []
    multiline_cells: dict[int, int] = {}
    at, cell_line = start, line
    while True:
        cell, at, breaks = _read_cell(text, at, cell_line, delimiter)
        if breaks:
            multiline_cells[len(cells)] = cell_line
        cells.append(cell)
        _check_cell_count(len(cells), line)
        cell_line += breaks
        if not text.startswith(delimiter, at):
            break
        at += 1
    if text.startswith("\r\n", at):
        at += 2
    elif at < len(text):
        at += 1
    return CsvRow(line, cells, multiline_cells), at, cell_line - line + 1


def _split_quoted_row(plain: str, delimiter: str) -> list[str]:
    """Split a row of one line with its quotes in place: two to three times as fast as cell by cell."""
    pairs = CELL_PATTERNS[delimiter].findall(plain)
    if not plain.endswith(delimiter):
        pairs.pop()  # the empty match behind the last cell
    return [quoted.replace('""', '"') if quoted else bare for quoted, bare in pairs]


def _check_cell_count(count: int, line: int) -> None:
    if count > MAX_CELLS:
        raise CsvError(line, "This line has too many cells.", "Delete the columns behind the table.")


def _read_cell(text: str, at: int, line: int, delimiter: str) -> tuple[str, int, int]:
    """Return the cell, its end offset, and the number of line breaks in it."""
    # `str.find` would search the whole rest of the file for a mark that it lacks.
    plain = PLAIN_CELL_PATTERNS[delimiter].match(text, at)
    cell = plain[0] if plain else ""
    if not (opening := cell.lstrip(" ")).startswith('"'):
        if '"' in cell:
            message = "A quote is inside a cell that does not begin with one."
            raise CsvError(line, message, "Remove it, or put the whole cell in quotes and write it twice.")
        return cell, at + len(cell), 0
    begin = at + len(cell) - len(opening)
    match = QUOTED_PATTERN.match(text, begin)
    if match is None:
        message = "A quote opens on this line and is never closed."
        raise CsvError(line, message, "Remove it, or close it at the end of the cell.")
    end = match.end()
    while text.startswith(" ", end):
        end += 1
    if end < len(text) and not text.startswith((delimiter, "\r", "\n"), end):
        message = "A quote opens on this line and closes in the middle of a cell."
        raise CsvError(line, message, "Remove it, or write each quote inside of a cell twice.")
    cell = match[1].replace('""', '"')
    return cell, end, count_line_breaks(cell)
