"""Lint levels that no answers can reach, by the scoring itself."""

from collections.abc import Iterator

import numpy as np

from assessment.domain.answers import RUNG_COUNT, AssessmentSettings, FloatArray
from assessment.domain.disclosure.guard import HIGHEST_RELEASED_SCORE, LOWEST_RELEASED_SCORE
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring import cut_points
from assessment.domain.scoring.rescoring import Rescoring, build_rescoring
from assessment.questionnaires.file_formats import STRUCTURE_FILE
from assessment.questionnaires.lint.warning import LintWarning
from assessment.questionnaires.toml_lines import KeyPath

SCORE_STEP = 0.25  # points; distance of the scores tested
LEVELS = range(1, 6)


def find_unreachable_levels(questionnaire: Questionnaire) -> Iterator[LintWarning]:
    """Yield functions, and the overall score, that can't have a score or reach each of the five levels.

    Equal items reach every existing band, and no level is above its band, so other answers need not be tested.
    """
    asked = np.ones(len(questionnaire.items), dtype=np.bool_)
    rescoring = build_rescoring(questionnaire, AssessmentSettings(), asked, ~asked)
    for number, (function, validity) in enumerate(
        zip(questionnaire.functions, rescoring.validity.functions, strict=True)
    ):
        if not validity.valid:
            message = f"`{function.id}` can't have a score, however much is answered."
            remedy = "Give it items in each required dimension, and in as many as `minimum_dimensions` asks for."
            yield LintWarning(STRUCTURE_FILE, ("functions", number, "id"), message, remedy)
    if not rescoring.validity.overall:
        message = "The whole can't have a score, however much is answered."
        yield LintWarning(STRUCTURE_FILE, ("scoring", "minimum_functions"), message, "Lower it, or fix the functions.")
        return
    for subject, place, low, high in _list_scales():
        missing = sorted(
            set(LEVELS) - _find_reached_levels(questionnaire, rescoring, np.arange(low, high + SCORE_STEP, SCORE_STEP))
        )
        if missing:
            levels = " and ".join(str(level) for level in missing)
            yield LintWarning(
                STRUCTURE_FILE, place, f"No answers lead {subject} to level {levels}.", "Move the cut points."
            )


def _list_scales() -> Iterator[tuple[str, KeyPath, float, float]]:
    """Yield the whole scale, and the scale of released figures, whose ends are merged (method 6)."""
    yield "anything", ("scoring", "bands"), 0.0, 25.0 * (RUNG_COUNT - 1)
    yield "a released figure", ("scoring", "bands"), LOWEST_RELEASED_SCORE, HIGHEST_RELEASED_SCORE


def _find_reached_levels(questionnaire: Questionnaire, rescoring: Rescoring, scores: FloatArray) -> set[int]:
    """Return the levels that the overall score reaches when all items have the same score, for each score."""
    rolled = rescoring.compute_figures(np.repeat(scores[:, None], len(questionnaire.items), axis=1))
    return {int(level) for level in cut_points.bands_of_scores(rolled.overall, questionnaire.scoring.bands)}
