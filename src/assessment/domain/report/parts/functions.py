"""Structs of the functions section: dimensions, items, hand-off rows, agreement."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure, Levelled
from assessment.domain.report.parts.way import Action


class ItemRow(Struct, frozen=True):
    """An item or hand-off row of a function page.

    `shares` are the percentages of its answers by rung (lowest first) or by three classes of rungs; empty if hidden.
    """

    id: str
    name: str
    text: str
    figure: Figure
    mark: bool = False
    shares: tuple[Decimal, ...] = ()


class DimensionRow(Struct, frozen=True):
    """A dimension of a function page; `level_text` describes its level, `next_text` the next one."""

    name: str
    figure: Figure
    band: int | None
    items: tuple[ItemRow, ...]
    agreement: Figure | None = None
    level_text: str = ""
    next_text: str = ""


class SpreadRow(Struct, frozen=True):
    """Agreement on one dimension."""

    name: str
    agreement: Figure
    meaning: Message | None = None


class Spread(Struct, frozen=True):
    """Agreement by dimension in a contested function, lowest first."""

    title: Message
    rows: tuple[SpreadRow, ...]
    cuts: tuple[Decimal, ...]
    classes: tuple[Message, ...]
    contested_below: Decimal


class FunctionPart(Struct, frozen=True):
    """Page of one function; `rows` are its hand-off rows."""

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
        """Items and hand-off rows in order."""
        return (*(item for dimension in self.dimensions for item in dimension.items), *self.rows)
