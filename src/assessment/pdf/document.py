"""The document: page templates, running lines, bookmarks, contents, page numbers."""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from reportlab import rl_config
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, FrameBreak, KeepTogether, PageTemplate
from reportlab.platypus.doctemplate import ActionFlowable, LayoutError

from assessment.i18n import Translator
from assessment.pdf.accessibility.tagged_canvas import TaggedCanvas
from assessment.pdf.chart_drawing import draw_text_line, truncate_to_width
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import REGULAR, make_legible
from assessment.pdf.typesetting.oversized_blocks import take_block_apart
from assessment.pdf.typesetting.page_filling import stack_blocks
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


class ContentsLine(Struct, frozen=True):
    """A heading in the contents: `text` with markup, `page` as printed, `key` of its bookmark."""

    level: int
    text: str
    page: int
    key: str


class DeferredPages(ActionFlowable):  # type: ignore[misc] # ReportLab has no types
    """Pages that are drawn last, when all page numbers are known, and inserted here; what follows starts a new page.

    `lay_out` makes their blocks, of which none may be higher than a page. They have one bookmark, of this title.
    """

    def __init__(self, title: str, lay_out: Callable[[Sequence[ContentsLine]], list[Flowable]]) -> None:
        super().__init__()
        self.bookmark_title, self.lay_out = title, lay_out
        self.level, self.contents_text = 0, ""

    def apply(self, document: "ReportDocument") -> None:
        """Register the place."""
        document.defer_pages(self)


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
        if self.bookmark_title:
            document = self.canv._doctemplate  # noqa: SLF001 - ReportLab offers no public way from a block to its document
            self.canv.bookmarkPage(document.add_bookmark(self))


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
        self.headings = 0
        self.contents_lines: list[ContentsLine] = []
        self.numbered_pages: list[int] = []  # indexes in the order of drawing, as below
        self.deferred_pages: DeferredPages | None = None
        self.pages_before_deferred = self.elements_before_deferred = 0
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

    def handle_keepWithNext(self, flowables: list[Flowable]) -> None:  # noqa: N802 - ReportLab's name
        """Group headings with what follows. Where nothing does, ReportLab would group a tall one again without end."""
        super().handle_keepWithNext(flowables)
        group = flowables[0]
        content: list[Flowable] = group._content if isinstance(group, KeepTogether) else []  # noqa: SLF001 - not public
        if len(content) == 1 and content[0].getKeepWithNext():
            flowables[0] = content[0]
            flowables[0].keepWithNext = False

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

    def add_bookmark(self, heading: Heading | DeferredPages) -> str:
        """Add a heading to the bookmarks, and to the contents if requested; return the key of its place."""
        self.headings += 1
        key = f"heading-{self.headings}"
        self.canv.addOutlineEntry(heading.bookmark_title, key, heading.level, closed=0)
        if heading.contents_text:
            self.contents_lines.append(ContentsLine(heading.level, heading.contents_text, self.page, key))
        return key

    def defer_pages(self, pages: DeferredPages) -> None:
        """Remember where the pages belong in the document, its bookmarks and its structure."""
        self.deferred_pages, self.deferred_key = pages, self.add_bookmark(pages)
        self.pages_before_deferred, self.elements_before_deferred = self.page, len(self.canv.tree.children)

    def _endBuild(self) -> None:  # noqa: N802 - ReportLab's name
        """Finish what needs the page numbers, and save."""
        self._doSave = 0
        super()._endBuild()
        if self.deferred_pages is not None:
            self._draw_deferred_pages(self.deferred_pages)
        for drawn in self.numbered_pages:
            place = self.canv.page_order.index(drawn)
            self.canv.draw_on_ended_page(place, partial(self._draw_page_number, place + 1))
        self.canv.save()

    def _draw_deferred_pages(self, deferred: DeferredPages) -> None:
        """Draw the pages and move them to their place. Their own number shifts the page numbers that they print."""
        pages = self._lay_out_deferred_pages(deferred, 1)
        if len(pages) > 1:
            pages = self._lay_out_deferred_pages(deferred, len(pages))
        elements = self.canv.tree.children
        drawn = len(elements)
        self.canv.bookmarkPage(self.deferred_key)
        for page in pages:
            for block, lower in page:
                block.drawOn(self.canv, LEFT_MARGIN, BOTTOM_MARGIN + CONTENT_HEIGHT - lower)
            self._draw_running_lines(self.canv, self)
            self.canv.showPage()
        elements[self.elements_before_deferred :] = elements[drawn:] + elements[self.elements_before_deferred : drawn]
        self.canv.move_last_pages(len(pages), self.pages_before_deferred)

    def _lay_out_deferred_pages(self, deferred: DeferredPages, count: int) -> list[list[tuple[Flowable, float]]]:
        """Distribute the blocks over pages, each with its distance from the top; `count` pages are inserted."""
        lines = [
            replace(line, page=line.page + count * (line.page > self.pages_before_deferred))
            for line in self.contents_lines
        ]
        pages: list[list[tuple[Flowable, float]]] = [[]]
        top = end = 0.0
        for block, lower in stack_blocks(deferred.lay_out(lines), self.canv, CONTENT_WIDTH, CONTENT_HEIGHT)[0]:
            if lower - top > CONTENT_HEIGHT and pages[-1]:
                pages.append([])
                top = end
            pages[-1].append((block, lower - top))
            end = lower
        return pages

    def _draw_running_lines(self, canvas: TaggedCanvas, document: Any) -> None:  # noqa: ANN401 - ReportLab's own type
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

    def _draw_footer(self, canvas: TaggedCanvas, _: Any) -> None:  # noqa: ANN401 - ReportLab's own type
        canvas.saveState()
        canvas.setFillColor(COLOURS["muted"])
        foot = reorder_for_display(
            truncate_to_width(make_legible(self.running.foot), REGULAR, RUNNING_LINE_SIZE, CONTENT_WIDTH - 90)
        )
        draw_text_line(canvas, (LEFT_MARGIN, 32), foot, REGULAR, RUNNING_LINE_SIZE, "start")
        canvas.restoreState()
        self.numbered_pages.append(len(canvas.page_order))

    def _draw_page_number(self, number: int) -> None:
        """Draw the number next to the footer; `pages` is known when all are drawn."""
        text = self.translator.gettext("Page {page} of {pages}").format(page=number, pages=len(self.canv.page_order))
        self.canv.saveState()
        self.canv.setFillColor(COLOURS["muted"])
        draw_text_line(self.canv, (PAGE_WIDTH - RIGHT_MARGIN, 32), text, REGULAR, RUNNING_LINE_SIZE, "end")
        self.canv.restoreState()


def _make_frame(left: float, width: float, height: float, bottom: float = BOTTOM_MARGIN) -> Frame:
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
