"""Tagged PDF: marked content on the pages and the tree of elements that it belongs to.

Blocks mark their content while they draw and add it to the tree; `structure` writes the tree into the file.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from reportlab.pdfgen.canvas import Canvas

PAINT_PATTERN = re.compile(r"(?:^|\s)(?:f\*?|F|S|s|B\*?|b\*?|Do|sh|BT)(?:\s|$)")
LINE_END_PATTERN = re.compile(r"(?<!\\)\) Tj T\*(?! ET)")
LINE_END_WITH_SPACE = ") Tj ( ) Tj T*"  # every font subset maps this code to a space
PARAGRAPH_ROLES = ("P",)

BoundingBox = tuple[float, float, float, float]


class MarkedContent(NamedTuple):
    """Marked content, by page and number."""

    page: int
    number: int


class TaggedLink(NamedTuple):
    """A link annotation by its index on a page, with its target in words."""

    page: int
    number: int
    says: str


class StructureElement:
    """A structure element.

    `alt` is alternative text, `spoken` the text in reading order if it is drawn in another, `box` the area of a
    figure.
    """

    def __init__(
        self, role: str, alt: str = "", scope: str = "", *, spoken: str = "", box: BoundingBox | None = None
    ) -> None:
        self.role, self.alt, self.scope, self.spoken, self.box = role, alt, scope, spoken, box
        self.kids: list[StructureElement | MarkedContent | TaggedLink] = []


class TaggedCanvas(Canvas):  # type: ignore[misc] # ReportLab has no types
    """A canvas that records marked content; in the dry run, which only finds page numbers, nothing is drawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - ReportLab's
        super().__init__(*args, **kwargs)
        self.tree = StructureElement("Document")
        self.within = [self.tree]
        self.begun: dict[object, StructureElement] = {}
        self.marked = 0
        self.inside = False
        self.alone = False
        self.is_dry_run = False
        self.told = 0  # length of the page's code that is tagged already

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """End a page; mark numbers start again."""
        self._rest()
        super().showPage()
        self.marked = self.told = 0

    def _rest(self) -> None:
        """Mark as artifact what was drawn since the last content, unless it only moves or sets the pen."""
        drawn = self._code[self.told :]
        if PAINT_PATTERN.search(" ".join(drawn)):
            self._code[self.told :] = ["/Artifact BMC", *drawn, "EMC"]

    def drawText(self, aTextObject: Any) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw lines with a trailing space on all but the last: otherwise words run together when read."""
        self._code.append(LINE_END_PATTERN.sub(LINE_END_WITH_SPACE, aTextObject.getCode()))

    @contextmanager
    def part(self, element: StructureElement) -> Iterator[None]:
        """Add an element; everything drawn in the block belongs to it."""
        self.within[-1].kids.append(element)
        self.within.append(element)
        try:
            yield
        finally:
            self.within.pop()

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """Everything drawn in the block is an artifact."""
        self.inside = True
        try:
            yield
        finally:
            self.inside = False

    def shared(self, whole: object, role: str) -> StructureElement:
        """Return the element that pieces of one split block share; its position is that of the first piece."""
        if whole not in self.begun:
            self.begun[whole] = StructureElement(role)
            self.within[-1].kids.append(self.begun[whole])
        return self.begun[whole]

    @contextmanager
    def content(
        self,
        *roles: str,
        alt: str = "",
        spoken: str = "",
        box: BoundingBox | None = None,
        whole: object = None,
        leads: str = "",
    ) -> Iterator[None]:
        """Mark what is drawn in the block as one piece of content, in nested elements of these roles.

        Pieces of one `whole` share the element of the first piece. `leads` is the target of links in words. A paragraph
        that is `alone` in its cell needs no element of its own.
        """
        if self.inside:
            yield
            return
        holder = self.begun.get(whole)
        if holder is None:
            holder = self.within[-1] if self.alone and roles == PARAGRAPH_ROLES else self._parts(roles)
            holder.alt, holder.spoken, holder.box = alt, spoken, box
            if whole is not None:
                self.begun[whole] = holder
        self._rest()
        holder.kids.append(MarkedContent(self.getPageNumber() - 1, self.marked))
        self._code.append(f"/{holder.role} <</MCID {self.marked}>> BDC")
        self.marked += 1
        self.inside = True
        links = len(self._annotationrefs)
        try:
            yield
        finally:
            self.inside = False
            self._code.append("EMC")
            self.told = len(self._code)
            made = range(links, len(self._annotationrefs))
            holder.kids += [TaggedLink(self.getPageNumber() - 1, number, leads) for number in made]

    def _parts(self, roles: tuple[str, ...]) -> StructureElement:
        """Create nested elements; a list item joins the list before it."""
        holder = self.within[-1]
        for role in roles:
            last = holder.kids[-1] if holder.kids else None
            if role != "L" or not isinstance(last, StructureElement) or last.role != "L":
                last = StructureElement(role)
                holder.kids.append(last)
            holder = last
        return holder


def draw_as(canvas: Any, draw: Callable[[], None], *roles: str, **more: Any) -> None:  # noqa: ANN401 - ReportLab's
    """Draw as one piece of content if the canvas records the tree; `more` is passed to `content`."""
    if isinstance(canvas, TaggedCanvas):
        with canvas.content(*roles, **more):
            draw()
    else:
        draw()
