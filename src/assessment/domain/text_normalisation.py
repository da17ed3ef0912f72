"""Unicode normalisation of names, addresses, labels and passwords before they are compared."""

import re
import unicodedata
from functools import lru_cache

MAX_CACHED_DOMAINS = 1000
MAX_CACHED_LETTERS = 4096
# Invisible characters beyond the format characters (category Cf); Unicode classifies these as letters or marks.
INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))


@lru_cache(MAX_CACHED_LETTERS)  # lists of thousands of names have a few hundred letters
def is_invisible(letter: str) -> bool:
    """Return whether a character has no glyph: joiners, direction marks, soft hyphens, byte order marks, tags."""
    return (
        unicodedata.category(letter) == "Cf"
        or letter in INVISIBLE_LETTERS
        or any(ord(letter) in span for span in VARIATION_SELECTORS)
    )


def strip_invisible(text: str) -> str:
    """Remove characters without a glyph."""
    return text if text.isascii() else "".join(letter for letter in text if not is_invisible(letter))


def normalize_text(text: str) -> str:
    """Normalise for comparison, case-sensitive: NFC, no invisible characters, single spaces."""
    # NFC twice, since an invisible character may separate a letter from its accent.
    visible = strip_invisible(unicodedata.normalize("NFC", text))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def fold_name(name: str) -> str:
    """Normalise a name for case-insensitive comparison."""
    return unicodedata.normalize("NFC", normalize_text(name).casefold())


def normalize_password(password: str) -> str:
    """Normalise a password before hashing, since keyboards encode accented letters differently. Spaces are kept."""
    return unicodedata.normalize("NFC", strip_invisible(unicodedata.normalize("NFC", password)))


def normalize_address(email: str) -> str:
    """Normalise an address for storage and comparison: NFC, lower case, domain in ASCII.

    Removes what mail programs and lists add: `mailto:`, angle brackets, and a trailing `;`, `,` or `.`.
    """
    address = unicodedata.normalize("NFC", strip_invisible(unicodedata.normalize("NFC", email))).strip().lower()
    address = address.removeprefix("mailto:").strip("<> ").rstrip(";,. ")
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{_encode_domain(domain)}"
    except UnicodeError:
        return address  # an invalid domain; is_address rejects it


@lru_cache(MAX_CACHED_DOMAINS)  # thousands of addresses have a few domains
def _encode_domain(domain: str) -> str:
    return domain.encode("idna").decode()


def is_address(address: str) -> bool:
    """Return whether a normalised text can be an email address: one @, ASCII domain labels, no misplaced dot."""
    local, at, domain = address.partition("@")
    labels = domain.split(".")
    return (
        bool(local and at)
        and not any(letter.isspace() or not letter.isprintable() for letter in address)
        and "" not in local.split(".")
        and len(labels) > 1
        and all(re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", label) for label in labels)
    )
