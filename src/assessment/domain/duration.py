"""Duration of a survey in minutes, estimated from its words and answers or measured from real responses.

Minutes = words / 238 + 15 seconds per answer. 238 words per minute is the silent reading speed of adults in English
(Brysbaert 2019). Each text is counted once: section titles; question, hint and all rungs or options of an item; stem,
hint and ladder of a block, and the label of each of its items. The two answers below every question ("I don't know",
"Does not apply") are not counted, since respondents recognise them after the first question without reading.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire, Texts
from assessment.domain.routing import asked_items, sections

WORDS_PER_MINUTE = 238
SECONDS_PER_ANSWER = 15
SECONDS = 60
SPREAD = 0.30  # deviation of quick and slow respondents, as a share of the minutes
FEWEST_TIMES = 20  # number of real responses from which their times replace the estimate
PERCENTILES = (10, 90)


class Survey(Struct, frozen=True):
    """Questions and words for a respondent with this role in these functions, and the estimated duration."""

    role: str
    functions: tuple[str, ...]
    questions: int
    words: int

    @property
    def middle(self) -> float:
        """Estimated minutes, unrounded."""
        return minutes_of(self.words, self.questions)

    @property
    def minutes(self) -> tuple[int, int]:
        """Estimated range from quick to slow respondents, in whole minutes."""
        return estimated_range(self.middle)


def minutes_of(words: int, answers: int) -> float:
    """Estimate the minutes for reading `words` and giving `answers`."""
    return words / WORDS_PER_MINUTE + answers * SECONDS_PER_ANSWER / SECONDS


def estimated_range(minutes: float) -> tuple[int, int]:
    """Widen the minutes to a range of plus and minus 30%, in whole minutes."""
    return _whole(minutes * (1 - SPREAD), minutes * (1 + SPREAD))


def minutes_of_items(questionnaire: Questionnaire, items: Sequence[Item], language: str = "") -> float:
    """Estimate the minutes for some of the items, for example those on the remaining pages."""
    return minutes_of(_words_of(questionnaire, items, questionnaire.text(language)), len(items))


def observed_range(seconds: Sequence[float]) -> tuple[int, int] | None:
    """Return the 10th to 90th percentile of measured times in whole minutes; None for fewer than 20 known times."""
    known = np.asarray(seconds, dtype=np.float64)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST_TIMES:
        return None
    quick, slow = np.percentile(known, PERCENTILES)
    return _whole(float(quick) / SECONDS, float(slow) / SECONDS)


def survey_of(questionnaire: Questionnaire, role: str, functions: Collection[str], language: str = "") -> Survey:
    """Measure the survey of a role in these functions; words are counted in `language` (default: source language)."""
    texts = questionnaire.text(language)
    items = asked_items(questionnaire, role, functions)
    titles = [part.id for page in sections(questionnaire, role, functions) for part in page]
    words = sum(_count(texts.sections[title]) for title in titles) + _words_of(questionnaire, items, texts)
    return Survey(role, tuple(functions), len(items), words)


def surveys(questionnaire: Questionnaire, sizes: Iterable[int] = (), language: str = "") -> Iterator[Survey]:
    """Yield the survey of every role in each set of functions of these sizes (default: one function, and all)."""
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
    """Count words: tokens with a letter or digit, since French punctuation stands between spaces."""
    return sum(any(map(str.isalnum, word)) for text in texts for word in text.split())


def _whole(quick: float, slow: float) -> tuple[int, int]:
    low = max(1, round(quick))
    return low, max(low + 1, round(slow))
