"""Structs of the sections summary, moderation and appendix."""

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message


class Summary(Struct, frozen=True):
    """Summary for respondents: subjects, findings, next steps, and how their answers were protected."""

    title: Message
    asked: tuple[Message, ...]
    found: tuple[Message, ...]
    following: tuple[Message, ...]
    protected: tuple[Message, ...]


class Moderated(Struct, frozen=True):
    """A score as computed and as moderated by the consultant."""

    place: str
    computed: Figure
    moderated: Figure
    reason: str


class CutPoint(Struct, frozen=True):
    """A cut point of the questionnaire."""

    name: Message
    value: Message


class Count(Struct, frozen=True):
    """A number of people; None: too few to be shown."""

    name: str
    people: int | None


class ItemLine(Struct, frozen=True):
    """An item in the appendix, with its full text."""

    id: str
    text: str
    asked_of: str
    figure: Figure


class ItemGroup(Struct, frozen=True):
    """Items of one function, or those asked across functions."""

    name: str
    items: tuple[ItemLine, ...]


class Line(Struct, frozen=True):
    """A label and its value."""

    label: Message
    value: Message


class Appendix(Struct, frozen=True):
    """Method, cut points, participants, items, disclosure rules and provenance."""

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
