"""Places where a word that is too long for its line may be hyphenated.

A rule for the languages of the reports, without a dictionary: it is applied only to words that no line has room for,
such as German compounds in a narrow column.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

SOFT_HYPHEN = "\u00ad"
MIN_LETTERS = 3  # before the first and after the last hyphen
MAX_JOINED_LETTERS = 10  # between two joints of a compound, unless its syllables are parted as well
MIN_WORD = 8  # letters
VOWELS = "aeiouyäöüáàâãåæéèêëíìîïóòôõøœúùûýÿ"
CONSONANTS = "bcdfghjklmnpqrstvwxzßçñ"
# Where two words of a German compound are joined by a linking s.
JOINT = re.compile(
    "(?:ungs|heits|keits|schafts|ions|täts|lings|tums|arbeits|bereichs|berufs|betriebs|fahrts|geschäfts|verkehrs)(?=.)"
)
# Consonants that begin a syllable together, in German, English, French or Spanish; otherwise only the last one does.
SYLLABLE = re.compile(f"(?:sch[lmnrw]?|[cpt]h|ck|qu|s[pt]r?|[bcfgkp][lr]|[dt]r|[{CONSONANTS}])(?=[{VOWELS}])")
LETTERS = re.compile(f"[{VOWELS}{CONSONANTS}]{{{MIN_WORD},}}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def insert_soft_hyphens(word: str) -> str:
    """Insert soft hyphens where each run of Latin letters may break; identifiers with digits have none."""
    if any(character.isdigit() or character in "@\\_=" for character in word) or "://" in word:
        return word
    return LETTERS.sub(lambda run: SOFT_HYPHEN.join(_split_letters(run[0])), word)


def _split_letters(letters: str) -> Iterator[str]:
    places = list_hyphen_places(letters)
    for start, end in pairwise([0, *places, len(letters)]):
        yield letters[start:end]


def list_hyphen_places(letters: str) -> list[int]:
    """List the indexes of letters that may follow a hyphen: at joints, and at syllables where joints are far apart."""
    lowered = letters.lower()
    if len(lowered) != len(letters):  # a letter that has no single lower-case form
        return []
    joints = [joint.end() for joint in JOINT.finditer(lowered)]
    ends = [0, *joints, len(letters)]
    syllables = [syllable.start() for syllable in SYLLABLE.finditer(lowered)]
    between = [
        place
        for start, end in pairwise(ends)
        if end - start > MAX_JOINED_LETTERS
        for place in syllables
        if start + MIN_LETTERS <= place <= end - MIN_LETTERS
    ]
    return sorted(place for place in {*joints, *between} if MIN_LETTERS <= place <= len(letters) - MIN_LETTERS)
