"""The 0-100 axis of all score charts, and the marks on it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from assessment.charts.marks import Box, Label, Line, Mark, Marker, Shape
from assessment.domain.report.figures import Figure, Span

HUNDRED = Decimal(100)


class Axis(Struct, frozen=True):
    """Horizontal positions of 0 and 100, in points."""

    left: float
    right: float

    def at(self, score: Decimal | float) -> float:
        """Position of a score, clipped to the axis."""
        share = min(1.0, max(0.0, float(score) / 100))
        return self.left + share * (self.right - self.left)

    def ticks(self, top: float, bottom: float, steps: tuple[int, ...] = (0, 25, 50, 75, 100)) -> Iterator[Mark]:
        """Draw vertical grid lines with their numbers above."""
        for step in steps:
            yield Line(self.at(step), top, self.at(step), bottom, "faint", 0.6)
            yield Label(self.at(step), top - 4, str(step), "muted", 7, anchor="middle")

    def bands(self, top: float, height: float, cuts: tuple[Decimal, ...]) -> Iterator[Mark]:
        """Draw the level scale: one box per level with its number."""
        ends = (Decimal(0), *cuts, HUNDRED)
        for number, (low, high) in enumerate(pairwise(ends), start=1):
            left, right = self.at(low), self.at(high)
            tone = min(number, 5)
            yield Box(left + 0.5, top, right - left - 1, height, f"level-{tone}")
            yield Label(
                (left + right) / 2, top + height / 2 + 3, str(number), f"on-level-{tone}", 8, "strong", "middle"
            )

    def whisker(self, span: Span, y: float, tone: str, size: float = 3.0) -> Iterator[Mark]:
        """Draw an interval as a whisker."""
        low, high = self.at(span[0]), self.at(span[1])
        yield Line(low, y, high, y, tone, 1.2)
        yield Line(low, y - size, low, y + size, tone, 1.2)
        yield Line(high, y - size, high, y + size, tone, 1.2)

    def point(self, figure: Figure, y: float, shape: Shape, tone: str, size: float = 4.0) -> Iterator[Mark]:
        """Draw a figure's marker, with its interval if it has one."""
        if figure.shown is None:
            return
        if figure.interval is not None:
            yield from self.whisker(figure.interval, y, tone)
        yield Marker(self.at(figure.shown), y, size, shape, tone)
