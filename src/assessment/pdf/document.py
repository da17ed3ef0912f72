"""The document: page templates, running lines, bookmarks, contents, page numbers."""

from io import BytesIO
from typing import Any

from msgspec import Struct
from reportlab import rl_config
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from assessment.pdf.direction import visual
from assessment.pdf.drawing import fitted, write
from assessment.pdf.fonts import REGULAR, legible
from assessment.pdf.paragraphs import Paragraph
from assessment.pdf.tagging import TaggedCanvas
from assessment.pdf.text import safe, spoken
from assessment.pdf.theme import (
    BOTTOM,
    COLOUR,
    COLUMN,
    GUTTER,
    HEIGHT,
    LEFT,
    MASTHEAD,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT,
    TITLE,
    WIDTH,
    styles,
)
from assessment.wording import Wording

rl_config.trustedHosts = []  # ReportLab must not fetch anything that a text refers to
rl_config.trustedSchemes = ["data"]

COVER, FIRST, INNER, COLUMNS, MORE_COLUMNS = "cover", "first", "inner", "columns", "more-columns"
KICKER = 8.0


class Running(Struct, frozen=True):
    """Texts on every page: header, and footer next to the page number."""

    head: str
    foot: str


class Heading(Paragraph):
    """A paragraph with a bookmark, and optionally an entry in the contents.

    A piece that ReportLab splits off at the end of a page is an ordinary paragraph.
    """

    def __init__(
        self, text: str | None, style: str | ParagraphStyle, level: int = 0, listed: str = "", **kwargs: object
    ) -> None:
        found = styles()[style] if isinstance(style, str) else style
        super().__init__(None if text is None else safe(text, 700, found.fontName), found, **kwargs)
        self.plain = legible(text or "")[:200]
        self.spoken = spoken(text or "")
        self.level = level
        self.listed = listed

    def draw(self) -> None:
        """Draw and register the bookmark, inside frames and fitted blocks alike."""
        super().draw()
        self.rehearse(self.canv)

    def rehearse(self, canvas: TaggedCanvas) -> None:
        """Register without drawing: in the dry run, the contents need the page number."""
        if self.plain:
            canvas._doctemplate.enlist(self)  # noqa: SLF001 - ReportLab offers no public way from a block to its document


class Document(BaseDocTemplate):  # type: ignore[misc] # ReportLab has no types
    """An A4 document whose bytes depend on its content alone."""

    def __init__(self, target: BytesIO, wording: Wording, running: Running, first: str, **about: str) -> None:
        super().__init__(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            pageCompression=0,  # `saved` compresses
            lang=wording.language,
            creator="assessment",
            producer="assessment",
            displayDocTitle=1,
            initialFontName=REGULAR,
            **about,
        )
        self.wording = wording
        self.running = running
        self.pages = self.total = self.headings = 0
        right = LEFT + COLUMN + GUTTER
        columns = (_frame(LEFT, COLUMN, HEIGHT), _frame(right, COLUMN, HEIGHT))
        under_title = (_frame(LEFT, COLUMN, HEIGHT - TITLE), _frame(right, COLUMN, HEIGHT - TITLE))
        title = _frame(LEFT, WIDTH, TITLE, BOTTOM + HEIGHT - TITLE)
        templates = [
            PageTemplate(COVER, [_frame(0, PAGE_WIDTH, PAGE_HEIGHT, 0)]),
            PageTemplate(FIRST, [_frame(LEFT, WIDTH, HEIGHT - MASTHEAD)], onPageEnd=self._foot),
            PageTemplate(INNER, [_frame(LEFT, WIDTH, HEIGHT)], onPageEnd=self._running_lines),
            PageTemplate(
                COLUMNS, [title, *under_title], onPageEnd=self._running_lines, autoNextPageTemplate=MORE_COLUMNS
            ),
            PageTemplate(MORE_COLUMNS, list(columns), onPageEnd=self._running_lines),
        ]
        self.addPageTemplates(sorted(templates, key=lambda template: template.id != first))

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        """Start a pass with the page count of the previous one."""
        self.total, self.headings = self.pages, 0

    def afterPage(self) -> None:  # noqa: N802 - ReportLab's name
        self.pages = self.page

    def enlist(self, heading: Heading) -> None:
        """Add a heading to the bookmarks, and to the contents if requested."""
        self.headings += 1
        key = f"heading-{self.headings}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(heading.plain, key, heading.level, closed=0)
        if heading.listed:
            self.notify("TOCEntry", (heading.level, heading.listed, self.page, key))

    def _allSatisfied(self) -> bool:  # noqa: N802 - ReportLab's name
        """Require another pass until the printed page count is right."""
        return bool(super()._allSatisfied()) and self.total == self.pages

    def _running_lines(self, canvas: TaggedCanvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        if canvas.rehearsing:
            return
        canvas.saveState()
        canvas.setFillColor(COLOUR["muted"])
        head = visual(fitted(legible(self.running.head), REGULAR, KICKER, WIDTH))
        write(canvas, (LEFT, PAGE_HEIGHT - 36), head, REGULAR, KICKER, "start")
        canvas.setStrokeColor(COLOUR["faint"])
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, PAGE_HEIGHT - 44, PAGE_WIDTH - RIGHT, PAGE_HEIGHT - 44)
        canvas.restoreState()
        self._foot(canvas, document)

    def _foot(self, canvas: TaggedCanvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        if canvas.rehearsing:
            return
        number = self.wording.gettext("Page {page} of {pages}").format(
            page=document.page, pages=max(self.total, document.page)
        )
        canvas.saveState()
        canvas.setFillColor(COLOUR["muted"])
        foot = visual(fitted(legible(self.running.foot), REGULAR, KICKER, WIDTH - 90))
        write(canvas, (LEFT, 32), foot, REGULAR, KICKER, "start")
        write(canvas, (PAGE_WIDTH - RIGHT, 32), number, REGULAR, KICKER, "end")
        canvas.restoreState()


def _frame(left: float, width: float, height: float, bottom: float = BOTTOM) -> Frame:
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
