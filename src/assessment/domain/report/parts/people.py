"""Leaders and practitioners, authority and support, hand-offs, roles in four years."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.functions import ItemRow
from assessment.domain.report.parts.shared import Cell, KeyFigure
from assessment.domain.result import Verdict


class GapRow(Struct, frozen=True):
    """Leaders against practitioners on one dimension; gap above 0: leaders are more positive.

    `who` says who is more positive, where that may be said, or why there is no figure; `words` names the verdict.
    """

    name: str
    leader: Figure
    practitioner: Figure
    gap: Figure
    verdict: Verdict | None
    who: Message | None
    words: Message | None


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
    """One function's hand-offs; `worst` names all channels that share the lowest."""

    name: str
    figure: Figure
    cells: tuple[Cell, ...]
    worst: tuple[str, ...]


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
