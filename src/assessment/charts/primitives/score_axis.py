"""The 0-100 axis of all score charts, and the marks on it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from assessment.charts.primitives.marks import SMALL, Box, ChartLabel, ChartLine, ChartMark, Marker, MarkerShape
from assessment.domain.report.figures import ReportFigure, RoundedInterval

HUNDRED = Decimal(100)
TARGET_REACH = 8.0  # points above and below a row
PLOT_LEFT = 160.0  # points: where the plots of all row charts start


class ScoreAxis(Struct, frozen=True):
    """Horizontal positions of 0 and 100, in points."""

    left: float
    right: float

    def get_position(self, score: Decimal | float) -> float:
        """Return the position of a score, clipped to the axis."""
        share = min(1.0, max(0.0, float(score) / 100))
        return self.left + share * (self.right - self.left)

    def draw_ticks(
        self, top: float, bottom: float, steps: tuple[int, ...] = (0, 25, 50, 75, 100)
    ) -> Iterator[ChartMark]:
        """Draw vertical grid lines with their numbers above."""
        for step in steps:
            yield ChartLine(self.get_position(step), top, self.get_position(step), bottom, "faint", 0.6)
            yield ChartLabel(self.get_position(step), top - 4, str(step), "muted", SMALL, anchor="middle")

    def draw_bands(self, top: float, height: float, cuts: tuple[Decimal, ...]) -> Iterator[ChartMark]:
        """Draw the level scale: one box per level with its number."""
        ends = (Decimal(0), *cuts, HUNDRED)
        for number, (low, high) in enumerate(pairwise(ends), start=1):
            left, right = self.get_position(low), self.get_position(high)
            tone = min(number, 5)
            yield Box(left + 0.5, top, right - left - 1, height, f"level-{tone}")
            yield ChartLabel(
                (left + right) / 2, top + height / 2 + 3, str(number), f"on-level-{tone}", SMALL, "strong", "middle"
            )

    def draw_target(self, target: Decimal | float, y: float, reach: float = TARGET_REACH) -> ChartLine:
        """Draw a target as an upright line across a row: the same mark in every chart."""
        x = self.get_position(target)
        return ChartLine(x, y - reach, x, y + reach, "ink", 2.0)

    def draw_whisker(self, span: RoundedInterval, y: float, tone: str, size: float = 3.0) -> Iterator[ChartMark]:
        """Draw an interval as a whisker."""
        low, high = self.get_position(span[0]), self.get_position(span[1])
        yield ChartLine(low, y, high, y, tone, 1.2)
        yield ChartLine(low, y - size, low, y + size, tone, 1.2)
        yield ChartLine(high, y - size, high, y + size, tone, 1.2)

    def draw_point(
        self, figure: ReportFigure, y: float, shape: MarkerShape, tone: str, size: float = 4.0
    ) -> Iterator[ChartMark]:
        """Draw a figure's marker, with its interval if it has one."""
        if figure.value is None:
            return
        if figure.interval is not None:
            yield from self.draw_whisker(figure.interval, y, tone)
        yield Marker(self.get_position(figure.value), y, size, shape, tone)
