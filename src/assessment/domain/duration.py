"""How long a survey takes: minutes from the words to read and the answers to give, or from real responses.

Minutes = words / 238 + 15 seconds for each answer. 238 words a minute is how fast adults read English silently
(Brysbaert 2019). Counted is what a respondent reads once: titles of sections; question, hint and every rung or option
of an item; stem, hint and ladder of a block, and the label of each of its items. The two answers below every question
("I don't know", "Does not apply") are not counted: after the first question they are recognised, not read.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire, Texts
from assessment.domain.routing import asked_items, sections

WORDS_PER_MINUTE = 238
SECONDS_PER_ANSWER = 15
SECONDS = 60  # in a minute
SPREAD = 0.30  # quick and slow respondents, as a share of the minutes
FEWEST_TIMES = 20  # real responses before their times replace the formula
PERCENTILES = (10, 90)


class Survey(Struct, frozen=True):
    """What someone with this role in these functions is asked, and how long it takes."""

    role: str
    functions: tuple[str, ...]
    questions: int
    words: int

    @property
    def middle(self) -> float:
        """Minutes by the formula."""
        return minutes_of(self.words, self.questions)

    @property
    def minutes(self) -> tuple[int, int]:
        """Range from quick to slow respondents, in whole minutes."""
        return estimated_range(self.middle)


def minutes_of(words: int, answers: int) -> float:
    """Minutes to read so many words and give so many answers."""
    return words / WORDS_PER_MINUTE + answers * SECONDS_PER_ANSWER / SECONDS


def estimated_range(minutes: float) -> tuple[int, int]:
    """Return the minutes as a range of plus and minus 30%, in whole minutes."""
    return _whole(minutes * (1 - SPREAD), minutes * (1 + SPREAD))


def minutes_of_items(questionnaire: Questionnaire, items: Sequence[Item], language: str = "") -> float:
    """Minutes for some of the items, such as those on the pages that are left."""
    return minutes_of(_words_of(questionnaire, items, questionnaire.text(language)), len(items))


def observed_range(seconds: Sequence[float]) -> tuple[int, int] | None:
    """Return the 10th to 90th percentile of real times in whole minutes; None for fewer than 20 known ones."""
    known = np.asarray(seconds, dtype=np.float64)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST_TIMES:
        return None
    quick, slow = np.percentile(known, PERCENTILES)
    return _whole(float(quick) / SECONDS, float(slow) / SECONDS)


def survey_of(questionnaire: Questionnaire, role: str, functions: Collection[str], language: str = "") -> Survey:
    """Return what someone is asked, with the words in `language` (the source language where it is left out)."""
    texts = questionnaire.text(language)
    items = asked_items(questionnaire, role, functions)
    titles = [part.id for page in sections(questionnaire, role, functions) for part in page]
    words = sum(_count(texts.sections[title]) for title in titles) + _words_of(questionnaire, items, texts)
    return Survey(role, tuple(functions), len(items), words)


def surveys(questionnaire: Questionnaire, sizes: Iterable[int] = (), language: str = "") -> Iterator[Survey]:
    """Return the survey of every role in one function and in all, or in every set of functions of these sizes."""
    functions = tuple(function.id for function in questionnaire.functions)
    wanted = sorted({*sizes} or {1, len(functions)})
    for role in questionnaire.roles:
        for size in wanted:
            for chosen in combinations(functions, size):
                yield survey_of(questionnaire, role.id, chosen, language)


def _words_of(questionnaire: Questionnaire, items: Sequence[Item], texts: Texts) -> int:
    words, read = 0, set()
    for item in items:
        text, block = texts.items[item.id], questionnaire.block_of.get(item.id)
        if block is None:
            words += _count(text.text, text.hint, *text.rungs, *text.options.values())
            continue
        words += _count(text.label, text.hint)
        if block.id not in read:
            read.add(block.id)
            above = texts.blocks[block.id]
            words += _count(above.stem, above.hint, *above.rungs)
    return words


def _count(*texts: str) -> int:
    """Count words: what has a letter or digit between spaces, so that French punctuation is no word."""
    return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


def _whole(quick: float, slow: float) -> tuple[int, int]:
    low = max(1, round(quick))
    return low, max(low + 1, round(slow))
