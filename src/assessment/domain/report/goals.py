"""Goals of actions: baseline, target value and date of the figure that fired (method 8)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta

from assessment.domain.report.message import Message, Value, say
from assessment.domain.report.source import Source, amount, exact
from assessment.domain.result import Advice, FiredFigure

MONTHS = {"quarter": 3, "year": 12, "four-year": 48}  # length of a horizon, counted from the start
WEEKS = {"now": 4}
YEAR = 12


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
    values = {"figure": label(source, fired), "value": value(source, fired), "goal": _wanted(fired, cut(fired))}
    return _dated(source, advice, values)


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


def _dated(source: Source, advice: Advice, values: dict[str, Value]) -> Message:
    """Add the date if the start is known."""
    start = _start(source, advice)
    until = None if start is None else _until(start.isoformat(), advice.horizon)
    if until is None:
        return say("goal.open", **values)
    return say("goal.dated", **values, date=until)


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
