"""Paragraphs, cells and tables from plain text: truncated, legible, escaped. Markup is created only here."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Spacer

from assessment.pdf.direction import begins_back, runs_back, visual
from assessment.pdf.fonts import REGULAR, STRONG, is_plain, legible, pieces, said
from assessment.pdf.paragraphs import Paragraph
from assessment.pdf.runs import Runs
from assessment.pdf.tables import Table
from assessment.pdf.theme import COLOUR, WIDTH, styles

LONGEST = 6000
LONGEST_CELL = 600
ELLIPSIS = "…"
THIN, PAD, BAR = 0.5, 5.0, 2.5


def bounded(text: str, limit: int) -> str:
    """Truncate to a number of characters, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def safe(text: str, limit: int = LONGEST, face: str = REGULAR) -> str:
    """Escape a plain text for ReportLab's markup."""
    return _marked(visual(legible(bounded(text, limit))), face)


def spoken(text: str) -> str:
    """Return the accessible text if it differs from what is drawn, otherwise nothing."""
    told = said(text)
    return told if told != legible(text) or runs_back(told) else ""


def _marked(text: str, face: str) -> str:
    return "".join(
        escape(run) if drawn_with == face else f'<font name="{drawn_with}">{escape(run)}</font>'
        for drawn_with, run in pieces(text, face)
    )


class Barred(Runs):
    """A paragraph with a bar at its left, on every page that it reaches."""

    def draw(self) -> None:
        self.canv.saveState()
        self.canv.setFillColor(COLOUR["third"])
        self.canv.rect(0, -self.style.spaceAfter, BAR, self.height + self.style.spaceAfter, stroke=0, fill=1)
        self.canv.restoreState()
        super().draw()


def barred(text: str, style: str = "own") -> Paragraph:
    """Make a paragraph of the consultant's own text, with a bar at its left."""
    back = begins_back(text)
    found = styles()[style].clone(f"{style}-back", alignment=TA_RIGHT) if back else styles()[style]
    made = Barred(legible(bounded(text, LONGEST)), found, back=back)
    made.spoken = spoken(bounded(text, LONGEST))
    return made


def set_in(text: str, style: ParagraphStyle, limit: int = LONGEST, *, own: bool = False) -> Paragraph:
    """Make a paragraph of plain text; `own` text, unlike a sentence of the report, sets its own base direction."""
    text = bounded(text, limit)
    told = legible(text)
    if is_plain(told):
        made = Paragraph(escape(told), style)
    elif own and begins_back(told):
        made = Runs(told, style.clone(f"{style.name}-back", alignment=TA_RIGHT), back=True)
    else:
        made = Runs(told, style)
    made.spoken = spoken(text)
    return made


def paragraph(text: str, style: str = "body", limit: int = LONGEST) -> Paragraph:
    """Make a paragraph in a style of the theme."""
    return set_in(text, styles()[style], limit)


def paragraphs(text: str, style: str = "body", limit: int = LONGEST) -> list[Paragraph]:
    """Make a paragraph per line of a longer text."""
    parts = [part for part in bounded(text, limit).splitlines() if part.strip()]
    return [set_in(part, styles()[style], own=True) for part in parts]


def cell(text: str, style: str = "cell") -> Paragraph:
    """Make a table cell, truncated so that it fits on a page."""
    return paragraph(text, style, LONGEST_CELL)


def labelled(label: str, text: str, style: str = "body") -> Paragraph:
    """Make a paragraph that starts with a bold label."""
    strong = f'<font name="{STRONG}">{safe(label, face=STRONG)}</font>'
    made = Paragraph(f"{strong}  {safe(text)}", styles()[style])
    made.spoken = spoken(f"{label} {text}")
    return made


def bullets(texts: Sequence[str], style: str = "body") -> list[Paragraph]:
    """Make a bulleted list, one paragraph per text."""
    base = styles()[style]
    hanging = ParagraphStyle(f"{style}-bullet", parent=base, leftIndent=10, bulletIndent=0, spaceAfter=1.5)
    made = [Paragraph(safe(text), hanging, bulletText="–") for text in texts if text]
    for point, text in zip(made, filter(None, texts), strict=True):
        point.spoken = spoken(text)
    return made


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, head: int = 1, lines: bool = True, pad: float = PAD
) -> Table:
    """Make a table: header repeated on every page, thin rules, rows that may split."""
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
    """Divide a width in proportion to the shares."""
    whole = sum(shares)
    return [width * share / whole for share in shares]


def gap(height: float) -> Flowable:
    return Spacer(1, height)
