"""Table of contents in the document's own font."""

import re
from typing import Any
from xml.sax.saxutils import unescape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Spacer
from reportlab.platypus import Paragraph as PlainParagraph
from reportlab.platypus import Table as PlainTable
from reportlab.platypus.tableofcontents import TableOfContents as PlainContents

from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.typesetting.fonts import REGULAR
from assessment.pdf.typesetting.theme import COLOURS, FINE, get_styles

MARKUP_PATTERN = re.compile("<[^>]*>")


class ContentsEntry(PlainParagraph):  # type: ignore[misc] # ReportLab has no types
    """An entry: title, page number at the right, and one link over all of it."""

    def __init__(self, text: str, style: ParagraphStyle, page: int, key: str, contents: object) -> None:
        super().__init__(text, style)
        self.page, self.key, self.contents = str(page), key, contents
        self.link_text = unescape(MARKUP_PATTERN.sub("", text.replace("<br/>", ": ")))

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as tagged content."""
        if not isinstance(canvas, TaggedCanvas):
            super().drawOn(canvas, x, y, _sW)
            return
        canvas.open_elements.append(canvas.get_shared_element(self.contents, "TOC"))
        try:
            with canvas.tag_content("TOCI", "Reference", "Link", link_text=self.link_text):
                super().drawOn(canvas, x, y, _sW)
        finally:
            canvas.open_elements.pop()

    def draw(self) -> None:
        super().draw()
        self.canv.setFillColor(self.style.textColor)
        self.canv.setFont(self.style.fontName, self.style.fontSize)
        last = self.style.leading - self.style.fontSize
        self.canv.drawRightString(self.width, last, self.page)
        self.canv.linkRect("", self.key, (0, 0, self.width, self.height), relative=1)


class TableOfContents(PlainContents):  # type: ignore[misc] # ReportLab has no types
    """Table of contents with tagged entries, also across pages."""

    cached_entries: tuple[float, list[Any]] | None = None

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """Build the entries that the previous pass has found, once per pass."""
        if self.cached_entries != (availWidth, self._lastEntries):
            self.cached_entries = availWidth, self._lastEntries
            rows = [[block] for entry in self._lastEntries for block in self._build_blocks(*entry)]
            self._table = PlainTable(rows or [[""]], colWidths=(availWidth,), style=self.tableStyle)
            self.width, self.height = self._table.wrapOn(self.canv, availWidth, availHeight)
        return self.width, self.height

    def _build_blocks(self, level: int, text: str, page: int, key: str) -> list[Flowable]:
        style = self.getLevelStyle(level)
        before = [Spacer(1, style.spaceBefore)] if style.spaceBefore else []
        return [*before, ContentsEntry(text, style, page, key, self)]


def make_table_of_contents() -> TableOfContents:
    base = get_styles()["contents"]
    contents = TableOfContents(dotsMinLevel=-1)
    contents.levelStyles = [
        ParagraphStyle("contents-0", parent=base, spaceBefore=3, rightIndent=40),
        ParagraphStyle(
            "contents-1", parent=base, fontSize=FINE, spaceBefore=0, rightIndent=40, textColor=COLOURS["muted"]
        ),
    ]
    contents.tableStyle = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 9.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 0.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ]
    return contents
