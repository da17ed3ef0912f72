"""Verification of a result: recomputes derived figures from its items and checks the bounds of all others."""

from assessment.domain.checking.beside import beside
from assessment.domain.checking.differences import Difference, differing
from assessment.domain.checking.following import following
from assessment.domain.checking.known import known_of
from assessment.domain.checking.plausible import UNCHECKED, implausible
from assessment.domain.checking.splitting import splitting
from assessment.domain.checking.widths import implausible_widths
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import Result

__all__ = ["UNCHECKED", "Difference", "beside", "check", "differing", "splitting"]


def check(questionnaire: Questionnaire, result: Result) -> tuple[Difference, ...]:
    """Return every figure that differs from its recomputed value or is out of bounds.

    Figures that depend on answers can't be recomputed; `UNCHECKED` lists them.
    """
    impossible = tuple(implausible(questionnaire, result))
    if any(found.fatal for found in impossible):
        return impossible
    widths = implausible_widths(known_of(questionnaire, result))
    return (*impossible, *widths, *differing(following(questionnaire, result), result))
