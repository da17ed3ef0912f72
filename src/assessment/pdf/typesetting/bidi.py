"""Bidirectional text: Arabic letters are joined, and lines reordered for display."""

import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

from assessment.pdf.typesetting.fonts import JOINERS, register_fallback_fonts, register_fonts

RIGHT_TO_LEFT_CLASSES = frozenset({"R", "AL"})
ARABIC_CLASS = "AL"
STRONG_RIGHT_CLASSES = RIGHT_TO_LEFT_CLASSES | {"EN", "AN"}  # numbers count as right to left inside brackets
BRACKETS = {"(": ")", "[": "]", "{": "}"}
LEFT_MARK, RIGHT_MARK = "\u200e", "\u200f"
UNDRAWN = str.maketrans(dict.fromkeys(JOINERS + LEFT_MARK + RIGHT_MARK))
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
    directed = _direct_brackets(shaped, right_to_left=right_to_left)
    return str(get_display(directed, base_dir="R" if right_to_left else "L")).translate(UNDRAWN)


def _direct_brackets(text: str, *, right_to_left: bool) -> str:
    """Add marks around paired brackets that give them their direction (rule N0, which the library lacks).

    A pair takes the base direction if a letter of that direction is inside, otherwise the opposite one if only letters
    or numbers of that are inside and such text comes before it.
    """
    directions: dict[int, bool] = {}  # of letters and numbers, and of the brackets decided so far
    for place, character in enumerate(text):
        is_right = _is_strong_right(character)
        if is_right is not None:
            directions[place] = is_right
    marked: dict[int, str] = {}
    for start, end in _find_bracket_pairs(text):
        inside = {directions[place] for place in range(start + 1, end) if place in directions}
        if not inside:
            continue
        before = next((directions[place] for place in range(start, -1, -1) if place in directions), right_to_left)
        is_right = right_to_left if right_to_left in inside else before
        directions |= dict.fromkeys((start, end), is_right)
        mark = RIGHT_MARK if is_right else LEFT_MARK
        marked |= {place: f"{mark}{text[place]}{mark}" for place in (start, end)}
    return "".join(marked.get(place, character) for place, character in enumerate(text))


def _find_bracket_pairs(text: str) -> list[tuple[int, int]]:
    """Find the places of matching brackets, by their opening."""
    pairs: list[tuple[int, int]] = []
    open_places: list[int] = []
    for place, character in enumerate(text):
        if character in BRACKETS:
            open_places.append(place)
        elif open_places and character == BRACKETS[text[open_places[-1]]]:
            pairs.append((open_places.pop(), place))
    return sorted(pairs)


def _is_strong_right(character: str) -> bool | None:
    """Return the direction of a letter or number; None for other characters."""
    kind = unicodedata.bidirectional(character)
    if kind == "L":
        return False
    return True if kind in STRONG_RIGHT_CLASSES else None


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
