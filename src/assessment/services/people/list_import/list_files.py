"""Turn an uploaded CSV, XLSX or ODS file into the text that pasting it would have given.

A workbook's line n is its row n: line breaks inside a cell become U+2028, so that the numbers in messages are right.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from assessment.domain.csv_parser import CsvError, decode_text
from assessment.errors import Problem, UnavailableError, with_values
from assessment.i18n.messages import N_
from assessment.services.people.list_import.workbook_guard import NOT_READABLE, UnreadableListError, check_workbook
from assessment.services.survey.answer_validation import is_storable

MAX_FILE_BYTES = 5 * 1024**2
MAX_TEXT_LENGTH = 1_000_000  # characters of cells
CHILD = Path(__file__).with_name("spreadsheet_child.py")
CHILD_SECONDS = 30
MAX_CHILDREN = 2  # of one server process: each may take a gigabyte
WAIT_SECONDS = 60
CELL_BREAK = "\u2028"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # OLE2: .xls, and workbooks with a password
TOO_LONG = N_("This list has too much text. Take away the columns that are not needed, or add the people in parts.")

_children = threading.BoundedSemaphore(MAX_CHILDREN)


class ListText(Struct, frozen=True):
    """Text of a list; `is_guessed`: the file was not UTF-8, and was read as Windows-1252."""

    text: str
    is_guessed: bool = False


def read_list_file(content: bytes) -> ListText:
    """Read a file by its content, whatever its name; raises `UnreadableListError`."""
    if not content.strip():
        raise UnreadableListError(Problem(N_("This file is empty.")))
    if content.startswith(OLD_EXCEL):
        message = N_("This is an old Excel file (.xls), or one with a password. Save it as XLSX and choose it again.")
        raise UnreadableListError(Problem(message))
    if content.startswith(b"PK"):
        check_workbook(content)
        return ListText(_check_text(format_rows(_drop_empty_columns(read_in_child(content)))))
    return _decode_list(content)


def format_rows(rows: Iterable[Sequence[str]]) -> str:
    """Format rows as pasted lines: one line per row, cells separated by tabs."""
    return "\n".join("\t".join(_format_cell(cell) for cell in row) for row in rows)


def _decode_list(content: bytes) -> ListText:
    try:
        return ListText(_check_text(decode_text(content)))
    except CsvError as error:
        if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
            raise UnreadableListError(Problem(error.message, error.remedy)) from error
    try:
        return ListText(_check_text(content.decode("cp1252")), is_guessed=True)
    except UnicodeDecodeError as error:
        raise UnreadableListError(Problem(NOT_READABLE)) from error


def _check_text(text: str) -> str:
    if not is_storable(text):
        raise UnreadableListError(Problem(NOT_READABLE))
    if len(text) > MAX_TEXT_LENGTH:
        raise UnreadableListError(Problem(with_values(TOO_LONG)))
    return text


def read_in_child(content: bytes, *sheets: str) -> Any:  # noqa: ANN401  # rows, or rows by the names of `sheets`
    """Read a workbook in a child process with limits.

    Raises `UnreadableListError` if it fails, `UnavailableError` if too many others are being read.
    """
    if not _children.acquire(timeout=WAIT_SECONDS):
        raise UnavailableError
    try:
        done = subprocess.run(  # noqa: S603  # our own file, no shell
            [sys.executable, str(CHILD), *sheets],
            input=content,
            capture_output=True,
            timeout=CHILD_SECONDS,
            check=True,
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise UnreadableListError(Problem(NOT_READABLE)) from error
    finally:
        _children.release()


def _drop_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    filled = [column for column in range(width) if any(row[column].strip() for row in rows if column < len(row))]
    return [[row[column] if column < len(row) else "" for column in filled] for row in rows]


def _format_cell(cell: str) -> str:
    text = CELL_BREAK.join(cell.replace("\t", " ").splitlines())
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if text.lstrip().startswith('"') else text
