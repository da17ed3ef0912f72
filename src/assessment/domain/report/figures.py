"""Figures for display: rounded once, with n, interval and bound, or the reason why they are missing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.display import RoundingScale, RoundingScales, build_scales, round_figure
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.report.message import Message, make_message
from assessment.domain.result import Bound, Interval, Result
from assessment.domain.scoring.suppression_reasons import DECIDED_ANSWER_REASON

RoundedInterval = tuple[Decimal, Decimal]


class ReportFigure(Struct, frozen=True):
    """One rounded figure.

    `value` None: `word` replaces it ("half or more"), or `missing` is the reason why there is no figure. `moderated` is
    the consultant's value, which stands next to the measured one.
    """

    value: Decimal | None
    interval: RoundedInterval | None = None
    n: int | None = None
    dk: int | None = None
    bound: Bound | None = None
    missing: Message | None = None
    word: Message | None = None
    moderated: Decimal | None = None


class ItemRow(Struct, frozen=True):
    """An item or hand-off row of a function page.

    `shares` are the percentages of its answers by rung (lowest first) or by three classes of rungs; empty if hidden.
    """

    id: str
    name: str
    text: str
    figure: ReportFigure
    mark: bool = False
    shares: tuple[Decimal, ...] = ()


class LevelScore(Struct, frozen=True):
    """A score on the level scale. `level` None: withheld or not valid; `band` may be known nevertheless.

    `distance`: points to the target, 0 or less if it is reached; None without a score. `earlier`: score of the last
    wave.
    """

    name: str
    figure: ReportFigure
    band: int | None
    level: int | None
    contested: bool = False
    provisional: bool = False
    target: Decimal | None = None
    distance: ReportFigure | None = None
    earlier: ReportFigure | None = None


class KeyFigure(Struct, frozen=True):
    """A highlighted figure with its meaning."""

    label: Message
    figure: ReportFigure
    meaning: Message | None = None
    unit: Literal["points", "percent", "people", "ratio", "signed"] = "points"


class ScoreCell(Struct, frozen=True):
    """One cell of a score table, coloured by band; `mark` highlights it."""

    figure: ReportFigure
    band: int | None
    mark: bool = False


class FigureRounder(Struct, frozen=True):
    """Converts the numbers of one result to rounded figures; `suppressed` are its reasons for hidden ones, by path."""

    scales: RoundingScales
    stepped: RoundingScale
    stepped_gap: RoundingScale
    suppressed: Mapping[str, str]
    needed: int | None

    def round_score(
        self, value: float | None, path: str, interval: Interval | None = None, n: int | None = None
    ) -> ReportFigure:
        """Round a computed 0-100 score."""
        if value is None:
            return self.build_missing(path)
        return ReportFigure(round_figure(value, self.scales.score), self.round_interval(interval, self.scales.score), n)

    def round_step(
        self, value: float | None, path: str, bound: Bound | None = None, n: int | None = None
    ) -> ReportFigure:
        """Make a figure of a 0-100 score that a release gives in steps."""
        if value is None:
            return self.build_missing(path)
        return ReportFigure(round_figure(value, self.stepped), n=n, bound=bound)

    def round_gap(self, value: float, interval: Interval | None = None) -> ReportFigure:
        """Round a signed difference of two scores."""
        return ReportFigure(round_figure(value, self.scales.gap), self.round_interval(interval, self.scales.gap))

    def round_difference(self, value: float, interval: Interval | None = None) -> ReportFigure:
        """Round the difference of two figures that are released in steps."""
        return ReportFigure(round_figure(value, self.stepped_gap), self.round_interval(interval, self.scales.gap))

    def round_agreement(self, value: float | None, path: str) -> ReportFigure:
        """Round an agreement (at most 1)."""
        return self.build_missing(path) if value is None else ReportFigure(round_figure(value, self.scales.agreement))

    def round_coverage(self, value: float | None, path: str) -> ReportFigure:
        """Convert a coverage 0-1 to percent and round it."""
        return (
            self.build_missing(path) if value is None else ReportFigure(round_figure(100 * value, self.scales.coverage))
        )

    def build_missing(self, path: str) -> ReportFigure:
        """Build a missing figure with its reason."""
        return ReportFigure(None, missing=self.explain_missing(path))

    def explain_missing(self, path: str) -> Message:
        """Reason why the figure at `path` of the result is missing."""
        if self.needed is None or not self.is_hidden(path):
            return make_message("missing.not-valid")
        if self._is_withheld(path):
            return make_message("missing.withheld")
        return make_message("missing.hidden", needed=self.needed)

    def is_hidden(self, path: str) -> bool:
        """Return whether the figure at `path`, something it is part of, or a part of it is hidden."""
        return bool(self._list_related(path))

    def _list_related(self, path: str) -> list[str]:
        return [
            hidden
            for hidden in self.suppressed
            if hidden == path or hidden.startswith(path + ".") or path.startswith(hidden + ".")
        ]

    def _is_withheld(self, path: str) -> bool:
        """Return whether a hidden figure is hidden only because an answer could be worked out."""
        own = [one for one in (path, f"{path}.score") if one in self.suppressed]
        return {self.suppressed[one] for one in own[:1] or self._list_related(path)} == {DECIDED_ANSWER_REASON}

    @staticmethod
    def round_interval(interval: Interval | None, scale: RoundingScale) -> RoundedInterval | None:
        """Round both ends of an interval on the score's own scale, since readers compare them with cut points too."""
        return None if interval is None else (round_figure(interval[0], scale), round_figure(interval[1], scale))


def build_figure_rounder(questionnaire: Questionnaire, result: Result) -> FigureRounder:
    """Build the rounder for one result."""
    scales = build_scales(questionnaire, (function.target for function in result.functions.values()))
    note = result.disclosure
    has_whole_steps = note is not None and float(note.step).is_integer()
    return FigureRounder(
        scales=scales,
        stepped=scales.score.without_decimals() if has_whole_steps else scales.score,
        stepped_gap=scales.gap.without_decimals() if has_whole_steps else scales.gap,
        suppressed=result.suppressed,
        needed=None if note is None else note.needed,
    )


def build_out_of_scope_figure() -> ReportFigure:
    """Build the figure for something out of scope."""
    return ReportFigure(None, missing=make_message("missing.out-of-scope"))
