"""Tagged PDF: marked content on the pages and the tree of elements that it belongs to.

Blocks mark their content while they draw and add it to the tree; `structure_tree` writes the tree into the file.
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
    description: str


class StructureElement:
    """A structure element.

    `alt` is alternative text, `actual_text` the text in reading order if it is drawn in another, `box` the area of a
    figure.
    """

    def __init__(
        self, role: str, alt: str = "", scope: str = "", *, actual_text: str = "", box: BoundingBox | None = None
    ) -> None:
        self.role, self.alt, self.scope, self.actual_text, self.box = role, alt, scope, actual_text, box
        self.children: list[StructureElement | MarkedContent | TaggedLink] = []


class TaggedCanvas(Canvas):  # type: ignore[misc] # ReportLab has no types
    """A canvas that records marked content. `page_order` has the pages of the file, by their index when drawn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - ReportLab's
        super().__init__(*args, **kwargs)
        self.tree = StructureElement("Document")
        self.open_elements = [self.tree]
        self.shared_elements: dict[object, StructureElement] = {}
        self.mark_count = 0
        self.is_in_content = False
        self.is_only_child = False
        self.page_order: list[int] = []
        self.link_text, self.first_link = "", 0  # of the open piece of content
        self.tagged_length = 0  # length of the page's code that is tagged already

    def setFillColor(self, aColor: Any, alpha: float | None = None) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Set the colour unless it is set already: neighbouring texts mostly have one colour."""
        if alpha is not None or aColor is not self._fillColorObj:
            super().setFillColor(aColor, alpha)

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """End a page; mark numbers start again."""
        self._tag_rest_as_artifact()
        super().showPage()
        self.page_order.append(len(self.page_order))
        self.mark_count = self.tagged_length = 0

    def move_last_pages(self, count: int, place: int) -> None:
        """Move the last pages to another place of the file."""
        for pages in (self._doc.Pages.pages, self.page_order):
            pages[place:] = pages[-count:] + pages[place:-count]

    def draw_on_ended_page(self, place: int, draw: Callable[[], None]) -> None:
        """Draw an artifact on a page of the file that has ended."""
        draw()
        page = self._doc.Pages.pages[place]
        page.setStream([page.stream, "/Artifact BMC", *self._code, "EMC "])
        self._code.clear()

    def _tag_rest_as_artifact(self) -> None:
        """Mark as artifact what was drawn since the last content, unless it only moves or sets the pen."""
        drawn = self._code[self.tagged_length :]
        if PAINT_PATTERN.search(" ".join(drawn)):
            self._code[self.tagged_length :] = ["/Artifact BMC", *drawn, "EMC"]

    def drawText(self, aTextObject: Any) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw lines with a trailing space on all but the last: otherwise words run together when read."""
        self._code.append(LINE_END_PATTERN.sub(LINE_END_WITH_SPACE, aTextObject.getCode()))

    @contextmanager
    def tag_element(self, element: StructureElement) -> Iterator[None]:
        """Add an element; everything drawn in the block belongs to it."""
        self.open_elements[-1].children.append(element)
        self.open_elements.append(element)
        try:
            yield
        finally:
            self.open_elements.pop()

    @contextmanager
    def tag_artifact(self) -> Iterator[None]:
        """Everything drawn in the block is an artifact."""
        self.is_in_content = True
        try:
            yield
        finally:
            self.is_in_content = False

    def get_shared_element(self, origin: object, role: str) -> StructureElement:
        """Return the element that pieces of one split block share; its position is that of the first piece."""
        if origin not in self.shared_elements:
            self.shared_elements[origin] = StructureElement(role)
            self.open_elements[-1].children.append(self.shared_elements[origin])
        return self.shared_elements[origin]

    @contextmanager
    def tag_content(self, *roles: str, **more: Any) -> Iterator[None]:  # noqa: ANN401 - of `begin_content`
        """Mark what is drawn in the block as one piece of content; see `begin_content`."""
        holder = self.begin_content(*roles, **more)
        try:
            yield
        finally:
            self.end_content(holder)

    def begin_content(
        self,
        *roles: str,
        alt: str = "",
        actual_text: str = "",
        box: BoundingBox | None = None,
        origin: object = None,
        link_text: str = "",
    ) -> StructureElement | None:
        """Begin one piece of content, in nested elements of these roles; return its element for `end_content`.

        None within another piece of content. Pieces of one `origin` share the element of the first piece. `link_text`
        is the target of links in words. A paragraph that is the only child of its cell needs no element of its own.
        """
        if self.is_in_content:
            return None
        holder = self.shared_elements.get(origin)
        if holder is None:
            holder = (
                self.open_elements[-1]
                if self.is_only_child and roles == PARAGRAPH_ROLES
                else self._create_elements(roles)
            )
            holder.alt, holder.actual_text, holder.box = alt, actual_text, box
            if origin is not None:
                self.shared_elements[origin] = holder
        self._tag_rest_as_artifact()
        holder.children.append(MarkedContent(self.getPageNumber() - 1, self.mark_count))
        self._code.append(f"/{holder.role} <</MCID {self.mark_count}>> BDC")
        self.mark_count += 1
        self.is_in_content = True
        self.link_text, self.first_link = link_text, len(self._annotationrefs)
        return holder

    def end_content(self, holder: StructureElement | None) -> None:
        """End the piece of content that `begin_content` returned the element of."""
        if holder is None:
            return
        self.is_in_content = False
        self._code.append("EMC")
        self.tagged_length = len(self._code)
        numbers = range(self.first_link, len(self._annotationrefs))
        holder.children += [TaggedLink(self.getPageNumber() - 1, number, self.link_text) for number in numbers]

    def _create_elements(self, roles: tuple[str, ...]) -> StructureElement:
        """Create nested elements; a list item joins the list before it."""
        holder = self.open_elements[-1]
        for role in roles:
            last = holder.children[-1] if holder.children else None
            if role != "L" or not isinstance(last, StructureElement) or last.role != "L":
                last = StructureElement(role)
                holder.children.append(last)
            holder = last
        return holder


def draw_as(canvas: Any, draw: Callable[[], None], *roles: str, **more: Any) -> None:  # noqa: ANN401 - ReportLab's
    """Draw as one piece of content if the canvas records the tree; `more` is passed to `tag_content`."""
    if not isinstance(canvas, TaggedCanvas):
        draw()
        return
    holder = canvas.begin_content(*roles, **more)  # a context manager would take longer, for two thousand pieces
    try:
        draw()
    finally:
        canvas.end_content(holder)
