"""Coverage: share of asked questions with a numeric answer (method 4)."""

from collections.abc import Sequence

from assessment.domain.answers import BoolArray
from assessment.domain.scoring.tally import AnswerTally


class FunctionCoverage:
    """Coverage of the items and hand-off rows of one function."""

    def __init__(self, tally: AnswerTally, scope: BoolArray, columns: Sequence[int]) -> None:
        chosen = list(columns)
        self.asked = int(tally.asked[chosen].sum())
        self.numeric = int(tally.numeric[chosen].sum())
        self.applies = self.asked > 0 and not bool(scope[chosen].all())

    @property
    def share(self) -> float | None:
        """Share 0-1; None if nobody was asked or everything is out of scope."""
        return self.numeric / self.asked if self.applies else None


def compute_overall_coverage(functions: Sequence[FunctionCoverage]) -> float | None:
    """Coverage 0-1 over all functions that have one; None if none has."""
    counted = [function for function in functions if function.applies]
    return sum(f.numeric for f in counted) / sum(f.asked for f in counted) if counted else None
