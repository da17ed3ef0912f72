"""Balance: how far the functions are apart (method 5)."""

from collections.abc import Mapping

from assessment.domain.questionnaire import Balance
from assessment.domain.result import BalanceResult
from assessment.domain.scoring.cuts import at_least, below

NONE = BalanceResult(score=None, spread=None, flagged=False, weakest=None)
TWO = 2


def balance(functions: Mapping[str, float], rule: Balance) -> BalanceResult:
    """Compare the scores 0-100 of the valid functions; no figure without two, or without any practice."""
    if len(functions) < TWO:
        return NONE
    lowest, *_, highest = sorted(functions.values())
    spread = highest - lowest
    score = 100 * lowest / highest if highest > 0 else None
    uneven = score is not None and below(score, rule.flagged_below)
    return BalanceResult(
        score=score,
        spread=spread,
        flagged=uneven or at_least(spread, rule.spread_at),
        weakest=_weakest(functions, rule),
    )


def _weakest(functions: Mapping[str, float], rule: Balance) -> str | None:
    """The lowest function, unless the next is too near to tell them apart."""
    (first, lowest), (_, following) = sorted(functions.items(), key=lambda pair: pair[1])[:TWO]
    return first if at_least(following - lowest, rule.tie_below) else None
