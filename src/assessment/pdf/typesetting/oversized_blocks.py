"""Blocks that no page has room for: taken apart, and in the end shrunk, so that no text makes a report fail."""

from copy import copy
from typing import Any

from reportlab.platypus import Flowable, KeepInFrame
from reportlab.platypus.doctemplate import LayoutError

from assessment.pdf.typesetting.tables import Table

ROW_TOLERANCE = 0.1  # points


def take_block_apart(block: Flowable, canvas: Any, width: float) -> list[Flowable]:  # noqa: ANN401 - ReportLab's own type
    """Return what to lay out instead of a block that is too high for a page of its own and breaks nowhere.

    Each step leaves something simpler, down to a single block, which is shrunk to the page. Raises LayoutError for one
    that was shrunk and is refused again, as it would be forever.
    """
    if isinstance(block, KeepInFrame):
        message = "A block can't be shrunk to a page."
        raise LayoutError(message)
    if isinstance(block, Table):
        return _take_table_apart(block, canvas, width)
    return [KeepInFrame(0, 0, [block], mode="shrink")]


def _take_table_apart(table: Table, canvas: Any, width: float) -> list[Flowable]:  # noqa: ANN401 - ReportLab's own type
    """Stop repeating a header that leaves no room for a row; then cut off the first row; then shrink a single one."""
    if table.repeatRows:
        plain = copy(table)
        plain.repeatRows = 0
        return [plain]
    table.wrapOn(canvas, width, 0)
    rows = table.splitOn(canvas, width, table._rowHeights[0] + ROW_TOLERANCE)  # noqa: SLF001 - not public
    if len(rows) > 1:
        return [KeepInFrame(0, 0, rows[:1], mode="shrink"), *rows[1:]]
    return [KeepInFrame(0, 0, [table], mode="shrink")]
