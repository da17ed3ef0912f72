"""Hand-offs section: how well people are served who move from social media to another channel."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from assessment.domain.display import RoundingScale, round_figure
from assessment.domain.questionnaire import FigureName, Kind
from assessment.domain.report.figures import ReportFigure, ScoreCell, build_out_of_scope_figure
from assessment.domain.report.message import Message, Percentage, make_message
from assessment.domain.report.source import MAX_NAMED_PLACES, ReportSource, build_amount, list_names, to_exact_decimal
from assessment.domain.result import FunctionResult
from assessment.domain.scoring.cut_points import band_of_score

MIDDLE_RUNG = 2  # the middle of the five rungs, "agreed"


class HandOffRow(Struct, frozen=True):
    """Hand-offs of one function; `worst` names all channels that share the lowest score."""

    name: str
    figure: ReportFigure
    cells: tuple[ScoreCell, ...]
    worst: tuple[str, ...]


class HandOffsSection(Struct, frozen=True):
    """Hand-offs of functions (rows) by channels (columns)."""

    title: Message
    columns: tuple[str, ...]
    rows: tuple[HandOffRow, ...]
    overall: ReportFigure
    cuts: tuple[Decimal, ...]
    notes: tuple[Message, ...]


def build_hand_offs(source: ReportSource) -> HandOffsSection | None:
    """Build the table of functions by channels; None if the questionnaire has no hand-off items."""
    if not source.questionnaire.has_hand_offs:
        return None
    channels = tuple(channel.id for channel in source.questionnaire.channels)
    rows = tuple(_build_row(source, name, function, channels) for name, function in source.list_functions())
    overall = source.result.indices.beyond_one_network
    return HandOffsSection(
        title=_build_title(source),
        columns=tuple(source.name_channel(channel) for channel in channels),
        rows=rows,
        overall=source.figures.round_score(overall, "indices.beyond_one_network"),
        cuts=source.cuts,
        notes=_build_notes(source),
    )


def _build_row(source: ReportSource, name: str, function: FunctionResult, channels: tuple[str, ...]) -> HandOffRow:
    of_channel = {item.channel: item.id for item in source.list_items(Kind.HAND_OFF, name)}
    cells = tuple(_build_cell(source, name, function, channel, of_channel.get(channel)) for channel in channels)
    score = source.figures.round_score(function.hand_off.score, f"functions.{name}.hand_off.score")
    if function.out_of_scope:
        score = build_out_of_scope_figure()
    worst = list_names(source.name_channel(channel) for channel in find_worst_channels(function))
    return HandOffRow(source.name_function(name), score, cells, worst)


def find_worst_channels(function: FunctionResult) -> tuple[str, ...]:
    """Ids of all channels that share the lowest hand-off score of a function."""
    worst = function.hand_off.worst
    return function.hand_off.worst_tied or ((worst,) if worst is not None else ())


def _build_cell(source: ReportSource, name: str, function: FunctionResult, channel: str, item: str | None) -> ScoreCell:
    path = f"functions.{name}.hand_off.rows.{item}"
    row = function.hand_off.rows.get(item or "")
    figure: ReportFigure = source.build_item_figure(row, path)
    colour = None if figure.value is None else band_of_score(float(figure.value), source.questionnaire.scoring.bands)
    return ScoreCell(figure, colour, mark=channel in find_worst_channels(function))


def _build_title(source: ReportSource) -> Message:
    """Title that names the weakest hand-off, or all that share its score."""
    scored_cells = [
        (figure.value, figure, source.name_function(name), source.name_channel(item.channel))
        for name, function in source.list_functions()
        if function.hand_off.worst is not None
        for item in source.list_items(Kind.HAND_OFF, name)
        if function.hand_off.contacts.get(item.channel or "", 1.0) > 0  # a row without contacts enters no score
        if (figure := _build_cell(source, name, function, item.channel or "", item.id).figure).value is not None
    ]
    if not scored_cells:
        hidden = source.figures.needed is not None
        return make_message("hand-offs.hidden" if hidden else "hand-offs.none")
    low = min(entry[0] for entry in scored_cells)
    lowest = [entry for entry in scored_cells if entry[0] == low]
    score = build_amount(lowest[0][1])
    if low >= _find_weak_cut(source):
        return make_message("hand-offs.kept", score=score)
    return _build_weakest_title([(function, channel) for _, _, function, channel in lowest], score)


def _build_weakest_title(places: list[tuple[str, str]], score: Decimal | Message) -> Message:
    """Name the weakest hand-offs if they are few, grouped if they are in one function; otherwise count them."""
    (function, channel), *others = places
    if not others:
        return make_message("hand-offs.weak", function=function, channel=channel, score=score)
    if all(other_function == function for other_function, _ in others):
        channels = list_names(channel for _, channel in places)
        return make_message("hand-offs.weak-together", function=function, channels=channels, score=score)
    if len(places) > MAX_NAMED_PLACES:
        return make_message("hand-offs.weak-many", count=len(places), score=score)
    named = tuple(make_message("place.channel", function=function, channel=channel) for function, channel in places)
    return make_message("hand-offs.weak-tied", places=named, score=score)


def _find_weak_cut(source: ReportSource) -> Decimal:
    """Lowest cut point below which a rule calls a hand-off weak; the second band's cut point without such a rule."""
    cuts = [
        condition.below
        for rule in source.questionnaire.rules
        for condition in (*rule.any, *rule.all)
        if condition.figure is FigureName.HAND_OFF and condition.below is not None
    ]
    return to_exact_decimal(min(cuts, default=source.questionnaire.scoring.bands[1]))


def _build_notes(source: ReportSource) -> tuple[Message, ...]:
    rungs = next(
        (
            text.rungs
            for item in source.questionnaire.items
            if item.kind is Kind.HAND_OFF and (text := source.texts.items.get(item.id)) is not None and text.rungs
        ),
        (),
    )
    notes = (
        [make_message("note.hand-off-scale", low=rungs[0], middle=rungs[MIDDLE_RUNG], high=rungs[-1])] if rungs else []
    )
    absent = list_names(
        source.name_function(name)
        for name, function in source.list_functions()
        if function.hand_off.score is None and not function.out_of_scope
    )
    if absent:
        notes.append(make_message("note.hand-off-missing", count=len(absent), functions=absent))
    return (*notes, *_build_share_notes(source))


def _build_share_notes(source: ReportSource) -> tuple[Message, ...]:
    """State the shares of contacts where they differ by channel, and what a channel without contacts means."""
    weighted = [
        (name, function.hand_off.contacts)
        for name, function in source.list_functions()
        if len(set(function.hand_off.contacts.values())) > 1
    ]
    notes = [
        make_message(
            "note.contact-shares",
            function=source.name_function(name),
            shares=tuple(
                make_message("place.share", channel=source.name_channel(channel), share=_build_share(channel, shares))
                for channel in shares
            ),
        )
        for name, shares in weighted
    ]
    if any(share == 0 for _, shares in weighted for share in shares.values()):
        notes.append(make_message("note.no-contacts"))
    return tuple(notes)


def _build_share(channel: str, shares: Mapping[str, float]) -> Percentage:
    return Percentage(round_figure(100 * shares[channel] / sum(shares.values()), RoundingScale(0)))
