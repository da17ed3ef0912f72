"""Structs of the sections answer, targets and heatmap."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure, LevelScore, ScoreCell
from assessment.domain.report.parts.way import Action
from assessment.domain.result import Bound


class AnswerSection(Struct, frozen=True):
    """Summary of the report on one page: level, findings, first actions, decision."""

    title: Message
    overall: LevelScore
    functions: tuple[LevelScore, ...]
    cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    findings: tuple[Message, ...]
    actions: tuple[Action, ...]
    decision: Message
    notes: tuple[Message, ...] = ()


class TargetRow(Struct, frozen=True):
    """Now against target; `short` is how many points are missing, below 0 where it is passed.

    `bound`: of a clipped score, the distance may be larger or smaller.
    """

    name: str
    now: ReportFigure
    target: Decimal
    short: Decimal | None
    function: str = ""
    bound: Bound | None = None

    @property
    def missing(self) -> ReportFigure:
        """Points to go as a figure."""
        return ReportFigure(self.short, bound=self.bound)


class TargetsSection(Struct, frozen=True):
    """Scores and targets, largest distance first; `hidden` counts dimensions without a score."""

    title: Message
    functions: tuple[TargetRow, ...]
    dimensions: tuple[TargetRow, ...]
    balance: Message | None
    hidden: int = 0


class HeatmapRow(Struct, frozen=True):
    """One function in the heatmap."""

    name: str
    whole: LevelScore
    cells: tuple[ScoreCell, ...]


class HeatmapSection(Struct, frozen=True):
    """Scores of functions (rows) by dimensions (columns)."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HeatmapRow, ...]
    cuts: tuple[Decimal, ...]
    reading: tuple[Message, ...]
    questions: tuple[tuple[str, str], ...] = ()
