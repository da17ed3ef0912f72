"""How long a survey takes: said on its start page, printed and checked when a questionnaire is edited."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from math import sqrt

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import asked_items

SECONDS_PER_ITEM = (8, 18)  # quick and slow readers; a judgement, shown as a range of minutes
# Times of answering are skewed, so the middle of a quick and a slow one is their geometric mean.
MIDDLE_SECONDS = sqrt(SECONDS_PER_ITEM[0] * SECONDS_PER_ITEM[1])
SECONDS = 60


class Survey(Struct, frozen=True):
    """What someone with this role in these functions is asked, and how long it takes."""

    role: str
    functions: tuple[str, ...]
    questions: int

    @property
    def minutes(self) -> tuple[int, int]:
        """Range from quick to slow readers, in whole minutes."""
        return minutes(self.questions)

    @property
    def middle(self) -> float:
        """Minutes of a reader between quick and slow."""
        return self.questions * MIDDLE_SECONDS / SECONDS


def minutes(questions: int) -> tuple[int, int]:
    """Return how long so many questions take, as a range."""
    quick, slow = (max(1, -(-questions * seconds // SECONDS)) for seconds in SECONDS_PER_ITEM)
    return quick, max(slow, quick + 1)


def surveys(questionnaire: Questionnaire, sizes: Iterable[int] = ()) -> Iterator[Survey]:
    """Return the survey of every role in one function and in all, or in every set of functions of these sizes."""
    functions = tuple(function.id for function in questionnaire.functions)
    wanted = sorted({*sizes} or {1, len(functions)})
    for role in questionnaire.roles:
        for size in wanted:
            for chosen in combinations(functions, size):
                yield Survey(role.id, chosen, len(asked_items(questionnaire, role.id, chosen)))
