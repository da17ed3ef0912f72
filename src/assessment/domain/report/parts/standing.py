"""Where the organisation stands: the answer, the distance to targets, the heatmap."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import Cell, KeyFigure, Levelled
from assessment.domain.report.parts.way import Action
from assessment.domain.result import Bound


class Answer(Struct, frozen=True):
    """The answer on one page."""

    title: Message
    overall: Levelled
    functions: tuple[Levelled, ...]
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
    now: Figure
    target: Decimal
    short: Decimal | None
    function: str = ""
    bound: Bound | None = None

    @property
    def missing(self) -> Figure:
        """Points to go as a figure."""
        return Figure(self.short, bound=self.bound)


class Targets(Struct, frozen=True):
    """Now against target, widest distance first."""

    title: Message
    functions: tuple[TargetRow, ...]
    dimensions: tuple[TargetRow, ...]
    balance: Message | None
    hidden: int = 0


class HeatRow(Struct, frozen=True):
    """A function in the heatmap."""

    name: str
    whole: Levelled
    cells: tuple[Cell, ...]


class Heatmap(Struct, frozen=True):
    """Functions by dimensions."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    cuts: tuple[Decimal, ...]
    reading: tuple[Message, ...]
    questions: tuple[tuple[str, str], ...] = ()
