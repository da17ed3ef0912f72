"""Entries of the contents: title, page number and link."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import unescape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph as PlainParagraph

from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.document import ContentsLine
from assessment.pdf.typesetting.theme import COLOURS, FINE, get_styles

MARKUP_PATTERN = re.compile("<[^>]*>")
ENTRY_GAP = 1.5  # points between two entries
SECTION_GAP = 6.0  # points above a section
PAGE_WIDTH = 40  # points for the page number


class ContentsEntry(PlainParagraph):  # type: ignore[misc] # ReportLab has no types
    """An entry: title, page number at the right, and one link over all of it. Entries of one `contents` are a list."""

    def __init__(self, line: ContentsLine, contents: object) -> None:
        super().__init__(line.text, _get_style(line.level))
        self.page, self.key, self.contents = str(line.page), line.key, contents
        self.link_text = unescape(MARKUP_PATTERN.sub("", line.text.replace("<br/>", ": ")))

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


def make_contents_entries(lines: Sequence[ContentsLine]) -> list[ContentsEntry]:
    """Make the entries of one list, also if it needs several pages."""
    contents = object()
    return [ContentsEntry(line, contents) for line in lines]


@lru_cache
def _get_style(level: int) -> ParagraphStyle:
    base = get_styles()["contents"]
    if level == 0:
        return ParagraphStyle("contents-0", parent=base, spaceBefore=SECTION_GAP, rightIndent=PAGE_WIDTH)
    return ParagraphStyle(
        "contents-1",
        parent=base,
        fontSize=FINE,
        spaceBefore=ENTRY_GAP,
        rightIndent=PAGE_WIDTH,
        textColor=COLOURS["muted"],
    )
