"""Structs of the functions section: dimensions, items, hand-off rows, agreement."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure, LevelScore
from assessment.domain.report.parts.way import Action


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


class DimensionRow(Struct, frozen=True):
    """A dimension of a function page; `level_text` describes its level, `next_text` the next one."""

    name: str
    figure: ReportFigure
    band: int | None
    items: tuple[ItemRow, ...]
    agreement: ReportFigure | None = None
    level_text: str = ""
    next_text: str = ""


class AgreementRow(Struct, frozen=True):
    """Agreement on one dimension."""

    name: str
    agreement: ReportFigure
    meaning: Message | None = None


class AgreementPanel(Struct, frozen=True):
    """Agreement by dimension in a contested function, lowest first."""

    title: Message
    rows: tuple[AgreementRow, ...]
    cuts: tuple[Decimal, ...]
    classes: tuple[Message, ...]
    contested_below: Decimal


class FunctionSection(Struct, frozen=True):
    """Page of one function; `rows` are its hand-off rows."""

    id: str
    name: str
    title: Message
    whole: LevelScore
    target: Decimal
    key_figures: tuple[KeyFigure, ...]
    dimensions: tuple[DimensionRow, ...]
    hand_off: ReportFigure
    rows: tuple[ItemRow, ...]
    notes: tuple[Message, ...]
    actions: tuple[Action, ...]
    spread: AgreementPanel | None = None

    @property
    def all(self) -> tuple[ItemRow, ...]:
        """Items and hand-off rows in order."""
        return (*(item for dimension in self.dimensions for item in dimension.items), *self.rows)
