"""Theme of the PDF: grid, type scale, colours, styles."""

from functools import lru_cache

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

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
TITLE_HEIGHT = 66.0  # height of the title on a page with columns

COLOURS = {tone: HexColor(colour) for tone, colour in PALETTE.items()}
FONT_FACES = {"light": LIGHT, "regular": REGULAR, "strong": STRONG}

# name: face, size, leading, tone, space before, space after
TYPE_SCALE: dict[str, tuple[str, float, float, str, float, float]] = {
    "cover-kicker": (STRONG, 10, 13, "level-2", 0, 0),
    "cover-name": (LIGHT, 44, 49, "paper", 0, 0),
    "cover-title": (REGULAR, 16, 21, "paper", 0, 0),
    "cover-line": (REGULAR, 10.5, 14, "level-2", 0, 0),
    "cover-finding": (STRONG, 22, 28, "ink", 0, 0),
    "cover-foot": (REGULAR, 9.5, 12.5, "muted", 0, 0),
    "masthead-name": (LIGHT, 24, 28, "paper", 0, 0),
    "masthead-line": (REGULAR, 9.5, 13, "level-2", 0, 0),
    "own-label": (STRONG, 8, 11, "third", 0, 2),
    "finding-label": (STRONG, 8, 11, "third", 0, 0),
    "kicker": (STRONG, 8.5, 11, "accent", 0, 5),
    "title": (STRONG, 20, 25, "ink", 0, 12),
    "title-quiet": (STRONG, 12.5, 16, "ink", 0, 5),
    "heading": (STRONG, 11.5, 15, "ink", 11, 4),
    "subheading": (STRONG, 10.5, 13.5, "ink", 7, 0),
    "subheading-close": (STRONG, 10.5, 13, "ink", 4, 0),
    "lead": (REGULAR, 12, 17.5, "ink", 0, 6),
    "body": (REGULAR, 9.5, 13.5, "ink", 0, 4),
    "dense": (REGULAR, 9, 12, "ink", 0, 3),
    "denser": (REGULAR, 9, 11.4, "ink", 0, 1.5),
    "densest": (REGULAR, 8.6, 10.9, "ink", 0, 1.5),
    "plain": (REGULAR, 10.5, 15, "ink", 0, 5),
    "small": (REGULAR, 8, 11, "muted", 0, 3),
    "cell": (REGULAR, 8.5, 11, "ink", 0, 0),
    "cell-strong": (STRONG, 8.5, 11, "ink", 0, 0),
    "cell-muted": (REGULAR, 8, 10.5, "muted", 0, 0),
    "head": (STRONG, 8, 10.5, "muted", 0, 0),
    "fine": (REGULAR, 7.8, 10.2, "ink", 0, 1.5),
    "finer": (REGULAR, 6.8, 8.6, "muted", 0, 0),
    "figure": (LIGHT, 22, 26, "ink", 0, 0),
    "figure-small": (LIGHT, 14, 19, "ink", 7, 0),
    "figure-inline": (STRONG, 11.5, 15, "ink", 0, 0),
    "number": (LIGHT, 18, 17.5, "accent", 0, 0),
    "decision": (STRONG, 11, 15, "ink", 0, 0),
    "contents": (REGULAR, 9.5, 13, "ink", 0, 0),
}
OWN_INDENT = 12.0
KEEP_WITH_NEXT = ("kicker", "title", "title-quiet", "heading", "subheading", "subheading-close", "own-label")


@lru_cache(maxsize=1)
def get_styles() -> dict[str, ParagraphStyle]:
    """Return the paragraph styles by name; headings stay with what follows them."""
    register_fonts()
    styles = {
        name: ParagraphStyle(
            name,
            fontName=face,
            fontSize=size,
            leading=leading,
            textColor=COLOURS[tone],
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
    styles["head-right"] = ParagraphStyle("head-right", parent=styles["head"], alignment=TA_RIGHT)
    return styles
