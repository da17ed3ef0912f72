"""Balance index: how even the scores of the functions are (method 5)."""

from collections.abc import Collection, Mapping

from assessment.domain.questionnaire_rules import BalanceIndex
from assessment.domain.result import BalanceResult, FunctionResult
from assessment.domain.scoring.cut_points import CUT_DECIMALS, is_at_least, is_below
from assessment.domain.scoring.intervals import is_apart

NO_BALANCE = BalanceResult(score=None, spread=None, flagged=False, weakest=None)
MIN_FUNCTIONS = 2


def compute_balance_score(scores: Collection[float]) -> float | None:
    """Lowest score as a percentage of the highest; None for fewer than two scores, or if all are 0."""
    if len(scores) < MIN_FUNCTIONS or max(scores) <= 0:
        return None
    return 100 * min(scores) / max(scores)


def compute_balance(functions: Mapping[str, FunctionResult], rule: BalanceIndex, *, consensus: bool) -> BalanceResult:
    """Compute the balance of the valid functions; empty with fewer than two, no score if all are 0.

    `consensus`: scores have no half-width, so ties are decided by points only.
    """
    scored = {
        name: (function.score, function.half_width)
        for name, function in functions.items()
        if function.score is not None
    }
    if len(scored) < MIN_FUNCTIONS:
        return NO_BALANCE
    (first, low), *others = sorted(scored.items(), key=lambda pair: round(pair[1][0], CUT_DECIMALS))
    scores = [score for score, _ in scored.values()]
    lowest, highest = min(scores), max(scores)
    near = [name for name, figure in others if not is_apart(low, figure, rule.tie_below, consensus=consensus)]
    spread = highest - lowest
    score = compute_balance_score(scores)
    uneven = score is not None and is_below(score, rule.flagged_below)
    return BalanceResult(
        score=score,
        spread=spread,
        flagged=uneven or is_at_least(spread, rule.spread_at),
        weakest=first if is_apart(low, others[0][1], rule.tie_below, consensus=consensus) else None,
        lowest=(first, *near),
    )
