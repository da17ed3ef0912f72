"""Sheets: titles, tables with filters, charts, print set-up. Every text is written as text, never as a formula."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

import xlsxwriter
from msgspec import Struct

from assessment.charts.primitives.brand import find_panel_colour
from assessment.charts.primitives.palette import PALETTE
from assessment.i18n import Translator
from assessment.office.figure_formats import CellValue, FigureCell
from assessment.office.plain_text import clean_line, clean_text

FONT, TEXT_SIZE = "Calibri", 10
MAX_CELL_LENGTH = 32_000  # XLSX limits a cell to 32,767 characters
MAX_NAME_LENGTH = 31  # of a sheet
MAX_FOOTER_LENGTH = 200  # in UTF-16, escaped; XLSX limits a footer to 255, and the library leaves out a longer one
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
A3, A4 = 8, 9  # numbers of paper sizes in XLSX
DATE_FORMAT = "yyyy-mm-dd"
TITLE_HEIGHT, LINE_HEIGHT = 24, 14.5
MAX_LINES = 27  # XLSX limits a row to 409 points
WRAP_FROM = 12.0  # width of a column, in characters, whose texts may wrap
DEFAULT_WIDTH = 9.0
HEAD_MARGIN = 2.0  # headings are bold, and so wider

SheetValue = CellValue | FigureCell | date


class SheetColumn(Struct, frozen=True):
    """A column of a table; `width` in characters. Numbers are aligned to the right.

    An optional column is left out if all its cells are empty.
    """

    title: str
    width: float
    is_number: bool = False
    is_optional: bool = False


class TableArea(Struct, frozen=True):
    """Rows and columns of a table's body, from 0, as charts refer to them."""

    sheet: str
    first_row: int
    last_row: int
    first_column: int = 0

    def refer_to_column(self, column: int) -> list[str | int]:
        """Return the cells of a column."""
        place = self.first_column + column
        return [self.sheet, self.first_row, place, self.last_row, place]

    def refer_to_heading(self, column: int) -> list[str | int]:
        """Return the heading of a column."""
        return [self.sheet, self.first_row - 1, self.first_column + column]


class ReportBook:
    """A workbook; its bytes depend on its content alone."""

    def __init__(self, target: Any, translator: Translator, footer: str) -> None:  # noqa: ANN401 - a file to write to
        self.book = xlsxwriter.Workbook(
            target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.translator, self.footer = translator, footer
        self._names: set[str] = set()
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def get_format(self, **options: object) -> Any:  # noqa: ANN401 - the library has no types
        """Return a format, created once."""
        key = tuple(sorted(options.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(
                {"font_name": FONT, "font_size": TEXT_SIZE, "valign": "top", "font_color": PALETTE["ink"]} | options
            )
        return self._formats[key]

    def add_sheet(self, name: str, *, portrait: bool = False, paper: int = A4) -> "SheetWriter":
        """Add a sheet; its name is shortened and made unique where necessary."""
        unique_name = self._find_free_name(clean_line(name).translate(FORBIDDEN_IN_NAMES).strip() or "-")
        return SheetWriter(self, unique_name, portrait=portrait, paper=paper)

    def _find_free_name(self, name: str) -> str:
        number, candidate = 1, name[:MAX_NAME_LENGTH]
        while candidate.casefold() in self._names:
            number += 1
            candidate = f"{name[: MAX_NAME_LENGTH - 4]} {number}"
        self._names.add(candidate.casefold())
        return candidate


class SheetWriter:
    """Writes one sheet from top to bottom; `row` is the next free row, from 0."""

    def __init__(self, book: ReportBook, name: str, *, portrait: bool, paper: int) -> None:
        self.book, self.name, self.row = book, name, 0
        self.sheet = book.book.add_worksheet(name)
        self._widths: dict[int, float] = {}
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.set_paper(paper)
        if not portrait:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L&8{escape_footer(book.footer)}&R&8&P / &N")

    def fit_one_page(self) -> None:
        """Print the sheet on one page."""
        self.sheet.fit_to_pages(1, 1)

    def write_title(self, title: str, subtitle: str = "") -> None:
        """Write the sheet's title, and a line below it."""
        strong = self.book.get_format(bold=True, font_size=16, valign="vcenter")
        self.sheet.set_row(self.row, TITLE_HEIGHT)
        self.sheet.write_string(self.row, 0, clean_line(title, MAX_CELL_LENGTH), strong)
        self.row += 1
        if subtitle:
            self.write_line(subtitle)
        self.row += 1

    def write_heading(self, text: str) -> None:
        """Write a heading over a table."""
        self.sheet.write_string(
            self.row, 0, clean_line(text, MAX_CELL_LENGTH), self.book.get_format(bold=True, font_size=12)
        )
        self.row += 1

    def write_line(self, text: str, *, strong: bool = False, muted: bool = True) -> None:
        """Write a line of text that may run over the columns to its right."""
        cell_format = self.book.get_format(bold=strong, font_color=PALETTE["muted" if muted else "ink"])
        self.sheet.write_string(self.row, 0, clean_line(text, MAX_CELL_LENGTH), cell_format)
        self.row += 1

    def write_paragraphs(self, texts: Sequence[str], last_column: int) -> None:
        """Write texts over several columns, each in a row that is high enough for it."""
        cell_format = self.book.get_format(text_wrap=True)
        width = sum(self._widths.get(column, DEFAULT_WIDTH) for column in range(last_column + 1))
        for text in texts:
            cleaned = clean_text(text, MAX_CELL_LENGTH)
            self._set_height(self.row, count_lines(cleaned, width))
            self.sheet.merge_range(self.row, 0, self.row, last_column, "", cell_format)
            self.sheet.write_string(self.row, 0, cleaned, cell_format)
            self.row += 1

    def write_table(
        self, columns: Sequence[SheetColumn], rows: Sequence[Sequence[SheetValue]], *, is_main: bool = False
    ) -> TableArea:
        """Write a table. The main table of a sheet has a filter, and its heading is repeated on every page."""
        columns, rows = drop_empty_columns(columns, rows)
        head_row = self.row
        for number, column in enumerate(columns):
            cell_format = self._get_head_format(is_number=column.is_number)
            self.sheet.write_string(head_row, number, clean_line(column.title, MAX_CELL_LENGTH), cell_format)
            self._widen_column(number, column.width)
        self._set_height(head_row, max(count_lines(column.title, column.width - HEAD_MARGIN) for column in columns))
        for offset, row in enumerate(rows, start=1):
            self._set_height(head_row + offset, count_row_lines(columns, row))
            for number, (column, value) in enumerate(zip(columns, row, strict=True)):
                cell_format = {
                    "text_wrap": column.width >= WRAP_FROM,
                    "bold": number == 0,
                    "align": "right" if column.is_number else "left",
                    "indent": 0 if column.is_number else 1,
                }
                self.write_cell(head_row + offset, number, value, cell_format)
        last_row = head_row + max(1, len(rows))
        if is_main:
            self.sheet.freeze_panes(head_row + 1, 0)
            self.sheet.repeat_rows(head_row)
            if rows:
                self.sheet.autofilter(head_row, 0, last_row, len(columns) - 1)
        self.row = last_row + 2
        return TableArea(self.name, head_row + 1, head_row + max(1, len(rows)))

    def write_cell(self, row: int, column: int, value: SheetValue, cell_format: Mapping[str, object]) -> None:
        """Write one cell by the type of its value. Text is never read as a formula or an address."""
        base: dict[str, object] = {"bottom": 1, "bottom_color": PALETTE["faint"], **cell_format}
        cell = value if isinstance(value, FigureCell) else FigureCell(None)
        content = cell.value if isinstance(value, FigureCell) else value
        if cell.number_format:
            base["num_format"] = cell.number_format
        if isinstance(content, int | Decimal):
            self.sheet.write_number(row, column, float(content), self.book.get_format(**base))
        elif isinstance(content, date):
            self.sheet.write_datetime(row, column, content, self.book.get_format(**{**base, "num_format": DATE_FORMAT}))
        elif content is None:
            self.sheet.write_blank(row, column, None, self.book.get_format(**base))
        else:
            text_look = self.book.get_format(**base, num_format="@")
            self.sheet.write_string(row, column, clean_text(content, MAX_CELL_LENGTH), text_look)

    def insert_chart(self, chart: Any, row: int, column: int, description: str) -> None:  # noqa: ANN401 - the library has no types
        """Insert a chart with an alternative text."""
        self.sheet.insert_chart(
            row, column, chart, {"description": clean_line(description, 2000), "object_position": 1, "x_offset": 8}
        )

    def _get_head_format(self, *, is_number: bool) -> Any:  # noqa: ANN401 - the library has no types
        return self.book.get_format(
            bold=True,
            text_wrap=True,
            align="right" if is_number else "left",
            indent=0 if is_number else 1,
            bg_color=find_panel_colour(),
            font_color=PALETTE["paper"],
            num_format="@",
            valign="vcenter",
        )

    def _set_height(self, row: int, lines: int) -> None:
        """Set the height of a row: not every program fits it to wrapped text."""
        self.sheet.set_row(row, LINE_HEIGHT * min(lines, MAX_LINES))

    def _widen_column(self, number: int, width: float) -> None:
        """Set a column's width to that of the widest table."""
        self._widths[number] = max(width, self._widths.get(number, 0.0))
        self.sheet.set_column(number, number, self._widths[number])


def escape_footer(text: str) -> str:
    """Escape a footer, and shorten it to what has room; an escaped character stays complete."""
    escaped = [character.replace("&", "&&") for character in text]
    while sum(len(part.encode("utf-16-le")) // 2 for part in escaped) > MAX_FOOTER_LENGTH:
        escaped.pop()
    return "".join(escaped)


def drop_empty_columns(
    columns: Sequence[SheetColumn], rows: Sequence[Sequence[SheetValue]]
) -> tuple[list[SheetColumn], list[list[SheetValue]]]:
    """Drop optional columns without a value."""
    places = [
        place for place, column in enumerate(columns) if not column.is_optional or any(row[place] for row in rows)
    ]
    return [columns[place] for place in places], [[row[place] for place in places] for row in rows]


def count_row_lines(columns: Sequence[SheetColumn], row: Sequence[SheetValue]) -> int:
    """Estimate the lines of a row's longest text."""
    texts = (
        (value, column.width)
        for column, value in zip(columns, row, strict=True)
        if isinstance(value, str) and column.width >= WRAP_FROM
    )
    return max((count_lines(text, width - 1) for text, width in texts), default=1)


def count_lines(text: str, width: float) -> int:
    """Estimate the lines of a text in a column of `width` characters; words are not broken."""
    lines = 0
    for paragraph in text.split("\n"):
        room, lines = width, lines + 1
        for word in paragraph.split():
            if len(word) > room and room < width:
                room, lines = width, lines + 1
            overflow = max(0, ceil(len(word) / width) - 1)
            lines += overflow
            room -= len(word) - overflow * width + 1
    return lines
