"""Text tables for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from unicodedata import combining, east_asian_width

TEXT_WIDTH = 80
COLUMN_GAP = "  "


def format_rows(cells: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> Iterator[str]:
    """Format rows in columns, right-aligned except for those in `left`."""
    widths = [max(measure_width(row[column]) for row in cells) for column in range(len(cells[0]))] if cells else []
    for row in cells:
        padded = (_pad_cell(cell, widths[column], to_left=column in left) for column, cell in enumerate(row))
        yield (COLUMN_GAP + COLUMN_GAP.join(padded)).rstrip()


def wrap_paragraphs(texts: Iterable[str], indent: str = COLUMN_GAP) -> Iterator[str]:
    """Wrap texts into lines of at most TEXT_WIDTH characters."""
    for text in texts:
        yield from wrap(text, TEXT_WIDTH, initial_indent=indent, subsequent_indent=indent)


def measure_width(text: str) -> int:
    """Width of a text in terminal columns: wide characters count two, combining ones none."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text if not combining(one))


def _pad_cell(text: str, places: int, *, to_left: bool) -> str:
    room = " " * (places - measure_width(text))
    return text + room if to_left else room + text
