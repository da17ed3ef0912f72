"""Targets section: scores and targets, largest distance first."""

from decimal import Decimal

from msgspec.structs import replace

from assessment.domain.display import bound_of_difference, bound_of_mean, without_zeros
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import TargetRow, Targets
from assessment.domain.report.source import Source, amount, exact, names
from assessment.domain.result import Bound, FunctionResult

WIDEST = 10
TWO = 2


def targets(source: Source) -> Targets:
    """Build the section; dimensions are compared with the target of their function."""
    functions = [
        _row(source.function(name), source.levelled(name).figure, found.target, name)
        for name, found in source.functions()
    ]
    dimensions = [
        _row(
            source.dimension(dimension),
            replace(source.dimension_figure(f"functions.{name}.dimensions.{dimension}.score", figure), n=None),
            found.target,
            source.function(name),
        )
        for name, found in source.functions()
        for dimension, figure in found.dimensions.items()
    ]
    known = sorted((row for row in dimensions if row.short is not None), key=_distance)
    ordered = tuple(sorted(functions, key=_distance))
    return Targets(
        title=_title(source, ordered),
        functions=ordered,
        dimensions=tuple(known[:WIDEST]),
        balance=_balance(source),
        hidden=len(dimensions) - len(known),
    )


def _row(name: str, now: Figure, target: float, function: str) -> TargetRow:
    goal = exact(target)
    short = None if now.shown is None else goal - now.shown
    return TargetRow(name, now, goal, short, function, bound_of_difference(None, now.bound))


def _distance(row: TargetRow) -> Decimal:
    return Decimal(1000) if row.short is None else -row.short


def _title(source: Source, rows: tuple[TargetRow, ...]) -> Message:
    known = [(row.short, row.name) for row in rows if row.short is not None]
    if not known:
        return say("targets.none")
    widest = max(short for short, _ in known)
    bound = bound_of_mean(row.bound for row in rows if row.short == widest)
    points = amount(Figure(widest, bound=bound))
    if widest <= 0:
        return say("targets.both-reached") if len(known) == TWO else say("targets.reached", count=len(known))
    if len(known) == 1:
        return say("targets.only", function=known[0][1], points=points)
    furthest = names(name for short, name in known if short == widest)
    if len(furthest) == len(known):
        return say("targets.tied", functions=furthest, points=points)
    if _is_furthest(source):
        return say("targets.furthest", function=furthest[0], points=points)
    short_of = {name for short, name in known if short > 0}
    below = names(name for name in (source.function(key) for key, _ in source.functions()) if name in short_of)
    return say("targets.below", count=len(below), functions=below, points=points)


def _is_furthest(source: Source) -> bool:
    """Return whether one function is furthest from its target beyond chance, by the rule for scores (method 4)."""
    distances = sorted((_to_target(found) for _, found in source.scored()), key=lambda one: -(one.score or 0.0))
    return source.is_apart(distances[0], distances[1])


def _to_target(found: FunctionResult) -> FunctionResult:
    """Replace a function's score by its distance to the target; a target is exact, so the half-width is unchanged."""
    return replace(found, score=found.target - (found.score or 0.0))


def _percent(value: Decimal, bound: Bound | None) -> Value:
    if bound is None:
        return Share(value)
    return say("bound.at-most" if bound == "at most" else "bound.at-least", value=Share(without_zeros(value)))


def _balance(source: Source) -> Message | None:
    """Message on the balance between the functions (method 5)."""
    found = source.result.indices.balance
    settings = source.questionnaire.indices.balance
    if settings is None:
        return None
    cuts = {"cut": exact(settings.spread_at), "floor": exact(settings.flagged_below)}
    if found is None or found.spread is None:
        return say("balance.none")
    if found.score is None:
        return say("balance.no-practice")
    bound = source.balance_bound()
    spread = Figure(source.shown(found.spread, source.figures.scales.gap), bound=bound_of_difference(None, bound))
    values = {"spread": amount(spread), "balance": _percent(source.score(found.score), bound)}
    if not found.flagged:
        return say("balance.even", **values)
    if found.weakest is None:
        return say("balance.flagged-tied", **values, **cuts)
    return say("balance.flagged", **values, **cuts, weakest=source.function(found.weakest))
