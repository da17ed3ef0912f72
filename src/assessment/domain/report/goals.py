"""Goals of actions: baseline, target value and date of the figure that fired (method 8)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta

from assessment.domain.questionnaire import Figure as Kind
from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.source import Source, amount, exact
from assessment.domain.result import Advice, FiredFigure
from assessment.domain.scoring.cuts import at_least

MONTHS = {"quarter": 3, "year": 12, "four-year": 48}  # length of a horizon, counted from the start
WEEKS = {"now": 4}
YEAR = 12
# Figures that are the indicator of the advice they fire. Other indicators the report doesn't measure.
MEASURED = (Kind.AGREEMENT, Kind.COVERAGE, Kind.LEADER_DONT_KNOW, Kind.GOAL_AGREEMENT, Kind.EMBEDDING)
BALANCE = (Kind.BALANCE, Kind.SPREAD)


def goal(
    source: Source,
    advice: Advice,
    label: Callable[[Source, FiredFigure], Message],
    value: Callable[[Source, FiredFigure], Value],
    cut: Callable[[FiredFigure], Value],
) -> Message | None:
    """Build baseline, goal and date for the figure that fired first; None if none fired."""
    fired = next(iter(advice.fired), None)
    if fired is None:
        return None
    if advice.dimension is not None:
        return _next_level(source, advice)
    values = _own_figure(source, fired)
    if values is not None:
        return _dated(source, advice, values)
    values = {"figure": label(source, fired), "value": value(source, fired), "goal": _wanted(fired, cut(fired))}
    return _dated(source, advice, values, is_measured=fired.figure in MEASURED)


def _own_figure(source: Source, fired: FiredFigure) -> dict[str, Value] | None:
    """Baseline and goal of an indicator that is another figure of the report; None where it is not."""
    if fired.figure == Kind.CONFIRMED_GAP:
        return _average_gap(source, fired)
    return _lowest_function(source) if fired.figure in BALANCE else None


def _average_gap(source: Source, fired: FiredFigure) -> dict[str, Value] | None:
    """Average size of the gaps; None where it is below the cut though one gap is not."""
    found = source.result.indices.perception_gap
    if found is None or found.score is None or not at_least(found.score, fired.cut):
        return None
    size = source.shown(found.score, source.figures.scales.gap)
    return {"figure": say("label.gap-size"), "value": size, "goal": say("goal.below", cut=exact(fired.cut))}


def _lowest_function(source: Source) -> dict[str, Value] | None:
    """Score of the lowest function, and the one with which the functions would be in balance (method 5)."""
    rule = source.questionnaire.indices.balance
    ranked = sorted(source.scored(), key=lambda pair: pair[1].score or 0.0)
    if rule is None or not ranked:
        return None
    highest = source.score(ranked[-1][1].score or 0.0)
    by_spread, by_share = highest - exact(rule.spread_at), highest * exact(rule.flagged_below) / 100
    if by_spread >= by_share:
        wanted = say("goal.above", cut=by_spread)
    else:
        wanted = say("goal.from", cut=source.score(float(by_share)))
    lowest = amount(source.levelled(ranked[0][0]).figure)
    return {"figure": say("figure.lowest-function"), "value": lowest, "goal": wanted}


def _wanted(fired: FiredFigure, cut: Value) -> Value:
    """Wanted value: the other side of the cut point."""
    if fired.value is None:
        return say("share.none")
    return say({"below": "goal.from", "at most": "goal.above"}.get(fired.comparison, "goal.below"), cut=cut)


def _next_level(source: Source, advice: Advice) -> Message | None:
    """Goal of a next step: the next band of its dimension, at most the target of its function."""
    found = source.result.functions[advice.function or ""].dimensions.get(advice.dimension or "")
    if found is None or found.score is None or found.band is None:
        return None
    bands = source.questionnaire.scoring.bands
    upper = bands[found.band - 1] if found.band <= len(bands) else 100.0
    names = {"dimension": source.dimension(advice.dimension or ""), "function": source.function(advice.function or "")}
    label = say("figure.dimension", **names)
    target = source.result.functions[advice.function or ""].target
    wanted = say("goal.from", cut=exact(min(upper, target) if target > found.score else upper))
    return _dated(
        source, advice, {"figure": label, "value": amount(source.dimension_figure("", found)), "goal": wanted}
    )


def _dated(source: Source, advice: Advice, values: dict[str, Value], *, is_measured: bool = True) -> Message:
    """A date where the start is known; a figure that only stands for the indicator is named as the report's."""
    start = _start(source, advice)
    until = None if start is None else _until(start.isoformat(), advice.horizon)
    kind = "goal" if is_measured else "goal.proxy"
    if until is None:
        return say(f"{kind}.open", **values)
    return say(f"{kind}.dated", **values, date=until)


def next_start(source: Source) -> date | None:
    """Assumed start of the actions that start next: one quarter after the first actions."""
    return _until(source.result.computed_at or source.details.date, "quarter")


def _start(source: Source, advice: Advice) -> date | None:
    """Assumed start: the close for actions that start now, or the end of the action to be decided first."""
    close = source.result.computed_at or source.details.date
    if advice.part == "next":
        return next_start(source)
    first = next((one for one in source.result.advice if one.id == source.settling), None)
    if first is not None and first.id != advice.id:
        return _until(close, first.horizon)
    return _until(close, "")


def _until(start: str | None, horizon: str) -> date | None:
    try:
        day = datetime.fromisoformat(start or "").date()
    except ValueError:
        return None
    if not horizon:
        return day
    if horizon in WEEKS:
        return day + timedelta(weeks=WEEKS[horizon])
    if horizon not in MONTHS:
        return None
    years, month = divmod(day.month - 1 + MONTHS[horizon], YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
