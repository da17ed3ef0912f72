"""What stands at the end, and beside the figures: summary, moderated scores, appendix."""

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message


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
