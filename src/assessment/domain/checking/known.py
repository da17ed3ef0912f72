"""Inputs of a recomputation: the items of a result, their aggregated scores, and its disclosure rules."""

from msgspec import Struct

from assessment.domain.disclosure import OPEN, Guard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Interval, ItemResult, Result
from assessment.domain.scoring.rescoring import Rescoring, Scores, item_results, of_result
from assessment.domain.scoring.rollup import Figures, Floats
from assessment.domain.scoring.spans import ends


class Known(Struct, frozen=True):
    """A result with its aggregation weights, aggregated scores and disclosure rules."""

    questionnaire: Questionnaire
    result: Result
    rescoring: Rescoring
    scores: Scores
    figures: Figures
    guard: Guard

    @property
    def items(self) -> dict[str, ItemResult]:
        """All items and hand-off rows by id."""
        return item_results(self.result)

    def interval(self, score: float | None, half_width: float | None, shares: Floats) -> Interval | None:
        """Build the interval of a half-width around a score."""
        if score is None or half_width is None:
            return None
        return ends(self.guard, score, half_width, shares, self.scores)


def known_of(questionnaire: Questionnaire, result: Result) -> Known:
    """Aggregate a result's own items with its own settings."""
    rescoring, scores = of_result(questionnaire, result)
    return Known(questionnaire, result, rescoring, scores, rescoring.figures(scores), guard_of(result))


def guard_of(result: Result) -> Guard:
    """Build the guard from the disclosure rules recorded in a result."""
    note = result.disclosure
    return OPEN if note is None else Guard(note.needed, note.minimum_group, note.step, note.lowest, note.highest)
