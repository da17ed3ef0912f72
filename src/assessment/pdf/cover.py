"""Cover of the full edition, and masthead of the shorter ones."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from assessment.charts.cover_steps import draw_steps_chart
from assessment.charts.primitives.brand import build_panel_palette, find_panel_colour
from assessment.charts.primitives.marks import Chart
from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.chart_drawing import ChartBlock
from assessment.pdf.typesetting.paragraphs import Paragraph
from assessment.pdf.typesetting.text import make_styled_paragraph
from assessment.pdf.typesetting.theme import (
    COLOURS,
    CONTENT_WIDTH,
    LEFT_MARGIN,
    MASTHEAD_HEIGHT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT_MARGIN,
    TOP_MARGIN,
    get_styles,
)

PANEL_HEIGHT = 512.0  # height of the dark panel, from the top
LOGO_WIDTH, LOGO_HEIGHT = 132.0, 44.0
STEPS_HEIGHT = 190.0
MAX_CHARACTERS = 600
IMAGE_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
MAX_PIXELS = 4_000_000  # a small file may decode to a huge image

CoverText = tuple[str, str, float]  # text, style, maximum height in points


class CoverPage(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Full-page cover: client, title, date and wave over the level chart, then the main finding and the author."""

    def __init__(self, report: Report, translator: Translator, edition: str) -> None:
        super().__init__()
        self.width, self.height = PAGE_WIDTH, PAGE_HEIGHT
        self.report, self.translator, self.edition = report, translator, edition
        self.chart: Chart = draw_steps_chart(report.answer, translator, CONTENT_WIDTH, STEPS_HEIGHT)

    def wrap(self, *_: float) -> tuple[float, float]:
        """Always take the whole page."""
        return self.width, self.height

    def draw(self) -> None:
        details, canvas = self.report.details, self.canv
        canvas.saveState()
        canvas.setFillColor(HexColor(find_panel_colour()))
        canvas.rect(0, PAGE_HEIGHT - PANEL_HEIGHT, PAGE_WIDTH, PANEL_HEIGHT, stroke=0, fill=1)
        canvas.restoreState()
        logo = load_picture(details.logo)
        if logo is not None:
            _draw_logo(self, logo, PAGE_WIDTH - RIGHT_MARGIN, PAGE_HEIGHT - 46)
        top = self._draw_stacked(
            PAGE_HEIGHT - 58, [(self.report.instrument, "cover-kicker", 30)], CONTENT_WIDTH - LOGO_WIDTH - 20
        )
        top = self._draw_stacked(top - 40, [(details.organisation, "cover-name", 132)], CONTENT_WIDTH)
        self._draw_stacked(
            top - 10, [(details.title, "cover-title", 46), (self._format_date_line(), "cover-line", 18)], CONTENT_WIDTH
        )
        ChartBlock(self.chart, build_panel_palette()).drawOn(canvas, LEFT_MARGIN, PAGE_HEIGHT - PANEL_HEIGHT)
        finding = [(self.translator.render_message(self.report.answer.title), "cover-finding", 130)]
        self._draw_stacked(PAGE_HEIGHT - PANEL_HEIGHT - 42, finding, CONTENT_WIDTH - 40)
        self._draw_stacked(
            96,
            [(self._format_author(), "cover-foot", 26), (self._format_confidentiality(), "cover-foot", 26)],
            CONTENT_WIDTH,
        )

    def _format_date_line(self) -> str:
        details, translator = self.report.details, self.translator
        parts = [translator.format_date(details.date) if details.date else ""]
        parts.append(translator.gettext("Wave {wave}").format(wave=details.wave) if details.wave else "")
        return " · ".join(part for part in (*parts, self.edition) if part)

    def _format_author(self) -> str:
        author = self.report.details.author
        return self.translator.gettext("Prepared by {author}").format(author=author) if author else ""

    def _format_confidentiality(self) -> str:
        return self.report.details.confidentiality or self.translator.gettext("Confidential")

    def _draw_stacked(self, top: float, texts: Sequence[CoverText], width: float) -> float:
        """Draw texts below one another; return the top of the next one."""
        for text, style, max_height in texts:
            if not text:
                continue
            paragraph = fit_paragraph(text, get_styles()[style], width, max_height)
            _, height = paragraph.wrap(width, PAGE_HEIGHT)
            paragraph.balance_lines(width)
            paragraph.drawOn(self.canv, LEFT_MARGIN, top - height)
            top -= height + 6
        return top


class Masthead(Flowable):  # type: ignore[misc] # ReportLab has no types
    """Dark strip on the first page of a shorter edition: client, title, date, name of the edition."""

    def __init__(self, report: Report, translator: Translator, edition: str) -> None:
        super().__init__()
        self.report, self.translator, self.edition = report, translator, edition
        self.width, self.height = CONTENT_WIDTH, 0.0

    def wrap(self, *_: float) -> tuple[float, float]:
        """Take no height: the strip is drawn above the frame."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the strip at the top of the page, independent of the block's position."""
        details, canvas = self.report.details, self.canv
        _, y = canvas.absolutePosition(0, 0)
        top = PAGE_HEIGHT - y
        strip = MASTHEAD_HEIGHT + TOP_MARGIN - 22
        canvas.saveState()
        canvas.setFillColor(HexColor(find_panel_colour()))
        canvas.rect(-LEFT_MARGIN, top - strip, PAGE_WIDTH, strip, stroke=0, fill=1)
        canvas.restoreState()
        text_width = CONTENT_WIDTH
        logo = load_picture(details.logo)
        if logo is not None:
            text_width -= LOGO_WIDTH + 20
            _draw_logo(self, logo, CONTENT_WIDTH, top - 30)
        day = self.translator.format_date(details.date) if details.date else ""
        line = " · ".join(part for part in (details.title, day, self.edition) if part)
        place = top - 26
        for text, style, max_height in ((details.organisation, "masthead-name", 52.0), (line, "masthead-line", 26.0)):
            paragraph = fit_paragraph(text, get_styles()[style], text_width, max_height)
            _, height = paragraph.wrap(text_width, PAGE_HEIGHT)
            paragraph.drawOn(canvas, 0, place - height)
            place -= height + 4


def fit_paragraph(text: str, style: ParagraphStyle, width: float, height: float) -> Paragraph:
    """Shrink a paragraph until it fits, to half size at least; then truncate the text."""
    shortened = " ".join(text.split())[:MAX_CHARACTERS]
    smallest = 0.5
    share = 1.0
    while True:
        paragraph = make_styled_paragraph(shortened, _scale_style(style, share))
        if paragraph.wrap(width, PAGE_HEIGHT)[1] <= height:
            return paragraph
        if share > smallest:
            share -= 0.1
        else:
            shortened = shortened[: len(shortened) * 4 // 5].rstrip(" …") + "…"


def _scale_style(style: ParagraphStyle, share: float) -> ParagraphStyle:
    size = style.fontSize * share
    return ParagraphStyle(f"{style.name}-{share:.1f}", parent=style, fontSize=size, leading=style.leading * share)


def load_picture(content: bytes | None) -> ImageReader | None:
    """Load a PNG or JPEG; None for anything else and for more than `MAX_PIXELS` pixels."""
    if content is None or not content.startswith(IMAGE_SIGNATURES):
        return None
    try:
        image = ImageReader(BytesIO(content))
        wide, high = image.getSize()
        return image if 0 < wide * high <= MAX_PIXELS and image.getRGBData() else None
    except Exception:  # noqa: BLE001 - decoders raise anything for a broken image; it is left out
        return None


def _draw_logo(block: Flowable, image: ImageReader, right: float, top: float) -> None:
    """Draw a logo on white, with its upper right corner at this position."""
    wide, high = image.getSize()
    scale = min(LOGO_WIDTH / wide, LOGO_HEIGHT / high)
    width, height = wide * scale, high * scale
    canvas = block.canv
    canvas.saveState()
    canvas.setFillColor(COLOURS["paper"])
    canvas.roundRect(right - width - 8, top - height - 8, width + 16, height + 16, 3, stroke=0, fill=1)
    canvas.drawImage(image, right - width, top - height, width, height, mask="auto")
    canvas.restoreState()
