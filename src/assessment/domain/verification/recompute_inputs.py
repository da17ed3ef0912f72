"""Inputs of a recomputation: the items of a result, their aggregated scores, and its disclosure rules."""

from msgspec import Struct

from assessment.domain.answers import FloatArray
from assessment.domain.disclosure.guard import OPEN_GUARD, DisclosureGuard
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Interval, ItemResult, Result
from assessment.domain.scoring.aggregation import AggregateScores
from assessment.domain.scoring.intervals import compute_interval_ends
from assessment.domain.scoring.rescoring import ItemScores, Rescoring, list_item_results, rescore_result


class RecomputeInputs(Struct, frozen=True):
    """A result with its aggregation weights, aggregated scores and disclosure rules."""

    questionnaire: Questionnaire
    result: Result
    rescoring: Rescoring
    scores: ItemScores
    figures: AggregateScores
    guard: DisclosureGuard

    @property
    def items(self) -> dict[str, ItemResult]:
        """All items and hand-off rows by id."""
        return list_item_results(self.result)

    def build_interval(self, score: float | None, half_width: float | None, shares: FloatArray) -> Interval | None:
        """Build the interval of a half-width around a score."""
        if score is None or half_width is None:
            return None
        return compute_interval_ends(self.guard, score, half_width, shares, self.scores)


def build_recompute_inputs(questionnaire: Questionnaire, result: Result) -> RecomputeInputs:
    """Aggregate a result's own items with its own settings."""
    rescoring, scores = rescore_result(questionnaire, result)
    return RecomputeInputs(
        questionnaire, result, rescoring, scores, rescoring.compute_figures(scores), build_guard_of_result(result)
    )


def build_guard_of_result(result: Result) -> DisclosureGuard:
    """Build the guard from the disclosure rules recorded in a result."""
    note = result.disclosure
    return (
        OPEN_GUARD
        if note is None
        else DisclosureGuard(note.needed, note.minimum_group, note.step, note.lowest, note.highest)
    )
