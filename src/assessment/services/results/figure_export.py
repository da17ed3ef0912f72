"""Export released figures as JSON, CSV or XLSX: a row per figure with its path in the result. Contains no answers."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.verification.provenance import hash_content, strip_careless_log
from assessment.errors import InvalidError, Problem, with_values
from assessment.services.results import published_results

JSON, CSV, XLSX = "json", "csv", "xlsx"
MEDIA_TYPES = {
    JSON: "application/json",
    CSV: "text/csv",  # the framework adds the charset
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADER = ("figure", "value", "hidden because")
FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
MAX_CELL_LENGTH = 32_000  # XLSX limits a cell to 32,767 characters
COLUMN_WIDTHS = (70, 24, 34)
CREATED_AT = datetime(2000, 1, 1, tzinfo=UTC)  # constant, so that the same figures give the same bytes

CellValue = str | float | int | bool | None


class FigureRow(Struct, frozen=True):
    """One figure; `reason` explains a withheld value."""

    path: str
    value: CellValue
    reason: str = ""


def export_figures(session: Session, key: AssessmentKey, kind: str) -> bytes:
    """Render the newest release in one of `MEDIA_TYPES`; `ConflictError` before the close, `InvalidError`."""
    if kind not in MEDIA_TYPES:
        known = with_values("There is {known}.", known=tuple(MEDIA_TYPES))
        raise InvalidError(
            "There is no such export.", [Problem("This is not offered.", known, column="format", code="unknown-value")]
        )
    return export_release(published_results.load_release(session, key).content, kind)


def export_release(release: bytes, kind: str) -> bytes:
    """Render a release in one of `MEDIA_TYPES`, without the names of careless respondents."""
    content = bytes(strip_careless_log(release))
    if kind == JSON:
        return content
    rows = [FigureRow("release", hash_content(release)), *iterate_figures(content)]
    return render_csv(rows) if kind == CSV else render_workbook(rows)


def iterate_figures(release: bytes) -> Iterator[FigureRow]:
    """Yield every figure in the order of the result."""
    result = msgspec.json.decode(release)
    reasons = result.pop("suppressed", {})
    yield from _flatten_value("", result, reasons)


def _flatten_value(path: str, value: Any, reasons: dict[str, str]) -> Iterator[FigureRow]:  # noqa: ANN401 - JSON: anything
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in inside:
            place = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}" if path else str(key)
            yield from _flatten_value(place, inner, reasons)
    else:
        yield FigureRow(path, value, reasons.get(path, ""))


def render_csv(rows: list[FigureRow]) -> bytes:
    """Render CSV with a byte order mark, which spreadsheets need to detect UTF-8; formulas are escaped."""
    file = StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(HEADER)
    for line in rows:
        out.writerow([escape_formula(value) for value in (line.path, line.value, line.reason)])
    return file.getvalue().encode("utf-8-sig")


def escape_formula(value: CellValue) -> CellValue:
    """Prefix text that a spreadsheet would evaluate with a quote (CSV injection)."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip().startswith(FORMULA_PREFIXES) or value.startswith(FORMULA_PREFIXES) else value


def render_workbook(rows: list[FigureRow]) -> bytes:
    """Render XLSX; everything but numbers and booleans is written as text, never as formula or URL."""
    import xlsxwriter  # noqa: PLC0415  # a server process may never need it

    target = BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": CREATED_AT.replace(tzinfo=None)})
        sheet, strong = book.add_worksheet("Figures"), book.add_format({"bold": True})
        for column, (name, width) in enumerate(zip(HEADER, COLUMN_WIDTHS, strict=True)):
            sheet.write_string(0, column, name, strong)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        for row, line in enumerate(rows, start=1):
            for column, value in enumerate((line.path, line.value, line.reason)):
                _write_cell(sheet, row, column, value)
    return target.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: CellValue) -> None:  # noqa: ANN401 - the library has no types
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value[:MAX_CELL_LENGTH])
