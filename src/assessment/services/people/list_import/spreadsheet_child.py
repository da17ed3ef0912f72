"""Child process that reads one workbook from standard input and writes its rows to standard output as JSON.

Without arguments it writes the rows of the first sheet with cells; with names of sheets, the rows of each by its name.
It is started by path and imports nothing of this program: a workbook that exhausts the memory ends only this process.
"""

import json
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO

import python_calamine

MEMORY_LIMIT = 1024**3  # bytes of address space
TIME_LIMIT = 20  # seconds of processor time


def limit_resources() -> None:
    """Limit memory and processor time, where the platform can."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT, TIME_LIMIT))


def read_sheet_rows(content: bytes) -> list[list[str]]:
    """Return the first visible sheet that has cells; the value of merged cells is in each of them."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    visible, worksheet = python_calamine.SheetVisibleEnum.Visible, python_calamine.SheetTypeEnum.WorkSheet
    for sheet in workbook.sheets_metadata:
        if (sheet.visible, sheet.typ) != (visible, worksheet):
            continue
        page = workbook.get_sheet_by_name(sheet.name)
        rows = [[format_cell(cell) for cell in row] for row in page.to_python(skip_empty_area=False)]
        _fill_merged_cells(rows, page.merged_cell_ranges or [])
        if any(cell for row in rows for cell in row):
            return rows
    return []


def read_named_sheets(content: bytes, names: list[str]) -> dict[str, list[list[str]]]:
    """Return the rows of the sheets with these names, whatever their case; those that are absent are left out."""
    workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return {
        name.casefold(): [[format_cell(cell) for cell in row] for row in workbook.get_sheet_by_name(name).to_python()]
        for name in workbook.sheet_names
        if name.casefold() in names
    }


def format_cell(cell: object) -> str:
    """Format as a person would have typed it: whole numbers come as floats."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time | timedelta):
        return str(cell)
    return str(cell)


def _fill_merged_cells(rows: list[list[str]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    for (top, left), (bottom, right) in ranges:
        if right > left or top >= len(rows) or left >= len(rows[top]):
            continue  # merged across columns is a title, not the value of each column
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]


if __name__ == "__main__":
    limit_resources()
    workbook_bytes, sheet_names = sys.stdin.buffer.read(), sys.argv[1:]
    json.dump(
        read_named_sheets(workbook_bytes, sheet_names) if sheet_names else read_sheet_rows(workbook_bytes), sys.stdout
    )
