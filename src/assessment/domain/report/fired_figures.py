"""Figures that fired advice, as sentences: label, value, bound and the cut point that they are compared with."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from assessment.domain.display import RoundingScale, drop_zero_decimals, get_difference_bound, round_figure
from assessment.domain.questionnaire import FigureName, Kind
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.sections.hand_offs import find_worst_channels
from assessment.domain.report.source import (
    ReportSource,
    build_amount,
    get_items_bound,
    list_names,
    to_exact_decimal,
)
from assessment.domain.result import Bound, FiredFigure
from assessment.domain.scoring.cut_points import is_below
from assessment.domain.scoring.tally import POINTS_PER_RUNG

STEPPED_FIGURES = {
    FigureName.ITEM,
    FigureName.SET_UP_TO_FAIL,
    FigureName.AUTHORITY,
    FigureName.LEADER_DONT_KNOW,
    FigureName.GOAL_AGREEMENT,
    FigureName.INDEPENDENCE,
    FigureName.READINESS,
}
FIGURES_OF_LOWEST = (FigureName.AGREEMENT, FigureName.COVERAGE)  # also names of fields of `FunctionResult`
PERCENT_FIGURES = {FigureName.LEADER_DONT_KNOW, FigureName.GOAL_AGREEMENT}
ITEM_FINDINGS = {"fired.below": "finding.item-below", "fired.at-most": "finding.item-at-most"}


class AdviceReason(Struct, frozen=True):
    """The figure that fired a piece of advice, and a text that compares it with the cut point."""

    figure: Message
    text: Message


def build_finding(source: ReportSource, fired: FiredFigure) -> Message:
    """Build the finding of the figure that fired: a whole sentence if it is below a cut point, or an item's."""
    if fired.figure in FIGURES_OF_LOWEST:
        places = [
            make_message(
                "place.value", function=source.name_function(one.function or ""), value=build_figure_value(source, one)
            )
            for one in expand_lowest_figure(source, fired)
        ]
        return make_message(f"finding.{fired.figure}", places=tuple(places), cut=build_cut_value(fired))
    reason = build_reason(source, fired)
    values = {name: reason.text.values[name] for name in ("value", "cut")}
    if fired.figure == FigureName.ITEM and fired.function and reason.text.id in ITEM_FINDINGS:
        names = {"item": source.name_item(fired.item or ""), "function": source.name_function(fired.function)}
        return make_message(ITEM_FINDINGS[reason.text.id], **names, **values)
    if reason.text.id != "fired.below":
        return reason.text
    if fired.figure == FigureName.ITEM:
        return make_message("finding.asked-below", item=source.name_item(fired.item or ""), **values)
    if fired.figure == FigureName.FUNCTION:
        return make_message("finding.function-below", function=source.name_function(fired.function or ""), **values)
    return make_message("finding.below", figure=reason.figure, **values)


def expand_lowest_figure(source: ReportSource, fired: FiredFigure) -> Sequence[FiredFigure]:
    """Return one figure for each function below the cut; advice fires on the lowest one only."""
    if fired.figure not in FIGURES_OF_LOWEST:
        return (fired,)
    values = ((name, getattr(function, fired.figure)) for name, function in source.list_functions())
    below_cut = [(value, name) for name, value in values if value is not None and is_below(value, fired.cut)]
    figures = [
        replace(fired, function=name, value=value) for value, name in sorted(below_cut, key=lambda pair: pair[0])
    ]
    return figures or (fired,)


def build_reason(source: ReportSource, fired: FiredFigure) -> AdviceReason:
    label = build_figure_label(source, fired)
    comparison = "band" if fired.value is None else fired.comparison.replace(" ", "-")
    text = make_message(
        f"fired.{comparison}", figure=label, value=build_figure_value(source, fired), cut=build_cut_value(fired)
    )
    return AdviceReason(label, text)


def build_figure_label(source: ReportSource, fired: FiredFigure) -> Message:
    values: dict[str, MessageValue | tuple[MessageValue, ...]] = {
        "item": source.name_item(fired.item) if fired.item else "",
        "function": source.name_function(fired.function) if fired.function else "",
        "dimension": source.name_dimension(fired.dimension) if fired.dimension else "",
        "channel": _list_channels(source, fired),
    }
    kind = f"figure.{fired.figure}"
    if fired.figure == FigureName.CONFIRMED_GAP and not fired.dimension:
        kind += "-whole"
    return make_message(kind, **values)


def _list_channels(source: ReportSource, fired: FiredFigure) -> tuple[str, ...]:
    """Name the channel of a hand-off, and all others that share its score as the lowest."""
    if fired.figure != FigureName.WORST_HAND_OFF:
        return list_names([source.name_channel(fired.channel)])
    return list_names(
        source.name_channel(channel) for channel in find_worst_channels(source.result.functions[fired.function or ""])
    )


def build_figure_value(source: ReportSource, fired: FiredFigure) -> MessageValue:
    kind = FigureName(fired.figure)
    if fired.value is None:
        return make_message(f"share.{(fired.band or 'some').replace(' ', '-')}")
    if kind is FigureName.WORST_HAND_OFF:
        return _build_worst_hand_off(source, fired)
    bound = _find_bound(source, kind, fired)
    figure = _round_value(source, kind, fired.value)
    figure = figure if bound is None else drop_zero_decimals(figure)
    value: MessageValue = Percentage(figure) if kind in PERCENT_FIGURES or kind is FigureName.COVERAGE else figure
    if bound is None:
        return value
    return make_message("bound.at-most" if bound == "at most" else "bound.at-least", value=value)


def _find_bound(source: ReportSource, kind: FigureName, fired: FiredFigure) -> Bound | None:
    """Bound of a figure that fired; for figures derived from clipped ones the bound is derived too."""
    indices, function = source.result.indices, source.result.functions.get(fired.function or "")
    if kind is FigureName.EMBEDDING and source.is_at_floor(fired.value):
        return "at most"
    if kind is FigureName.DIMENSION and function is not None and fired.dimension in function.dimensions:
        part = function.dimensions[fired.dimension]
        return get_items_bound(part.score, part.items.values())
    if kind is FigureName.AUTHORITY_MINUS_SUPPORT and indices.set_up_to_fail is not None:
        bounds = indices.set_up_to_fail.bounds
        return get_difference_bound(bounds.get("authority"), bounds.get("support"))
    return fired.bound


def _build_worst_hand_off(source: ReportSource, fired: FiredFigure) -> MessageValue:
    """Build the amount of the lowest row, with the scale and bound of all other pages."""
    rows = source.result.functions[fired.function or ""].hand_off.rows
    items = source.list_items(Kind.HAND_OFF, fired.function)
    item = next(item.id for item in items if item.channel == fired.channel)
    return build_amount(source.build_item_figure(rows.get(item), f"functions.{fired.function}.hand_off.rows.{item}"))


def _round_value(source: ReportSource, kind: FigureName, value: float) -> Decimal:
    scales = source.figures.scales
    if kind is FigureName.COVERAGE:
        return round_figure(100 * value, scales.coverage)
    special = {
        FigureName.AGREEMENT: scales.agreement,
        FigureName.RED_FLAGS: RoundingScale(0),
        FigureName.AUTHORITY_MINUS_SUPPORT: source.figures.stepped_gap,
        FigureName.CONFIRMED_GAP: source.figures.stepped_gap,
        FigureName.SPREAD: scales.gap,
        **dict.fromkeys(STEPPED_FIGURES, source.figures.stepped),
    }
    return round_figure(value, special.get(kind, scales.score))


def build_cut_value(fired: FiredFigure) -> MessageValue:
    kind = FigureName(fired.figure)
    if kind is FigureName.COVERAGE:
        return Percentage(to_exact_decimal(100 * fired.cut))
    if kind is FigureName.WORST_HAND_OFF:
        return to_exact_decimal(POINTS_PER_RUNG * fired.cut)
    return Percentage(to_exact_decimal(fired.cut)) if kind in PERCENT_FIGURES else to_exact_decimal(fired.cut)
