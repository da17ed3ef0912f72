"""Bidirectional text: Arabic letters are joined, and lines reordered for display."""

import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

from assessment.pdf.fonts import register, wide

BACKWARDS = frozenset({"R", "AL"})
JOINED = "AL"
FIRST = "\u0590"  # no script before it runs from right to left


def runs_back(text: str) -> bool:
    """Return whether any character is written from right to left."""
    if text.isascii():
        return False
    return any(character >= FIRST and unicodedata.bidirectional(character) in BACKWARDS for character in text)


def visual(text: str, *, back: bool = False) -> str:
    """Reorder one line for display, with Arabic letters in their joined forms.

    `back`: the line's base direction is right to left. Sentences of the report run left to right, even if a name in
    them doesn't.
    """
    if not runs_back(text):
        return text
    joins = any(unicodedata.bidirectional(letter) == JOINED for letter in text)
    shaped = "".join(_drawable(letter) for letter in _shaper().reshape(text)) if joins else text
    return str(get_display(shaped, base_dir="R" if back else "L"))


def begins_back(text: str) -> bool:
    """Return whether the base direction is right to left, by the first strong character."""
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
    """Fall back to the letter's isolated form if the font lacks the joined one."""
    if ord(letter) in wide() or ord(letter) in register():
        return letter
    return unicodedata.normalize("NFKC", letter)
