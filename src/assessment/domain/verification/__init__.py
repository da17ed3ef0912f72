"""Verification of a result: recomputes derived figures from its items and checks the bounds of all others."""

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result
from assessment.domain.verification.annotations import check_annotations
from assessment.domain.verification.attribution_check import check_attribution
from assessment.domain.verification.bounds import UNCHECKED_FIGURES, find_impossible_figures
from assessment.domain.verification.discrepancies import Discrepancy, find_discrepancies
from assessment.domain.verification.half_widths import find_impossible_widths
from assessment.domain.verification.recompute import recompute_result
from assessment.domain.verification.recompute_inputs import build_recompute_inputs

__all__ = [
    "UNCHECKED_FIGURES",
    "Discrepancy",
    "check_annotations",
    "check_attribution",
    "check_result",
    "find_discrepancies",
]


def check_result(questionnaire: Questionnaire, result: Result) -> tuple[Discrepancy, ...]:
    """Return every figure that differs from its recomputed value or is out of bounds.

    Figures that depend on answers can't be recomputed; `UNCHECKED_FIGURES` lists them.
    """
    impossible = tuple(find_impossible_figures(questionnaire, result))
    if any(discrepancy.fatal for discrepancy in impossible):
        return impossible
    widths = find_impossible_widths(build_recompute_inputs(questionnaire, result))
    return (*impossible, *widths, *find_discrepancies(recompute_result(questionnaire, result), result))
