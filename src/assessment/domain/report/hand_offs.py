"""Hand-offs: what happens to people who move from social media to another channel."""

from decimal import Decimal

from assessment.domain.questionnaire import Figure as Figures
from assessment.domain.questionnaire import Kind
from assessment.domain.report.figures import Figure, out_of_scope
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Cell, HandOffRow, HandOffs
from assessment.domain.report.source import Source, amount, exact, names
from assessment.domain.result import FunctionResult
from assessment.domain.scoring.cuts import band

HALF_WAY = 2  # of the five rungs, the one named "agreed"


def hand_offs(source: Source) -> HandOffs | None:
    """Build functions by channels; None where nothing is asked of them."""
    if not source.questionnaire.has_hand_offs:
        return None
    channels = tuple(channel.id for channel in source.questionnaire.channels)
    rows = tuple(_row(source, name, found, channels) for name, found in source.functions())
    whole = source.result.indices.beyond_one_network
    return HandOffs(
        title=_title(source),
        columns=tuple(source.channel(channel) for channel in channels),
        rows=rows,
        whole=source.figures.score(whole, "indices.beyond_one_network"),
        cuts=source.cuts,
        notes=_notes(source),
    )


def _row(source: Source, name: str, found: FunctionResult, channels: tuple[str, ...]) -> HandOffRow:
    of_channel = {item.channel: item.id for item in source.items(Kind.HAND_OFF, name)}
    cells = tuple(_cell(source, name, found, channel, of_channel.get(channel)) for channel in channels)
    score = source.figures.score(found.hand_off.score, f"functions.{name}.hand_off.score")
    if found.out_of_scope:
        score = out_of_scope()
    worst = source.channel(found.hand_off.worst) if found.hand_off.worst else None
    return HandOffRow(source.function(name), score, cells, worst)


def _cell(source: Source, name: str, found: FunctionResult, channel: str, item: str | None) -> Cell:
    path = f"functions.{name}.hand_off.rows.{item}"
    row = found.hand_off.rows.get(item or "")
    figure: Figure = source.step(row, path)
    colour = None if figure.shown is None else band(float(figure.shown), source.questionnaire.scoring.bands)
    return Cell(figure, colour, mark=found.hand_off.worst == channel)


def _title(source: Source) -> Message:
    """Name the weakest hand-off of all, the lowest of the functions' worst rows."""
    worst: list[tuple[Decimal, Figure, str, str]] = []
    for name, found in source.functions():
        if found.hand_off.worst is None:
            continue
        of_channel = {item.channel: item.id for item in source.items(Kind.HAND_OFF, name)}
        channel = found.hand_off.worst
        figure = _cell(source, name, found, channel, of_channel.get(channel)).figure
        if figure.shown is not None:
            worst.append((figure.shown, figure, source.function(name), source.channel(channel)))
    if not worst:
        hidden = source.figures.needed is not None
        return say("hand-offs.hidden" if hidden else "hand-offs.none")
    low = min(entry[0] for entry in worst)
    lowest = [entry for entry in worst if entry[0] == low]
    if low >= _weak_below(source):
        return say("hand-offs.kept", score=amount(lowest[0][1]))
    _, figure, function, channel = lowest[0]
    if len(lowest) > 1:
        places = tuple(say("place.channel", function=entry[2], channel=entry[3]) for entry in lowest)
        return say("hand-offs.weak-tied", places=places, score=amount(figure))
    return say("hand-offs.weak", function=function, channel=channel, score=amount(figure))


def _weak_below(source: Source) -> Decimal:
    """Cut under which some advice calls a hand-off weak; the second band's where none does."""
    cuts = [
        condition.below
        for rule in source.questionnaire.rules
        for condition in (*rule.any, *rule.all)
        if condition.figure is Figures.HAND_OFF and condition.below is not None
    ]
    return exact(min(cuts, default=source.questionnaire.scoring.bands[1]))


def _notes(source: Source) -> tuple[Message, ...]:
    rungs = next(
        (
            text.rungs
            for item in source.questionnaire.items
            if item.kind is Kind.HAND_OFF and (text := source.texts.items.get(item.id)) is not None and text.rungs
        ),
        (),
    )
    notes = [say("note.hand-off-scale", low=rungs[0], middle=rungs[HALF_WAY], high=rungs[-1])] if rungs else []
    absent = names(
        source.function(name)
        for name, found in source.functions()
        if found.hand_off.score is None and not found.out_of_scope
    )
    if absent:
        notes.append(say("note.hand-off-missing", count=len(absent), functions=absent))
    return tuple(notes)
