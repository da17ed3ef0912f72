"""Embedded fonts, and replacement of characters that they lack.

Characters that Fira Sans lacks are drawn in FiraGO (Hebrew, Arabic, Thai, Georgian, Devanagari), otherwise replaced
by simpler ones, otherwise by their name: no empty boxes.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import fontpkg_fira_sans
import pymupdf_fonts
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, LIGHT, STRONG, ITALIC = "Report", "Report-Light", "Report-Strong", "Report-Italic"
FALLBACK, FALLBACK_STRONG = "Report-Wide", "Report-Wide-Strong"
FONT_FILES = {
    REGULAR: "FiraSans-Regular.ttf",
    LIGHT: "FiraSans-Light.ttf",
    STRONG: "FiraSans-SemiBold.ttf",
    ITALIC: "FiraSans-Italic.ttf",
}
FALLBACK_CODES = {FALLBACK: "figo", FALLBACK_STRONG: "figbo"}
INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS = "\u200c\u200d"  # they control how letters and emoji join
JOINER_PATTERN = re.compile(f"([{JOINERS}])")
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))  # modifiers after an emoji that is named already
SUBSTITUTES = {"\u2011": "-", "\u2010": "-"}
MAX_NAME_LENGTH = 40
MAX_MEASURED_WORDS = 20_000  # by font: about 2 MB
MAX_COMBINING_MARKS = 2
SPACE_CODE = ord(" ")
NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"  # French needs the narrow one, the fonts have only the other


class MeasuredFont(TTFont):  # type: ignore[misc] # ReportLab has no types
    """A font that measures a word once: layout asks for the same words in every report."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.word_widths: dict[str, int] = {}

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: ARG002, N802 - ReportLab's
        """Width in points; `text` is decoded."""
        return float(0.001 * size * self.measure_units(text))

    def measure_units(self, text: str) -> int:
        """Measure in thousandths of the size."""
        width = self.word_widths.get(text)
        if width is None:
            if len(self.word_widths) >= MAX_MEASURED_WORDS:
                self.word_widths.clear()
            get, default = self.face.charWidths.get, self.face.defaultWidth
            width = self.word_widths[text] = sum(get(ord(character), default) for character in text)
        return width


@lru_cache(maxsize=1)
def register_fonts() -> frozenset[int]:
    """Register Fira Sans once; return the code points that all its faces have."""
    folder = Path(fontpkg_fira_sans.ROOT) / "files"
    code_points: set[int] | None = None
    for name, file in FONT_FILES.items():
        font = MeasuredFont(name, str(folder / file))
        registerFont(font)
        characters = set(font.face.charToGlyph)
        code_points = characters if code_points is None else code_points & characters
    registerFontFamily(REGULAR, normal=REGULAR, bold=STRONG, italic=ITALIC, boldItalic=STRONG)
    return frozenset(code_points or ())


@lru_cache(maxsize=1)
def register_fallback_fonts() -> frozenset[int]:
    """Register FiraGO when a text needs it first: loading takes time. Return its code points."""
    code_points: set[int] | None = None
    for name, code in FALLBACK_CODES.items():
        font = MeasuredFont(name, io.BytesIO(pymupdf_fonts.myfont(code)))
        registerFont(font)
        characters = set(font.face.charToGlyph)
        code_points = characters if code_points is None else code_points & characters
    return frozenset(code_points or ())


def has_all_glyphs(text: str) -> bool:
    """Return whether Fira Sans has a glyph for every character."""
    return _list_known_characters().issuperset(text)


@lru_cache(maxsize=1)
def _list_known_characters() -> frozenset[str]:
    return frozenset(chr(code) for code in register_fonts() if code >= SPACE_CODE)


def make_legible(text: str) -> str:
    """Replace every character that can't be drawn."""
    composed = unicodedata.normalize("NFC", text).replace(NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE)
    if has_all_glyphs(composed):  # and so has no Arabic letter that a joiner would shape
        return JOINER_PATTERN.sub("", composed)
    # Joiners decide how Arabic letters are shaped; `reorder_for_display` drops them afterwards.
    parts = JOINER_PATTERN.split(composed) if _has_arabic_letters(composed) else [composed]
    return "".join(part if part in JOINERS else "".join(_replace_undrawable(part)) for part in parts)


def _has_arabic_letters(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) == "AL" for letter in text)


def clean_text(text: str) -> str:
    """Clean a text for screen readers, search and copying: unlike `make_legible`, keep what can't be drawn."""
    composed = unicodedata.normalize("NFC", text).replace(NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE)
    if has_all_glyphs(composed):
        return composed
    characters = (" " if _is_space(character) else character for character in composed)
    return "".join(
        character
        for character in characters
        if unicodedata.category(character) not in INVISIBLE_CATEGORIES or character in JOINERS
    )


def split_by_font(text: str, face: str) -> Iterator[tuple[str, str]]:
    """Split a legible text into runs with the font that draws each."""
    if has_all_glyphs(text):
        yield face, text
        return
    wider = FALLBACK_STRONG if face == STRONG else FALLBACK
    for is_known, run in groupby(zip(text, _mark_known_characters(text), strict=True), key=itemgetter(1)):
        yield (face if is_known else wider), "".join(character for character, _ in run)


def _mark_known_characters(text: str) -> Iterator[bool]:
    """Mark the characters that Fira Sans has; spaces join the run before, since every run costs time."""
    code_points, last = register_fonts(), True
    for character in text:
        last = last if character == " " and SPACE_CODE in register_fallback_fonts() else ord(character) in code_points
        yield last


def _replace_undrawable(text: str) -> Iterator[str]:
    for (kind, name), run in groupby(text, key=_classify_character):
        if kind == "drawn":
            yield _limit_combining_marks("".join(run))
        elif kind == "space":
            yield " "
        elif kind == "simpler":
            yield "".join(_find_substitute(character) for character in run)
        elif kind == "named":
            yield f"[{name}]"


def _limit_combining_marks(text: str) -> str:
    """Limit combining marks per letter: stacked ones would cover the lines around."""
    characters, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks <= MAX_COMBINING_MARKS:
            characters.append(character)
    return "".join(characters)


def _classify_character(character: str) -> tuple[str, str]:
    """Classify a character: drawn, space, simpler, named (with its name), or dropped."""
    category = unicodedata.category(character)
    if _is_space(character):
        return "space", ""
    if category in INVISIBLE_CATEGORIES or character in SKIN_TONES:
        return "dropped", ""
    if ord(character) in register_fonts() or ord(character) in register_fallback_fonts():
        return "drawn", ""
    if category.startswith("M"):
        return "dropped", ""
    if _find_substitute(character):
        return "simpler", ""
    name = unicodedata.name(character, "character").lower()
    script = name.split()[0].split("-")[0].capitalize() if category.startswith("L") else name[:MAX_NAME_LENGTH]
    return "named", script


def _is_space(character: str) -> bool:
    return character in "\t\n\r\v\f" or (unicodedata.category(character)[0] == "Z" and character != NO_BREAK_SPACE)


def _find_substitute(character: str) -> str:
    """Return the drawable compatibility characters; empty if there are none."""
    if character in SUBSTITUTES:
        return SUBSTITUTES[character]
    decomposed = unicodedata.normalize("NFKD", character)
    substitute = "".join(
        letter for letter in decomposed if ord(letter) in register_fonts() and not unicodedata.combining(letter)
    )
    return substitute if substitute != character and not decomposed.startswith(character) else ""
