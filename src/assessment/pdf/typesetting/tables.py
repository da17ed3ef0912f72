"""Tagged tables with header cells."""

from typing import Any

from reportlab.platypus import Table as PlainTable

from assessment.pdf.accessibility.tagged_canvas import StructureElement, TaggedCanvas, draw_as
from assessment.pdf.typesetting.paragraphs import Paragraph

MAX_UNSPLIT_HEIGHT = 180.0  # points; only taller rows are split across pages
DATA_COLUMNS = 2


class Table(PlainTable):  # type: ignore[misc] # ReportLab has no types
    """A table whose header cells are its header row and the first cell of each row.

    Without a header row it is only for layout, unless it has two columns. A table on several pages is tagged as one;
    its repeated header is an artifact.
    """

    split_origin: object = None
    measured_width: float | None = None

    def _calc(self, availWidth: float, availHeight: float) -> None:  # noqa: N803 - ReportLab's
        """Measure rows once per width: a frame asks before drawing and splitting."""
        if self.measured_width != availWidth:
            super()._calc(availWidth, availHeight)
            self.measured_width = (
                None if None in self._rowHeights else availWidth
            )  # None: a long table has measured only part of its rows

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split between rows, or inside a tall one; the pieces share one structure element."""
        self._calc(availWidth, availHeight)
        self.splitInRow = int(max(self._rowHeights, default=0) > MAX_UNSPLIT_HEIGHT)
        pieces: list[Any]
        try:
            pieces = super().split(availWidth, availHeight)
        except IndexError:  # ReportLab, where a block of the cell only just fits: the row starts on the next page
            self.splitInRow = 0
            pieces = super().split(availWidth, availHeight)
        if len(pieces) > 1:
            self.split_origin = self.split_origin or object()
            for piece in pieces:
                piece.split_origin = self.split_origin
        return pieces

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a tagged table."""
        self.row: tuple[float, StructureElement] | None = None
        self.rows = 0
        if not isinstance(canvas, TaggedCanvas) or canvas.is_in_content:
            super().drawOn(canvas, x, y, _sW)
            return
        self.is_continuation = self.split_origin is not None and self.split_origin in canvas.shared_elements
        self.split_origin = self.split_origin or object()
        canvas.open_elements.append(canvas.get_shared_element(self.split_origin, "Table" if self._is_data() else "Div"))
        try:
            super().drawOn(canvas, x, y, _sW)
        finally:
            canvas.open_elements.pop()

    def _is_data(self) -> bool:
        return bool(self.repeatRows) or len(self._colWidths) == DATA_COLUMNS

    def _drawCell(self, value: Any, style: Any, place: Any, size: Any) -> None:  # noqa: ANN401, N802 - ReportLab's
        canvas = self.canv
        if not isinstance(canvas, TaggedCanvas) or canvas.is_in_content:
            super()._drawCell(value, style, place, size)
            return
        if not self._is_data():
            self._draw_blocks(value, style, place, size)
            return
        first = self.row is None or self.row[0] != place[1]
        if self.row is None or first:
            self.row = (place[1], StructureElement("TR"))
            self.rows += 1
        header = self.rows <= (self.repeatRows or 0)
        if header and self.is_continuation:
            with canvas.tag_artifact():
                super()._drawCell(value, style, place, size)
            return
        if first:
            canvas.open_elements[-1].children.append(self.row[1])
        scope = "Column" if header else "Row" if first else ""
        cell = StructureElement("TH" if scope else "TD", scope=scope)
        canvas.open_elements.append(self.row[1])
        canvas.is_only_child = isinstance(value, str) or (len(value) == 1 and isinstance(value[0], Paragraph))
        try:
            with canvas.tag_element(cell):
                self._draw_blocks(value, style, place, size)
        finally:
            canvas.open_elements.pop()
            canvas.is_only_child = False

    def _draw_blocks(self, value: Any, style: Any, place: Any, size: Any) -> None:  # noqa: ANN401 - ReportLab's
        if isinstance(value, str) and value.strip():
            draw_as(self.canv, lambda: super(Table, self)._drawCell(value, style, place, size), "P")
        else:
            super()._drawCell(value, style, place, size)
