"""Change section: changes since the last wave, their significance, attribution and projection."""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType, field
from msgspec.structs import replace

from assessment.domain.closed_sets import ActionStatus
from assessment.domain.comparison.attribution import Attribution
from assessment.domain.comparison.published_scores import RescoringReason
from assessment.domain.comparison.waves import Break, FigureChange, Projection, WaveComparison
from assessment.domain.report.figures import KeyFigure, ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.source import ReportSource, list_names, quote_titles, to_exact_decimal
from assessment.domain.scoring.figure_paths import EMBEDDING_PATH, OVERALL_PATH, get_function_path

MAX_ITEMS = 6
VERDICTS = ("changed.up", "changed.down", "changed.no", "changed.unknown")


class ChangeRow(Struct, frozen=True):
    """One figure in both waves; `parts` are the points from answers, role mix and instrument.

    `published`: the earlier wave's score as its own report gave it; None where it is the same.
    """

    name: str | Message
    earlier: ReportFigure
    later: ReportFigure
    change: ReportFigure
    margin: Decimal | None
    changed: bool | None
    verdict: Message
    parts: tuple[ReportFigure, ...] | None
    refused: bool = False
    is_overall: bool = False
    published: ReportFigure | None = None


class ItemChangeRow(Struct, frozen=True):
    """Change of one item."""

    name: str
    function: str
    change: ReportFigure


class ChangeSection(Struct, frozen=True):
    """Change since the last wave; `is_broken`: the overall score can't be compared.

    `overall` is about the whole; `title` also names the functions that moved and those that did not.
    """

    title: Message
    overall: Message
    rows: tuple[ChangeRow, ...]
    earlier: str
    later: str
    breaks: tuple[Message, ...]
    is_broken: bool
    rising_items: tuple[ItemChangeRow, ...]
    falling_items: tuple[ItemChangeRow, ...]
    projection: tuple[Message, ...]
    pace: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]


class EarlierAction(Struct, frozen=True):
    """An action of the previous wave's roadmap, and how far it is."""

    title: str
    status: ActionStatus


class EarlierWave(Struct, frozen=True):
    """Comparison with the previous wave, and the attribution by path if both waves' answers were available.

    `actions` are those whose progress the consultant recorded; `published` the earlier wave's scores by path, as its
    own report gave them, and `reasons` why they differ. Not encoded where there are none.
    """

    comparison: WaveComparison
    attribution: dict[str, Attribution] = field(default_factory=dict)
    date: str | None = None
    name: str = ""
    actions: tuple[EarlierAction, ...] | UnsetType = UNSET
    published: dict[str, float] | UnsetType = UNSET
    reasons: tuple[RescoringReason, ...] | UnsetType = UNSET


def build_change(source: ReportSource, earlier: EarlierWave | None) -> ChangeSection | None:
    """Build the section; None in a first wave."""
    if earlier is None:
        return None
    rows = tuple(_build_rows(source, earlier))
    comparison = earlier.comparison
    overall = _build_overall_title(source, comparison)
    return ChangeSection(
        title=_build_title(overall, rows),
        overall=overall,
        rows=rows,
        earlier=earlier.date or earlier.name,
        later=source.details.date or source.result.computed_at or source.details.wave or "",
        breaks=tuple(_build_break(source, series_break) for series_break in comparison.breaks),
        is_broken=any(series_break.dimension is None for series_break in comparison.breaks),
        rising_items=_build_item_changes(source, comparison, rising=True),
        falling_items=_build_item_changes(source, comparison, rising=False),
        projection=tuple(_build_projection(source, comparison.projection)),
        pace=_build_pace(source, comparison.projection),
        notes=(*_build_action_notes(earlier), *_build_published_notes(rows, earlier), *_build_notes(source, rows)),
    )


def _build_action_notes(earlier: EarlierWave) -> Iterator[Message]:
    """Say how far the actions of the last wave's roadmap are, what is done first."""
    actions = earlier.actions if isinstance(earlier.actions, tuple) else ()
    for status in (ActionStatus.DONE, ActionStatus.UNDER_WAY, ActionStatus.NOT_BEGUN, ActionStatus.DROPPED):
        titles = [action.title for action in actions if action.status is status]
        if titles:
            yield make_message(f"note.actions-{status}", count=len(titles), actions=quote_titles(titles))


def _build_rows(source: ReportSource, earlier: EarlierWave) -> Iterator[ChangeRow]:
    places: list[tuple[str, str | Message]] = [(OVERALL_PATH, "")]
    places += [(get_function_path(name), source.name_function(name)) for name, _ in source.list_functions()]
    places.append((EMBEDDING_PATH, make_message("label.embedding")))
    for path, name in places:
        change = earlier.comparison.changes.get(path)
        if change is not None:
            row = _build_row(source, name, change, earlier.attribution.get(path), is_overall=path == OVERALL_PATH)
            yield replace(row, published=_build_published(source, earlier, path, row.earlier))


def _build_published(
    source: ReportSource, earlier: EarlierWave, path: str, rescored: ReportFigure
) -> ReportFigure | None:
    """Published score of the earlier wave; None where readers would see the same number twice."""
    published = earlier.published.get(path) if isinstance(earlier.published, dict) else None
    score = None if published is None else source.round_score(published)
    return None if score is None or score == rescored.value else ReportFigure(score)


def _build_published_notes(rows: tuple[ChangeRow, ...], earlier: EarlierWave) -> Iterator[Message]:
    """State published scores that differ from those compared here, and why they do."""
    figures = tuple(
        make_message("published.whole", score=row.published.value, rescored=row.earlier.value)
        if row.is_overall
        else make_message("published.figure", name=row.name, score=row.published.value, rescored=row.earlier.value)
        for row in rows
        if row.published is not None and row.published.value is not None and row.earlier.value is not None
    )
    if figures and isinstance(earlier.reasons, tuple):
        yield make_message("note.change-published", figures=figures)
        yield make_message(
            "note.change-rescored", reasons=tuple(make_message(f"rescored.{name}") for name in earlier.reasons)
        )


def _build_row(
    source: ReportSource, name: str | Message, change: FigureChange, reasons: Attribution | None, *, is_overall: bool
) -> ChangeRow:
    gap = source.figures.scales.gap
    margin = None if change.margin is None else source.round_value(change.margin, gap)
    parts = None
    if reasons is not None and reasons.answers is not None:
        split = (reasons.answers, reasons.who or 0.0, reasons.instrument or 0.0)
        parts = tuple(ReportFigure(source.round_value(part, gap)) for part in split)
    return ChangeRow(
        name=name,
        earlier=ReportFigure(source.round_score(change.earlier)),
        later=ReportFigure(source.round_score(change.later)),
        change=ReportFigure(source.round_value(change.change, gap)),
        margin=margin,
        changed=change.changed,
        verdict=_build_verdict(change),
        parts=parts,
        refused=reasons is not None and reasons.refused is not None,
        is_overall=is_overall,
    )


def _build_verdict(change: FigureChange) -> Message:
    if change.changed is None:
        return make_message("changed.unknown")
    if not change.changed:
        return make_message("changed.no")
    return make_message("changed.up" if change.change > 0 else "changed.down")


def _build_title(overall: Message, rows: tuple[ChangeRow, ...]) -> Message:
    """Add the functions by verdict: what moved first, then what did not."""
    title = overall
    for verdict in VERDICTS:
        names = tuple(row.name for row in rows if isinstance(row.name, str) and row.name and row.verdict.id == verdict)
        if names:
            part = make_message("change.functions", verdict=make_message(verdict), functions=names)
            title = make_message("change.and", first=title, second=part)
    return title


def _build_overall_title(source: ReportSource, comparison: WaveComparison) -> Message:
    overall = comparison.changes.get(OVERALL_PATH)
    if overall is None:
        is_broken = any(series_break.dimension is None for series_break in comparison.breaks)
        return make_message("change.break" if is_broken else "change.none", organisation=source.organisation)
    change = source.round_value(overall.change, source.figures.scales.gap)
    values: dict[str, MessageValue] = {
        "organisation": source.organisation,
        "earlier": source.round_score(overall.earlier),
        "later": source.round_score(overall.later),
    }
    if overall.changed is None:
        return make_message("change.unknown", **values)
    if not overall.changed:
        return make_message("change.steady", **values)
    return make_message("change.up" if change > 0 else "change.down", points=abs(change), **values)


def _build_break(source: ReportSource, series_break: Break) -> Message:
    values: dict[str, MessageValue] = {
        "share": Percentage(to_exact_decimal(round(100 * series_break.common))),
        "needed": Percentage(to_exact_decimal(round(100 * series_break.needed))),
    }
    if series_break.dimension is None:
        return make_message("break.whole", **values)
    return make_message("break.dimension", dimension=source.name_dimension(series_break.dimension), **values)


def _build_item_changes(source: ReportSource, comparison: WaveComparison, *, rising: bool) -> tuple[ItemChangeRow, ...]:
    """Items with the largest changes in one direction."""
    sign = 1 if rising else -1
    moved = sorted((-sign * change, name) for name, change in comparison.items.items() if sign * change > 0)
    functions = {item.id: item.function for item in source.questionnaire.items}
    return tuple(
        ItemChangeRow(
            name=source.name_item(name),
            function=source.name_function(functions[name] or "") if functions.get(name) else "",
            change=ReportFigure(
                source.round_value(comparison.items[name], source.figures.stepped_gap),
                bound=comparison.item_bounds.get(name),
            ),
        )
        for _, name in moved[:MAX_ITEMS]
    )


def _build_projection(source: ReportSource, projection: Projection | None) -> Iterator[Message]:
    if projection is None:
        return
    outlook = source.questionnaire.indices.outlook
    goal = to_exact_decimal(outlook.reached_at) if outlook else Decimal(0)
    if projection.reached:
        yield make_message("projection.reached", goal=goal)
    elif projection.years is None:
        yield make_message(
            "projection.none", goal=goal, needed=source.round_value(projection.needed_pace, source.figures.scales.gap)
        )
    else:
        years = Decimal(repr(round(projection.years, 1)))
        yield make_message("projection.years", goal=goal, years=years)
    yield make_message("projection.scenario")


def _build_pace(source: ReportSource, projection: Projection | None) -> tuple[KeyFigure, ...]:
    if projection is None:
        return ()
    gap = source.figures.scales.gap
    pace = ReportFigure(
        source.round_value(projection.pace, gap), source.figures.round_interval(projection.interval, gap)
    )
    needed = ReportFigure(source.round_value(projection.needed_pace, gap))
    return (
        KeyFigure(make_message("label.pace"), pace, unit="signed"),
        KeyFigure(make_message("label.needed-pace"), needed),
    )


def _build_notes(source: ReportSource, rows: tuple[ChangeRow, ...]) -> tuple[Message, ...]:
    if not rows:
        return ()
    tested = make_message("note.change-tested", points=to_exact_decimal(source.questionnaire.comparison.changed_at))
    notes = [make_message("note.change-compared"), tested]
    if any(row.parts for row in rows):
        notes.append(make_message("note.change-parts"))
    refused = list_names(row.name for row in rows if row.refused and isinstance(row.name, str) and row.name)
    if refused:
        notes.append(make_message("note.change-refused", count=len(refused), functions=refused))
    return tuple(notes)
