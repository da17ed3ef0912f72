"""Lint levels that no answers can reach, by the scoring itself."""

from collections.abc import Iterator

import numpy as np

from assessment.domain.answers import RUNGS, Settings
from assessment.domain.disclosure import HIGHEST, LOWEST
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.scoring import cuts
from assessment.domain.scoring.rescoring import Rescoring, rescoring
from assessment.domain.scoring.rollup import Floats
from assessment.library.files import STRUCTURE
from assessment.library.places import Path
from assessment.library.quality.doubts import Doubt

STEP = 0.25  # points; distance of the scores tested
LEVELS = range(1, 6)


def unreachable_levels(questionnaire: Questionnaire) -> Iterator[Doubt]:
    """Yield functions, and the overall score, that can't have a score or reach each of the five levels.

    Equal items reach every existing band, and no level is above its band, so other answers need not be tested.
    """
    asked = np.ones(len(questionnaire.items), dtype=np.bool_)
    whole = rescoring(questionnaire, Settings(), asked, ~asked)
    for number, (function, validity) in enumerate(zip(questionnaire.functions, whole.validity.functions, strict=True)):
        if not validity.valid:
            message = f"`{function.id}` can't have a score, however much is answered."
            remedy = "Give it items in each required dimension, and in as many as `minimum_dimensions` asks for."
            yield Doubt(STRUCTURE, ("functions", number, "id"), message, remedy)
    if not whole.validity.overall:
        message = "The whole can't have a score, however much is answered."
        yield Doubt(STRUCTURE, ("scoring", "minimum_functions"), message, "Lower it, or fix the functions.")
        return
    for subject, place, low, high in _scales():
        missing = sorted(set(LEVELS) - _reached(questionnaire, whole, np.arange(low, high + STEP, STEP)))
        if missing:
            levels = " and ".join(str(level) for level in missing)
            yield Doubt(STRUCTURE, place, f"No answers lead {subject} to level {levels}.", "Move the cut points.")


def _scales() -> Iterator[tuple[str, Path, float, float]]:
    """Yield the whole scale, and the scale of released figures, whose ends are merged (method 6)."""
    yield "anything", ("scoring", "bands"), 0.0, 25.0 * (RUNGS - 1)
    yield "a released figure", ("scoring", "bands"), LOWEST, HIGHEST


def _reached(questionnaire: Questionnaire, whole: Rescoring, scores: Floats) -> set[int]:
    """Return the levels that the overall score reaches when all items have the same score, for each score."""
    rolled = whole.figures(np.repeat(scores[:, None], len(questionnaire.items), axis=1))
    return {int(level) for level in cuts.bands(rolled.overall, questionnaire.scoring.bands)}
