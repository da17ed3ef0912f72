"""Outlook section: a scenario of the roles in four years from independence and readiness."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.questionnaire_rules import OutlookIndex
from assessment.domain.report.figures import ItemRow, KeyFigure, ReportFigure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.sections.authority import build_personal_items
from assessment.domain.report.source import ReportSource, build_amount, to_exact_decimal
from assessment.domain.result import OutlookResult

INDEX_PATH = "indices.outlook"


class OutlookQuadrant(Struct, frozen=True):
    """One quadrant of the outlook; `is_current`: the group is in this quadrant."""

    name: str
    meaning: str
    is_current: bool
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


def build_outlook(source: ReportSource) -> OutlookSection | None:
    """Build the section, with one point for the whole group; None if the questionnaire does not have the index."""
    settings = source.questionnaire.indices.outlook
    if settings is None:
        return None
    index = source.result.indices.outlook or OutlookResult(None, None, None)
    embedding = source.result.indices.embedding
    scale = source.questionnaire.indices.embedding
    independence = source.figures.round_step(
        index.independence, f"{INDEX_PATH}.independence", index.bounds.get("independence"), index.n
    )
    readiness = source.figures.round_step(
        index.readiness, f"{INDEX_PATH}.readiness", index.bounds.get("readiness"), index.n
    )
    return OutlookSection(
        title=_build_title(source, settings, index),
        independence=independence,
        readiness=readiness,
        cut=to_exact_decimal(settings.cut),
        quadrants=_build_quadrants(source, settings, index.class_),
        embedding=source.build_embedding_figure(),
        embedding_class=source.name_class(embedding.class_ if embedding else None),
        embedding_meaning=source.get_class_meaning(embedding.class_ if embedding else None),
        embedding_scale=tuple(source.name_class(name) for name in (scale.classes if scale else ())),
        embedding_cuts=tuple(to_exact_decimal(cut) for cut in (scale.cuts if scale else ())),
        key_figures=(
            KeyFigure(make_message("figure.independence"), independence),
            KeyFigure(make_message("figure.readiness"), readiness),
        ),
        items=build_personal_items(source, (*settings.independence, *settings.readiness)),
        notes=(make_message("note.scenario", years=settings.years), make_message("note.outlook-group")),
    )


def build_embedding_finding(source: ReportSource) -> Message | None:
    """Finding on embedding: part of the functions or still separate; None without a score."""
    settings, embedding = source.questionnaire.indices.embedding, source.result.indices.embedding
    if settings is None or embedding is None or embedding.score is None or embedding.class_ is None:
        return None
    apart = settings.classes.index(embedding.class_) < len(settings.classes) // 2
    return make_message(
        "embedding.apart" if apart else "embedding.shared",
        score=build_amount(source.build_embedding_figure()),
        name=source.name_class(embedding.class_),
        meaning=source.get_class_meaning(embedding.class_),
    )


def _build_title(source: ReportSource, settings: OutlookIndex, index: OutlookResult) -> Message:
    if source.is_consensus:
        return make_message("outlook.consensus")
    if index.class_ is None:
        hidden = source.figures.needed is not None and source.figures.is_hidden(INDEX_PATH)
        return make_message("outlook.hidden" if hidden else "outlook.none", years=settings.years)
    independence, readiness = (
        build_amount(source.figures.round_step(value, INDEX_PATH, index.bounds.get(side)))
        for side, value in (("independence", index.independence), ("readiness", index.readiness))
    )
    return make_message(
        "outlook.class",
        years=settings.years,
        name=source.name_class(index.class_),
        independence=independence,
        readiness=readiness,
    )


def _build_quadrants(
    source: ReportSource, settings: OutlookIndex, current_class: str | None
) -> tuple[OutlookQuadrant, ...]:
    corners = (
        (settings.low_low, False, False),
        (settings.low_high, False, True),
        (settings.high_low, True, False),
        (settings.high_high, True, True),
    )
    return tuple(
        OutlookQuadrant(
            source.name_class(name), source.get_class_meaning(name), name == current_class, independence, readiness
        )
        for name, independence, readiness in corners
    )
