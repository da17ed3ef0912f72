"""Perception gap section: how differently leaders and practitioners rate the same practice."""

from decimal import Decimal

from msgspec.structs import replace
from scipy.special import stdtrit

from assessment.domain.display import bound_of_difference
from assessment.domain.questionnaire import PerceptionGap
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Gap, GapRow, KeyFigure
from assessment.domain.report.source import Source, exact, names
from assessment.domain.result import GapDimension, PerceptionGapResult

PATH = "indices.perception_gap"
SURE = ("confirmed", "strong")
DIRECTED = (*SURE, "indicative")  # only for these verdicts the more positive side is named
CHANCE = 0.80  # expected absolute value of a standard normal deviate


def perception(source: Source) -> Gap | None:
    """Build the section; rows in questionnaire order, with hidden dimensions. None if there is no such index."""
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
        return GapRow(name, none, none, none, None, none.missing or say("missing.not-valid"), None)
    path = f"{PATH}.dimensions.{dimension}"
    leader, practitioner = (
        source.figures.step(value, path, found.bounds.get(side), people)
        for side, value, people in (
            ("leader", found.leader, found.leaders),
            ("practitioner", found.practitioner, found.practitioners),
        )
    )
    gap = _difference(source, found)
    is_directed = source.is_first_method or found.verdict in DIRECTED
    told = who(gap.shown or Decimal(0)) if is_directed else None
    return GapRow(name, leader, practitioner, gap, found.verdict, told, verdict(source, found.verdict))


def _difference(source: Source, found: GapDimension) -> Figure:
    """Figure of a gap, with a bound if a clipped side may make it wider."""
    bound = bound_of_difference(found.bounds.get("leader"), found.bounds.get("practitioner"))
    return replace(source.figures.difference(found.gap, found.interval), bound=bound)


def verdict(source: Source, found: str) -> Message:
    """Name a verdict in the words of the method version that computed it."""
    return say(f"verdict-first.{found}" if source.is_first_method else f"verdict.{found}")


def who(gap: Decimal) -> Message:
    """Name the more positive side."""
    if gap == 0:
        return say("who.same")
    return say("who.leaders" if gap > 0 else "who.practitioners")


def _title(source: Source, found: PerceptionGapResult) -> Message:
    if not found.shown:
        return say("gap.hidden" if source.figures.needed is not None else "gap.none")
    gaps = {name: source.figures.difference(part.gap).shown or Decimal(0) for name, part in found.shown.items()}
    sure = {name: gaps[name] for name, part in found.shown.items() if part.verdict in SURE}
    if not sure:
        return _unsure(source, found, gaps)
    signs = {gap > 0 for gap in sure.values()}
    widest = max(abs(gap) for gap in sure.values())
    open_ended = any(
        _is_open(_difference(source, found.shown[name])) for name, gap in sure.items() if abs(gap) == widest
    )
    points = say("bound.at-least", value=widest) if open_ended else widest
    where = names(source.dimension(name) for name, gap in sure.items() if abs(gap) == widest)
    if len(signs) > 1:
        return say("gap.mixed", count=len(sure), points=points, dimensions=where)
    return say("gap.leaders" if signs == {True} else "gap.practitioners", dimensions=where, points=points)


def _is_open(gap: Figure) -> bool:
    """Return whether a gap may be wider than shown."""
    return gap.shown is not None and gap.bound == ("at least" if gap.shown > 0 else "at most")


def _unsure(source: Source, found: PerceptionGapResult, gaps: dict[str, Decimal]) -> Message:
    """Title without a confirmed gap; it mentions chance only for gaps that were tested and may exist."""
    verdicts = [part.verdict for part in found.shown.values()]
    whole = len(found.shown) == len(source.questionnaire.dimensions)
    hints = {gaps[name] > 0 for name, part in found.shown.items() if part.verdict == "indicative"}
    if source.is_first_method:
        return _unsure_first(hints, whole=whole)
    if hints:
        side = "mixed" if len(hints) > 1 else "leaders" if hints == {True} else "practitioners"
        return say(f"gap.may-{side}")
    if "open" in verdicts:
        return say("gap.open")
    if "untested" in verdicts:
        untested = verdicts.count("untested")
        return say("gap.untested" if untested == len(verdicts) else "gap.untested-in-part", count=untested)
    return say("gap.alike" if whole else "gap.alike-in-part")


def _unsure_first(hints: set[bool], *, whole: bool) -> Message:
    """Title of method 1.0, which did not distinguish an untested gap from one that chance explains."""
    if not hints:
        return say("gap.closed" if whole else "gap.closed-in-part")
    side = "mixed" if len(hints) > 1 else "leaders" if hints == {True} else "practitioners"
    return say(f"gap.hint-{side}")


def by_chance(source: Source) -> Decimal | None:
    """Average size of gap, in points, that chance alone would cause with these numbers of people (method 5)."""
    found = source.result.indices.perception_gap
    if found is None:
        return None
    level = (1 + source.questionnaire.scoring.interval_confidence) / 2
    sizes = [
        CHANCE * part.half_width / float(stdtrit(part.leaders + part.practitioners - 2, level))
        for part in found.shown.values()
        if part.half_width is not None and part.leaders is not None and part.practitioners is not None
    ]
    return source.shown(sum(sizes) / len(sizes), source.figures.scales.gap) if sizes else None


def _key_figures(source: Source, settings: PerceptionGap, found: PerceptionGapResult) -> tuple[KeyFigure, ...]:
    signed = Figure(None, missing=source.figures.reason(f"{PATH}.signed"))
    if found.signed is not None:
        signed = source.figures.gap(found.signed)
    meaning = who(signed.shown) if signed.shown is not None and _has_side(source, found) else None
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
    return (*figures, KeyFigure(say("label.goal-agreement"), goals, _goal_answers(found), unit="percent"))


def _has_side(source: Source, found: PerceptionGapResult) -> bool:
    """Return whether all gaps with a direction point to the side of the mean gap."""
    if source.is_first_method:
        return True
    signs = {part.gap > 0 for part in found.shown.values() if part.verdict in DIRECTED}
    return found.signed is not None and signs == {found.signed > 0}


def _goal_answers(found: PerceptionGapResult) -> Message | None:
    answers = found.goal_agreement_n
    if answers is None or found.goal_agreement is None:
        return None
    return say("goals.answers", leaders=answers.leader, practitioners=answers.practitioner)


def _notes(source: Source, settings: PerceptionGap, found: PerceptionGapResult) -> tuple[Message, ...]:
    notes = [
        say(
            "note.verdicts-first" if source.is_first_method else "note.verdicts",
            indicative=exact(settings.indicative_at),
            strong=exact(settings.strong_at),
            percent=exact(100 * source.questionnaire.scoring.interval_confidence),
        )
    ]
    chance = by_chance(source)
    if chance is not None and not source.is_first_method:
        notes.append(say("note.gap-chance", points=chance))
    missing = len(source.questionnaire.dimensions) - len(found.shown)
    if missing and source.figures.needed is not None:
        notes.append(say("note.gap-hidden", count=missing, needed=source.figures.needed))
    return tuple(notes)
