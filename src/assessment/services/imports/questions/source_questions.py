"""Questions of other tools before they become items; every reader returns these types."""

from msgspec import Struct, field

from assessment.errors import with_values
from assessment.i18n.messages import N_

RUNG_COUNT = 5
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


class SourceSurvey(Struct):
    """Questions of one file; `title` may be empty."""

    title: str = ""
    language: str = "en"
    questions: list[SourceQuestion] = field(default_factory=list)
    skipped: list[SkippedQuestion] = field(default_factory=list)

    def add_choice(self, name: str, text: str, group: str, choices: list[tuple[str, str]], hint: str = "") -> None:
        """Add a single choice of (code, label); it becomes an item if five answers remain without "don't know"."""
        labels = tuple(label for code, label in choices if code.casefold() not in DONT_KNOW_CODES)
        if len(labels) == RUNG_COUNT:
            self.questions.append(SourceQuestion(name, text, labels, group, hint))
        else:
            self.skip_question(name, text, with_values(WRONG_COUNT, count=len(labels)))

    def skip_question(self, name: str, text: str, reason: str) -> None:
        self.skipped.append(SkippedQuestion(name, text, reason))
