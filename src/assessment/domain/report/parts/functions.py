"""One page per function: its dimensions, items, hand-off rows and spread."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure, Levelled
from assessment.domain.report.parts.way import Action


class ItemRow(Struct, frozen=True):
    """An item or hand-off row of a function page.

    `shares` are percentages of its answers by rung, the lowest first, or by three classes of rungs;
    none where they are not shown.
    """

    id: str
    name: str
    text: str
    figure: Figure
    mark: bool = False
    shares: tuple[Decimal, ...] = ()


class DimensionRow(Struct, frozen=True):
    """A dimension of a function page and its items."""

    name: str
    figure: Figure
    band: int | None
    items: tuple[ItemRow, ...]
    agreement: Figure | None = None
    level_text: str = ""
    next_text: str = ""


class SpreadRow(Struct, frozen=True):
    """How far people agree on one dimension."""

    name: str
    agreement: Figure
    meaning: Message | None = None


class Spread(Struct, frozen=True):
    """Where the people of a contested function part, least agreed first."""

    title: Message
    rows: tuple[SpreadRow, ...]
    cuts: tuple[Decimal, ...]
    classes: tuple[Message, ...]
    contested_below: Decimal


class FunctionPart(Struct, frozen=True):
    """One function's page."""

    id: str
    name: str
    title: Message
    whole: Levelled
    target: Decimal
    key_figures: tuple[KeyFigure, ...]
    dimensions: tuple[DimensionRow, ...]
    hand_off: Figure
    rows: tuple[ItemRow, ...]
    notes: tuple[Message, ...]
    actions: tuple[Action, ...]
    spread: Spread | None = None

    @property
    def all(self) -> tuple[ItemRow, ...]:
        """Its items and hand-off rows in order."""
        return (*(item for dimension in self.dimensions for item in dimension.items), *self.rows)
