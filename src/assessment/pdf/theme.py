"""The look of the PDF in one place: grid, type scale, colours, styles."""

from functools import lru_cache

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from assessment.charts.palette import PALETTE
from assessment.pdf.fonts import LIGHT, REGULAR, STRONG, register

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT = RIGHT = 54.0
TOP, BOTTOM = 60.0, 52.0
WIDTH = PAGE_WIDTH - LEFT - RIGHT
HEIGHT = PAGE_HEIGHT - TOP - BOTTOM

COLOUR = {tone: HexColor(colour) for tone, colour in PALETTE.items()}
FACES = {"light": LIGHT, "regular": REGULAR, "strong": STRONG}

# name: face, size, leading, tone, space before, space after
TYPE: dict[str, tuple[str, float, float, str, float, float]] = {
    "display": (LIGHT, 34, 40, "ink", 0, 14),
    "cover": (REGULAR, 13, 19, "muted", 0, 4),
    "kicker": (STRONG, 8.5, 11, "accent", 0, 5),
    "title": (STRONG, 20, 25, "ink", 0, 12),
    "heading": (STRONG, 11.5, 15, "ink", 11, 4),
    "lead": (REGULAR, 12, 17.5, "ink", 0, 6),
    "body": (REGULAR, 9.5, 13.5, "ink", 0, 4),
    "dense": (REGULAR, 9, 12, "ink", 0, 3),
    "small": (REGULAR, 8, 11, "muted", 0, 3),
    "cell": (REGULAR, 8.5, 11, "ink", 0, 0),
    "cell-strong": (STRONG, 8.5, 11, "ink", 0, 0),
    "cell-muted": (REGULAR, 8, 10.5, "muted", 0, 0),
    "head": (STRONG, 8, 10.5, "muted", 0, 0),
    "figure": (LIGHT, 22, 26, "ink", 0, 0),
    "figure-small": (LIGHT, 14, 19, "ink", 7, 0),
    "number": (LIGHT, 20, 16.5, "accent", 0, 0),
    "decision": (STRONG, 11, 15, "ink", 0, 0),
    "contents": (REGULAR, 9.5, 13, "ink", 0, 0),
}
KEPT = ("kicker", "title", "heading")


@lru_cache(maxsize=1)
def styles() -> dict[str, ParagraphStyle]:
    """Paragraph styles by name; a heading stays with what follows it."""
    register()
    made = {
        name: ParagraphStyle(
            name,
            fontName=face,
            fontSize=size,
            leading=leading,
            textColor=COLOUR[tone],
            spaceBefore=before,
            spaceAfter=after,
            keepWithNext=name in KEPT,
            allowWidows=0,
            allowOrphans=0,
            splitLongWords=1,
            bulletFontName=REGULAR,
        )
        for name, (face, size, leading, tone, before, after) in TYPE.items()
    }
    made["cell-right"] = ParagraphStyle("cell-right", parent=made["cell"], alignment=TA_RIGHT)
    made["head-right"] = ParagraphStyle("head-right", parent=made["head"], alignment=TA_RIGHT)
    return made
