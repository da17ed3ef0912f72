"""Sort keys for names in the supported languages: by letters, then accents, then case."""

import unicodedata

from assessment.domain.text_normalisation import normalize_text

# Letters that Unicode does not decompose, sorted as in English, German, French and Spanish.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)
COMBINING_TILDE = "\u0303"


def collation_key(name: str, language: str) -> tuple[str, str, str]:
    text = normalize_text(name)
    folded = unicodedata.normalize("NFKD", text.casefold())
    if language == "es":
        folded = folded.replace(f"n{COMBINING_TILDE}", "n\uffff")  # ñ is a letter of its own, between n and o
    letters = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
    return letters.translate(PLAIN_LETTERS), folded, text.swapcase()  # lower case first
