"""Refuse workbooks that would exhaust the memory, before a reader of cells sees them.

The reader allocates a dense grid up to the furthest cell: 5 kB with one distant cell request 550 GB. Sizes in the
directory of a zip can be false, so the members are unpacked and counted. A sheet may have any name: the workbook's
relationships say which members are sheets. The reader ignores case, and takes a backslash for a slash.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from io import BytesIO
from posixpath import normpath
from typing import Literal, TypeAlias
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from msgspec import Struct

from assessment.errors import Problem, with_values
from assessment.i18n.messages import N_

MAX_UNPACKED_BYTES = 60 * 1024**2
MAX_MEMBERS = 500
MAX_RELATIONSHIP_BYTES = 1024**2
MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 20_000, 250
CHUNK_BYTES = 64 * 1024
WORKBOOK, BINARY_WORKBOOK, SPREADSHEET = "xl/workbook.xml", "xl/workbook.bin", "content.xml"
WORKBOOK_RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
BINARY_TYPES = ("/vbaProject", "/attachedToolbars")  # relationships that lead to no XML
NOT_READABLE = N_("This file can’t be read as a spreadsheet. Save it as XLSX, ODS or CSV and choose it again.")
TOO_LARGE = N_("This spreadsheet is too large: at most {rows} rows and {columns} columns.")

WorkbookFormat: TypeAlias = Literal["xlsx", "ods"]


class UnreadableListError(Exception):
    """Raised for a file that is refused, with the problem to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Extent(Struct):
    """Position while scanning a sheet: current row and column (1-based)."""

    row: int = 0
    column: int = 0
    repeat_rows: int = 1
    is_filled: bool = False


def check_workbook(content: bytes) -> WorkbookFormat:
    """Return the format of a workbook; raises `UnreadableListError` if it is none or too large."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = _list_members(archive)
            kind = _find_format(members)
            sheets = {SPREADSHEET}
            scan: type[_SheetScan] = _OdsScan
            if kind == "xlsx":
                scan, sheets = _XlsxScan, _find_sheets(archive, members)
            total = 0
            for path, name in members.items():
                total = _scan_member(archive, name, total, scan().feed if path in sheets else None)
    except (BadZipFile, expat.ExpatError, OSError, EOFError, RuntimeError, ValueError) as error:
        # RuntimeError includes NotImplementedError: zipfile raises it for compression it does not know.
        raise _refuse_file() from error
    return kind


def _list_members(archive: ZipFile) -> dict[str, str]:
    """Return the names of the members by path, as the reader looks for them; raises `UnreadableListError`."""
    names = archive.namelist()
    members = {name.lower().replace("\\", "/"): name for name in names}
    is_encrypted = any(info.flag_bits & 1 for info in archive.infolist())
    if len(names) > MAX_MEMBERS or len(members) < len(names) or is_encrypted:
        raise _refuse_file()
    return members


def _find_format(members: Collection[str]) -> WorkbookFormat:
    """Return the format; a file that could be read as two is refused, and so is a binary workbook (.xlsb)."""
    formats: dict[str, WorkbookFormat] = {WORKBOOK: "xlsx", SPREADSHEET: "ods"}
    kinds = [kind for path, kind in formats.items() if path in members]
    if len(kinds) != 1 or BINARY_WORKBOOK in members:
        raise _refuse_file()
    return kinds[0]


def _find_sheets(archive: ZipFile, members: Mapping[str, str]) -> set[str]:
    """Return the paths of everything that the workbook could name as a sheet."""
    targets: list[str] = []

    def add_target(name: str, attributes: dict[str, str]) -> None:
        is_binary = attributes.get("Type", "").endswith(BINARY_TYPES)
        if name.rpartition(":")[2] == "Relationship" and not is_binary:
            targets.append(attributes.get("Target", "").lower().replace("\\", "/"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = add_target
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if WORKBOOK_RELATIONSHIPS not in members:
        raise _refuse_file()
    with archive.open(members[WORKBOOK_RELATIONSHIPS]) as member:
        content = member.read(MAX_RELATIONSHIP_BYTES + 1)
    if len(content) > MAX_RELATIONSHIP_BYTES:
        raise _refuse_file()
    parser.Parse(content, True)  # noqa: FBT003  # the parser takes it by position
    sheets = {normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}") for target in targets}
    return sheets | {path for path in members if re.search(r"worksheets/[^/]*\.xml$", path)}


def _scan_member(archive: ZipFile, name: str, total: int, feed: Callable[[bytes], None] | None) -> int:
    """Unpack a member and return the new total of bytes."""
    with archive.open(name) as member:
        while chunk := member.read(CHUNK_BYTES):
            total += len(chunk)
            if total > MAX_UNPACKED_BYTES:
                raise _refuse_size()
            if feed:
                feed(chunk)
    return total


class _SheetScan(ABC):
    """Scan of a sheet's XML for the furthest cell; entities are refused."""

    def __init__(self) -> None:
        self.at = _Extent()
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start_element
        self.parser.EndElementHandler = self.end_element
        self.parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, chunk: bytes) -> None:
        self.parser.Parse(chunk, False)  # noqa: FBT003  # the parser takes it by position

    @abstractmethod
    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        """Enter an element; raises `UnreadableListError` for a cell too far away."""

    def end_element(self, name: str) -> None:  # noqa: B027  # only ODS needs it
        """Leave an element."""


class _XlsxScan(_SheetScan):
    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.at.row = int(attributes["r"]) if "r" in attributes else self.at.row + 1
            self.at.column = 0
            _check_extent(self.at.row, 1)
        elif tag == "c":
            letters, number = _split_reference(attributes.get("r", ""))
            self.at.column = letters or self.at.column + 1
            _check_extent(number or self.at.row, self.at.column)
        elif tag == "mergeCell":
            for corner in attributes.get("ref", "").split(":"):
                letters, number = _split_reference(corner)
                _check_extent(number, letters)


class _OdsScan(_SheetScan):
    """Repeats of empty cells and rows at the end are normal, and are not allocated."""

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "table":
            self.at = _Extent()
        elif tag == "table-row":
            self.at.repeat_rows = int(attributes.get("table:number-rows-repeated", 1))
            self.at.column, self.at.is_filled = 0, False
        elif tag in ("table-cell", "covered-table-cell"):
            self.at.column += int(attributes.get("table:number-columns-repeated", 1))
            if any(key.endswith((":value-type", ":formula")) for key in attributes):
                self._fill_cell()
        elif tag == "p":
            self._fill_cell()

    def end_element(self, name: str) -> None:
        if name.rpartition(":")[2] == "table-row":
            self.at.row += self.at.repeat_rows

    def _fill_cell(self) -> None:
        _check_extent(self.at.row + self.at.repeat_rows, self.at.column)


def _split_reference(reference: str) -> tuple[int, int]:
    """Return column and row of a reference like `AB12`, zero where it has none."""
    match = re.fullmatch(r"\$?([A-Za-z]{0,9})\$?(\d{0,12})", reference)
    if match is None:
        raise _refuse_file()
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return column, int(match[2] or 0)


def _check_extent(row: int, column: int) -> None:
    if row > MAX_SHEET_ROWS or column > MAX_SHEET_COLUMNS:
        raise _refuse_size()


def _refuse_doctype(*_: object) -> None:
    raise _refuse_file()


def _refuse_file() -> UnreadableListError:
    return UnreadableListError(Problem(NOT_READABLE))


def _refuse_size() -> UnreadableListError:
    return UnreadableListError(Problem(with_values(TOO_LARGE, rows=MAX_SHEET_ROWS, columns=MAX_SHEET_COLUMNS)))
