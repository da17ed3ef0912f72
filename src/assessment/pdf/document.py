"""The document: page frames, running lines, bookmarks, contents, page x of y."""

from io import BytesIO
from typing import Any

from reportlab import rl_config
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph
from reportlab.platypus.tableofcontents import TableOfContents

from assessment.pdf.drawing import fitted
from assessment.pdf.fonts import LIGHT, REGULAR, legible
from assessment.pdf.text import safe
from assessment.pdf.theme import BOTTOM, COLOUR, HEIGHT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, TOP, WIDTH, styles
from assessment.wording import Wording

rl_config.trustedHosts = []  # no text makes ReportLab fetch anything
rl_config.trustedSchemes = ["data"]

COVER, INNER = "cover", "inner"
KICKER = 8.0


class Heading(Paragraph):  # type: ignore[misc] # ReportLab has no types
    """A paragraph that is listed in the bookmarks, and on request in the contents."""

    def __init__(self, text: str, style: str, level: int, listed: str = "") -> None:
        super().__init__(safe(text, 700), styles()[style])
        self.plain = legible(text)[:200]
        self.level = level
        self.listed = listed


class Document(BaseDocTemplate):  # type: ignore[misc] # ReportLab has no types
    """An A4 document whose bytes depend on its content alone."""

    def __init__(self, target: BytesIO, wording: Wording, running: str, **about: str) -> None:
        super().__init__(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            lang=wording.language,
            creator="assessment",
            producer="assessment",
            displayDocTitle=1,
            initialFontName=REGULAR,
            **about,
        )
        self.wording = wording
        self.running = legible(running)
        self.pages = self.total = self.headings = 0
        frame = Frame(LEFT, BOTTOM, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates(
            [
                PageTemplate(COVER, [frame], onPage=_cover),
                PageTemplate(INNER, [frame], onPageEnd=self._running_lines),
            ]
        )

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        """Begin a pass: the one before has counted the pages."""
        self.total, self.headings = self.pages, 0

    def afterPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Count."""
        self.pages = self.page

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's name
        """List a heading."""
        if not isinstance(flowable, Heading):
            return
        self.headings += 1
        key = f"heading-{self.headings}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.plain, key, flowable.level, closed=0)
        if flowable.listed:
            self.notify("TOCEntry", (flowable.level, flowable.listed, self.page, key))

    def _running_lines(self, canvas: Canvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        number = self.wording.gettext("Page {page} of {pages}").format(
            page=document.page, pages=max(self.total, document.page)
        )
        canvas.saveState()
        canvas.setFillColor(COLOUR["muted"])
        canvas.setFont(REGULAR, KICKER)
        canvas.drawString(LEFT, PAGE_HEIGHT - 36, fitted(self.running, REGULAR, KICKER, WIDTH - 90))
        canvas.drawRightString(PAGE_WIDTH - RIGHT, 32, number)
        canvas.drawString(LEFT, 32, self.wording.gettext("Confidential"))
        canvas.setStrokeColor(COLOUR["faint"])
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, PAGE_HEIGHT - 44, PAGE_WIDTH - RIGHT, PAGE_HEIGHT - 44)
        canvas.restoreState()


def _cover(canvas: Canvas, _: Any) -> None:  # noqa: ANN401 - ReportLab's own type
    """One accent on the cover: a band of colour at the left edge."""
    canvas.saveState()
    canvas.setFillColor(COLOUR["accent"])
    canvas.rect(0, 0, 14, PAGE_HEIGHT, stroke=0, fill=1)
    canvas.setFont(LIGHT, KICKER)
    canvas.restoreState()


def finished(content: bytes) -> bytes:
    """Pass a drawn document through what is written into it afterwards."""
    return content


def contents() -> TableOfContents:
    """The table of contents, in the document's own typeface."""
    base = styles()["contents"]
    made = TableOfContents(dotsMinLevel=-1)
    made.levelStyles = [
        ParagraphStyle("contents-0", parent=base, spaceBefore=3, rightIndent=40),
        ParagraphStyle("contents-1", parent=base, spaceBefore=0, rightIndent=40, textColor=COLOUR["muted"]),
    ]
    made.tableStyle = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 10),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return made


__all__ = ["COVER", "INNER", "TOP", "Document", "Heading", "contents", "finished"]
