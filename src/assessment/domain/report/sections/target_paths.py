"""Target paths section: what limits each level, and the advice of least effort that reaches the target."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.advice.target_paths import find_target_rung
from assessment.domain.advice_outcomes import Lift, Prospect, Reached
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.sections.roadmap import RoadmapSection
from assessment.domain.report.source import ReportSource, list_names, quote_titles, to_exact_decimal
from assessment.domain.scoring.cut_points import band_of_score
from assessment.domain.scoring.tally import POINTS_PER_RUNG


class PathStep(Struct, frozen=True):
    """One action on the path to a level, and its place in the roadmap."""

    title: str
    place: int


class TargetPathRow(Struct, frozen=True):
    """Path of one function to its target level (overall: `function` None, `name` empty)."""

    name: str
    function: str | None
    level: int | None
    target_level: int
    binding: Message
    steps: tuple[PathStep, ...]
    description: Message
    level_reached: int | None
    score_reached: ReportFigure
    effort: Decimal | None
    reached: bool


class ProspectRow(Struct, frozen=True):
    """Outcomes for one function (overall: `name` empty) of the advice that starts now and of all advice."""

    name: str
    now: ReportFigure
    starting_now: Message
    all_advice: Message


class TargetPathsSection(Struct, frozen=True):
    """Paths to the target levels, overall first; no rows if levels are withheld.

    `prospects` are the outcomes of the advice, overall first.
    """

    title: Message
    rows: tuple[TargetPathRow, ...]
    notes: tuple[Message, ...]
    prospects: tuple[ProspectRow, ...] = ()


def build_target_paths(source: ReportSource, roadmap: RoadmapSection) -> TargetPathsSection:
    """Build the section from the lifts of the result; the overall level comes first."""
    places = {action.id: action for action in (*roadmap.actions, *roadmap.further)}
    lifts = sorted(source.result.lifts, key=lambda lift: lift.function is not None)
    rows = tuple(_build_row(source, lift, places) for lift in lifts)
    left_out = _build_left_out_note(roadmap) if source.has_computed_start else ()
    prospects = sorted(source.result.prospects, key=lambda prospect: prospect.function is not None)
    return TargetPathsSection(
        title=_build_title(source, lifts),
        rows=rows,
        notes=(
            *_build_notes(source, lifts),
            *left_out,
            *_build_short_note(source, roadmap),
            *_build_dropped_note(source, lifts),
        ),
        prospects=tuple(_build_prospect(source, prospect) for prospect in prospects)
        if roadmap.actions and source.has_computed_start
        else (),
    )


def _build_notes(source: ReportSource, lifts: list[Lift]) -> tuple[Message, ...]:
    if not lifts and not source.result.prospects:
        return ()
    assumption = make_message("lifting.assumption", scores=build_assumed_scores(source))
    return (assumption,) if source.is_first_method or not lifts else (assumption, make_message("effort.assumption"))


def build_assumed_scores(source: ReportSource) -> Message:
    """Scores that what advice is about is assumed to rise to: one, or a higher one for functions with a high target."""
    bands = source.questionnaire.scoring.bands
    levels = {band_of_score(function.target, bands) for _, function in source.list_functions()}
    scores = {level: to_exact_decimal(POINTS_PER_RUNG * find_target_rung(level, bands)) for level in levels}
    low, high = min(scores.values()), max(scores.values())
    if low == high:
        return make_message("assumed.one", score=low)
    level = min(level for level, score in scores.items() if score == high)
    return make_message("assumed.two", score=low, high=high, level=level)


def _build_left_out_note(roadmap: RoadmapSection) -> tuple[Message, ...]:
    """Note on the actions of the roadmap that "all advice" does not include."""
    if not roadmap.further or not roadmap.actions:
        return ()
    return (make_message("note.all-advice", count=len(roadmap.further), last=roadmap.actions[-1].place),)


def _build_short_note(source: ReportSource, roadmap: RoadmapSection) -> tuple[Message, ...]:
    """Name what stays below its target score even with all advice."""
    if not roadmap.actions or not source.has_computed_start:
        return ()
    short = [
        prospect.function
        for prospect in sorted(source.result.prospects, key=lambda prospect: prospect.function is not None)
        if source.round_score(prospect.all_advice.score) < _get_target_and_score(source, prospect.function)[0]
    ]
    if not short:
        return ()
    functions = list_names(source.name_function(name) for name in short if name)
    if None in short:
        return (
            (make_message("note.whole-short", count=len(functions), functions=functions),)
            if functions
            else (make_message("note.only-whole-short"),)
        )
    return (make_message("note.functions-short", count=len(functions), functions=functions),)


def _build_dropped_note(source: ReportSource, lifts: list[Lift]) -> tuple[Message, ...]:
    """Name the advice of the smallest sets that the consultant left out."""
    needed = {name for lift in lifts for name in lift.advice or ()}
    dropped = [advice for advice in source.dropped_advice if advice.id in needed]
    if not dropped:
        return ()
    titles = [source.name_rule(advice) for advice in dropped]
    return (make_message("note.path-dropped", count=len(titles), actions=quote_titles(titles)),)


def _build_row(source: ReportSource, lift: Lift, places: dict[str, Action]) -> TargetPathRow:
    score = None if lift.score_reached is None else source.round_score(lift.score_reached)
    return TargetPathRow(
        name=source.name_function(lift.function) if lift.function else "",
        function=lift.function,
        level=lift.level,
        target_level=lift.target_level,
        binding=_build_binding(source, lift),
        steps=tuple(
            sorted(
                (PathStep(places[name].title, places[name].place) for name in lift.advice or () if name in places),
                key=lambda step: step.place,
            )
        ),
        description=_build_path(source, lift),
        level_reached=lift.level_reached,
        score_reached=ReportFigure(score),
        effort=None if lift.effort is None else to_exact_decimal(lift.effort),
        reached=_is_target_reached(lift),
    )


def _build_prospect(source: ReportSource, prospect: Prospect) -> ProspectRow:
    figure = (
        source.build_level_score(prospect.function).figure if prospect.function else source.build_overall_score().figure
    )
    return ProspectRow(
        name=source.name_function(prospect.function) if prospect.function else "",
        now=figure,
        starting_now=build_reached(source, prospect.starting_now),
        all_advice=build_reached(source, prospect.all_advice),
    )


def build_reached(source: ReportSource, outcome: Reached) -> Message:
    """Score and level that advice leads to."""
    if outcome.level is None:
        return make_message("prospect.score", score=source.round_score(outcome.score))
    return make_message("prospect.level", score=source.round_score(outcome.score), level=outcome.level)


def _is_target_reached(lift: Lift) -> bool:
    return lift.level is not None and lift.level >= lift.target_level


def _name_parts(source: ReportSource, function: str | None, binding: tuple[str, ...]) -> tuple[str, ...]:
    name = source.name_dimension if function else source.name_function
    return list_names(name(part) for part in binding)


def _build_binding(source: ReportSource, lift: Lift) -> Message:
    """Name what limits the level."""
    if _is_target_reached(lift):
        return make_message("binding.reached")
    return _build_binding_parts(source, lift.function, lift.binding)


def _build_binding_parts(source: ReportSource, function: str | None, binding: tuple[str, ...]) -> Message:
    parts = _name_parts(source, function, binding)
    if parts:
        return make_message("binding.parts", count=len(parts), parts=parts)
    return make_message("binding.score" if function else "binding.overall")


def _compute_missing_points(source: ReportSource, lift: Lift) -> Decimal:
    """Points missing to the target score; 0 or less if it is reached."""
    target, figure = _get_target_and_score(source, lift.function)
    return Decimal(0) if figure is None else target - figure


def _get_target_and_score(source: ReportSource, function: str | None) -> tuple[Decimal, Decimal | None]:
    if function is None:
        return to_exact_decimal(
            source.questionnaire.prioritising.whole_target
        ), source.build_overall_score().figure.value
    return to_exact_decimal(source.result.functions[function].target), source.build_level_score(function).figure.value


def _build_path(source: ReportSource, lift: Lift) -> Message:
    """Describe how the target level is reached by advice, or how far all advice gets if it can't be reached."""
    values: dict[str, MessageValue] = {"target": lift.target_level}
    if _is_target_reached(lift):
        points = _compute_missing_points(source, lift)
        if points > 0:
            return make_message(
                "way.to-go", **values, points=points, goal=_get_target_and_score(source, lift.function)[0]
            )
        return make_message("way.reached", **values)
    if not lift.advice:
        return _build_furthest(source, lift)
    if lift.ties:
        return make_message("way.tied", count=lift.ties, **values)
    return make_message("way.only", count=len(lift.advice), **values)


def _build_furthest(source: ReportSource, lift: Lift) -> Message:
    furthest = lift.furthest
    if furthest is None:
        return make_message("way.impossible", target=lift.target_level)
    values: dict[str, MessageValue] = {"target": lift.target_level, "score": source.round_score(furthest.score)}
    if furthest.level is None:
        return make_message("way.furthest-score", **values)
    binding = _build_binding_parts(source, lift.function, furthest.binding)
    return make_message("way.furthest", **values, level=furthest.level, binding=binding)


def _build_title(source: ReportSource, lifts: list[Lift]) -> Message:
    """Title about the overall level if there is one, otherwise about the functions."""
    if not lifts:
        return make_message("lifting.none")
    return (
        _build_overall_title(source, lifts[0]) if lifts[0].function is None else _build_functions_title(source, lifts)
    )


def _build_overall_title(source: ReportSource, lift: Lift) -> Message:
    values: dict[str, MessageValue] = {"level": lift.level or 0, "target": lift.target_level}
    if _is_target_reached(lift):
        points = _compute_missing_points(source, lift)
        if points > 0:
            return make_message("lifting.to-go", **values, points=points, goal=_get_target_and_score(source, None)[0])
        return make_message("lifting.reached", **values)
    if lift.advice:
        return make_message("lifting.way", count=len(lift.advice), **values)
    parts = _name_parts(source, lift.function, lift.binding)
    if parts:
        return make_message("lifting.held", count=len(parts), parts=parts, **values)
    return make_message("lifting.impossible", **values)


def _build_functions_title(source: ReportSource, lifts: list[Lift]) -> Message:
    reached = [lift for lift in lifts if _is_target_reached(lift)]
    if len(reached) == len(lifts):
        named = list_names(source.name_function(lift.function or "") for lift in reached)
        is_any_below = any(_compute_missing_points(source, lift) > 0 for lift in reached)
        return make_message(
            "lifting.functions-to-go" if is_any_below else "lifting.functions-reached",
            count=len(reached),
            functions=named,
        )
    below = [lift for lift in lifts if not _is_target_reached(lift)]
    able = sum(bool(lift.advice) for lift in below)
    if len(below) == 1:
        name = source.name_function(below[0].function or "")
        return make_message("lifting.one-able" if able else "lifting.one-unable", function=name)
    if able in (0, len(below)):
        return make_message("lifting.functions-able" if able else "lifting.functions-unable", count=len(below))
    return make_message("lifting.functions", count=len(below), able=Decimal(able))
