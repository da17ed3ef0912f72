"""Sort keys for names in the supported languages: by letters, then accents, then case."""

import unicodedata

from assessment.domain.text_normalisation import normalize_text

# Letters that Unicode does not decompose, sorted as in English, German, French and Spanish.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)
COMBINING_TILDE = "\u0303"
NAMELESS_PREFIX = b"\xff"  # no UTF-8 text has this byte
MAX_SORT_KEY_BYTES = 300  # an index of PostgreSQL takes 2,700 bytes


def collation_key(name: str, language: str) -> tuple[str, str, str]:
    text = normalize_text(name)
    folded = unicodedata.normalize("NFKD", text.casefold())
    if language == "es":
        folded = folded.replace(f"n{COMBINING_TILDE}", "n\uffff")  # ñ is a letter of its own, between n and o
    letters = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
    return letters.translate(PLAIN_LETTERS), folded, text.swapcase()  # lower case first


def make_sort_key(name: str, position: int, language: str) -> bytes:
    """Return bytes that sort like `collation_key`; without a name, by position, after all names."""
    if not normalize_text(name):
        return NAMELESS_PREFIX + position.to_bytes(4, "big")
    return "\x01".join(collation_key(name, language)).encode("utf-8", "replace")[:MAX_SORT_KEY_BYTES]
