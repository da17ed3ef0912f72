"""What would lift the level: what holds it down, and the least effort that reaches the target."""

from decimal import Decimal

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.parts import Action, Lifting, LiftRow, Step
from assessment.domain.report.source import Source, exact, names
from assessment.domain.result import Lift


def lifting(source: Source, actions: tuple[Action, ...]) -> Lifting:
    """Build the section from the lifts that the result carries; the whole comes first."""
    places = {action.id: action.place for action in actions}
    found = sorted(source.result.lifts, key=lambda lift: lift.function is not None)
    rows = tuple(_row(source, lift, places) for lift in found)
    return Lifting(title=_title(source, found), rows=rows, notes=(say("lifting.assumption"),) if rows else ())


def _row(source: Source, lift: Lift, places: dict[str, int]) -> LiftRow:
    score = None if lift.score_reached is None else source.score(lift.score_reached)
    return LiftRow(
        name=source.function(lift.function) if lift.function else "",
        function=lift.function,
        level=lift.level,
        target_level=lift.target_level,
        binding=_binding(source, lift),
        steps=tuple(_step(source, name, places) for name in lift.advice or ()),
        way=_way(lift),
        level_reached=lift.level_reached,
        score_reached=Figure(score),
        effort=None if lift.effort is None else exact(lift.effort),
        reached=_is_reached(lift),
    )


def _step(source: Source, rule: str, places: dict[str, int]) -> Step:
    text = source.texts.rules.get(rule)
    return Step(text.title if text else rule, places.get(rule))


def _is_reached(lift: Lift) -> bool:
    return lift.level is not None and lift.level >= lift.target_level


def _named(source: Source, lift: Lift) -> tuple[str, ...]:
    name = source.dimension if lift.function else source.function
    return names(name(part) for part in lift.binding)


def _binding(source: Source, lift: Lift) -> Message:
    """Say what holds the level where it is."""
    if _is_reached(lift):
        return say("binding.reached")
    parts = _named(source, lift)
    return say("binding.parts", count=len(parts), parts=parts) if parts else say("binding.score")


def _way(lift: Lift) -> Message:
    """Say how the target is reached: at once, by some advice, or not by advice alone."""
    values: dict[str, Value] = {"target": lift.target_level}
    if _is_reached(lift):
        return say("way.reached", **values)
    if not lift.advice:
        return say("way.impossible", **values)
    if lift.ties:
        return say("way.tied", count=lift.ties, **values)
    return say("way.only", count=len(lift.advice), **values)


def _title(source: Source, found: list[Lift]) -> Message:
    """Speak of the whole where it has a level, else of its functions."""
    if not found:
        return say("lifting.none")
    whole = found[0]
    if whole.function is not None:
        return _without_whole(source, found)
    values: dict[str, Value] = {"level": whole.level or 0, "target": whole.target_level}
    if _is_reached(whole):
        return say("lifting.reached", **values)
    if whole.advice:
        return say("lifting.way", count=len(whole.advice), **values)
    parts = _named(source, whole)
    if parts:
        return say("lifting.held", count=len(parts), parts=parts, **values)
    return say("lifting.impossible", **values)


def _without_whole(source: Source, found: list[Lift]) -> Message:
    there = [lift for lift in found if _is_reached(lift)]
    if len(there) == len(found):
        named = names(source.function(lift.function or "") for lift in there)
        return say("lifting.functions-reached", count=len(there), functions=named)
    below = [lift for lift in found if not _is_reached(lift)]
    able = sum(bool(lift.advice) for lift in below)
    if len(below) == 1:
        name = source.function(below[0].function or "")
        return say("lifting.one-able" if able else "lifting.one-unable", function=name)
    if able in (0, len(below)):
        return say("lifting.functions-able" if able else "lifting.functions-unable", count=len(below))
    return say("lifting.functions", count=len(below), able=Decimal(able))
