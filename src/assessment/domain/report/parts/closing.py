"""Structs of the sections summary, moderation and appendix."""

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message


class SummarySection(Struct, frozen=True):
    """Summary for respondents: subjects, findings, next steps, and how their answers were protected."""

    title: Message
    asked: tuple[Message, ...]
    found: tuple[Message, ...]
    following: tuple[Message, ...]
    protected: tuple[Message, ...]


class ModeratedFigure(Struct, frozen=True):
    """A score as computed and as moderated by the consultant."""

    place: str
    computed: ReportFigure
    moderated: ReportFigure
    reason: str


class CutPoint(Struct, frozen=True):
    """A cut point of the questionnaire."""

    name: Message
    value: Message


class PeopleCount(Struct, frozen=True):
    """A number of people; None: too few to be shown."""

    name: str
    people: int | None


class AppendixItem(Struct, frozen=True):
    """An item in the appendix, with its full text."""

    id: str
    text: str
    asked_of: str
    figure: ReportFigure


class AppendixItemGroup(Struct, frozen=True):
    """Items of one function, or those asked across functions."""

    name: str
    items: tuple[AppendixItem, ...]


class ProvenanceLine(Struct, frozen=True):
    """A label and its value."""

    label: Message
    value: Message


class AppendixSection(Struct, frozen=True):
    """Method, cut points, participants, items, disclosure rules and provenance."""

    method: tuple[Message, ...]
    cut_points: tuple[CutPoint, ...]
    counted: int
    careless: Message
    by_role: tuple[PeopleCount, ...]
    by_function: tuple[PeopleCount, ...]
    taking_part: tuple[Message, ...]
    items: tuple[AppendixItemGroup, ...]
    hidden: tuple[Message, ...]
    provenance: tuple[ProvenanceLine, ...]
