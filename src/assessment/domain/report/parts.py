"""The report: what is said and shown, section by section, before anyone draws it.

Made once by `build`; pages, PDF and tables are given the same one, and none of them calculates.
Names are in the report's language, sentences are messages, figures are rounded.
"""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from assessment.domain.report.details import Details
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.result import Verdict

Part = Literal["now", "next"]
Topic = Literal["gap", "authority", "hand-offs", "outlook", "balance", "practice", "quality"]


class Levelled(Struct, frozen=True):
    """A score on the level scale. `level` None: withheld or not valid; `band` may still stand."""

    name: str
    figure: Figure
    band: int | None
    level: int | None
    contested: bool = False
    provisional: bool = False


class KeyFigure(Struct, frozen=True):
    """A figure worth a place of its own, with what it means."""

    label: Message
    figure: Figure
    meaning: Message | None = None
    unit: Literal["points", "percent", "people", "ratio", "signed"] = "points"


class Answer(Struct, frozen=True):
    """The answer on one page."""

    title: Message
    overall: Levelled
    functions: tuple[Levelled, ...]
    cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    findings: tuple[Message, ...]
    actions: tuple["Action", ...]
    decision: Message
    notes: tuple[Message, ...] = ()


class TargetRow(Struct, frozen=True):
    """Now against target; `short` is how many points are missing, below 0 where it is passed."""

    name: str
    now: Figure
    target: Decimal
    short: Decimal | None
    function: str = ""


class Targets(Struct, frozen=True):
    """Now against target, widest distance first."""

    title: Message
    functions: tuple[TargetRow, ...]
    dimensions: tuple[TargetRow, ...]
    balance: Message | None
    hidden: int = 0


class Cell(Struct, frozen=True):
    """One cell of a table of scores, coloured by band."""

    figure: Figure
    band: int | None
    mark: bool = False


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
    actions: tuple["Action", ...]
    spread: Spread | None = None

    @property
    def all(self) -> tuple[ItemRow, ...]:
        """Its items and hand-off rows in order."""
        return (*(item for dimension in self.dimensions for item in dimension.items), *self.rows)


class GapRow(Struct, frozen=True):
    """Leaders against practitioners on one dimension; gap above 0: leaders are more positive."""

    name: str
    leader: Figure
    practitioner: Figure
    gap: Figure
    verdict: Verdict | None
    who: Message


class Gap(Struct, frozen=True):
    """Leaders and practitioners."""

    title: Message
    rows: tuple[GapRow, ...]
    key_figures: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]
    cuts: tuple[Decimal, ...] = ()


class Authority(Struct, frozen=True):
    """Authority and support: of the group, never of one person."""

    title: Message
    authority: Figure
    support: Figure
    difference: Figure
    risk: Figure
    class_name: str
    class_meaning: str
    key_figures: tuple[KeyFigure, ...]
    items: tuple[ItemRow, ...]
    notes: tuple[Message, ...]


class HandOffRow(Struct, frozen=True):
    """One function's hand-offs; `worst` is a channel's name."""

    name: str
    figure: Figure
    cells: tuple[Cell, ...]
    worst: str | None


class HandOffs(Struct, frozen=True):
    """Hand-offs between channels."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HandOffRow, ...]
    whole: Figure
    cuts: tuple[Decimal, ...]
    notes: tuple[Message, ...]


class Quadrant(Struct, frozen=True):
    """One corner of the outlook; `here`: this is where the roles stand."""

    name: str
    meaning: str
    here: bool
    high_independence: bool
    high_readiness: bool


class Outlook(Struct, frozen=True):
    """Roles in four years."""

    title: Message
    independence: Figure
    readiness: Figure
    cut: Decimal
    quadrants: tuple[Quadrant, ...]
    embedding: Figure
    embedding_class: str
    embedding_meaning: str
    embedding_scale: tuple[str, ...]
    embedding_cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    items: tuple[ItemRow, ...]
    notes: tuple[Message, ...]


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


class Summary(Struct, frozen=True):
    """What those who answered are told: what was asked, what came out, what happens next, how they were protected."""

    title: Message
    asked: tuple[Message, ...]
    found: tuple[Message, ...]
    following: tuple[Message, ...]
    protected: tuple[Message, ...]


class Moderated(Struct, frozen=True):
    """A score as computed and as the consultant moderated it."""

    place: str
    computed: Figure
    moderated: Figure
    reason: str


class CutPoint(Struct, frozen=True):
    """A cut point of the questionnaire and what it decides."""

    name: Message
    value: Message


class Count(Struct, frozen=True):
    """How many people; None: too few to be said."""

    name: str
    people: int | None


class ItemLine(Struct, frozen=True):
    """An item in the appendix, with its whole text."""

    id: str
    text: str
    asked_of: str
    figure: Figure


class ItemGroup(Struct, frozen=True):
    """Items of one function, or of those asked across functions."""

    name: str
    items: tuple[ItemLine, ...]


class Line(Struct, frozen=True):
    """A label and what stands beside it."""

    label: Message
    value: Message


class Appendix(Struct, frozen=True):
    """How the figures came about."""

    method: tuple[Message, ...]
    cut_points: tuple[CutPoint, ...]
    counted: int
    careless: Message
    by_role: tuple[Count, ...]
    by_function: tuple[Count, ...]
    taking_part: tuple[Message, ...]
    items: tuple[ItemGroup, ...]
    hidden: tuple[Message, ...]
    provenance: tuple[Line, ...]


class Report(Struct, frozen=True):
    """One report; a part that the mode or the instrument does not have is None."""

    language: str
    details: Details
    instrument: str
    consensus: bool
    answer: Answer
    targets: Targets
    heatmap: Heatmap
    functions: tuple[FunctionPart, ...]
    gap: Gap | None
    authority: Authority | None
    hand_offs: HandOffs | None
    outlook: Outlook | None
    roadmap: Roadmap
    lifting: Lifting
    change: Change | None
    summary: Summary
    moderations: tuple[Moderated, ...]
    appendix: Appendix
    needed: int | None = None
    interval_percent: Decimal = Decimal(95)
