"""Targets section: scores and targets, largest distance first."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.display import drop_zero_decimals, get_difference_bound, get_mean_bound
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.source import PAIR_SIZE, ReportSource, build_amount, list_names, to_exact_decimal
from assessment.domain.result import Bound, FunctionResult

MAX_DIMENSIONS = 10


class TargetRow(Struct, frozen=True):
    """Score and target; `missing_points` is target minus score, below 0 where the target is passed.

    `bound`: of a clipped score, the distance may be larger or smaller.
    """

    name: str
    now: ReportFigure
    target: Decimal
    missing_points: Decimal | None
    function: str = ""
    bound: Bound | None = None

    @property
    def distance(self) -> ReportFigure:
        """Distance to the target in points, with its bound."""
        return ReportFigure(self.missing_points, bound=self.bound)


class TargetsSection(Struct, frozen=True):
    """Scores and targets, largest distance first; `hidden` counts dimensions without a score.

    `origin`: whether targets are those of the questionnaire.
    """

    title: Message
    functions: tuple[TargetRow, ...]
    dimensions: tuple[TargetRow, ...]
    balance: Message | None
    origin: Message
    hidden: int = 0


def build_targets(source: ReportSource) -> TargetsSection:
    """Build the section; dimensions are compared with the target of their function."""
    functions = [
        _build_row(source.name_function(name), source.build_level_score(name).figure, function.target, name)
        for name, function in source.list_functions()
    ]
    dimensions = [
        _build_row(
            source.name_dimension(dimension),
            replace(source.build_dimension_figure(f"functions.{name}.dimensions.{dimension}.score", figure), n=None),
            function.target,
            source.name_function(name),
        )
        for name, function in source.list_functions()
        for dimension, figure in function.dimensions.items()
    ]
    scored_rows = sorted((row for row in dimensions if row.missing_points is not None), key=_get_sort_key)
    ordered = tuple(sorted(functions, key=_get_sort_key))
    return TargetsSection(
        title=_build_title(source, ordered),
        functions=ordered,
        dimensions=tuple(scored_rows[:MAX_DIMENSIONS]),
        balance=_build_balance(source),
        origin=_build_origin(source),
        hidden=len(dimensions) - len(scored_rows),
    )


def _build_row(name: str, now: ReportFigure, target: float, function: str) -> TargetRow:
    goal = to_exact_decimal(target)
    short = None if now.value is None else goal - now.value
    return TargetRow(name, now, goal, short, function, get_difference_bound(None, now.bound))


def _build_origin(source: ReportSource) -> Message:
    """Build the note on whose targets these are; one that was set to the same number counts as the questionnaire's."""
    suggested = {function.id: function.target for function in source.questionnaire.functions}
    targets = {name: function.target for name, function in source.list_functions()}
    own = [name for name, target in targets.items() if target != suggested[name]]
    if len(own) < len(targets) and own:
        return make_message("target-origin.some-own", functions=list_names(source.name_function(name) for name in own))
    return make_message("target-origin.own" if own else "target-origin.suggested")


def _get_sort_key(row: TargetRow) -> Decimal:
    return Decimal(1000) if row.missing_points is None else -row.missing_points


def _build_title(source: ReportSource, rows: tuple[TargetRow, ...]) -> Message:
    distances = [(row.missing_points, row.name) for row in rows if row.missing_points is not None]
    if not distances:
        return make_message("targets.none")
    widest = max(short for short, _ in distances)
    bound = get_mean_bound(row.bound for row in rows if row.missing_points == widest)
    points = build_amount(ReportFigure(widest, bound=bound))
    if widest <= 0:
        return (
            make_message("targets.both-reached")
            if len(distances) == PAIR_SIZE
            else make_message("targets.reached", count=len(distances))
        )
    if len(distances) == 1:
        return make_message("targets.only", function=distances[0][1], points=points)
    furthest = list_names(name for short, name in distances if short == widest)
    if len(furthest) == len(distances):
        return make_message("targets.tied", functions=furthest, points=points)
    if _is_one_furthest(source):
        return make_message("targets.furthest", function=furthest[0], points=points)
    short_of = {name for short, name in distances if short > 0}
    below = list_names(
        name for name in (source.name_function(key) for key, _ in source.list_functions()) if name in short_of
    )
    return make_message("targets.below", count=len(below), functions=below, points=points)


def _is_one_furthest(source: ReportSource) -> bool:
    """Return whether one function is furthest from its target beyond chance, by the rule for scores (method 4)."""
    distances = sorted(
        (_replace_score_by_distance(function) for _, function in source.list_scored_functions()),
        key=lambda function: -(function.score or 0.0),
    )
    return source.is_apart_from_rest(distances)


def _replace_score_by_distance(function: FunctionResult) -> FunctionResult:
    """Replace a function's score by its distance to the target; a target is exact, so the half-width is unchanged."""
    return replace(function, score=function.target - (function.score or 0.0))


def _build_percentage(value: Decimal, bound: Bound | None) -> MessageValue:
    if bound is None:
        return Percentage(value)
    return make_message(
        "bound.at-most" if bound == "at most" else "bound.at-least", value=Percentage(drop_zero_decimals(value))
    )


def _build_balance(source: ReportSource) -> Message | None:
    """Message on the balance between the functions (method 5)."""
    balance = source.result.indices.balance
    settings = source.questionnaire.indices.balance
    if settings is None:
        return None
    cuts = {"cut": to_exact_decimal(settings.spread_at), "floor": to_exact_decimal(settings.flagged_below)}
    if balance is None or balance.spread is None:
        return make_message("balance.none")
    if balance.score is None:
        return make_message("balance.no-practice")
    bound = source.get_balance_bound()
    spread = ReportFigure(
        source.round_value(balance.spread, source.figures.scales.gap), bound=get_difference_bound(None, bound)
    )
    values = {"spread": build_amount(spread), "balance": _build_percentage(source.round_score(balance.score), bound)}
    if not balance.flagged:
        return make_message("balance.even", **values)
    if balance.weakest is None:
        return make_message("balance.flagged-tied", **values, **cuts)
    return make_message("balance.flagged", **values, **cuts, weakest=source.name_function(balance.weakest))
