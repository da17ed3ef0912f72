"""Cut points: bands, levels and classes. Values are rounded to six decimals before comparison (method 4)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from assessment.domain.questionnaire_rules import ScoringRules
from assessment.domain.result import Achievement, AgreementClass

CUT_DECIMALS = 6
ACHIEVEMENT_CLASSES: tuple[Achievement, ...] = ("N", "P", "L", "F")
AGREEMENT_CLASSES: tuple[AgreementClass, ...] = ("none", "weak", "moderate", "strong", "very strong")
ClassName = TypeVar("ClassName", bound=str)


class ScoreClasses(TypedDict):
    """Maturity, band and achievement of a score, as fields of a result; all None without a score."""

    maturity: float | None
    band: int | None
    achievement: Achievement | None


def is_below(figure: float, cut: float) -> bool:
    """Return whether a rounded figure is below a cut point."""
    return round(figure, CUT_DECIMALS) < cut


def is_at_least(figure: float, cut: float) -> bool:
    """Return whether a rounded figure reaches a cut point."""
    return round(figure, CUT_DECIMALS) >= cut


def is_at_most(figure: float, cut: float) -> bool:
    """Return whether a rounded figure does not exceed a cut point."""
    return round(figure, CUT_DECIMALS) <= cut


def is_above(figure: float, cut: float) -> bool:
    """Return whether a rounded figure exceeds a cut point; the cut is rounded too, since it may be computed."""
    return round(figure, CUT_DECIMALS) > round(cut, CUT_DECIMALS)


def band_of_score(score: float, cuts: Sequence[float]) -> int:
    """Band 1..5 of a 0-100 score; a lower bound belongs to the upper band (method 4)."""
    return 1 + bisect_right(cuts, round(score, CUT_DECIMALS))


def bands_of_scores(scores: NDArray[np.float64], cuts: Sequence[float]) -> NDArray[np.int64]:
    """Vectorised `band_of_score`."""
    return 1 + np.searchsorted(np.asarray(cuts), np.round(scores, CUT_DECIMALS), side="right")


def class_of_score(score: float, cuts: Sequence[float], classes: Sequence[ClassName]) -> ClassName:
    """Class of a score; a lower bound belongs to the upper class (method 5)."""
    return classes[bisect_right(cuts, round(score, CUT_DECIMALS))]


def maturity_of_score(score: float) -> float:
    """Maturity 1-5 of a 0-100 score (method 4)."""
    return 1 + score / 25


def compute_level(score: float, parts: Iterable[int], cuts: Sequence[float], step: int) -> int:
    """Level 1..5: the band of the score, at most `step` above the weakest part (method 4, after CMMI)."""
    return min(band_of_score(score, cuts), step + min(parts))


def achievement_of_score(score: float, cuts: Sequence[float]) -> Achievement:
    """Achievement of a 0-100 score; an upper bound belongs to the lower class (ISO/IEC 33020)."""
    return ACHIEVEMENT_CLASSES[bisect_left(cuts, round(score, CUT_DECIMALS))]


def classify_score(score: float | None, rules: ScoringRules) -> ScoreClasses:
    """Return maturity, band and achievement of a 0-100 score."""
    if score is None:
        return ScoreClasses(maturity=None, band=None, achievement=None)
    return ScoreClasses(
        maturity=maturity_of_score(score),
        band=band_of_score(score, rules.bands),
        achievement=achievement_of_score(score, rules.achievement),
    )


def class_of_agreement(agreement: float, cuts: Sequence[float]) -> AgreementClass:
    """Class of an r*wg; an upper bound belongs to the lower class (LeBreton & Senter 2008)."""
    return AGREEMENT_CLASSES[bisect_left(cuts, round(agreement, CUT_DECIMALS))]
