"""The document: page templates, running lines, bookmarks, contents, page numbers."""

from io import BytesIO
from typing import Any

from msgspec import Struct
from reportlab import rl_config
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, KeepTogether, PageTemplate
from reportlab.platypus.doctemplate import LayoutError

from assessment.i18n import Translator
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.chart_drawing import draw_text_line, truncate_to_width
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import REGULAR, make_legible
from assessment.pdf.typesetting.oversized_blocks import take_block_apart
from assessment.pdf.typesetting.paragraphs import Paragraph
from assessment.pdf.typesetting.text import escape_text, find_actual_text
from assessment.pdf.typesetting.theme import (
    BOTTOM_MARGIN,
    COLOURS,
    COLUMN_GUTTER,
    COLUMN_WIDTH,
    CONTENT_HEIGHT,
    CONTENT_WIDTH,
    LEFT_MARGIN,
    MASTHEAD_HEIGHT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT_MARGIN,
    TITLE_HEIGHT,
    get_styles,
)

rl_config.trustedHosts = []  # ReportLab must not fetch anything that a text refers to
rl_config.trustedSchemes = ["data"]

COVER_TEMPLATE, FIRST_TEMPLATE, INNER_TEMPLATE, COLUMNS_TEMPLATE, MORE_COLUMNS_TEMPLATE = (
    "cover",
    "first",
    "inner",
    "columns",
    "more-columns",
)
RUNNING_LINE_SIZE = 8.0


class RunningLines(Struct, frozen=True):
    """Texts on every page: header, and footer next to the page number."""

    head: str
    foot: str


class Heading(Paragraph):
    """A paragraph with a bookmark, and optionally an entry in the contents.

    A piece that ReportLab splits off at the end of a page is an ordinary paragraph.
    """

    def __init__(
        self, text: str | None, style: str | ParagraphStyle, level: int = 0, contents_text: str = "", **kwargs: object
    ) -> None:
        paragraph_style = get_styles()[style] if isinstance(style, str) else style
        super().__init__(
            None if text is None else escape_text(text, 700, paragraph_style.fontName), paragraph_style, **kwargs
        )
        self.bookmark_title = make_legible(text or "")[:200]
        self.actual_text = find_actual_text(text or "")
        self.level = level
        self.contents_text = contents_text

    def draw(self) -> None:
        """Draw and register the bookmark, inside frames and fitted blocks alike."""
        super().draw()
        self.record_heading(self.canv)

    def record_heading(self, canvas: TaggedCanvas) -> None:
        """Register without drawing: in the dry run, the contents need the page number."""
        if self.bookmark_title:
            canvas._doctemplate.add_bookmark(self)  # noqa: SLF001 - ReportLab offers no public way from a block to its document


class ReportDocument(BaseDocTemplate):  # type: ignore[misc] # ReportLab has no types
    """An A4 document whose bytes depend on its content alone."""

    def __init__(
        self, target: BytesIO, translator: Translator, running: RunningLines, first: str, **about: str
    ) -> None:
        super().__init__(
            target,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            pageCompression=0,  # `save_deterministically` compresses
            lang=translator.language,
            creator="assessment",
            producer="assessment",
            displayDocTitle=1,
            initialFontName=REGULAR,
            **about,
        )
        self.translator = translator
        self.running = running
        self.pages = self.total = self.headings = 0
        right = LEFT_MARGIN + COLUMN_WIDTH + COLUMN_GUTTER
        columns = (
            _make_frame(LEFT_MARGIN, COLUMN_WIDTH, CONTENT_HEIGHT),
            _make_frame(right, COLUMN_WIDTH, CONTENT_HEIGHT),
        )
        under_title = (
            _make_frame(LEFT_MARGIN, COLUMN_WIDTH, CONTENT_HEIGHT - TITLE_HEIGHT),
            _make_frame(right, COLUMN_WIDTH, CONTENT_HEIGHT - TITLE_HEIGHT),
        )
        title = _make_frame(LEFT_MARGIN, CONTENT_WIDTH, TITLE_HEIGHT, BOTTOM_MARGIN + CONTENT_HEIGHT - TITLE_HEIGHT)
        templates = [
            PageTemplate(COVER_TEMPLATE, [_make_frame(0, PAGE_WIDTH, PAGE_HEIGHT, 0)]),
            PageTemplate(
                FIRST_TEMPLATE,
                [_make_frame(LEFT_MARGIN, CONTENT_WIDTH, CONTENT_HEIGHT - MASTHEAD_HEIGHT)],
                onPageEnd=self._draw_footer,
            ),
            PageTemplate(
                INNER_TEMPLATE,
                [_make_frame(LEFT_MARGIN, CONTENT_WIDTH, CONTENT_HEIGHT)],
                onPageEnd=self._draw_running_lines,
            ),
            PageTemplate(
                COLUMNS_TEMPLATE,
                [title, *under_title],
                onPageEnd=self._draw_running_lines,
                autoNextPageTemplate=MORE_COLUMNS_TEMPLATE,
            ),
            PageTemplate(MORE_COLUMNS_TEMPLATE, list(columns), onPageEnd=self._draw_running_lines),
        ]
        self.addPageTemplates(sorted(templates, key=lambda template: template.id != first))

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        """Start a pass with the page count of the previous one."""
        self.total, self.headings = self.pages, 0

    def afterPage(self) -> None:  # noqa: N802 - ReportLab's name
        self.pages = self.page

    def handle_keepWithNext(self, flowables: list[Flowable]) -> None:  # noqa: N802 - ReportLab's name
        """Group headings with what follows. Where nothing does, ReportLab would group a tall one again without end."""
        super().handle_keepWithNext(flowables)
        group = flowables[0]
        content: list[Flowable] = group._content if isinstance(group, KeepTogether) else []  # noqa: SLF001 - not public
        if len(content) == 1 and content[0].getKeepWithNext():
            flowables[0] = content[0]
            flowables[0].keepWithNext = False
            self._multiBuildEdits((delattr, flowables[0], "keepWithNext"))

    def handle_flowable(self, flowables: list[Flowable]) -> None:
        """Lay out the next block. What ReportLab refuses gets a page of its own; what fits on none is taken apart."""
        self.handle_keepWithNext(flowables)  # otherwise done later, and the group that is refused would not be known
        block = flowables[0]
        is_marked = self._is_page_empty() and not hasattr(block, "_postponed")
        # As if it came from the page before: the next one has no more room, and this one would stay empty.
        if is_marked:
            block._postponed = True  # noqa: SLF001 - ReportLab has no public way
        try:
            super().handle_flowable(flowables)
        except LayoutError:
            if flowables and flowables[0] is block:  # not the block was refused, but too many pages without any
                raise
            is_alone = self.frame._atTop  # noqa: SLF001 - as above
            flowables[:0] = take_block_apart(block, self.canv, self.frame._width) if is_alone else [FrameBreak(), block]  # noqa: SLF001 - as above
        finally:
            if is_marked:
                del block._postponed  # noqa: SLF001 - as above

    def _is_page_empty(self) -> bool:
        """Return whether there is nothing yet on a page as high as any; the first one begins without a frame."""
        frame = getattr(self, "frame", None)
        return frame is not None and bool(frame._atTop) and frame._height >= CONTENT_HEIGHT  # noqa: SLF001 - as above

    def add_bookmark(self, heading: Heading) -> None:
        """Add a heading to the bookmarks, and to the contents if requested."""
        self.headings += 1
        key = f"heading-{self.headings}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(heading.bookmark_title, key, heading.level, closed=0)
        if heading.contents_text:
            self.notify("TOCEntry", (heading.level, heading.contents_text, self.page, key))

    def _allSatisfied(self) -> bool:  # noqa: N802 - ReportLab's name
        """Require another pass until the printed page count is right."""
        return bool(super()._allSatisfied()) and self.total == self.pages

    def _draw_running_lines(self, canvas: TaggedCanvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        if canvas.is_dry_run:
            return
        canvas.saveState()
        canvas.setFillColor(COLOURS["muted"])
        head = reorder_for_display(
            truncate_to_width(make_legible(self.running.head), REGULAR, RUNNING_LINE_SIZE, CONTENT_WIDTH)
        )
        draw_text_line(canvas, (LEFT_MARGIN, PAGE_HEIGHT - 36), head, REGULAR, RUNNING_LINE_SIZE, "start")
        canvas.setStrokeColor(COLOURS["faint"])
        canvas.setLineWidth(0.6)
        canvas.line(LEFT_MARGIN, PAGE_HEIGHT - 44, PAGE_WIDTH - RIGHT_MARGIN, PAGE_HEIGHT - 44)
        canvas.restoreState()
        self._draw_footer(canvas, document)

    def _draw_footer(self, canvas: TaggedCanvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        if canvas.is_dry_run:
            return
        number = self.translator.gettext("Page {page} of {pages}").format(
            page=document.page, pages=max(self.total, document.page)
        )
        canvas.saveState()
        canvas.setFillColor(COLOURS["muted"])
        foot = reorder_for_display(
            truncate_to_width(make_legible(self.running.foot), REGULAR, RUNNING_LINE_SIZE, CONTENT_WIDTH - 90)
        )
        draw_text_line(canvas, (LEFT_MARGIN, 32), foot, REGULAR, RUNNING_LINE_SIZE, "start")
        draw_text_line(canvas, (PAGE_WIDTH - RIGHT_MARGIN, 32), number, REGULAR, RUNNING_LINE_SIZE, "end")
        canvas.restoreState()


def _make_frame(left: float, width: float, height: float, bottom: float = BOTTOM_MARGIN) -> Frame:
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
