"""Duration of a survey in minutes, estimated from its words and answers or measured from real responses.

Minutes = words / 238 + 15 seconds per answer. 238 words per minute is the silent reading speed of adults in English
(Brysbaert 2019). Each text is counted once: section titles; question, hint and all rungs or options of an item; stem,
hint and ladder of a block, and the label of each of its items. The two answers below every question ("I don't know",
"Does not apply") are not counted, since respondents recognise them after the first question without reading.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np
from msgspec import Struct

from assessment.domain.questionnaire import Item, Questionnaire, QuestionnaireTexts
from assessment.domain.survey.routing import build_survey_pages, list_asked_items

WORDS_PER_MINUTE = 238
SECONDS_PER_ANSWER = 15
SECONDS_PER_MINUTE = 60
SPEED_SPREAD = 0.30  # deviation of quick and slow respondents, as a share of the minutes
MIN_OBSERVED_TIMES = 20  # number of real responses from which their times replace the estimate
RANGE_PERCENTILES = (10, 90)
MAX_CACHED_TEXTS = 4096  # a questionnaire has some hundreds in each language


class SurveyDuration(Struct, frozen=True):
    """Questions and words for a respondent with this role in these functions, and the estimated duration."""

    role: str
    functions: tuple[str, ...]
    questions: int
    words: int

    @property
    def middle(self) -> float:
        """Estimated minutes, unrounded."""
        return estimate_minutes(self.words, self.questions)

    @property
    def minutes(self) -> tuple[int, int]:
        """Estimated range from quick to slow respondents, in whole minutes."""
        return estimate_range(self.middle)


def estimate_minutes(words: int, answers: int) -> float:
    """Estimate the minutes for reading `words` and giving `answers`."""
    return words / WORDS_PER_MINUTE + answers * SECONDS_PER_ANSWER / SECONDS_PER_MINUTE


def estimate_range(minutes: float) -> tuple[int, int]:
    """Widen the minutes to a range of plus and minus 30%, in whole minutes."""
    return _round_range(minutes * (1 - SPEED_SPREAD), minutes * (1 + SPEED_SPREAD))


def estimate_minutes_of_items(questionnaire: Questionnaire, items: Sequence[Item], language: str = "") -> float:
    """Estimate the minutes for some of the items, for example those on the remaining pages."""
    return estimate_minutes(_count_item_words(questionnaire, items, questionnaire.text(language)), len(items))


def compute_observed_range(seconds: Sequence[float]) -> tuple[int, int] | None:
    """Return the 10th to 90th percentile of measured times in whole minutes; None for fewer than 20 known times."""
    measured = np.asarray(seconds, dtype=np.float64)
    measured = measured[np.isfinite(measured)]
    if len(measured) < MIN_OBSERVED_TIMES:
        return None
    quick, slow = np.percentile(measured, RANGE_PERCENTILES)
    return _round_range(float(quick) / SECONDS_PER_MINUTE, float(slow) / SECONDS_PER_MINUTE)


def measure_survey(
    questionnaire: Questionnaire, role: str, functions: Collection[str], language: str = ""
) -> SurveyDuration:
    """Measure the survey of a role in these functions; words are counted in `language` (default: source language)."""
    texts = questionnaire.text(language)
    items = list_asked_items(questionnaire, role, functions)
    titles = [part.id for page in build_survey_pages(questionnaire, role, functions) for part in page]
    words = sum(_count_words(texts.sections[title]) for title in titles) + _count_item_words(
        questionnaire, items, texts
    )
    return SurveyDuration(role, tuple(functions), len(items), words)


def measure_surveys(
    questionnaire: Questionnaire, sizes: Iterable[int] = (), language: str = ""
) -> Iterator[SurveyDuration]:
    """Yield the survey of every role in each set of functions of these sizes (default: one function, and all)."""
    functions = tuple(function.id for function in questionnaire.functions)
    wanted = sorted({*sizes} or {1, len(functions)})
    for role in questionnaire.roles:
        for size in wanted:
            for chosen in combinations(functions, size):
                yield measure_survey(questionnaire, role.id, chosen, language)


def _count_item_words(questionnaire: Questionnaire, items: Sequence[Item], texts: QuestionnaireTexts) -> int:
    words, read = 0, set()
    for item in items:
        text, block = texts.items[item.id], questionnaire.block_of.get(item.id)
        if block is None:
            words += _count_words(text.text, text.hint, *text.rungs, *text.options.values())
            continue
        words += _count_words(text.label, text.hint)
        if block.id not in read:
            read.add(block.id)
            above = texts.blocks[block.id]
            words += _count_words(above.stem, above.hint, *above.rungs)
    return words


def _count_words(*texts: str) -> int:
    return sum(map(_count_words_of_text, texts))


@lru_cache(MAX_CACHED_TEXTS)
def _count_words_of_text(text: str) -> int:
    """Count words: tokens with a letter or digit, since French punctuation stands between spaces."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _round_range(quick: float, slow: float) -> tuple[int, int]:
    low = max(1, round(quick))
    return low, max(low + 1, round(slow))
