"""Bidirectional text: Arabic letters are joined, and lines reordered for display."""

import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

from assessment.pdf.typesetting.fonts import register_fallback_fonts, register_fonts

RIGHT_TO_LEFT_CLASSES = frozenset({"R", "AL"})
ARABIC_CLASS = "AL"
FIRST_RIGHT_TO_LEFT = "\u0590"  # no script before it runs from right to left


def has_right_to_left(text: str) -> bool:
    """Return whether any character is written from right to left."""
    if text.isascii():
        return False
    return any(
        character >= FIRST_RIGHT_TO_LEFT and unicodedata.bidirectional(character) in RIGHT_TO_LEFT_CLASSES
        for character in text
    )


def reorder_for_display(text: str, *, right_to_left: bool = False) -> str:
    """Reorder one line for display, with Arabic letters in their joined forms.

    `right_to_left` is the line's base direction. Sentences of the report run left to right, even if a name in
    them doesn't.
    """
    if not has_right_to_left(text):
        return text
    joins = any(unicodedata.bidirectional(letter) == ARABIC_CLASS for letter in text)
    shaped = "".join(_get_drawable_form(letter) for letter in _get_shaper().reshape(text)) if joins else text
    return str(get_display(shaped, base_dir="R" if right_to_left else "L"))


def is_right_to_left(text: str) -> bool:
    """Return whether the base direction is right to left, by the first strong character."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return False
        if kind in RIGHT_TO_LEFT_CLASSES:
            return True
    return False


@lru_cache(maxsize=1)
def _get_shaper() -> ArabicReshaper:
    return ArabicReshaper({"support_ligatures": True, "delete_harakat": True})


def _get_drawable_form(letter: str) -> str:
    """Fall back to the letter's isolated form if the font lacks the joined one."""
    if ord(letter) in register_fallback_fonts() or ord(letter) in register_fonts():
        return letter
    return unicodedata.normalize("NFKC", letter)
