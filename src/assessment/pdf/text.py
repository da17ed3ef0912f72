"""Text for the PDF: bounded, legible, escaped; markup comes from here and nowhere else."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from assessment.pdf.fonts import REGULAR, STRONG, legible
from assessment.pdf.theme import COLOUR, WIDTH, styles

LONGEST = 4000
LONGEST_CELL = 600
ELLIPSIS = "…"
THIN, PAD = 0.5, 5.0


def safe(text: str, limit: int = LONGEST) -> str:
    """Markup of a plain text that shows as the text and does nothing."""
    shortened = text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS
    return escape(legible(shortened))


def paragraph(text: str, style: str = "body", limit: int = LONGEST) -> Paragraph:
    """Plain text in a style."""
    return Paragraph(safe(text, limit), styles()[style])


def cell(text: str, style: str = "cell") -> Paragraph:
    """Plain text for a cell of a table, short enough for a page."""
    return paragraph(text, style, LONGEST_CELL)


def labelled(label: str, text: str, style: str = "body") -> Paragraph:
    """A strong label and what it says, in one paragraph."""
    return Paragraph(f'<font name="{STRONG}">{safe(label)}</font>  {safe(text)}', styles()[style])


def bullets(texts: Sequence[str], style: str = "body") -> list[Paragraph]:
    """A list, one paragraph each."""
    base = styles()[style]
    hanging = ParagraphStyle(f"{style}-bullet", parent=base, leftIndent=10, bulletIndent=0, spaceAfter=1.5)
    return [Paragraph(safe(text), hanging, bulletText="–") for text in texts if text]


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, head: int = 1, lines: bool = True, pad: float = PAD
) -> Table:
    """A quiet table: head repeated on every page, thin rules, rows that may split."""
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8.5),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), pad),
        ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
    ]
    if lines:
        commands.append(("LINEBELOW", (0, 0), (-1, -1), THIN, COLOUR["faint"]))
    if head and lines:
        commands.append(("LINEBELOW", (0, head - 1), (-1, head - 1), 1, COLOUR["rule"]))
    return Table(list(rows), colWidths=list(widths), repeatRows=head, splitInRow=1, hAlign="LEFT", style=commands)


def columns(shares: Sequence[float], width: float = WIDTH) -> list[float]:
    """Widths that fill the page in these shares."""
    whole = sum(shares)
    return [width * share / whole for share in shares]


def gap(height: float) -> Flowable:
    """White space."""
    return Spacer(1, height)
