"""Structure beside what is drawn: which marks on a page are a heading, a paragraph, a cell, a figure.

While a document is drawn its blocks put marked content around themselves and note it in a tree;
`structure.py` writes the tree into the finished file.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from reportlab.pdfgen.canvas import Canvas

PAINTS = re.compile(r"(?:^|\s)(?:f\*?|F|S|s|B\*?|b\*?|Do|sh|BT)(?:\s|$)")
LINE_END = re.compile(r"(?<!\\)\) Tj T\*(?! ET)")
SPACED = ") Tj ( ) Tj T*"  # a space has this code in every subset of a typeface
PLAIN = ("P",)

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
        self.alone = False
        self.rehearsing = False
        self.told = 0  # of what is drawn on the page, how much is known to belong to a part or to none

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """End a page: numbers begin anew."""
        self._rest()
        super().showPage()
        self.marked = self.told = 0

    def _rest(self) -> None:
        """Mark as decoration what was drawn since the last content, where it is more than a change of place or pen."""
        drawn = self._code[self.told :]
        if PAINTS.search(" ".join(drawn)):
            self._code[self.told :] = ["/Artifact BMC", *drawn, "EMC"]

    def drawText(self, aTextObject: Any) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw lines with a space at the end of each but the last: else words run together where they are read."""
        self._code.append(LINE_END.sub(SPACED, aTextObject.getCode()))

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
        A paragraph that is `alone` in its cell needs no part of its own.
        """
        if self.inside:
            yield
            return
        holder = self.begun.get(whole)
        if holder is None:
            holder = self.within[-1] if self.alone and roles == PLAIN else self._parts(roles)
            holder.alt, holder.spoken, holder.box = alt, spoken, box
            if whole is not None:
                self.begun[whole] = holder
        self._rest()
        holder.kids.append(Mark(self.getPageNumber() - 1, self.marked))
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
