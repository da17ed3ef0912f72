"""Output encodings that lack a character: replace it by a similar one, so that no command fails on it."""

import codecs
import sys
import unicodedata

ERROR_HANDLER = "assessment.close"
SUBSTITUTES = {
    "–": "-", "—": "-", "−": "-", "\u2010": "-", "\u2011": "-", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "’": "'", "\u2018": "'", "…": "...", "×": "x", "→": "->", "←": "<-", "≥": ">=", "≤": "<=", "•": "*", "·": "-",
    "ß": "ss", "œ": "oe", "æ": "ae",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


def replace_unencodable_output() -> None:
    """Set an error handler on standard output and error that substitutes characters; UTF-8 is unaffected."""
    codecs.register_error(ERROR_HANDLER, _replace_characters)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and stream.errors == "strict":
            stream.reconfigure(errors=ERROR_HANDLER)


def _replace_characters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_find_substitute(letter, error.encoding) for letter in letters), error.end


def _find_substitute(letter: str, encoding: str) -> str:
    """Return the letter without diacritics, or a similar character, or a question mark."""
    plain = SUBSTITUTES.get(letter) or "".join(
        part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
    )
    try:
        plain.encode(encoding)
    except UnicodeEncodeError:
        return "?"
    return plain
