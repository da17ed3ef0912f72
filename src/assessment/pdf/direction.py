"""Text that runs from right to left: letters joined, and set in the order in which they are drawn."""

import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

from assessment.pdf.fonts import register, wide

BACKWARDS = frozenset({"R", "AL"})
JOINED = "AL"
FIRST = "\u0590"  # before it no script runs backwards


def runs_back(text: str) -> bool:
    """Tell whether any of a text runs from right to left."""
    if text.isascii():
        return False
    return any(character >= FIRST and unicodedata.bidirectional(character) in BACKWARDS for character in text)


def visual(text: str, *, back: bool = False) -> str:
    """One line of text in the order in which it is drawn, Arabic letters in their joined forms.

    `back`: the line as a whole runs from right to left. A sentence of the report does not, though a
    name in it may.
    """
    if not runs_back(text):
        return text
    joins = any(unicodedata.bidirectional(letter) == JOINED for letter in text)
    shaped = "".join(_drawable(letter) for letter in _shaper().reshape(text)) if joins else text
    return str(get_display(shaped, base_dir="R" if back else "L"))


def begins_back(text: str) -> bool:
    """Tell whether a text as a whole runs from right to left, by its first letter."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return False
        if kind in BACKWARDS:
            return True
    return False


@lru_cache(maxsize=1)
def _shaper() -> ArabicReshaper:
    return ArabicReshaper({"support_ligatures": True, "delete_harakat": True})


def _drawable(letter: str) -> str:
    """A form that the typeface lacks is that of the letter alone."""
    if ord(letter) in wide() or ord(letter) in register():
        return letter
    return unicodedata.normalize("NFKC", letter)
