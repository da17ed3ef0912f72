"""Spellings of one text that look the same: made equal before names, addresses, labels and passwords are compared."""

import unicodedata

# Besides the format characters (category Cf): drawn as nothing, but letters or marks by category.
DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))


def is_invisible(letter: str) -> bool:
    """Whether a character is never drawn: joiners, directions, soft hyphens, byte order marks, tags."""
    return (
        unicodedata.category(letter) == "Cf"
        or letter in DRAWN_AS_NOTHING
        or any(ord(letter) in span for span in VARIATION_SELECTORS)
    )


def strip_invisible(text: str) -> str:
    """Remove characters that are never drawn."""
    return text if text.isascii() else "".join(letter for letter in text if not is_invisible(letter))


def normalize_text(text: str) -> str:
    """Return the spelling that texts are compared by, case kept: NFC, nothing invisible, single spaces."""
    # Twice: an invisible character may stand between a letter and its accent.
    visible = strip_invisible(unicodedata.normalize("NFC", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def fold_name(name: str) -> str:
    """Return what names are compared by where case does not matter."""
    return unicodedata.normalize("NFC", normalize_text(name).casefold())


def normalize_password(password: str) -> str:
    """Return the spelling that is hashed: keyboards differ in how they send an accented letter. Spaces count."""
    return unicodedata.normalize("NFC", strip_invisible(unicodedata.normalize("NFC", password)))
