"""Advice in words: what to do, by whom, until when, and the figure that says so."""

from decimal import Decimal

from assessment.domain.display import Scale, shown
from assessment.domain.questionnaire import Figure as Kind
from assessment.domain.questionnaire import Kind as ItemKind
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import Action, Fired, Roadmap, Topic
from assessment.domain.report.source import Source, amount, exact, quoted
from assessment.domain.result import Advice, FiredFigure
from assessment.domain.scoring.tally import MAXIMUM

BY_STEP = {
    Kind.ITEM,
    Kind.SET_UP_TO_FAIL,
    Kind.AUTHORITY,
    Kind.LEADER_DONT_KNOW,
    Kind.GOAL_AGREEMENT,
    Kind.INDEPENDENCE,
    Kind.READINESS,
}
PERCENT = {Kind.LEADER_DONT_KNOW, Kind.GOAL_AGREEMENT}


def roadmap(source: Source) -> Roadmap:
    """Build the way from now to the last horizon, all advice in its order."""
    actions = tuple(_action(source, place, advice) for place, advice in enumerate(source.result.advice, start=1))
    first = sum(action.part == "now" for action in actions)
    horizons = tuple(source.texts.horizons.get(name, name) for name in source.questionnaire.horizons)
    return Roadmap(_title(source, actions), horizons, actions, first)


def _title(source: Source, actions: tuple[Action, ...]) -> Message:
    if not actions:
        return say("roadmap.unknown" if source.silent else "roadmap.none")
    pinned = sum(action.pinned for action in actions)
    (first,) = quoted([actions[0].title])
    if pinned == len(actions):
        return say("roadmap.all-pinned", count=pinned, first=first)
    if pinned:
        return say("roadmap.pinned", count=pinned, total=len(actions), first=first)
    return say("roadmap.first", count=len(actions), first=first)


def _action(source: Source, place: int, advice: Advice) -> Action:
    text = source.texts.rules.get(advice.id)
    horizons = source.questionnaire.horizons
    return Action(
        id=advice.id,
        place=place,
        title=text.title if text else advice.id,
        why=text.why if text else "",
        steps=text.steps if text else (),
        owner=text.owner if text else "",
        indicator=text.indicator if text else "",
        effort=advice.effort,
        impact=advice.impact,
        part=advice.part,
        horizon=horizons.index(advice.horizon) if advice.horizon in horizons else 0,
        horizon_name=source.texts.horizons.get(advice.horizon, advice.horizon),
        pinned=advice.pinned,
        function=advice.function,
        function_name=source.function(advice.function) if advice.function else None,
        fired=tuple(_fired(source, figure) for figure in advice.fired),
        priority=shown(advice.priority, Scale(2)),
        topic=_topic(source, advice),
    )


TOPICS: dict[Kind, Topic] = {
    Kind.SET_UP_TO_FAIL: "authority",
    Kind.RED_FLAGS: "authority",
    Kind.AUTHORITY: "authority",
    Kind.AUTHORITY_MINUS_SUPPORT: "authority",
    Kind.CONFIRMED_GAP: "gap",
    Kind.LEADER_DONT_KNOW: "gap",
    Kind.GOAL_AGREEMENT: "gap",
    Kind.HAND_OFF: "hand-offs",
    Kind.WORST_HAND_OFF: "hand-offs",
    Kind.INDEPENDENCE: "outlook",
    Kind.READINESS: "outlook",
    Kind.EMBEDDING: "outlook",
    Kind.BALANCE: "balance",
    Kind.SPREAD: "balance",
    Kind.AGREEMENT: "quality",
    Kind.COVERAGE: "quality",
}


def _topic(source: Source, advice: Advice) -> Topic:
    """The page that the figure which fired is shown on."""
    fired = next(iter(advice.fired), None)
    if fired is None:
        return "practice"
    if fired.figure != Kind.ITEM or advice.function is not None:
        return TOPICS.get(Kind(fired.figure), "practice")
    indices = source.questionnaire.indices
    risk, outlook = indices.set_up_to_fail, indices.outlook
    if risk is not None and fired.item in (*risk.authority, *risk.support):
        return "authority"
    if outlook is not None and fired.item in (*outlook.independence, *outlook.readiness):
        return "outlook"
    return "gap"


def _fired(source: Source, fired: FiredFigure) -> Fired:
    label = _label(source, fired)
    comparison = "band" if fired.value is None else fired.comparison.replace(" ", "-")
    text = say(f"fired.{comparison}", figure=label, value=_value(source, fired), cut=_cut(fired))
    return Fired(label, text)


def _label(source: Source, fired: FiredFigure) -> Message:
    values = {
        "item": source.item_name(fired.item) if fired.item else "",
        "function": source.function(fired.function) if fired.function else "",
        "dimension": source.dimension(fired.dimension) if fired.dimension else "",
        "channel": source.channel(fired.channel),
    }
    kind = f"figure.{fired.figure}"
    if fired.figure == Kind.CONFIRMED_GAP and not fired.dimension:
        kind += "-whole"
    return say(kind, **values)


def _value(source: Source, fired: FiredFigure) -> Value:
    kind = Kind(fired.figure)
    if fired.value is None:
        return say(f"share.{(fired.band or 'some').replace(' ', '-')}")
    if kind is Kind.WORST_HAND_OFF:
        return _worst_hand_off(source, fired)
    figure = _rounded(source, kind, fired.value)
    value: Value = Share(figure) if kind in PERCENT or kind is Kind.COVERAGE else figure
    if fired.bound is None:
        return value
    return say("bound.at-most" if fired.bound == "at most" else "bound.at-least", value=value)


def _worst_hand_off(source: Source, fired: FiredFigure) -> Value:
    """The row itself, on the scale and with the bound that it has on every other page."""
    rows = source.result.functions[fired.function or ""].hand_off.rows
    items = source.items(ItemKind.HAND_OFF, fired.function)
    item = next(item.id for item in items if item.channel == fired.channel)
    return amount(source.step(rows.get(item), f"functions.{fired.function}.hand_off.rows.{item}"))


def _rounded(source: Source, kind: Kind, value: float) -> Decimal:
    scales = source.figures.scales
    if kind is Kind.COVERAGE:
        return shown(100 * value, scales.coverage)
    special = {
        Kind.AGREEMENT: scales.agreement,
        Kind.RED_FLAGS: Scale(0),
        Kind.AUTHORITY_MINUS_SUPPORT: source.figures.stepped_gap,
        Kind.CONFIRMED_GAP: source.figures.stepped_gap,
        Kind.SPREAD: scales.gap,
        **dict.fromkeys(BY_STEP, source.figures.stepped),
    }
    return shown(value, special.get(kind, scales.score))


def _cut(fired: FiredFigure) -> Value:
    kind = Kind(fired.figure)
    if kind is Kind.COVERAGE:
        return Share(exact(100 * fired.cut))
    if kind is Kind.WORST_HAND_OFF:
        return exact(MAXIMUM * fired.cut)
    return Share(exact(fired.cut)) if kind in PERCENT else exact(fired.cut)
