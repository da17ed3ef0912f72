"""Coverage: how many of the questions asked got a numeric answer (method 4)."""

from collections.abc import Sequence

from assessment.domain.answers import Flags
from assessment.domain.scoring.tally import Tally


class Coverage:
    """Numeric answers against questions asked, over the items and rows of one function."""

    def __init__(self, tally: Tally, scope: Flags, columns: Sequence[int]) -> None:
        chosen = list(columns)
        self.asked = int(tally.asked[chosen].sum())
        self.numeric = int(tally.numeric[chosen].sum())
        self.applies = self.asked > 0 and not bool(scope[chosen].all())

    @property
    def share(self) -> float | None:
        """0-1; None where nobody was asked or all is out of scope."""
        return self.numeric / self.asked if self.applies else None


def whole(functions: Sequence[Coverage]) -> float | None:
    """Coverage 0-1 of all functions together that have one."""
    counted = [function for function in functions if function.applies]
    return sum(f.numeric for f in counted) / sum(f.asked for f in counted) if counted else None
