"""Paragraphs in several fonts or directions, with line breaking of our own.

ReportLab would parse markup for every run and break lines before reordering: a minute for texts that a few people
may write.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth

from assessment.charts.primitives.hyphenation import SOFT_HYPHEN, insert_soft_hyphens
from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import split_by_font
from assessment.pdf.typesetting.paragraphs import Paragraph

WIDTH_TOLERANCE = 0.01  # points, for rounding errors of summed widths
MIN_LINES = 2  # lines before a page break (no orphans)


class MultiFontParagraph(Paragraph):
    """A legible text, or the `lines` left of a split one; `right_to_left` is its base direction."""

    def __init__(
        self, text: str, style: ParagraphStyle, *, right_to_left: bool = False, lines: tuple[str, ...] | None = None
    ) -> None:
        super().__init__("", style)
        self.source_text, self.right_to_left, self.fixed_lines = text, right_to_left, lines
        self.lines: tuple[str, ...] = lines or ()
        self.available_width: float | None = None

    def getPlainText(self, identify: object = None) -> str:  # noqa: ARG002, N802 - ReportLab's
        return self.source_text

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """Break lines once per width; a split piece keeps its lines."""
        width = availWidth - self.style.leftIndent - self.style.rightIndent
        if self.available_width != width:
            self.available_width = width
            if self.fixed_lines is None:
                self.lines = tuple(break_lines(self.source_text, self.style.fontName, self.style.fontSize, width))
                if len("".join(self.lines).replace(" ", "")) > len("".join(self.source_text.split())):
                    self.actual_text = self.actual_text or self.source_text  # without the hyphens
        self.width, self.height = availWidth, len(self.lines) * self.style.leading
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split between lines; the pieces share one structure element."""
        self.wrap(availWidth, availHeight)
        fitting = int((availHeight + WIDTH_TOLERANCE) // self.style.leading)
        if fitting >= len(self.lines):
            return [self]
        if fitting < MIN_LINES or self.is_short():
            return []
        self.split_origin = self.split_origin or object()
        pieces = [self._make_piece(self.lines[:fitting]), self._make_piece(self.lines[fitting:])]
        for piece in pieces:
            piece.split_origin, piece.actual_text = self.split_origin, self.actual_text
        return pieces

    def _make_piece(self, lines: tuple[str, ...]) -> "MultiFontParagraph":
        return type(self)(self.source_text, self.style, right_to_left=self.right_to_left, lines=lines)

    def draw(self) -> None:
        """Draw each line in display order, with a trailing space on all but the last: otherwise words run together."""
        style, text = self.style, self.canv.beginText()
        text.setFillColor(style.textColor)
        for number, line in enumerate(self.lines):
            runs = list(split_by_font(reorder_for_display(line, right_to_left=self.right_to_left), style.fontName))
            free = (self.available_width or 0) - sum(stringWidth(run, face, style.fontSize) for face, run in runs)
            left = style.leftIndent + (free if style.alignment == TA_RIGHT else 0)
            text.setTextOrigin(left, self.height - style.fontSize - number * style.leading)
            for face, run in [*runs, *([(style.fontName, " ")] if number + 1 < len(self.lines) else [])]:
                text.setFont(face, style.fontSize)
                text.textOut(run)
        self.canv.drawText(text)


def break_lines(text: str, face: str, size: float, width: float) -> Iterator[str]:
    """Break a text at spaces; within a word only if it is wider than a line."""
    space = stringWidth(" ", face, size)
    line: list[str] = []
    used = 0.0
    for word in text.split():
        word_width = measure_word(word, face, size)
        if line and used + space + word_width > width + WIDTH_TOLERANCE:
            yield " ".join(line)
            line, used = [], 0.0
        if word_width > width + WIDTH_TOLERANCE:
            *full, word = _split_word(word, face, size, width)  # noqa: PLW2901 - continue with the rest
            yield from full
            word_width = measure_word(word, face, size)
        used += word_width + (space if line else 0.0)
        line.append(word)
    yield " ".join(line)


@lru_cache(maxsize=16_384)
def measure_word(word: str, face: str, size: float) -> float:
    """Measure a word in points; cached, since words repeat."""
    return sum(
        float(stringWidth(run, drawn_with, size)) for drawn_with, run in split_by_font(reorder_for_display(word), face)
    )


def _split_word(word: str, face: str, size: float, width: float) -> Iterator[str]:
    """Split a word that is too wide, with a hyphen where it may have one."""
    line = ""
    for part in insert_soft_hyphens(word).split(SOFT_HYPHEN):
        if line and measure_word(f"{line}{part}-", face, size) > width:
            yield f"{line}-"
            line = ""
        *full, part = _split_letters(line + part, face, size, width)  # noqa: PLW2901 - continue with the rest
        yield from full
        line = part
    yield line


def _split_letters(word: str, face: str, size: float, width: float) -> Iterator[str]:
    """Split a word that is too wide at any letter; combining marks stay with their letter."""
    start, used = 0, 0.0
    for place, letter in enumerate(word):
        letter_width = measure_word(letter, face, size)
        if used + letter_width > width and place > start and not unicodedata.category(letter).startswith("M"):
            yield word[start:place]
            start, used = place, 0.0
        used += letter_width
    yield word[start:]
