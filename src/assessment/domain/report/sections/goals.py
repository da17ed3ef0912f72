"""Goals of actions: baseline, target value and date of the figure that fired (method 8)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from assessment.domain.days import is_day_in_range
from assessment.domain.questionnaire import FigureName
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.sections.perception_gap import build_gap_size
from assessment.domain.report.source import ReportSource, build_amount, to_exact_decimal
from assessment.domain.result import Advice, FiredFigure
from assessment.domain.scoring.cut_points import is_at_least

MONTHS_OF_HORIZON = {"quarter": 3, "year": 12, "four-year": 48}  # length of a horizon, counted from the start
WEEKS_OF_HORIZON = {"now": 4}
MONTHS_PER_YEAR = 12
# Figures that are the indicator of the advice they fire. Other indicators the report doesn't measure.
MEASURED = (
    FigureName.AGREEMENT,
    FigureName.COVERAGE,
    FigureName.LEADER_DONT_KNOW,
    FigureName.GOAL_AGREEMENT,
    FigureName.EMBEDDING,
)
BALANCE = (FigureName.BALANCE, FigureName.SPREAD)


class ActionGoal(Struct, frozen=True):
    """Baseline and wanted value of an indicator, or of the figure of the report that is its proxy.

    `until` is the end of the action's horizon; None if no date is known.
    """

    figure: Message
    baseline: MessageValue
    wanted: MessageValue
    until: date | None
    is_measured: bool = True

    @property
    def text(self) -> Message:
        """Build the goal as a sentence; a proxy is named as a figure of the report."""
        kind = "goal" if self.is_measured else "goal.proxy"
        values: dict[str, MessageValue] = {"figure": self.figure, "value": self.baseline, "goal": self.wanted}
        if self.until is None:
            return make_message(f"{kind}.open", **values)
        return make_message(f"{kind}.dated", **values, date=self.until)


def build_goal(
    source: ReportSource,
    advice: Advice,
    label: Callable[[ReportSource, FiredFigure], Message],
    value: Callable[[ReportSource, FiredFigure], MessageValue],
    cut: Callable[[FiredFigure], MessageValue],
) -> ActionGoal | None:
    """Build baseline, goal and date for the figure that fired first; None if none fired."""
    fired = next(iter(advice.fired), None)
    if fired is None:
        return None
    if advice.dimension is not None:
        return _build_next_level_goal(source, advice)
    values = _build_own_figure(source, fired)
    if values is not None:
        return _add_date(source, advice, values)
    values = {
        "figure": label(source, fired),
        "value": value(source, fired),
        "goal": _find_outlook_goal(source, fired) or _build_wanted_value(fired, cut(fired)),
    }
    return _add_date(source, advice, values, is_measured=fired.figure in MEASURED)


def _find_outlook_goal(source: ReportSource, fired: FiredFigure) -> Message | None:
    """Goal of embedding: where the outlook calls it reached, as the page of the pace does (method 5)."""
    outlook = source.questionnaire.indices.outlook
    if fired.figure != FigureName.EMBEDDING or outlook is None:
        return None
    return make_message("goal.from", cut=to_exact_decimal(outlook.reached_at))


def _build_own_figure(source: ReportSource, fired: FiredFigure) -> dict[str, Any] | None:
    """Build the goal of an indicator that is another figure of the report; None otherwise."""
    if fired.figure == FigureName.CONFIRMED_GAP:
        return _build_average_gap(source, fired)
    return _build_lowest_function(source) if fired.figure in BALANCE else None


def _build_average_gap(source: ReportSource, fired: FiredFigure) -> dict[str, Any] | None:
    """Average size of the gaps; None where it is below the cut though one gap is not."""
    index = source.result.indices.perception_gap
    if index is None or index.score is None or not is_at_least(index.score, fired.cut):
        return None
    return {
        "figure": make_message("label.gap-size"),
        "value": build_amount(build_gap_size(source, index)),
        "goal": make_message("goal.below", cut=to_exact_decimal(fired.cut)),
    }


def _build_lowest_function(source: ReportSource) -> dict[str, Any] | None:
    """Score of the lowest function, and the one with which the functions would be in balance (method 5)."""
    rule = source.questionnaire.indices.balance
    ranked = sorted(source.list_scored_functions(), key=lambda pair: pair[1].score or 0.0)
    if rule is None or not ranked:
        return None
    highest = source.round_score(ranked[-1][1].score or 0.0)
    by_spread, by_share = (
        highest - to_exact_decimal(rule.spread_at),
        highest * to_exact_decimal(rule.flagged_below) / 100,
    )
    if by_spread >= by_share:
        wanted = make_message("goal.above", cut=by_spread)
    else:
        wanted = make_message("goal.from", cut=source.round_score(float(by_share)))
    lowest = build_amount(source.build_level_score(ranked[0][0]).figure)
    return {"figure": make_message("figure.lowest-function"), "value": lowest, "goal": wanted}


def _build_wanted_value(fired: FiredFigure, cut: MessageValue) -> MessageValue:
    """Wanted value: the other side of the cut point."""
    if fired.value is None:
        return make_message("share.none")
    return make_message({"below": "goal.from", "at most": "goal.above"}.get(fired.comparison, "goal.below"), cut=cut)


def _build_next_level_goal(source: ReportSource, advice: Advice) -> ActionGoal | None:
    """Goal of a next step: the next band of its dimension, at most the target of its function."""
    dimension = source.result.functions[advice.function or ""].dimensions.get(advice.dimension or "")
    if dimension is None or dimension.score is None or dimension.band is None:
        return None
    bands = source.questionnaire.scoring.bands
    upper = bands[dimension.band - 1] if dimension.band <= len(bands) else 100.0
    names = {
        "dimension": source.name_dimension(advice.dimension or ""),
        "function": source.name_function(advice.function or ""),
    }
    label = make_message("figure.dimension", **names)
    target = source.result.functions[advice.function or ""].target
    wanted = make_message("goal.from", cut=to_exact_decimal(min(upper, target) if target > dimension.score else upper))
    return _add_date(
        source,
        advice,
        {"figure": label, "value": build_amount(source.build_dimension_figure("", dimension)), "goal": wanted},
    )


def _add_date(source: ReportSource, advice: Advice, values: dict[str, Any], *, is_measured: bool = True) -> ActionGoal:
    """Add the date, where the start is known."""
    return ActionGoal(values["figure"], values["value"], values["goal"], find_action_end(source, advice), is_measured)


def find_plan_start(source: ReportSource) -> date | None:
    """Start of the plan: the consultant's, otherwise the close; None if it is unknown or out of range."""
    own = source.details.start
    start = own if isinstance(own, str) and own else source.result.computed_at or source.details.date
    try:
        day = datetime.fromisoformat(start or "").date()
    except ValueError:
        return None
    # Earlier versions stored any day: the end of a horizon that begins in the year 9999 is no date.
    return day if is_day_in_range(day) else None


def find_action_end(source: ReportSource, advice: Advice) -> date | None:
    """End of the horizon of an action, counted from its start."""
    start = find_action_start(source, advice)
    return _add_horizon(start, advice.horizon)


def find_next_actions_start(source: ReportSource) -> date | None:
    """Assumed start of the actions that start next: one quarter after the first actions."""
    return _add_horizon(find_plan_start(source), "quarter")


def find_action_start(source: ReportSource, advice: Advice) -> date | None:
    """Assumed start: that of the plan for actions that start now, or the end of the action to be decided first."""
    if advice.part == "next":
        return find_next_actions_start(source)
    first = next((candidate for candidate in source.result.advice if candidate.id == source.first_decision_id), None)
    if first is not None and first.id != advice.id:
        return _add_horizon(find_plan_start(source), first.horizon)
    return find_plan_start(source)


def _add_horizon(day: date | None, horizon: str) -> date | None:
    """Add a horizon; None without a day, or for a horizon that has no end."""
    if day is None:
        return None
    if horizon in WEEKS_OF_HORIZON:
        return day + timedelta(weeks=WEEKS_OF_HORIZON[horizon])
    if horizon not in MONTHS_OF_HORIZON:
        return None
    years, month = divmod(day.month - 1 + MONTHS_OF_HORIZON[horizon], MONTHS_PER_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
