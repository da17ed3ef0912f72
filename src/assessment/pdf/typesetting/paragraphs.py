"""Tagged paragraphs, headings and list items, and shortcuts for the many plain ones."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.fonts import ps2tt, tt2ps
from reportlab.pdfbase.pdfmetrics import getAscentDescent, getFont, stringWidth
from reportlab.platypus import Paragraph as PlainParagraph
from reportlab.platypus.paragraph import split as split_words
from reportlab.platypus.paraparser import ParaFrag

from assessment.charts.primitives.hyphenation import SOFT_HYPHEN, insert_soft_hyphens
from assessment.pdf.accessibility.tagged_canvas import draw_as
from assessment.pdf.typesetting.fonts import MeasuredFont

MARKUP_CHARACTERS = frozenset("<&")
HEADING_ROLES = {"title": "H1", "heading": "H2", "subheading": "H2"}


BULLET_GAP = 0.6  # of the size of a bullet, between it and its text; ReportLab's
LONG_WORD = re.compile(r"\S{8,}")
SHORT_LINE = 0.45  # of the width
BALANCING_STEP = 0.1
KEPT_STYLES = ("small", "body", "dense")  # of running text; cells break with their tables
MIN_BROKEN_LINES = 6  # a shorter text does not continue on another page


class Paragraph(PlainParagraph):  # type: ignore[misc] # ReportLab has no types
    """A paragraph, a heading (by its style) or a list item (by its bullet).

    `actual_text` is the text in reading order, if it is drawn in another. Pieces on several pages are tagged as one
    paragraph.
    """

    actual_text = ""
    split_origin: object = None

    def _setup(self, text: Any, style: Any, bulletText: Any, frags: Any, cleaner: Any) -> None:  # noqa: ANN401, N803 - as below
        """Skip ReportLab's slow parser for text without markup.

        Otherwise merge the fragments that it cuts at every & and <: a text full of them would take half a minute.
        """
        self.cached_wrap: tuple[float, tuple[float, float]] | None = None
        if frags is None and not MARKUP_CHARACTERS.intersection(text) and (stripped := cleaner(text)):
            frags = [build_fragment(stripped, style)]
        super()._setup(text, style, bulletText, frags, cleaner)
        if frags is None:
            self.frags: list[Any] = list(_join_fragments(self.frags))

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 - ReportLab's
        """Break lines once per width: a table asks four times."""
        if self.cached_wrap is None or self.cached_wrap[0] != availWidth or not hasattr(self, "blPara"):
            self.cached_wrap = availWidth, super().wrap(availWidth, availHeight)
            if self.style.name.partition("-")[0] in HEADING_ROLES:
                self.balance_lines(availWidth)
        return self.cached_wrap[1]

    def breakLines(self, width: Any) -> Any:  # noqa: ANN401, N802 - ReportLab's
        """Break most texts here: ReportLab considers much that they don't have."""
        widths = width if isinstance(width, list) else [width]
        # The rest of a split paragraph with emphasis is not a fragment of text but the words, broken already.
        is_simple = len(self.frags) == 1 and isinstance(self.frags[0], ParaFrag) and self._has_room_for_bullet()
        lines = self._break_at_spaces(self.frags[0], widths) if is_simple else None
        if lines is None:
            self._hyphenate_long_words(min(widths))
            return super().breakLines(width)
        frag = self.frags[0]
        ascent, descent = getAscentDescent(frag.fontName, frag.fontSize)
        return frag.clone(kind=0, lines=lines, ascent=ascent, descent=descent)

    def _hyphenate_long_words(self, room: float) -> None:
        """Insert soft hyphens into words that no line has room for; the text that is read aloud stays without them."""
        fragments = [fragment for fragment in self.frags if isinstance(getattr(fragment, "text", None), str)]
        for fragment in fragments:
            hyphenated = LONG_WORD.sub(partial(_hyphenate_long_word, fragment, room), fragment.text)
            if hyphenated != fragment.text:
                self.actual_text = self.actual_text or "".join(one.text for one in fragments)
                fragment.text = hyphenated

    def _has_room_for_bullet(self) -> bool:
        """Return whether there is no bullet, or one that leaves the first line where the others start."""
        if not self.bulletText:
            return True
        style = self.style
        width = stringWidth(self.bulletText, style.bulletFontName, style.bulletFontSize)
        reach = style.bulletIndent + width + BULLET_GAP * style.bulletFontSize
        return bool(reach <= style.leftIndent + style.firstLineIndent)

    def _break_at_spaces(self, frag: Any, widths: list[float]) -> list[tuple[float, list[str]]] | None:  # noqa: ANN401 - ReportLab's
        """Break at spaces as ReportLab does, with the rest of each line's width; None if words must be broken too."""
        font, text = getFont(frag.fontName), getattr(frag, "text", None)
        if not text or SOFT_HYPHEN in text or widths[0] != widths[-1] or not isinstance(font, MeasuredFont):
            return None
        unit = 0.001 * frag.fontSize
        room, space = widths[0] / unit, font.measure_units(" ")
        shrinkage = self.style.spaceShrinkage * space
        lines: list[tuple[float, list[str]]] = []
        line: list[str] = []
        used = -space
        for word in split_words(text):
            wide = font.measure_units(word)
            if wide > room:
                return None
            if line and used + space + wide > room + shrinkage * len(line):
                lines.append((unit * (room - used), line))
                line, used = [], -space
            line.append(word)
            used += space + wide
        return [*lines, (unit * (room - used), line)] if line else None

    def balance_lines(self, width: float) -> None:
        """Break again, in as many lines, if one or two words stand alone on the last line; `wrap` comes first."""
        broken: Any = getattr(self, "blPara", None)
        if broken is None:  # a text in several fonts breaks its lines itself
            return
        height: float = self.height  # type: ignore[has-type] # ReportLab has no types
        count = len(broken.lines)
        if broken.kind != 0 or count <= 1 or width - broken.lines[-1][0] > SHORT_LINE * width:
            return
        longest = self._measure_longest_word()
        for step in range(1, round((1 - SHORT_LINE) / BALANCING_STEP)):
            share = 1 - BALANCING_STEP * step
            if share * width < longest <= width:  # it would be hyphenated without need
                break
            narrower = self.breakLines(share * width)
            if len(narrower.lines) > count:
                break
            broken = narrower
        self.blPara, self.height = broken, height  # `breakLines` resets the height

    def _measure_longest_word(self) -> float:
        texts = [fragment for fragment in self.frags if isinstance(getattr(fragment, "text", None), str)]
        words = ((word, fragment) for fragment in texts for word in fragment.text.split())
        return max((stringWidth(word, one.fontName, one.fontSize) for word, one in words), default=0.0)

    def split(self, availWidth: float, availHeight: float) -> list[Any]:  # noqa: N803 - ReportLab's
        """Split; the pieces share one structure element. A short text stays in one piece."""
        self.wrap(availWidth, availHeight)
        if self.is_short() and self.height > availHeight:
            return []
        pieces: list[Any] = super().split(availWidth, availHeight)
        if len(pieces) > 1:
            self.split_origin = self.split_origin or object()
            for piece in pieces:
                piece.split_origin, piece.actual_text = self.split_origin, self.actual_text
        return pieces

    def is_short(self) -> bool:
        """Return whether this is a whole text of so few lines that it stays in one piece; `wrap` comes first."""
        is_whole = self.split_origin is None and self.style.name.removesuffix("-bullet") in KEPT_STYLES
        return is_whole and self.height < MIN_BROKEN_LINES * self.style.leading

    def draw(self) -> None:
        """Draw plain lines, which most texts are, in one text object."""
        if self._is_plain():
            self._draw_lines(self.canv, 0, 0)
        else:
            super().draw()

    def _draw_lines(self, canvas: Any, x: float, y: float) -> None:  # noqa: ANN401 - ReportLab's own type
        """Draw plain lines where they stand: moving the origin for each of a thousand texts takes long."""
        broken, style = self.blPara, self.style
        canvas.setFillColor(broken.textColor)
        room = broken.lines[0][0] if style.alignment == TA_RIGHT else 0
        left, top = x + style.leftIndent + room, y + self.height - broken.fontSize
        lines = canvas.beginText(x + style.bulletIndent if self.bulletText else left, top)
        if self.bulletText:
            lines.setFont(style.bulletFontName, style.bulletFontSize, style.leading)
            lines.textOut(self.bulletText)
            lines.setTextOrigin(left, top)
        lines.setFont(broken.fontName, broken.fontSize, style.leading)
        for _, words in broken.lines:
            lines.textLine(" ".join(words))
        canvas.drawText(lines)

    def _is_plain(self) -> bool:
        """Return whether all lines start at one position, in one font, and none is compressed."""
        lines = self.blPara.lines
        return (
            self.blPara.kind == 0
            and (self.style.alignment == TA_LEFT or (self.style.alignment == TA_RIGHT and len(lines) == 1))
            and not (self.style.firstLineIndent or self.style.backColor)
            and all(room >= 0 for room, _ in lines)
        )

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw as tagged content."""
        name = self.style.name.partition("-")[0]
        bulleted = self.bulletText or self.style.name.endswith("-bullet")
        roles = ("L", "LI", "LBody") if bulleted else (HEADING_ROLES.get(name, "P"),)
        # Split pieces lose their plain text.
        if self.split_origin is None and not self.getPlainText(identify=True).strip():
            super().drawOn(canvas, x, y, _sW)
            return
        is_at_place = type(self).draw is Paragraph.draw and self._is_plain()
        draw = partial(self._draw_lines, canvas, x, y) if is_at_place else partial(super().drawOn, canvas, x, y, _sW)
        draw_as(canvas, draw, *roles, actual_text=self.actual_text, origin=self.split_origin)


def build_fragment(text: str, style: Any, face: str = "", colour: Any = None) -> ParaFrag:  # noqa: ANN401 - ReportLab's
    """Build the fragment that the parser would return for a text without markup, in the style's font and colour."""
    family, bold, italic = ps2tt(face or style.fontName)
    return ParaFrag(
        text=text,
        fontName=tt2ps(family, bold, italic),
        fontSize=style.fontSize,
        textColor=colour or style.textColor,
        bold=bold,
        italic=italic,
        rise=0,
        greek=0,
        link=[],
        us_lines=[],
    )


def _hyphenate_long_word(fragment: Any, room: float, word: re.Match[str]) -> str:  # noqa: ANN401 - ReportLab's
    """Insert soft hyphens into a word that no line has room for."""
    is_long = stringWidth(word[0], fragment.fontName, fragment.fontSize) > room
    return insert_soft_hyphens(word[0]) if is_long else word[0]


def _join_fragments(fragments: Iterable[Any]) -> Iterator[Any]:
    """Merge adjacent fragments of equal format."""
    for _, alike in groupby(fragments, key=_get_format_key):
        first, *rest = alike
        first.text += "".join(fragment.text for fragment in rest)
        yield first


def _get_format_key(fragment: Any) -> object:  # noqa: ANN401 - ReportLab's
    """Return the format of a fragment; line breaks and callbacks are never equal to another."""
    look = {name: value for name, value in vars(fragment).items() if name != "text"}
    return id(fragment) if look.keys() & {"lineBreak", "cbDefn"} else look
