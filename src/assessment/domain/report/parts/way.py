"""The way ahead: actions, roadmap, what lifts a level, what changed."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure

Part = Literal["now", "next", "target"]  # start now, start next, only to reach a target level
Topic = Literal["gap", "authority", "hand-offs", "outlook", "balance", "practice", "quality"]


class Fired(Struct, frozen=True):
    """The figure that fired an advice, and the cut point that it was compared with."""

    figure: Message
    text: Message


class Action(Struct, frozen=True):
    """One piece of advice, in its place in the order; `place` counts from 1.

    `goal` says where the first figure that fired stands, where it should be, and by when. `about` names the
    functions that advice about the balance of all means. `after` is the place of the action to be decided first.
    """

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
    goal: Message | None = None
    about: Message | None = None
    after: int | None = None

    @property
    def starts_now(self) -> bool:
        """Starts now, and waits for no other action."""
        return self.part == "now" and self.after is None

    @property
    def urgent(self) -> bool:
        """Pinned first, and due within the first horizon."""
        return self.pinned and self.horizon == 0


class Roadmap(Struct, frozen=True):
    """All advice on the way from now to the last horizon.

    `further` is needed only to reach a target level. `starting` starts now, the first decision first.
    """

    title: Message
    horizons: tuple[str, ...]
    actions: tuple[Action, ...]
    first: int
    further: tuple[Action, ...] = ()
    starting: tuple[Action, ...] = ()
    notes: tuple[Message, ...] = ()


class Step(Struct, frozen=True):
    """One piece of advice on the way to a level, and its place in the roadmap."""

    title: str
    place: int


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


class ProspectRow(Struct, frozen=True):
    """Where one function (the whole: `name` empty) comes to by what starts now, and by all advice together."""

    name: str
    now: Figure
    starting_now: Message
    all_advice: Message


class Lifting(Struct, frozen=True):
    """What would lift the level, the whole first; no rows where levels are withheld.

    `prospects` say where the advice leads, the whole first.
    """

    title: Message
    rows: tuple[LiftRow, ...]
    notes: tuple[Message, ...]
    prospects: tuple[ProspectRow, ...] = ()


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
