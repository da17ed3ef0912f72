"""The way ahead: actions, roadmap, what lifts a level, what changed."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure

Part = Literal["now", "next"]
Topic = Literal["gap", "authority", "hand-offs", "outlook", "balance", "practice", "quality"]


class Fired(Struct, frozen=True):
    """The figure that fired an advice, beside the cut it was held to."""

    figure: Message
    text: Message


class Action(Struct, frozen=True):
    """One piece of advice, in its place in the order; `place` counts from 1."""

    id: str
    place: int
    title: str
    why: str
    steps: tuple[str, ...]
    owner: str
    indicator: str
    effort: str
    impact: str
    part: Part
    horizon: int
    horizon_name: str
    pinned: bool
    function: str | None
    function_name: str | None
    fired: tuple[Fired, ...]
    priority: Decimal
    topic: Topic = "practice"


class Roadmap(Struct, frozen=True):
    """All advice on the way from now to the last horizon."""

    title: Message
    horizons: tuple[str, ...]
    actions: tuple[Action, ...]
    first: int


class Step(Struct, frozen=True):
    """One piece of advice on the way to a level; `place` None: no rule calls for it by itself."""

    title: str
    place: int | None


class LiftRow(Struct, frozen=True):
    """The way of one function (of the whole: `function` None, `name` empty) to its target level."""

    name: str
    function: str | None
    level: int | None
    target_level: int
    binding: Message
    steps: tuple[Step, ...]
    way: Message
    level_reached: int | None
    score_reached: Figure
    effort: Decimal | None
    reached: bool


class Lifting(Struct, frozen=True):
    """What would lift the level, the whole first; no rows where levels are withheld."""

    title: Message
    rows: tuple[LiftRow, ...]
    notes: tuple[Message, ...]


class ChangeRow(Struct, frozen=True):
    """One figure in both waves; `parts` are points from answers, who answered, and the instrument."""

    name: str | Message
    earlier: Figure
    later: Figure
    change: Figure
    margin: Decimal | None
    changed: bool | None
    verdict: Message
    parts: tuple[Figure, ...] | None
    refused: bool = False
    whole: bool = False


class ItemChange(Struct, frozen=True):
    """How far one item moved."""

    name: str
    function: str
    change: Figure


class Change(Struct, frozen=True):
    """Change since the last wave; `broken`: the whole can't be compared."""

    title: Message
    rows: tuple[ChangeRow, ...]
    earlier: str
    later: str
    breaks: tuple[Message, ...]
    broken: bool
    risen: tuple[ItemChange, ...]
    fallen: tuple[ItemChange, ...]
    projection: tuple[Message, ...]
    pace: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]
