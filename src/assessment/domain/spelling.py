"""Spellings of one text that look the same: made equal before names, addresses, labels and passwords are compared."""

import re
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


def clean_address(email: str) -> str:
    """Return the spelling that addresses are stored and compared by: NFC, lower case, the domain in ASCII.

    What a mail program or a list adds is taken away: `mailto:`, angle brackets, and `;`, `,` or `.` behind it.
    """
    address = unicodedata.normalize("NFC", strip_invisible(unicodedata.normalize("NFC", email))).strip().lower()
    address = address.removeprefix("mailto:").strip("<> ").rstrip(";,. ")
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address  # not a domain, as whoever checks it will find


def is_address(address: str) -> bool:
    """Whether a cleaned text can be an email address: one @, a domain of ASCII labels, no dot out of place."""
    local, at, domain = address.partition("@")
    labels = domain.split(".")
    return (
        bool(local and at)
        and not any(letter.isspace() or not letter.isprintable() for letter in address)
        and "" not in local.split(".")
        and len(labels) > 1
        and all(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", label) for label in labels)
    )
