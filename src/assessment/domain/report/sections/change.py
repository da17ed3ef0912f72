"""Change section: changes since the last wave, their significance, attribution and projection."""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct, field

from assessment.domain.comparison.attribution import Attribution
from assessment.domain.comparison.waves import Break, Projection, WaveComparison
from assessment.domain.comparison.waves import FigureChange as Compared
from assessment.domain.report.figures import KeyFigure, ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.source import ReportSource, list_names, to_exact_decimal
from assessment.domain.scoring.figure_paths import EMBEDDING_PATH, OVERALL_PATH, get_function_path

MAX_ITEMS = 6


class ChangeRow(Struct, frozen=True):
    """One figure in both waves; `parts` are the points from answers, role mix and instrument."""

    name: str | Message
    earlier: ReportFigure
    later: ReportFigure
    change: ReportFigure
    margin: Decimal | None
    changed: bool | None
    verdict: Message
    parts: tuple[ReportFigure, ...] | None
    refused: bool = False
    whole: bool = False


class ItemChangeRow(Struct, frozen=True):
    """Change of one item."""

    name: str
    function: str
    change: ReportFigure


class ChangeSection(Struct, frozen=True):
    """Change since the last wave; `broken`: the overall score can't be compared."""

    title: Message
    rows: tuple[ChangeRow, ...]
    earlier: str
    later: str
    breaks: tuple[Message, ...]
    broken: bool
    risen: tuple[ItemChangeRow, ...]
    fallen: tuple[ItemChangeRow, ...]
    projection: tuple[Message, ...]
    pace: tuple[KeyFigure, ...]
    notes: tuple[Message, ...]


class EarlierWave(Struct, frozen=True):
    """Comparison with the previous wave, and the attribution by path if both waves' answers were available."""

    comparison: WaveComparison
    attribution: dict[str, Attribution] = field(default_factory=dict)
    date: str | None = None
    name: str = ""


def build_change(source: ReportSource, earlier: EarlierWave | None) -> ChangeSection | None:
    """Build the section; None in a first wave."""
    if earlier is None:
        return None
    rows = tuple(_build_rows(source, earlier))
    compared = earlier.comparison
    return ChangeSection(
        title=_build_title(source, compared),
        rows=rows,
        earlier=earlier.date or earlier.name,
        later=source.details.date or source.result.computed_at or source.details.wave or "",
        breaks=tuple(_build_break(source, found) for found in compared.breaks),
        broken=any(found.dimension is None for found in compared.breaks),
        risen=_build_item_changes(source, compared, rising=True),
        fallen=_build_item_changes(source, compared, rising=False),
        projection=tuple(_build_projection(source, compared.projection)),
        pace=_build_pace(source, compared.projection),
        notes=_build_notes(source, rows),
    )


def _build_rows(source: ReportSource, earlier: EarlierWave) -> Iterator[ChangeRow]:
    places: list[tuple[str, str | Message]] = [(OVERALL_PATH, "")]
    places += [(get_function_path(name), source.function(name)) for name, _ in source.functions()]
    places.append((EMBEDDING_PATH, make_message("label.embedding")))
    for path, name in places:
        found = earlier.comparison.changes.get(path)
        if found is not None:
            yield _build_row(source, name, found, earlier.attribution.get(path), whole=path == OVERALL_PATH)


def _build_row(
    source: ReportSource, name: str | Message, found: Compared, reasons: Attribution | None, *, whole: bool
) -> ChangeRow:
    gap = source.figures.scales.gap
    margin = None if found.margin is None else source.round_value(found.margin, gap)
    parts = None
    if reasons is not None and reasons.answers is not None:
        split = (reasons.answers, reasons.who or 0.0, reasons.instrument or 0.0)
        parts = tuple(ReportFigure(source.round_value(part, gap)) for part in split)
    return ChangeRow(
        name=name,
        earlier=ReportFigure(source.score(found.earlier)),
        later=ReportFigure(source.score(found.later)),
        change=ReportFigure(source.round_value(found.change, gap)),
        margin=margin,
        changed=found.changed,
        verdict=_build_verdict(found),
        parts=parts,
        refused=reasons is not None and reasons.refused is not None,
        whole=whole,
    )


def _build_verdict(found: Compared) -> Message:
    if found.changed is None:
        return make_message("changed.unknown")
    if not found.changed:
        return make_message("changed.no")
    return make_message("changed.up" if found.change > 0 else "changed.down")


def _build_title(source: ReportSource, compared: WaveComparison) -> Message:
    whole = compared.changes.get(OVERALL_PATH)
    if whole is None:
        broken = any(found.dimension is None for found in compared.breaks)
        return make_message("change.break" if broken else "change.none", organisation=source.organisation)
    change = source.round_value(whole.change, source.figures.scales.gap)
    values: dict[str, MessageValue] = {
        "organisation": source.organisation,
        "earlier": source.score(whole.earlier),
        "later": source.score(whole.later),
    }
    if whole.changed is None:
        return make_message("change.unknown", **values)
    if not whole.changed:
        return make_message("change.steady", **values)
    return make_message("change.up" if change > 0 else "change.down", points=abs(change), **values)


def _build_break(source: ReportSource, found: Break) -> Message:
    values: dict[str, MessageValue] = {
        "share": Percentage(to_exact_decimal(round(100 * found.common))),
        "needed": Percentage(to_exact_decimal(round(100 * found.needed))),
    }
    if found.dimension is None:
        return make_message("break.whole", **values)
    return make_message("break.dimension", dimension=source.dimension(found.dimension), **values)


def _build_item_changes(source: ReportSource, compared: WaveComparison, *, rising: bool) -> tuple[ItemChangeRow, ...]:
    """Items with the largest changes in one direction."""
    sign = 1 if rising else -1
    moved = sorted((-sign * change, name) for name, change in compared.items.items() if sign * change > 0)
    functions = {item.id: item.function for item in source.questionnaire.items}
    return tuple(
        ItemChangeRow(
            name=source.item_name(name),
            function=source.function(functions[name] or "") if functions.get(name) else "",
            change=ReportFigure(
                source.round_value(compared.items[name], source.figures.stepped_gap),
                bound=compared.item_bounds.get(name),
            ),
        )
        for _, name in moved[:MAX_ITEMS]
    )


def _build_projection(source: ReportSource, found: Projection | None) -> Iterator[Message]:
    if found is None:
        return
    outlook = source.questionnaire.indices.outlook
    goal = to_exact_decimal(outlook.reached_at) if outlook else Decimal(0)
    if found.reached:
        yield make_message("projection.reached", goal=goal)
    elif found.years is None:
        yield make_message(
            "projection.none", goal=goal, needed=source.round_value(found.needed_pace, source.figures.scales.gap)
        )
    else:
        years = Decimal(repr(round(found.years, 1)))
        yield make_message("projection.years", goal=goal, years=years)
    yield make_message("projection.scenario")


def _build_pace(source: ReportSource, found: Projection | None) -> tuple[KeyFigure, ...]:
    if found is None:
        return ()
    gap = source.figures.scales.gap
    pace = ReportFigure(source.round_value(found.pace, gap), source.figures.span(found.interval, gap))
    needed = ReportFigure(source.round_value(found.needed_pace, gap))
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
