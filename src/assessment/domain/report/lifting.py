"""Target paths section: what limits each level, and the advice of least effort that reaches the target."""

from decimal import Decimal

from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.parts import Action, Lifting, LiftRow, ProspectRow, Roadmap, Step
from assessment.domain.report.source import Source, exact, names
from assessment.domain.result import Lift, Prospect, Reached
from assessment.domain.scoring.tally import MAXIMUM


def lifting(source: Source, roadmap: Roadmap) -> Lifting:
    """Build the section from the lifts of the result; the overall level comes first."""
    places = {action.id: action for action in (*roadmap.actions, *roadmap.further)}
    found = sorted(source.result.lifts, key=lambda lift: lift.function is not None)
    rows = tuple(_row(source, lift, places) for lift in found)
    prospects = sorted(source.result.prospects, key=lambda prospect: prospect.function is not None)
    return Lifting(
        title=_title(source, found),
        rows=rows,
        notes=(*_notes(source, found), *_left_out(roadmap)),
        prospects=tuple(_prospect(source, prospect) for prospect in prospects) if roadmap.actions else (),
    )


def _notes(source: Source, found: list[Lift]) -> tuple[Message, ...]:
    if not found:
        return ()
    rungs = sorted({lift.rung for lift in found})
    scores = tuple(exact(MAXIMUM * rung) for rung in rungs)
    if source.is_first_method:
        return (say("lifting.assumption", scores=scores),)
    return (say("lifting.assumption", scores=scores), say("effort.assumption"))


def _left_out(roadmap: Roadmap) -> tuple[Message, ...]:
    """Note on the actions of the roadmap that "all advice" does not include."""
    if not roadmap.further or not roadmap.actions:
        return ()
    return (say("note.all-advice", count=len(roadmap.further), last=roadmap.actions[-1].place),)


def _row(source: Source, lift: Lift, places: dict[str, Action]) -> LiftRow:
    score = None if lift.score_reached is None else source.score(lift.score_reached)
    return LiftRow(
        name=source.function(lift.function) if lift.function else "",
        function=lift.function,
        level=lift.level,
        target_level=lift.target_level,
        binding=_binding(source, lift),
        steps=tuple(Step(places[name].title, places[name].place) for name in lift.advice or ()),
        way=_way(source, lift),
        level_reached=lift.level_reached,
        score_reached=Figure(score),
        effort=None if lift.effort is None else exact(lift.effort),
        reached=_is_reached(lift),
    )


def _prospect(source: Source, found: Prospect) -> ProspectRow:
    figure = source.levelled(found.function).figure if found.function else source.overall().figure
    return ProspectRow(
        name=source.function(found.function) if found.function else "",
        now=figure,
        starting_now=_reached(source, found.starting_now),
        all_advice=_reached(source, found.all_advice),
    )


def _reached(source: Source, found: Reached) -> Message:
    if found.level is None:
        return say("prospect.score", score=source.score(found.score))
    return say("prospect.level", score=source.score(found.score), level=found.level)


def _is_reached(lift: Lift) -> bool:
    return lift.level is not None and lift.level >= lift.target_level


def _named(source: Source, function: str | None, binding: tuple[str, ...]) -> tuple[str, ...]:
    name = source.dimension if function else source.function
    return names(name(part) for part in binding)


def _binding(source: Source, lift: Lift) -> Message:
    """Name what limits the level."""
    if _is_reached(lift):
        return say("binding.reached")
    return _bound_by(source, lift.function, lift.binding)


def _bound_by(source: Source, function: str | None, binding: tuple[str, ...]) -> Message:
    parts = _named(source, function, binding)
    if parts:
        return say("binding.parts", count=len(parts), parts=parts)
    return say("binding.score" if function else "binding.overall")


def _to_go(source: Source, lift: Lift) -> Decimal:
    """Points missing to the target score; 0 or less if it is reached."""
    target, figure = _target(source, lift.function)
    return Decimal(0) if figure is None else target - figure


def _target(source: Source, function: str | None) -> tuple[Decimal, Decimal | None]:
    if function is None:
        return exact(source.questionnaire.prioritising.whole_target), source.overall().figure.shown
    return exact(source.result.functions[function].target), source.levelled(function).figure.shown


def _way(source: Source, lift: Lift) -> Message:
    """Describe how the target level is reached by advice, or how far all advice gets if it can't be reached."""
    values: dict[str, Value] = {"target": lift.target_level}
    if _is_reached(lift):
        points = _to_go(source, lift)
        if points > 0:
            return say("way.to-go", **values, points=points, goal=_target(source, lift.function)[0])
        return say("way.reached", **values)
    if not lift.advice:
        return _furthest(source, lift)
    if lift.ties:
        return say("way.tied", count=lift.ties, **values)
    return say("way.only", count=len(lift.advice), **values)


def _furthest(source: Source, lift: Lift) -> Message:
    furthest = lift.furthest
    if furthest is None:
        return say("way.impossible", target=lift.target_level)
    values: dict[str, Value] = {"target": lift.target_level, "score": source.score(furthest.score)}
    if furthest.level is None:
        return say("way.furthest-score", **values)
    binding = _bound_by(source, lift.function, furthest.binding)
    return say("way.furthest", **values, level=furthest.level, binding=binding)


def _title(source: Source, found: list[Lift]) -> Message:
    """Title about the overall level if there is one, otherwise about the functions."""
    if not found:
        return say("lifting.none")
    return _of_whole(source, found[0]) if found[0].function is None else _without_whole(source, found)


def _of_whole(source: Source, whole: Lift) -> Message:
    values: dict[str, Value] = {"level": whole.level or 0, "target": whole.target_level}
    if _is_reached(whole):
        points = _to_go(source, whole)
        if points > 0:
            return say("lifting.to-go", **values, points=points, goal=_target(source, None)[0])
        return say("lifting.reached", **values)
    if whole.advice:
        return say("lifting.way", count=len(whole.advice), **values)
    parts = _named(source, whole.function, whole.binding)
    if parts:
        return say("lifting.held", count=len(parts), parts=parts, **values)
    return say("lifting.impossible", **values)


def _without_whole(source: Source, found: list[Lift]) -> Message:
    there = [lift for lift in found if _is_reached(lift)]
    if len(there) == len(found):
        named = names(source.function(lift.function or "") for lift in there)
        to_go = any(_to_go(source, lift) > 0 for lift in there)
        return say(
            "lifting.functions-to-go" if to_go else "lifting.functions-reached", count=len(there), functions=named
        )
    below = [lift for lift in found if not _is_reached(lift)]
    able = sum(bool(lift.advice) for lift in below)
    if len(below) == 1:
        name = source.function(below[0].function or "")
        return say("lifting.one-able" if able else "lifting.one-unable", function=name)
    if able in (0, len(below)):
        return say("lifting.functions-able" if able else "lifting.functions-unable", count=len(below))
    return say("lifting.functions", count=len(below), able=Decimal(able))
