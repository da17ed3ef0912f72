"""Paragraphs, cells and tables from plain text: truncated, legible, escaped. Markup is created only here."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from msgspec import Struct
from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Spacer
from reportlab.platypus.paraparser import ParaFrag

from assessment.pdf.typesetting.bidi import has_right_to_left, is_right_to_left, reorder_for_display
from assessment.pdf.typesetting.fonts import REGULAR, STRONG, clean_text, has_all_glyphs, make_legible, split_by_font
from assessment.pdf.typesetting.line_breaking import MultiFontParagraph
from assessment.pdf.typesetting.paragraphs import Paragraph, build_fragment
from assessment.pdf.typesetting.tables import Table
from assessment.pdf.typesetting.theme import COLOURS, CONTENT_WIDTH, FINE, TEXT, get_styles

MAX_TEXT_LENGTH = 6000
MAX_CELL_LENGTH = 600
ELLIPSIS = "…"
BULLET_GAP = 1.5
BULLET_INDENT = 11.0  # as wide as ReportLab makes the dash and its space; less would push the first line only
RULE_WIDTH, CELL_PADDING, BAR_WIDTH = 0.5, 5.0, 2.5


def truncate_characters(text: str, limit: int) -> str:
    """Truncate to a number of characters, with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def escape_text(text: str, limit: int = MAX_TEXT_LENGTH, face: str = REGULAR) -> str:
    """Escape a plain text for ReportLab's markup."""
    return _mark_up_fonts(reorder_for_display(make_legible(truncate_characters(text, limit))), face)


def find_actual_text(text: str) -> str:
    """Return the accessible text if it differs from what is drawn, otherwise nothing."""
    cleaned = clean_text(text)
    return cleaned if cleaned != make_legible(text) or has_right_to_left(cleaned) else ""


def _mark_up_fonts(text: str, face: str) -> str:
    return "".join(
        escape(run) if drawn_with == face else f'<font name="{drawn_with}">{escape(run)}</font>'
        for drawn_with, run in split_by_font(text, face)
    )


class BarredParagraph(MultiFontParagraph):
    """A paragraph with a bar at its left, on every page that it reaches."""

    def draw(self) -> None:
        self.canv.saveState()
        self.canv.setFillColor(COLOURS["third"])
        self.canv.rect(0, -self.style.spaceAfter, BAR_WIDTH, self.height + self.style.spaceAfter, stroke=0, fill=1)
        self.canv.restoreState()
        super().draw()


def make_barred_paragraph(text: str, style: str = "own") -> Paragraph:
    """Make a paragraph of the consultant's own text, with a bar at its left."""
    right_to_left = is_right_to_left(text)
    paragraph_style = (
        get_styles()[style].clone(f"{style}-back", alignment=TA_RIGHT) if right_to_left else get_styles()[style]
    )
    paragraph = BarredParagraph(
        make_legible(truncate_characters(text, MAX_TEXT_LENGTH)), paragraph_style, right_to_left=right_to_left
    )
    paragraph.actual_text = find_actual_text(truncate_characters(text, MAX_TEXT_LENGTH))
    return paragraph


def make_styled_paragraph(
    text: str, style: ParagraphStyle, limit: int = MAX_TEXT_LENGTH, *, own: bool = False
) -> Paragraph:
    """Make a paragraph of plain text; `own` text, unlike a sentence of the report, sets its own base direction."""
    text = truncate_characters(text, limit)
    legible = make_legible(text)
    if has_all_glyphs(legible):
        paragraph = Paragraph(escape(legible), style)
    elif own and is_right_to_left(legible):
        paragraph = MultiFontParagraph(
            legible, style.clone(f"{style.name}-back", alignment=TA_RIGHT), right_to_left=True
        )
    else:
        paragraph = MultiFontParagraph(legible, style)
    paragraph.actual_text = find_actual_text(text)
    return paragraph


def make_paragraph(text: str, style: str = "body", limit: int = MAX_TEXT_LENGTH) -> Paragraph:
    """Make a paragraph in a style of the theme."""
    return make_styled_paragraph(text, get_styles()[style], limit)


def make_paragraphs(text: str, style: str = "body", limit: int = MAX_TEXT_LENGTH) -> list[Paragraph]:
    """Make a paragraph per line of a longer text."""
    parts = [part for part in truncate_characters(text, limit).splitlines() if part.strip()]
    return [make_styled_paragraph(part, get_styles()[style], own=True) for part in parts]


def make_cell(text: str, style: str = "cell") -> Paragraph:
    """Make a table cell, truncated so that it fits on a page."""
    return make_paragraph(text, style, MAX_CELL_LENGTH)


class StyledPart(Struct, frozen=True):
    """A part of a paragraph in a font or colour of its own."""

    text: str
    face: str = ""  # by default that of the style
    colour: Color | None = None


def build_fragments(parts: Sequence[StyledPart], style: ParagraphStyle) -> list[ParaFrag]:
    """Build the fragments of a paragraph in several styles, without ReportLab's markup and its slow parser."""
    return [
        build_fragment(run, style, drawn_with, part.colour)
        for part in parts
        for drawn_with, run in split_by_font(
            reorder_for_display(make_legible(truncate_characters(part.text, MAX_TEXT_LENGTH))),
            part.face or style.fontName,
        )
    ]


def make_labelled_paragraph(label: str, text: str, style: str = "body") -> Paragraph:
    """Make a paragraph that starts with a bold label."""
    parts = (StyledPart(label, STRONG), StyledPart(f"  {text}"))
    paragraph = Paragraph("", get_styles()[style], frags=build_fragments(parts, get_styles()[style]))
    paragraph.actual_text = find_actual_text(f"{label} {text}")
    return paragraph


def make_aside_paragraph(text: str, aside: str, style: str = "body") -> Paragraph:
    """Make a paragraph that ends with a muted aside."""
    parts = (StyledPart(f"{text}  "), StyledPart(aside, colour=COLOURS["muted"]))
    paragraph = Paragraph("", get_styles()[style], frags=build_fragments(parts, get_styles()[style]))
    paragraph.actual_text = find_actual_text(f"{text} {aside}")
    return paragraph


def make_bullets(texts: Sequence[str], style: str = "body", gap: float = BULLET_GAP) -> list[Paragraph]:
    """Make a bulleted list, one paragraph per text; with a `gap` of 0 its lines keep the distance of the style."""
    base = get_styles()[style]
    hanging = ParagraphStyle(
        f"{style}-bullet",
        parent=base,
        leftIndent=BULLET_INDENT,
        bulletIndent=0,
        bulletFontSize=base.fontSize,
        spaceAfter=gap,
    )
    paragraphs = [Paragraph(escape_text(text), hanging, bulletText="–") for text in texts if text]
    for point, text in zip(paragraphs, filter(None, texts), strict=True):
        point.actual_text = find_actual_text(text)
    return paragraphs


def make_table(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    *,
    head: int = 1,
    lines: bool = True,
    pad: float = CELL_PADDING,
) -> Table:
    """Make a table: header repeated on every page, thin rules, rows that may split."""
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), pad),
        ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
    ]
    if lines:
        commands.append(("LINEBELOW", (0, 0), (-1, -1), RULE_WIDTH, COLOURS["faint"]))
    if head and lines:
        commands.append(("LINEBELOW", (0, head - 1), (-1, head - 1), 1, COLOURS["rule"]))
    return Table(list(rows), colWidths=list(widths), repeatRows=head, splitInRow=1, hAlign="LEFT", style=commands)


def align_small_columns(table: Table, columns: Sequence[int], pad: float = CELL_PADDING) -> Table:
    """Put the first lines of columns in small type on the base lines of the other columns, below a header row."""
    drop = pad + TEXT - FINE
    table.setStyle([("TOPPADDING", (column, 1), (column, -1), drop) for column in columns])
    return table


def share_width(shares: Sequence[float], width: float = CONTENT_WIDTH) -> list[float]:
    """Divide a width in proportion to the shares."""
    total = sum(shares)
    return [width * share / total for share in shares]


def make_gap(height: float) -> Flowable:
    return Spacer(1, height)
