"""Questions of other tools before they become items; every reader returns these types."""

import re
from itertools import pairwise

from msgspec import Struct, field

from assessment.errors import with_values
from assessment.i18n.messages import N_

RUNG_COUNT = 5
SCALE_CODE = re.compile(r"-?[0-9]{1,3}")
WRONG_TYPE = N_("is of the type {kind}, which no item has")
WRONG_COUNT = N_("has {count} answers, an item has five")
DONT_KNOW_CODES = frozenset(
    {"dk", "dont_know", "dontknow", "na", "n_a", "not_applicable", "99", "98", "88", "-1", "-oth-"}
)


class SourceQuestion(Struct, frozen=True):
    """A question with five ordered answers; `group` is the title of its group."""

    name: str
    text: str
    labels: tuple[str, ...]
    group: str = ""
    hint: str = ""


class SkippedQuestion(Struct, frozen=True):
    """A question that can't become an item, and why."""

    name: str
    text: str
    reason: str


def _is_regular_scale(codes: list[str]) -> bool:
    """Return whether five codes are numbers in equal steps, as -2 to 2: then none of them is "don't know"."""
    if len(codes) != RUNG_COUNT or not all(SCALE_CODE.fullmatch(code) for code in codes):
        return False
    numbers = [int(code) for code in codes]
    return len({later - earlier for earlier, later in pairwise(numbers)}) == 1


class SourceSurvey(Struct):
    """Questions of one file; `title` may be empty."""

    title: str = ""
    language: str = "en"
    questions: list[SourceQuestion] = field(default_factory=list)
    skipped: list[SkippedQuestion] = field(default_factory=list)

    def add_choice(self, name: str, text: str, group: str, choices: list[tuple[str, str]], hint: str = "") -> None:
        """Add a single choice of (code, label); it becomes an item if five answers remain without "don't know"."""
        is_scale = _is_regular_scale([code for code, _ in choices])
        labels = tuple(label for code, label in choices if is_scale or code.casefold() not in DONT_KNOW_CODES)
        if len(labels) == RUNG_COUNT:
            self.questions.append(SourceQuestion(name, text, labels, group, hint))
        else:
            self.skip_question(name, text, with_values(WRONG_COUNT, count=len(labels)))

    def skip_question(self, name: str, text: str, reason: str) -> None:
        self.skipped.append(SkippedQuestion(name, text, reason))
