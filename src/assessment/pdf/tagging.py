"""Structure beside what is drawn: which marks on a page are a heading, a paragraph, a cell, a figure.

While a document is drawn its blocks put marked content around themselves and note it in a tree;
`structure.py` writes the tree into the finished file.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple
from xml.sax.saxutils import unescape

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph as PlainParagraph
from reportlab.platypus import Table as PlainTable
from reportlab.platypus.tableofcontents import TableOfContents as PlainContents

MARKUP = re.compile("<[^>]*>")
TALL = 180.0  # points; lower rows are not split between pages
HEADINGS = {"title": "H1", "heading": "H2"}
PAIR = 2


Box = tuple[float, float, float, float]


class Mark(NamedTuple):
    """A piece of marked content, by its number on a page."""

    page: int
    number: int


class Link(NamedTuple):
    """A link on a page, by its place among the page's annotations, and where it leads in words."""

    page: int
    number: int
    says: str


class Element:
    """A part of the document.

    `alt` says in words what is drawn, `spoken` what is written where it is drawn in another order; `box` is
    the room that a figure takes.
    """

    def __init__(self, role: str, alt: str = "", scope: str = "", *, spoken: str = "", box: Box | None = None) -> None:
        self.role, self.alt, self.scope, self.spoken, self.box = role, alt, scope, spoken, box
        self.kids: list[Element | Mark | Link] = []


class TaggedCanvas(Canvas):  # type: ignore[misc] # ReportLab has no types
    """A canvas that knows what is being drawn; on one that only rehearses, to learn where things are, nothing is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - ReportLab's
        super().__init__(*args, **kwargs)
        self.tree = Element("Document")
        self.within = [self.tree]
        self.begun: dict[object, Element] = {}
        self.marked = 0
        self.inside = False
        self.rehearsing = False

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
    def decoration(self) -> Iterator[None]:
        """What is drawn meanwhile belongs to no part."""
        self.inside = True
        try:
            yield
        finally:
            self.inside = False

    def shared(self, whole: object, role: str) -> Element:
        """The part that pieces of one whole belong to, wherever they are drawn; it stands where the first does."""
        if whole not in self.begun:
            self.begun[whole] = Element(role)
            self.within[-1].kids.append(self.begun[whole])
        return self.begun[whole]

    @contextmanager
    def content(
        self,
        *roles: str,
        alt: str = "",
        spoken: str = "",
        box: Box | None = None,
        whole: object = None,
        leads: str = "",
    ) -> Iterator[None]:
        """What is drawn meanwhile is one piece of content, in parts within parts of these roles.

        Pieces of one `whole` go to the part that the first of them made. `leads`: where links in it lead.
        """
        if self.inside:
            yield
            return
        holder = self.begun.get(whole)
        if holder is None:
            holder = self._parts(roles)
            holder.alt, holder.spoken, holder.box = alt, spoken, box
            if whole is not None:
                self.begun[whole] = holder
        holder.kids.append(Mark(self.getPageNumber() - 1, self.marked))
        self._code.append(f"/{roles[-1]} <</MCID {self.marked}>> BDC")
        self.marked += 1
        self.inside = True
        links = len(self._annotationrefs)
        try:
            yield
        finally:
            self.inside = False
            self._code.append("EMC")
            made = range(links, len(self._annotationrefs))
            holder.kids += [Link(self.getPageNumber() - 1, number, leads) for number in made]

    def _parts(self, roles: tuple[str, ...]) -> Element:
        """Make parts within parts; an item goes to the list before it."""
        holder = self.within[-1]
        for role in roles:
            last = holder.kids[-1] if holder.kids else None
            if role != "L" or not isinstance(last, Element) or last.role != "L":
                last = Element(role)
                holder.kids.append(last)
            holder = last
        return holder


def drawn_as(canvas: Any, draw: Callable[[], None], *roles: str, **more: Any) -> None:  # noqa: ANN401 - ReportLab's
    """Draw something as one piece of content, where somebody keeps the tree; `more` as `content` takes it."""
    if isinstance(canvas, TaggedCanvas):
        with canvas.content(*roles, **more):
            draw()
    else:
        draw()


class Paragraph(PlainParagraph):  # type: ignore[misc] # ReportLab has no types
    """A paragraph, a heading by its style, or an item of a list by its bullet.

    `spoken` is its text where it is not drawn in the order in which it is read. What does not fit a page is
    drawn on the next, and is the same paragraph.
    """

    spoken = ""
    whole: object = None

    def _setup(self, text: Any, style: Any, bulletText: Any, frags: Any, cleaner: Any) -> None:  # noqa: ANN401, N803 - as below
        """Parse; what the parser cuts at each & and < is joined again: a text full of them would take half a minute."""
        super()._setup(text, style, bulletText, frags, cleaner)
        self.broken: tuple[float, tuple[float, float]] | None = None
        if frags is None:
            self.frags: list[Any] = list(_joined(self.frags))

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """Break lines once for a width: a table asks four times, and every pass again."""
        if self.broken is None or self.broken[0] != availWidth or not hasattr(self, "blPara"):
            self.broken = availWidth, super().wrap(availWidth, availHeight)
        return self.broken[1]

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split: the pieces know that they are one."""
        pieces: list[Any] = super().split(availWidth, availHeight)
        if len(pieces) > 1:
            self.whole = self.whole or object()
            for piece in pieces:
                piece.whole, piece.spoken = self.whole, self.spoken
        return pieces

    def rehearse(self, canvas: TaggedCanvas) -> None:
        """Do what has to be done of being drawn where nothing is."""

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as what it is."""
        if isinstance(canvas, TaggedCanvas) and canvas.rehearsing:
            self.rehearse(canvas)
            return
        name = self.style.name.partition("-")[0]
        bulleted = self.bulletText or self.style.name.endswith("-bullet")
        roles = ("L", "LI", "LBody") if bulleted else (HEADINGS.get(name, "P"),)
        if self.whole is None and not self.getPlainText(identify=True).strip():  # a piece does not know its text
            super().drawOn(canvas, x, y, _sW)
            return
        draw = partial(super().drawOn, canvas, x, y, _sW)
        drawn_as(canvas, draw, *roles, spoken=self.spoken, whole=self.whole)


def _joined(fragments: Iterable[Any]) -> Iterator[Any]:
    """Neighbours that look alike, as one."""
    for _, alike in groupby(fragments, key=_look):
        first, *rest = alike
        first.text += "".join(fragment.text for fragment in rest)
        yield first


def _look(fragment: Any) -> object:  # noqa: ANN401 - ReportLab's
    """All but the text; a line break or a mark is like no other."""
    look = {name: value for name, value in vars(fragment).items() if name != "text"}
    return id(fragment) if look.keys() & {"lineBreak", "cbDefn"} else look


class Table(PlainTable):  # type: ignore[misc] # ReportLab has no types
    """A table with header cells: its head, or the first of two columns. Any other only lays blocks out.

    What does not fit a page is drawn on the next, and is the same table: the head that is repeated is decoration.
    """

    whole: object = None

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split, a row only where it is tall; the pieces know that they are one."""
        self._calc(availWidth, availHeight)
        self.splitInRow = int(max(self._rowHeights, default=0) > TALL)
        pieces: list[Any] = super().split(availWidth, availHeight)
        if len(pieces) > 1:
            self.whole = self.whole or object()
            for piece in pieces:
                piece.whole = self.whole
        return pieces

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as a table."""
        self.row: tuple[float, Element] | None = None
        self.rows = 0
        if not isinstance(canvas, TaggedCanvas) or canvas.inside:
            super().drawOn(canvas, x, y, _sW)
            return
        self.goes_on = self.whole is not None and self.whole in canvas.begun
        self.whole = self.whole or object()
        canvas.within.append(canvas.shared(self.whole, "Table" if self._is_data() else "Div"))
        try:
            super().drawOn(canvas, x, y, _sW)
        finally:
            canvas.within.pop()

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
        header = self.rows <= (self.repeatRows or 0)
        if header and self.goes_on:
            with canvas.decoration():
                super()._drawCell(value, style, place, size)
            return
        if first:
            canvas.within[-1].kids.append(self.row[1])
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
    """The contents: each entry a link, wherever it is drawn."""

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """Make the entries anew, as parts of the contents."""
        size: tuple[float, float] = super().wrap(availWidth, availHeight)
        # No other way to what is made inside: its cells hold a paragraph for each entry, or space before it.
        made = [block for ((block,),) in self._table._cellvalues if isinstance(block, PlainParagraph)]  # noqa: SLF001
        for block, (_, text, *_) in zip(made, self._lastEntries, strict=False):
            block.drawOn = partial(self._entry, block, _plain(text))
        return size

    def _entry(self, block: Any, leads: str, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N803 - as above
        """Draw an entry as what it is."""
        draw = partial(PlainParagraph.drawOn, block, canvas, x, y, _sW)
        if not isinstance(canvas, TaggedCanvas):
            draw()
            return
        canvas.within.append(canvas.shared(self, "TOC"))
        try:
            with canvas.content("TOCI", "Reference", "Link", leads=leads):
                draw()
        finally:
            canvas.within.pop()


def _plain(markup: str) -> str:
    """The words of an entry, its lines told apart."""
    return unescape(MARKUP.sub("", markup.replace("<br/>", ": ")))
