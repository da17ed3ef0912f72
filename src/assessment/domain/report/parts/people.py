"""Structs of the sections perception gap, authority, hand-offs and outlook."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message
from assessment.domain.report.parts.functions import ItemRow
from assessment.domain.report.parts.shared import KeyFigure, ScoreCell
from assessment.domain.result import GapVerdict


class GapRow(Struct, frozen=True):
    """Leaders and practitioners on one dimension; gap above 0: leaders are more positive.

    `who` names the more positive side if the gap supports it, or the reason for a missing figure; `words` is the
    verdict as text.
    """

    name: str
    leader: ReportFigure
    practitioner: ReportFigure
    gap: ReportFigure
    verdict: GapVerdict | None
    who: Message | None
    words: Message | None


class PerceptionGapSection(Struct, frozen=True):
    """Comparison of leaders and practitioners by dimension."""

    title: Message
    rows: tuple[GapRow, ...]
    key_figures: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]
    cuts: tuple[Decimal, ...] = ()


class AuthoritySection(Struct, frozen=True):
    """Authority and support as group means."""

    title: Message
    authority: ReportFigure
    support: ReportFigure
    difference: ReportFigure
    risk: ReportFigure
    class_name: str
    class_meaning: str
    key_figures: tuple[KeyFigure, ...]
    items: tuple[ItemRow, ...]
    notes: tuple[Message, ...]


class HandOffRow(Struct, frozen=True):
    """Hand-offs of one function; `worst` names all channels that share the lowest score."""

    name: str
    figure: ReportFigure
    cells: tuple[ScoreCell, ...]
    worst: tuple[str, ...]


class HandOffsSection(Struct, frozen=True):
    """Hand-offs of functions (rows) by channels (columns)."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HandOffRow, ...]
    whole: ReportFigure
    cuts: tuple[Decimal, ...]
    notes: tuple[Message, ...]


class OutlookQuadrant(Struct, frozen=True):
    """One quadrant of the outlook; `here`: the group is in this quadrant."""

    name: str
    meaning: str
    here: bool
    high_independence: bool
    high_readiness: bool


class OutlookSection(Struct, frozen=True):
    """Outlook of the roles in four years, and embedding."""

    title: Message
    independence: ReportFigure
    readiness: ReportFigure
    cut: Decimal
    quadrants: tuple[OutlookQuadrant, ...]
    embedding: ReportFigure
    embedding_class: str
    embedding_meaning: str
    embedding_scale: tuple[str, ...]
    embedding_cuts: tuple[Decimal, ...]
    key_figures: tuple[KeyFigure, ...]
    items: tuple[ItemRow, ...]
    notes: tuple[Message, ...]
