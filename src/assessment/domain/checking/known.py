"""What is known of a result that is checked: its items, what they roll up to, the rules it was released under."""

from msgspec import Struct

from assessment.domain.disclosure import OPEN, Guard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Interval, ItemResult, Result
from assessment.domain.scoring.rescoring import Rescoring, Scores, item_results, of_result
from assessment.domain.scoring.rollup import Figures, Floats
from assessment.domain.scoring.spans import ends


class Known(Struct, frozen=True):
    """A result, what its items roll up to, and the rules that it was released under."""

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
        """Return the interval that a half-width makes around a score."""
        if score is None or half_width is None:
            return None
        return ends(self.guard, score, half_width, shares, self.scores)


def known_of(questionnaire: Questionnaire, result: Result) -> Known:
    """Roll a result's own items up, by its own settings."""
    rescoring, scores = of_result(questionnaire, result)
    return Known(questionnaire, result, rescoring, scores, rescoring.figures(scores), guard_of(result))


def guard_of(result: Result) -> Guard:
    """The rules that a result says it went through."""
    note = result.disclosure
    return OPEN if note is None else Guard(note.needed, note.minimum_group, note.step, note.lowest, note.highest)
