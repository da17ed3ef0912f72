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

from assessment.pdf.typesetting.bidi import reorder_for_display
from assessment.pdf.typesetting.fonts import split_by_font
from assessment.pdf.typesetting.paragraphs import Paragraph

WIDTH_TOLERANCE = 0.01  # points, for rounding errors of summed widths
MIN_LINES = 2  # lines before a page break (no orphans)


class MultiFontParagraph(Paragraph):
    """A legible text, or the `lines` left of a split one; `back`: its base direction is right to left."""

    def __init__(
        self, text: str, style: ParagraphStyle, *, back: bool = False, lines: tuple[str, ...] | None = None
    ) -> None:
        super().__init__("", style)
        self.logical, self.back, self.fixed = text, back, lines
        self.lines: tuple[str, ...] = lines or ()
        self.room: float | None = None

    def getPlainText(self, identify: object = None) -> str:  # noqa: ARG002, N802 - ReportLab's
        return self.logical

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: ARG002, N803 - ReportLab's
        """Break lines once per width; a split piece keeps its lines."""
        room = availWidth - self.style.leftIndent - self.style.rightIndent
        if self.room != room:
            self.room = room
            if self.fixed is None:
                self.lines = tuple(break_lines(self.logical, self.style.fontName, self.style.fontSize, room))
        self.width, self.height = availWidth, len(self.lines) * self.style.leading
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split between lines; the pieces share one structure element."""
        self.wrap(availWidth, availHeight)
        fitting = int((availHeight + WIDTH_TOLERANCE) // self.style.leading)
        if fitting >= len(self.lines):
            return [self]
        if fitting < MIN_LINES:
            return []
        self.whole = self.whole or object()
        made = [self.piece(self.lines[:fitting]), self.piece(self.lines[fitting:])]
        for piece in made:
            piece.whole, piece.spoken = self.whole, self.spoken
        return made

    def piece(self, lines: tuple[str, ...]) -> "MultiFontParagraph":
        return type(self)(self.logical, self.style, back=self.back, lines=lines)

    def draw(self) -> None:
        """Draw each line in display order, with a trailing space on all but the last: otherwise words run together."""
        style, drawn = self.style, self.canv.beginText()
        drawn.setFillColor(style.textColor)
        for number, line in enumerate(self.lines):
            runs = list(split_by_font(reorder_for_display(line, back=self.back), style.fontName))
            free = (self.room or 0) - sum(stringWidth(run, face, style.fontSize) for face, run in runs)
            left = style.leftIndent + (free if style.alignment == TA_RIGHT else 0)
            drawn.setTextOrigin(left, self.height - style.fontSize - number * style.leading)
            for face, run in [*runs, *([(style.fontName, " ")] if number + 1 < len(self.lines) else [])]:
                drawn.setFont(face, style.fontSize)
                drawn.textOut(run)
        self.canv.drawText(drawn)


def break_lines(text: str, face: str, size: float, room: float) -> Iterator[str]:
    """Break a text at spaces; within a word only if it is wider than a line."""
    space = stringWidth(" ", face, size)
    line: list[str] = []
    used = 0.0
    for word in text.split():
        wide = measure_word(word, face, size)
        if line and used + space + wide > room + WIDTH_TOLERANCE:
            yield " ".join(line)
            line, used = [], 0.0
        if wide > room + WIDTH_TOLERANCE:
            *full, word = _split_word(word, face, size, room)  # noqa: PLW2901 - continue with the rest
            yield from full
            wide = measure_word(word, face, size)
        used += wide + (space if line else 0.0)
        line.append(word)
    yield " ".join(line)


@lru_cache(maxsize=16_384)
def measure_word(word: str, face: str, size: float) -> float:
    """Measure a word in points; cached, since words repeat."""
    return sum(
        float(stringWidth(run, drawn_with, size)) for drawn_with, run in split_by_font(reorder_for_display(word), face)
    )


def _split_word(word: str, face: str, size: float, room: float) -> Iterator[str]:
    """Split a word that is too wide; combining marks stay with their letter."""
    begun, used = 0, 0.0
    for place, letter in enumerate(word):
        wide = measure_word(letter, face, size)
        if used + wide > room and place > begun and not unicodedata.category(letter).startswith("M"):
            yield word[begun:place]
            begun, used = place, 0.0
        used += wide
    yield word[begun:]
