"""Words for roles and functions in lists: the labels in all languages, and synonyms that are only suggested."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files

from msgspec import Struct

from assessment.domain.text_normalisation import fold_name

SYNONYMS: dict[str, list[list[str]]] = {
    kind: [[fold_name(word) for word in group] for group in groups]
    for kind, groups in tomllib.loads((files(__package__) / "list_words.toml").read_text("utf-8")).items()
}
MIN_PART_LENGTH = 4  # letters of a synonym that may be a part of a job title


class ListVocabulary(Struct, frozen=True):
    """Accepted texts, folded, with the column or id that they mean; `everything` are words for all functions."""

    columns: dict[str, str]
    roles: dict[str, str]
    functions: dict[str, str]
    everything: frozenset[str]

    def is_role(self, text: str) -> bool:
        """Return whether a text is a role, or a synonym of one."""
        return bool(self.roles.get(fold_name(text)) or self.suggest_role(text, parts=False))

    def is_function(self, text: str) -> bool:
        """Return whether a text is a function, all functions, or a synonym of a function."""
        word = fold_name(text)
        return word in self.functions or word in self.everything or bool(self.suggest_function(text))

    def suggest_role(self, text: str, *, parts: bool = True) -> str:
        """Return the id of the role that a word probably means; empty if unknown."""
        word = fold_name(text)
        exact = _find_synonym(word, SYNONYMS["roles"], self.roles)
        if exact or not parts:
            return exact
        matches = [
            (len(synonym), id_)
            for group in SYNONYMS["roles"]
            if (id_ := _find_group_id(group, self.roles))
            for synonym in group
            if len(synonym) >= MIN_PART_LENGTH and re.search(rf"(?<!\w){re.escape(synonym)}(?!\w)", word)
        ]
        return max(matches)[1] if matches else ""

    def suggest_function(self, text: str) -> str:
        """Return the id of the function that a word probably means; empty if unknown."""
        return _find_synonym(fold_name(text), SYNONYMS["functions"], self.functions)


def split_functions(text: str, vocabulary: ListVocabulary) -> Iterator[str]:
    """Yield the functions of a cell; split at commas and slashes only if the text is not a function as a whole."""
    for part in re.split(r"[;|\r\n\u2028]+", text):
        is_known = vocabulary.is_function(part)
        for name in [part] if is_known else re.split(r"[,/]", part):
            if name.strip():
                yield " ".join(name.split())


def _find_synonym(word: str, groups: list[list[str]], ids: Mapping[str, str]) -> str:
    return next((_find_group_id(group, ids) for group in groups if word in group), "")


def _find_group_id(group: list[str], ids: Mapping[str, str]) -> str:
    """Return the id whose label is in the group; empty if none, or if the labels of several ids are."""
    matches = {ids[word] for word in group if word in ids}
    return matches.pop() if len(matches) == 1 else ""
