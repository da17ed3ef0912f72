"""Structure beside what is drawn: which marks on a page are a heading, a paragraph, a cell, a figure.

While a document is drawn its blocks put marked content around themselves and note it in a tree;
`structure.py` writes the tree into the finished file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as PlainParagraph
from reportlab.platypus import Table as PlainTable
from reportlab.platypus.tableofcontents import TableOfContents as PlainContents

HEADINGS = {"title": "H1", "heading": "H2"}
PAIR = 2


class Element:
    """A part of the document; `kids` are parts, or (page, number) of marked content."""

    def __init__(self, role: str, alt: str = "", scope: str = "") -> None:
        self.role, self.alt, self.scope = role, alt, scope
        self.kids: list[Element | tuple[int, int]] = []


class TaggedCanvas(Canvas):  # type: ignore[misc] # ReportLab has no types
    """A canvas that knows what is being drawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - ReportLab's
        super().__init__(*args, **kwargs)
        self.tree = Element("Document")
        self.within = [self.tree]
        self.marked = 0
        self.inside = False

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """End a page: numbers begin anew."""
        super().showPage()
        self.marked = 0

    @contextmanager
    def part(self, element: Element) -> Iterator[None]:
        """All that is drawn meanwhile belongs to this part."""
        self.within[-1].kids.append(element)
        self.within.append(element)
        try:
            yield
        finally:
            self.within.pop()

    @contextmanager
    def content(self, *roles: str, alt: str = "") -> Iterator[None]:
        """What is drawn meanwhile is one piece of content, in parts within parts of these roles."""
        if self.inside:
            yield
            return
        holder = self.within[-1]
        for role in roles:
            last = holder.kids[-1] if holder.kids else None
            if role != "L" or not isinstance(last, Element) or last.role != "L":
                last = Element(role, alt)
                holder.kids.append(last)
            holder = last
        holder.kids.append((self.getPageNumber() - 1, self.marked))
        self._code.append(f"/{roles[-1]} <</MCID {self.marked}>> BDC")
        self.marked += 1
        self.inside = True
        try:
            yield
        finally:
            self.inside = False
            self._code.append("EMC")


def drawn_as(canvas: Any, draw: Callable[[], None], *roles: str, alt: str = "") -> None:  # noqa: ANN401 - ReportLab's
    """Draw something as one piece of content, where somebody keeps the tree."""
    if isinstance(canvas, TaggedCanvas):
        with canvas.content(*roles, alt=alt):
            draw()
    else:
        draw()


class Paragraph(PlainParagraph):  # type: ignore[misc] # ReportLab has no types
    """A paragraph, a heading by its style, or an item of a list by its bullet."""

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as what it is."""
        name = self.style.name.partition("-")[0]
        bulleted = self.bulletText or self.style.name.endswith("-bullet")
        roles = ("L", "LI", "LBody") if bulleted else (HEADINGS.get(name, "P"),)
        if not self.getPlainText(identify=True).strip():
            super().drawOn(canvas, x, y, _sW)
            return
        drawn_as(canvas, lambda: super(Paragraph, self).drawOn(canvas, x, y, _sW), *roles)


class Table(PlainTable):  # type: ignore[misc] # ReportLab has no types
    """A table with header cells: its head, or the first of two columns. Any other only lays blocks out."""

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a table."""
        self.row: tuple[float, Element] | None = None
        self.rows = 0
        if not isinstance(canvas, TaggedCanvas) or canvas.inside:
            super().drawOn(canvas, x, y, _sW)
            return
        with canvas.part(Element("Table" if self._is_data() else "Div")):
            super().drawOn(canvas, x, y, _sW)

    def _is_data(self) -> bool:
        return bool(self.repeatRows) or len(self._colWidths) == PAIR

    def _drawCell(self, value: Any, style: Any, place: Any, size: Any) -> None:  # noqa: ANN401, N802 - ReportLab's
        canvas = self.canv
        if not isinstance(canvas, TaggedCanvas) or canvas.inside:
            super()._drawCell(value, style, place, size)
            return
        if not self._is_data():
            self._blocks(value, style, place, size)
            return
        first = self.row is None or self.row[0] != place[1]
        if self.row is None or first:
            self.row = (place[1], Element("TR"))
            self.rows += 1
            canvas.within[-1].kids.append(self.row[1])
        header = self.rows <= (self.repeatRows or 0)
        labelling = not self.repeatRows and first
        cell = Element("TH" if header or labelling else "TD", scope="Column" if header else "Row" if labelling else "")
        canvas.within.append(self.row[1])
        try:
            with canvas.part(cell):
                self._blocks(value, style, place, size)
        finally:
            canvas.within.pop()

    def _blocks(self, value: Any, style: Any, place: Any, size: Any) -> None:  # noqa: ANN401 - ReportLab's
        if isinstance(value, str) and value.strip():
            drawn_as(self.canv, lambda: super(Table, self)._drawCell(value, style, place, size), "P")
        else:
            super()._drawCell(value, style, place, size)


class TableOfContents(PlainContents):  # type: ignore[misc] # ReportLab has no types
    """The contents, as one part."""

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as the contents."""
        drawn_as(canvas, lambda: super(TableOfContents, self).drawOn(canvas, x, y, _sW), "TOC", "TOCI")
