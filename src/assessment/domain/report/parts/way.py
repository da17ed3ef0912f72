"""Structs of the sections roadmap, target paths and change."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.shared import KeyFigure

ActionPart = Literal["now", "next", "target"]  # start now, start next, needed only to reach a target level
ActionTopic = Literal["gap", "authority", "hand-offs", "outlook", "balance", "practice", "quality"]


class AdviceReason(Struct, frozen=True):
    """The figure that fired a piece of advice, and a text that compares it with the cut point."""

    figure: Message
    text: Message


class Action(Struct, frozen=True):
    """One piece of advice; `place` is its rank, from 1.

    `goal`: baseline, target value and date of the first figure that fired. `about` names the functions concerned by
    advice about balance or contested scores. `after` is the place of the action that must be decided first.
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
    part: ActionPart
    horizon: int
    horizon_name: str
    pinned: bool
    function: str | None
    function_name: str | None
    fired: tuple[AdviceReason, ...]
    priority: Decimal
    topic: ActionTopic = "practice"
    goal: Message | None = None
    about: Message | None = None
    after: int | None = None

    @property
    def starts_now(self) -> bool:
        """Return whether it starts now and does not wait for another action."""
        return self.part == "now" and self.after is None

    @property
    def urgent(self) -> bool:
        """Return whether it is pinned and due within the first horizon."""
        return self.pinned and self.horizon == 0


class RoadmapSection(Struct, frozen=True):
    """All advice from now to the last horizon.

    `further` actions are needed only to reach a target level. `starting` actions start now, the action to be decided
    first at the beginning; `first` is their number.
    """

    title: Message
    horizons: tuple[str, ...]
    actions: tuple[Action, ...]
    first: int
    further: tuple[Action, ...] = ()
    starting: tuple[Action, ...] = ()
    notes: tuple[Message, ...] = ()


class PathStep(Struct, frozen=True):
    """One action on the path to a level, and its place in the roadmap."""

    title: str
    place: int


class TargetPathRow(Struct, frozen=True):
    """Path of one function to its target level (overall: `function` None, `name` empty)."""

    name: str
    function: str | None
    level: int | None
    target_level: int
    binding: Message
    steps: tuple[PathStep, ...]
    way: Message
    level_reached: int | None
    score_reached: ReportFigure
    effort: Decimal | None
    reached: bool


class ProspectRow(Struct, frozen=True):
    """Outcomes for one function (overall: `name` empty) of the advice that starts now and of all advice."""

    name: str
    now: ReportFigure
    starting_now: Message
    all_advice: Message


class TargetPathsSection(Struct, frozen=True):
    """Paths to the target levels, overall first; no rows if levels are withheld.

    `prospects` are the outcomes of the advice, overall first.
    """

    title: Message
    rows: tuple[TargetPathRow, ...]
    notes: tuple[Message, ...]
    prospects: tuple[ProspectRow, ...] = ()


class ChangeRow(Struct, frozen=True):
    """One figure in both waves; `parts` are the points from answers, role mix and instrument."""

    name: str | Message
    earlier: ReportFigure
    later: ReportFigure
    change: ReportFigure
    margin: Decimal | None
    changed: bool | None
    verdict: Message
    parts: tuple[ReportFigure, ...] | None
    refused: bool = False
    whole: bool = False


class ItemChangeRow(Struct, frozen=True):
    """Change of one item."""

    name: str
    function: str
    change: ReportFigure


class ChangeSection(Struct, frozen=True):
    """Change since the last wave; `broken`: the overall score can't be compared."""

    title: Message
    rows: tuple[ChangeRow, ...]
    earlier: str
    later: str
    breaks: tuple[Message, ...]
    broken: bool
    risen: tuple[ItemChangeRow, ...]
    fallen: tuple[ItemChangeRow, ...]
    projection: tuple[Message, ...]
    pace: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]
