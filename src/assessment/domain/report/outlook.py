"""Outlook section: a scenario of the roles in four years from independence and readiness."""

from assessment.domain.questionnaire import Outlook as Settings
from assessment.domain.report.authority import personal_items
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import KeyFigure, Outlook, Quadrant
from assessment.domain.report.source import Source, amount, exact
from assessment.domain.result import OutlookResult

PATH = "indices.outlook"


def outlook(source: Source) -> Outlook | None:
    """Build the section, with one point for the whole group; None if the questionnaire does not have the index."""
    settings = source.questionnaire.indices.outlook
    if settings is None:
        return None
    found = source.result.indices.outlook or OutlookResult(None, None, None)
    embedding = source.result.indices.embedding
    scale = source.questionnaire.indices.embedding
    independence = source.figures.step(
        found.independence, f"{PATH}.independence", found.bounds.get("independence"), found.n
    )
    readiness = source.figures.step(found.readiness, f"{PATH}.readiness", found.bounds.get("readiness"), found.n)
    return Outlook(
        title=_title(source, settings, found),
        independence=independence,
        readiness=readiness,
        cut=exact(settings.cut),
        quadrants=_quadrants(source, settings, found.class_),
        embedding=source.embedding(),
        embedding_class=source.class_name(embedding.class_ if embedding else None),
        embedding_meaning=source.class_meaning(embedding.class_ if embedding else None),
        embedding_scale=tuple(source.class_name(name) for name in (scale.classes if scale else ())),
        embedding_cuts=tuple(exact(cut) for cut in (scale.cuts if scale else ())),
        key_figures=(
            KeyFigure(say("figure.independence"), independence),
            KeyFigure(say("figure.readiness"), readiness),
        ),
        items=personal_items(source, (*settings.independence, *settings.readiness)),
        notes=(say("note.scenario", years=settings.years), say("note.outlook-group")),
    )


def embedding(source: Source) -> Message | None:
    """Finding on embedding: part of the functions or still separate; None without a score."""
    settings, found = source.questionnaire.indices.embedding, source.result.indices.embedding
    if settings is None or found is None or found.score is None or found.class_ is None:
        return None
    apart = settings.classes.index(found.class_) < len(settings.classes) // 2
    return say(
        "embedding.apart" if apart else "embedding.shared",
        score=amount(source.embedding()),
        name=source.class_name(found.class_),
        meaning=source.class_meaning(found.class_),
    )


def _title(source: Source, settings: Settings, found: OutlookResult) -> Message:
    if source.consensus:
        return say("outlook.consensus")
    if found.class_ is None:
        hidden = source.figures.needed is not None and source.figures.is_hidden(PATH)
        return say("outlook.hidden" if hidden else "outlook.none", years=settings.years)
    independence, readiness = (
        amount(source.figures.step(value, PATH, found.bounds.get(side)))
        for side, value in (("independence", found.independence), ("readiness", found.readiness))
    )
    return say(
        "outlook.class",
        years=settings.years,
        name=source.class_name(found.class_),
        independence=independence,
        readiness=readiness,
    )


def _quadrants(source: Source, settings: Settings, here: str | None) -> tuple[Quadrant, ...]:
    corners = (
        (settings.low_low, False, False),
        (settings.low_high, False, True),
        (settings.high_low, True, False),
        (settings.high_high, True, True),
    )
    return tuple(
        Quadrant(source.class_name(name), source.class_meaning(name), name == here, independence, readiness)
        for name, independence, readiness in corners
    )
