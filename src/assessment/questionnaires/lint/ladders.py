"""Lint ladders: rungs that are hard to tell apart, and one ladder under several items."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from assessment.domain.questionnaire import BlockText, Item, ItemText, Kind, Questionnaire
from assessment.questionnaires.file_formats import TRANSLATIONS_FOLDER
from assessment.questionnaires.lint.warning import LintWarning
from assessment.questionnaires.toml_lines import KeyPath

MIN_WORDS = 6  # shorter labels, such as "mostly" and "always", may differ in one word

Words = Sequence[str]


def find_similar_rungs(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield rungs of one ladder with the same words, or with one word's difference."""
    for language, path, text in _iterate_ladders(questionnaire):
        words = [re.findall(r"\w+", rung.casefold()) for rung in text.rungs]
        for (low, one), (high, other) in combinations(enumerate(words), 2):
            if _is_similar(one, other):
                yield LintWarning(
                    f"{TRANSLATIONS_FOLDER}/{language}.toml",
                    (*path, "rungs", high),
                    f"Rung {high} of `{path[-1]}` says nearly what rung {low} says: {text.rungs[high]!r}.",
                    "Say what one can see on the one and not yet on the other.",
                )


def find_shared_ladders(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield items with the ladder of another item outside their set: probably copied and not adapted."""
    first: dict[tuple[str, tuple[str, ...]], Item] = {}
    for language, item, text in _iterate_texts(questionnaire):
        ladder = (language, tuple(" ".join(rung.casefold().split()) for rung in text.rungs))
        other = first.setdefault(ladder, item)
        if other is not item and text.rungs and not _is_same_set(questionnaire, other, item):
            yield LintWarning(
                f"{TRANSLATIONS_FOLDER}/{language}.toml",
                ("items", item.id, "rungs"),
                f"`{item.id}` has the ladder of `{other.id}`.",
                "Describe what one can see of this practice on each rung.",
            )


def _iterate_texts(questionnaire: Questionnaire) -> Iterator[tuple[str, Item, ItemText]]:
    for language, texts in questionnaire.texts.items():
        for item in questionnaire.items:
            yield language, item, texts.items[item.id]


def _iterate_ladders(questionnaire: Questionnaire) -> Iterator[tuple[str, KeyPath, ItemText | BlockText]]:
    """Yield every ladder where it is defined: with its item, or once for a block."""
    for language, texts in questionnaire.texts.items():
        yield from ((language, ("blocks", id_), block) for id_, block in texts.blocks.items())
    for language, item, text in _iterate_texts(questionnaire):
        if item.id not in questionnaire.block_of:
            yield language, ("items", item.id), text


def _is_same_set(questionnaire: Questionnaire, one: Item, other: Item) -> bool:
    """Return whether both items are meant to be rated alike: hand-offs, checks, one block or one personal index."""
    indices = questionnaire.indices
    risk, roles = indices.set_up_to_fail, indices.outlook
    sets = [
        *((risk.authority, risk.support) if risk else ()),
        *((roles.independence, roles.readiness) if roles else ()),
    ]
    if one.kind is other.kind and one.kind in (Kind.HAND_OFF, Kind.CHECK):
        return True
    sets += [block.items for block in questionnaire.blocks]
    return any(one.id in ids and other.id in ids for ids in sets)


def _is_similar(one: Words, other: Words) -> bool:
    if sorted(one) == sorted(other):
        return True
    short, long = sorted((one, other), key=len)
    rest_short, rest_long = _strip_common_ends(short, long)
    if len(rest_long) != 1 or any(word.isdigit() for word in (*rest_short, *rest_long)):
        return False
    return len(short) >= MIN_WORDS


def _strip_common_ends(one: Words, other: Words) -> tuple[Words, Words]:
    """Strip the common words at the beginning and end of both."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
