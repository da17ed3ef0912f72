"""Theme of the PDF: grid, type scale, colours, styles."""

from functools import lru_cache

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from assessment.charts.primitives import brand
from assessment.charts.primitives.brand import get_brand
from assessment.charts.primitives.palette import PALETTE
from assessment.pdf.typesetting.fonts import LIGHT, REGULAR, STRONG, register_fonts

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT_MARGIN = RIGHT_MARGIN = 54.0
TOP_MARGIN, BOTTOM_MARGIN = 60.0, 52.0
CONTENT_WIDTH = PAGE_WIDTH - LEFT_MARGIN - RIGHT_MARGIN
CONTENT_HEIGHT = PAGE_HEIGHT - TOP_MARGIN - BOTTOM_MARGIN
COLUMN_GUTTER = 26.0
COLUMN_WIDTH = (CONTENT_WIDTH - COLUMN_GUTTER) / 2
MASTHEAD_HEIGHT = 62.0  # height of the header on the first page of a short edition
TITLE_HEIGHT = 52.5  # height of the title on a page with columns

COLOURS = {tone: HexColor(colour) for tone, colour in PALETTE.items()}
FONT_FACES = {"light": LIGHT, "regular": REGULAR, "strong": STRONG}

# Six sizes. Leadings and spaces are multiples of half the grid unit, so that lines of columns stay in step.
FINE, TEXT, LARGE, FIGURE, TITLE, DISPLAY = 8, 9.5, 11.5, 16, 20, 40

# name: face, size, leading, tone, space before, space after
TYPE_SCALE: dict[str, tuple[str, float, float, str, float, float]] = {
    "cover-kicker": (STRONG, TEXT, 14, "level-2", 0, 0),
    "cover-name": (LIGHT, DISPLAY, 45.5, "paper", 0, 0),
    "cover-title": (REGULAR, FIGURE, 21, "paper", 0, 0),
    "cover-line": (REGULAR, TEXT, 14, "level-2", 0, 0),
    "cover-finding": (STRONG, TITLE, 24.5, "ink", 0, 0),
    "cover-foot": (REGULAR, TEXT, 14, "muted", 0, 0),
    "masthead-name": (LIGHT, TITLE, 24.5, "paper", 0, 0),
    "masthead-line": (REGULAR, TEXT, 14, "level-2", 0, 0),
    "own-label": (STRONG, FINE, 10.5, "third", 0, 1.75),
    "finding-label": (STRONG, FINE, 10.5, "third", 3.5, 0),
    "kicker": (STRONG, FINE, 10.5, "accent", 0, 3.5),
    "title": (STRONG, TITLE, 24.5, "ink", 0, 10.5),
    "title-quiet": (STRONG, LARGE, 14, "ink", 0, 5.25),
    "heading": (STRONG, LARGE, 14, "ink", 10.5, 3.5),
    "subheading": (STRONG, TEXT, 14, "ink", 5.25, 0),
    "subheading-close": (STRONG, TEXT, 12.25, "ink", 3.5, 0),
    "body": (REGULAR, TEXT, 14, "ink", 0, 3.5),
    "dense": (REGULAR, TEXT, 12.25, "ink", 0, 1.75),
    "denser": (REGULAR, TEXT, 11.375, "ink", 0, 0),
    "plain": (REGULAR, TEXT, 14, "ink", 0, 5.25),
    "small": (REGULAR, FINE, 10.5, "muted", 0, 3.5),
    "cell": (REGULAR, FINE, 10.5, "ink", 0, 0),
    "cell-strong": (STRONG, FINE, 10.5, "ink", 0, 0),
    "cell-muted": (REGULAR, FINE, 10.5, "muted", 0, 0),
    "row": (REGULAR, TEXT, 12.25, "ink", 0, 0),
    "row-strong": (STRONG, TEXT, 12.25, "ink", 0, 0),
    "chain": (REGULAR, TEXT, 12.25, "ink", 0, 0),
    "chain-strong": (STRONG, TEXT, 12.25, "ink", 0, 0),
    "head": (STRONG, FINE, 10.5, "muted", 0, 0),
    "fine": (REGULAR, FINE, 10.5, "ink", 0, 1.75),
    "figure": (LIGHT, TITLE, 24.5, "ink", 0, 0),
    "figure-small": (LIGHT, FIGURE, 21, "ink", 3.5, 0),
    "figure-inline": (STRONG, LARGE, 14, "ink", 0, 0),
    "number": (LIGHT, FIGURE, 17.5, "accent", 0, 0),
    "decision": (STRONG, TEXT, 14, "ink", 0, 0),
    "contents": (REGULAR, TEXT, 12.25, "ink", 0, 0),
}
OWN_INDENT = 12.0
BRAND_HEADINGS = ("title", "heading", "cover-finding")
ON_PANEL = ("cover-kicker", "cover-line", "masthead-line")
KEEP_WITH_NEXT = ("kicker", "title", "title-quiet", "heading", "subheading", "subheading-close", "own-label")


def get_styles() -> dict[str, ParagraphStyle]:
    """Return the paragraph styles by name, in the colour of the firm; headings stay with what follows them."""
    return _build_styles(get_brand())


def find_colour(tone: str) -> HexColor:
    """Return the colour of a text or line outside of charts."""
    return HexColor(brand.find_colour(tone))


def _find_text_colour(name: str, tone: str) -> HexColor:
    if name in BRAND_HEADINGS:
        return HexColor(brand.find_heading_colour(tone))
    if name.startswith(ON_PANEL):
        tone = brand.find_panel_tone(tone)
    return find_colour(tone)


@lru_cache(maxsize=8)
def _build_styles(_: str) -> dict[str, ParagraphStyle]:
    """Build the styles; the argument is the colour that they are cached by."""
    register_fonts()
    styles = {
        name: ParagraphStyle(
            name,
            fontName=face,
            fontSize=size,
            leading=leading,
            textColor=_find_text_colour(name, tone),
            spaceBefore=before,
            spaceAfter=after,
            keepWithNext=name in KEEP_WITH_NEXT,
            allowWidows=0,
            allowOrphans=0,
            splitLongWords=1,
            bulletFontName=REGULAR,
        )
        for name, (face, size, leading, tone, before, after) in TYPE_SCALE.items()
    }
    styles["own-label"].leftIndent = OWN_INDENT
    styles["own"] = ParagraphStyle("own", parent=styles["body"], leftIndent=OWN_INDENT)
    styles["cell-right"] = ParagraphStyle("cell-right", parent=styles["cell"], alignment=TA_RIGHT)
    styles["fine-right"] = ParagraphStyle("fine-right", parent=styles["fine"], alignment=TA_RIGHT)
    styles["muted-right"] = ParagraphStyle("muted-right", parent=styles["cell-muted"], alignment=TA_RIGHT)
    styles["head-right"] = ParagraphStyle("head-right", parent=styles["head"], alignment=TA_RIGHT)
    return styles
