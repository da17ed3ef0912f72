"""Rows of CSV text, read strictly: a quote out of place is an error with its line, never a cell of many lines."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
# Possessive: nothing to go back to, so an unclosed quote in a large file takes neither time nor memory.
QUOTED = re.compile(r'"((?:[^"]++|"")*+)"')
SEPARATOR_LINE = re.compile(r"sep=([,;\t])[,;\t]*", re.IGNORECASE)


class DelimitedError(ValueError):
    """What is wrong on which line, and what to do about it."""

    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


class Row(NamedTuple):
    """Cells of a row, and the line it begins on; `broken` has the line each cell with line breaks begins on."""

    line: int
    cells: list[str]
    broken: dict[int, int]


def decode_text(content: bytes) -> str:
    """Decode a file: UTF-8 with one byte order mark or none, or UTF-16 with one; `DelimitedError` otherwise."""
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        # A byte that is no UTF-8 is most likely an accented letter as Windows or an older Excel writes it.
        message = f"This line is not {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}, but perhaps Windows-1252."
        raise DelimitedError(line, message, "Save the file as “CSV UTF-8”.") from None
    if text.startswith("\ufeff"):
        raise DelimitedError(1, "The file begins with two byte order marks.", "Save it as “CSV UTF-8”.")
    return text


def read_rows(text: str) -> Iterator[Row]:
    """Read the rows that are not blank; commas, semicolons or tabs, as a `sep=` line or the first row says.

    Raises `DelimitedError` at a NUL character, and at a quote that is out of place or never closed.
    """
    if "\0" in text:
        line = len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")])) + 1
        raise DelimitedError(line, "There is a NUL character in this line.", "Save the file as “CSV UTF-8”.")
    start, line = 0, 1
    first = LINE.match(text)
    heading = first[0].rstrip("\r\n") if first else ""
    named = SEPARATOR_LINE.fullmatch(heading.strip(' "'))
    if named and first:
        delimiter, start, line = named[1], first.end(), 2
    else:
        delimiter = find_delimiter(heading)
    while start < len(text):
        row, end, breaks = _read_row(text, start, line, delimiter)
        if row.broken or any(cell.strip() for cell in row.cells):
            yield row
        start, line = end, line + breaks


def find_delimiter(heading: str) -> str:
    """Return which of commas, semicolons and tabs parts a row of headings most often; a comma if none does."""
    outside = QUOTED.sub("", heading)
    return max(DELIMITERS, key=outside.count)


def _read_row(text: str, start: int, line: int, delimiter: str) -> tuple[Row, int, int]:
    """Return the row, where the next begins, and how many lines this one has."""
    match = LINE.match(text, start)
    end = match.end() if match else len(text)
    plain = text[start:end].rstrip("\r\n")
    if '"' not in plain:
        return Row(line, plain.split(delimiter), {}), end, 1
    cells: list[str] = []
    broken: dict[int, int] = {}
    at, here = start, line
    while True:
        cell, at, breaks = _read_cell(text, at, here, delimiter)
        if breaks:
            broken[len(cells)] = here
        cells.append(cell)
        here += breaks
        if not text.startswith(delimiter, at):
            break
        at += 1
    if text.startswith("\r\n", at):
        at += 2
    elif at < len(text):
        at += 1
    return Row(line, cells, broken), at, here - line + 1


def _read_cell(text: str, at: int, line: int, delimiter: str) -> tuple[str, int, int]:
    """Return the cell, where it ends, and how many line breaks are in it."""
    ends = (delimiter, "\r", "\n")
    opened = re.compile(r" *").match(text, at)
    begin = opened.end() if opened else at
    if not text.startswith('"', begin):
        end = min((found for mark in ends if (found := text.find(mark, at)) >= 0), default=len(text))
        if '"' in text[at:end]:
            message = "A quote is inside a cell that does not begin with one."
            raise DelimitedError(line, message, "Take it away, or put the whole cell in quotes and write it twice.")
        return text[at:end], end, 0
    match = QUOTED.match(text, begin)
    if match is None:
        message = "A quote opens on this line and is never closed."
        raise DelimitedError(line, message, "Take it away, or close it at the end of the cell.")
    end = match.end()
    while text.startswith(" ", end):
        end += 1
    if end < len(text) and not text.startswith(ends, end):
        message = "A quote opens on this line and closes in the middle of a cell."
        raise DelimitedError(line, message, "Take it away, or write each quote inside of a cell twice.")
    cell = match[1].replace('""', '"')
    return cell, end, len(re.findall(r"\r\n|\r|\n", cell))
