"""Checking a result against itself: what follows from its items, and what could not have been released."""

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
    """Every figure of a result that does not follow from those it rests on, or could not be there at all.

    What rests on answers alone cannot be recomputed: `UNCHECKED` names it.
    """
    impossible = tuple(implausible(questionnaire, result))
    if any(found.fatal for found in impossible):
        return impossible
    widths = implausible_widths(known_of(questionnaire, result))
    return (*impossible, *widths, *differing(following(questionnaire, result), result))
