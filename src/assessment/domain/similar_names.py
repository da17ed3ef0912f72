"""Names of organisations that are probably the same: another legal form, punctuation, or a typing error."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from assessment.domain.text_normalisation import fold_name

MIN_SIMILARITY = 0.88  # of `SequenceMatcher.ratio`: one changed letter in eight or more
MIN_LENGTH_FOR_TYPING_ERRORS = 6  # letters; shorter names differ by one letter too often to mean the same
MAX_COMPARED_LETTERS = 200
WORD_PATTERN = re.compile(r"\w+")
# Without dots, since "S.A." and "SA" are the same.
LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "as",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "eg",
        "ev",
        "gbr",
        "gmbh",
        "gmbhcokg",
        "group",
        "gruppe",
        "inc",
        "kg",
        "kgaa",
        "limited",
        "llc",
        "llp",
        "ltd",
        "nv",
        "ohg",
        "oy",
        "plc",
        "sa",
        "sarl",
        "sas",
        "se",
        "sl",
        "srl",
        "spa",
        "ug",
    ]
)

JOINING_WORDS = frozenset(["and", "et", "und", "the", "y"])


def find_similar_name(name: str, others: Iterable[str]) -> str | None:
    """Return the first of `others` that probably names the same organisation, or None."""
    core = _strip_legal_form(name)
    if not core:
        return None
    return next((other for other in others if _are_similar(core, _strip_legal_form(other))), None)


def _are_similar(core: str, other: str) -> bool:
    if core == other:
        return True
    if min(len(core), len(other)) < MIN_LENGTH_FOR_TYPING_ERRORS or _read_digits(core) != _read_digits(other):
        return False
    matcher = SequenceMatcher(None, core, other, autojunk=False)
    return matcher.real_quick_ratio() >= MIN_SIMILARITY <= matcher.ratio()


def _strip_legal_form(name: str) -> str:
    """Return the words of a name in lower case, without legal forms and "and" unless nothing else is left."""
    words = WORD_PATTERN.findall(fold_name(name[:MAX_COMPARED_LETTERS]).replace(".", "").replace("&", " "))
    return " ".join([word for word in words if word not in LEGAL_FORMS | JOINING_WORDS] or words)


def _read_digits(name: str) -> str:
    """Return the digits of a name: "Plant 1" and "Plant 2" are two."""
    return "".join(letter for letter in name if letter.isdigit())
