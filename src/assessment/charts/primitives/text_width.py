"""Estimated text width for SVG, where no font metrics are available (ems of a humanist sans)."""

NARROW_CHARACTERS = frozenset("fijlrtI.,;:!|'’()[]{} -·")
WIDE_CHARACTERS = frozenset("mwMWQO@%—…")
NARROW_EM, WIDE_EM, CAPITAL_EM, OTHER_EM = 0.31, 0.84, 0.64, 0.54
ELLIPSIS = "…"


def estimate_width(text: str, size: float) -> float:
    """Estimate the width in points."""
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


def _get_character_width(character: str) -> float:
    if character in NARROW_CHARACTERS:
        return NARROW_EM
    if character in WIDE_CHARACTERS:
        return WIDE_EM
    return CAPITAL_EM if character.isupper() else OTHER_EM
