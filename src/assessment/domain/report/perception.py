"""Leaders and practitioners: how differently they see the same practice."""

from decimal import Decimal

from assessment.domain.questionnaire import PerceptionGap
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Gap, GapRow, KeyFigure
from assessment.domain.report.source import Source, exact, names
from assessment.domain.result import GapDimension, PerceptionGapResult

PATH = "indices.perception_gap"
SURE = ("confirmed", "strong")


def perception(source: Source) -> Gap | None:
    """Build the page; rows in the questionnaire's order, hidden dimensions included. None: not compared."""
    found = source.result.indices.perception_gap
    settings = source.questionnaire.indices.perception_gap
    if settings is None:
        return None
    cuts = (exact(settings.indicative_at), exact(settings.strong_at))
    if found is None:
        return Gap(say("gap.consensus" if source.consensus else "gap.none"), (), (), (), cuts)
    rows = tuple(
        _row(source, dimension.id, found.dimensions.get(dimension.id)) for dimension in source.questionnaire.dimensions
    )
    return Gap(
        _title(source, found), rows, _key_figures(source, settings, found), _notes(source, settings, found), cuts
    )


def _row(source: Source, dimension: str, found: GapDimension | None) -> GapRow:
    name = source.dimension(dimension)
    if found is None:
        none = source.figures.none(f"{PATH}.dimensions.{dimension}")
        if source.figures.needed is not None:
            none = Figure(None, missing=say("missing.one-side", needed=source.figures.needed))
        return GapRow(name, none, none, none, None, none.missing or say("missing.not-valid"))
    path = f"{PATH}.dimensions.{dimension}"
    leader, practitioner = (
        source.figures.step(value, path, found.bounds.get(side), people)
        for side, value, people in (
            ("leader", found.leader, found.leaders),
            ("practitioner", found.practitioner, found.practitioners),
        )
    )
    gap = source.figures.difference(found.gap, found.interval)
    return GapRow(name, leader, practitioner, gap, found.verdict, who(gap.shown or Decimal(0)))


def who(gap: Decimal) -> Message:
    """Say who is more positive."""
    if gap == 0:
        return say("who.same")
    return say("who.leaders" if gap > 0 else "who.practitioners")


def _title(source: Source, found: PerceptionGapResult) -> Message:
    if not found.shown:
        return say("gap.hidden" if source.figures.needed is not None else "gap.none")
    gaps = {name: source.figures.difference(part.gap).shown or Decimal(0) for name, part in found.shown.items()}
    sure = {name: gaps[name] for name, part in found.shown.items() if part.verdict in SURE}
    if not sure:
        hints = [gaps[name] for name, part in found.shown.items() if part.verdict == "indicative"]
        return _unsure(hints, whole=len(found.shown) == len(source.questionnaire.dimensions))
    signs = {gap > 0 for gap in sure.values()}
    widest = max(abs(gap) for gap in sure.values())
    where = names(source.dimension(name) for name, gap in sure.items() if abs(gap) == widest)
    if len(signs) > 1:
        return say("gap.mixed", count=len(sure), points=widest, dimensions=where)
    return say("gap.leaders" if signs == {True} else "gap.practitioners", dimensions=where, points=widest)


def _unsure(hints: list[Decimal], *, whole: bool) -> Message:
    """Say who may be more positive, and of what nothing is known where some dimensions are hidden."""
    if not hints:
        return say("gap.closed" if whole else "gap.closed-in-part")
    signs = {gap > 0 for gap in hints}
    if len(signs) > 1:
        return say("gap.hint-mixed")
    return say("gap.hint-leaders" if signs == {True} else "gap.hint-practitioners")


def _key_figures(source: Source, settings: PerceptionGap, found: PerceptionGapResult) -> tuple[KeyFigure, ...]:
    signed = Figure(None, missing=source.figures.reason(f"{PATH}.signed"))
    if found.signed is not None:
        signed = source.figures.gap(found.signed)
    meaning = who(signed.shown) if signed.shown is not None else None
    size = Figure(None, missing=source.figures.reason(f"{PATH}.score"))
    if found.score is not None:
        size = source.figures.gap(found.score)
    figures = (
        KeyFigure(say("label.gap-size"), size),
        KeyFigure(say("label.gap-signed"), signed, meaning, "signed"),
        KeyFigure(
            say("label.leader-dont-know"),
            source.figures.step(
                found.leader_dont_know, f"{PATH}.leader_dont_know", found.bounds.get("leader_dont_know")
            ),
            unit="percent",
        ),
    )
    if settings.goals is None:
        return figures
    goals = source.figures.step(found.goal_agreement, f"{PATH}.goal_agreement", found.bounds.get("goal_agreement"))
    return (*figures, KeyFigure(say("label.goal-agreement"), goals, unit="percent"))


def _notes(source: Source, settings: PerceptionGap, found: PerceptionGapResult) -> tuple[Message, ...]:
    notes = [
        say(
            "note.verdicts",
            indicative=exact(settings.indicative_at),
            strong=exact(settings.strong_at),
            percent=exact(100 * source.questionnaire.scoring.interval_confidence),
        )
    ]
    missing = len(source.questionnaire.dimensions) - len(found.shown)
    if missing and source.figures.needed is not None:
        notes.append(say("note.gap-hidden", count=missing, needed=source.figures.needed))
    return tuple(notes)
