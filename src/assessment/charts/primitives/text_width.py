"""Estimated text width for SVG, where no font metrics are available (ems of a humanist sans)."""

from collections.abc import Iterator
from functools import lru_cache

from assessment.charts.primitives.hyphenation import SOFT_HYPHEN, insert_soft_hyphens

NARROW_CHARACTERS = frozenset("fijlrtI.,;:!|'’()[]{} -·")
WIDE_CHARACTERS = frozenset("mwMWQO@%—…")
NARROW_EM, WIDE_EM, CAPITAL_EM, OTHER_EM = 0.31, 0.84, 0.64, 0.54
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def estimate_width(text: str, size: float) -> float:
    """Estimate the width in points; cached, since a label is measured before it is drawn."""
    return size * sum(_get_character_width(character) for character in text)


def truncate_text(text: str, size: float, limit: float) -> str:
    """Truncate to a width in points, with an ellipsis."""
    if estimate_width(text, size) <= limit:
        return text
    characters, used = [], size * _get_character_width(ELLIPSIS)
    for character in text:
        used += size * _get_character_width(character)
        if used > limit:
            break
        characters.append(character)
    return "".join(characters).rstrip() + ELLIPSIS


def wrap_text(text: str, size: float, limit: float) -> tuple[str, ...]:
    """Wrap into at most two lines, at the space that balances them best."""
    if estimate_width(text, size) <= limit:
        return (text,)
    words = text.split(" ")
    breaks = range(1, len(words))
    best = min(breaks, key=lambda at: max(len(" ".join(words[:at])), len(" ".join(words[at:]))), default=0)
    return (" ".join(words[:best]), " ".join(words[best:])) if best else (text,)


def wrap_lines(text: str, size: float, limit: float, max_lines: int = 2) -> tuple[str, ...]:
    """Wrap into at most `max_lines` lines, each as long as it can be; what is left stays on the last one.

    A word that is wider than a line is hyphenated.
    """
    words = (insert_soft_hyphens(word) if estimate_width(word, size) > limit else word for word in text.split(" "))
    rest = " ".join(words)
    lines: list[str] = []
    while len(lines) + 1 < max_lines and estimate_width(rest.replace(SOFT_HYPHEN, ""), size) > limit:
        heads = list(_list_heads(rest, size, limit))
        if not heads:
            break
        line, place = heads[-1]
        lines.append(line)
        rest = rest[place + 1 :]
    return (*lines, rest.replace(SOFT_HYPHEN, ""))


def _list_heads(marked: str, size: float, limit: float) -> Iterator[tuple[str, int]]:
    """List what the first line may hold, with the place of the space or soft hyphen that it ends at."""
    for place, character in enumerate(marked):
        if character in (" ", SOFT_HYPHEN):
            line = marked[:place].replace(SOFT_HYPHEN, "") + ("-" if character == SOFT_HYPHEN else "")
            if estimate_width(line, size) > limit:
                return
            yield line, place


def _get_character_width(character: str) -> float:
    if character in NARROW_CHARACTERS:
        return NARROW_EM
    if character in WIDE_CHARACTERS:
        return WIDE_EM
    return CAPITAL_EM if character.isupper() else OTHER_EM
