"""The embedded typeface, and text that it can draw.

Fira Sans covers Latin, Greek and Cyrillic. What it lacks is named in brackets rather than shown as
an empty box: a run of letters by its script, a symbol by its name.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import fontpkg_fira_sans
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, LIGHT, STRONG, ITALIC = "Report", "Report-Light", "Report-Strong", "Report-Italic"
FILES = {
    REGULAR: "FiraSans-Regular.ttf",
    LIGHT: "FiraSans-Light.ttf",
    STRONG: "FiraSans-SemiBold.ttf",
    ITALIC: "FiraSans-Italic.ttf",
}
SOFT_HYPHEN = "\u00ad"
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
FOLDED = {"\u2212": "-", "\u2011": "-", "\u2010": "-"}
LONGEST_NAME = 40


@lru_cache(maxsize=1)
def register() -> frozenset[int]:
    """Register the faces once; returns the characters that every one of them can draw."""
    folder = Path(fontpkg_fira_sans.ROOT) / "files"
    known: set[int] | None = None
    for name, file in FILES.items():
        font = TTFont(name, str(folder / file))
        registerFont(font)
        characters = set(font.face.charToGlyph)
        known = characters if known is None else known & characters
    registerFontFamily(REGULAR, normal=REGULAR, bold=STRONG, italic=ITALIC, boldItalic=STRONG)
    return frozenset(known or ())


def legible(text: str) -> str:
    """Text with every character that can't be drawn replaced by what says what it was."""
    known = register()
    composed = unicodedata.normalize("NFC", text)
    if all(ord(character) in known and character >= " " for character in composed):
        return composed
    return "".join(_legible(composed, known))


def _legible(text: str, known: frozenset[int]) -> Iterator[str]:
    for (kind, name), run in groupby(text, key=lambda character: _kind(character, known)):
        characters = "".join(run)
        if kind == "drawn":
            yield "".join(
                FOLDED.get(character, character) if ord(character) not in known else character
                for character in characters
            )
        elif kind == "space":
            yield " "
        elif kind == "simpler":
            yield "".join(_simpler(character, known) for character in characters)
        elif kind == "named":
            yield f"[{name}]"


def _kind(character: str, known: frozenset[int]) -> tuple[str, str]:
    """Tell how a character is drawn: as it is, as a space, simplified, by name, or not at all."""
    category = unicodedata.category(character)
    if character in "\t\n\r\v\f" or category in ("Zs", "Zl", "Zp"):
        return "space", ""
    if ord(character) in known and category not in INVISIBLE:
        return "drawn", ""
    if category in INVISIBLE or category.startswith("M"):
        return "dropped", ""
    if _simpler(character, known):
        return "simpler", ""
    words = unicodedata.name(character, "character").lower()
    script = words.split()[0].split("-")[0].capitalize() if category.startswith("L") else words[:LONGEST_NAME]
    return "named", script


def _simpler(character: str, known: frozenset[int]) -> str:
    """Compatible characters that can be drawn, if there are any."""
    if character in FOLDED:
        return FOLDED[character]
    plain = unicodedata.normalize("NFKD", character)
    kept = "".join(one for one in plain if ord(one) in known and not unicodedata.combining(one))
    return kept if kept != character and not plain.startswith(character) else ""
