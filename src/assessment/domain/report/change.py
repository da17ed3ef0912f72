"""Change section: changes since the last wave, their significance, attribution and projection."""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct, field

from assessment.domain.attribution import Attribution
from assessment.domain.comparison import Break, Comparison, Projection
from assessment.domain.comparison import Change as Compared
from assessment.domain.report.figures import Figure
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import Change, ChangeRow, ItemChange, KeyFigure
from assessment.domain.report.source import Source, exact, names
from assessment.domain.scoring.naming import EMBEDDING, OVERALL, function_path

MOST_ITEMS = 6


class Earlier(Struct, frozen=True):
    """Comparison with the previous wave, and the attribution by path if both waves' answers were available."""

    comparison: Comparison
    attribution: dict[str, Attribution] = field(default_factory=dict)
    date: str | None = None
    name: str = ""


def change(source: Source, earlier: Earlier | None) -> Change | None:
    """Build the section; None in a first wave."""
    if earlier is None:
        return None
    rows = tuple(_rows(source, earlier))
    compared = earlier.comparison
    return Change(
        title=_title(source, compared),
        rows=rows,
        earlier=earlier.date or earlier.name,
        later=source.details.date or source.result.computed_at or source.details.wave or "",
        breaks=tuple(_break(source, found) for found in compared.breaks),
        broken=any(found.dimension is None for found in compared.breaks),
        risen=_items(source, compared, rising=True),
        fallen=_items(source, compared, rising=False),
        projection=tuple(_projection(source, compared.projection)),
        pace=_pace(source, compared.projection),
        notes=_notes(source, rows),
    )


def _rows(source: Source, earlier: Earlier) -> Iterator[ChangeRow]:
    places: list[tuple[str, str | Message]] = [(OVERALL, "")]
    places += [(function_path(name), source.function(name)) for name, _ in source.functions()]
    places.append((EMBEDDING, say("label.embedding")))
    for path, name in places:
        found = earlier.comparison.changes.get(path)
        if found is not None:
            yield _row(source, name, found, earlier.attribution.get(path), whole=path == OVERALL)


def _row(
    source: Source, name: str | Message, found: Compared, reasons: Attribution | None, *, whole: bool
) -> ChangeRow:
    gap = source.figures.scales.gap
    margin = None if found.margin is None else source.shown(found.margin, gap)
    parts = None
    if reasons is not None and reasons.answers is not None:
        split = (reasons.answers, reasons.who or 0.0, reasons.instrument or 0.0)
        parts = tuple(Figure(source.shown(part, gap)) for part in split)
    return ChangeRow(
        name=name,
        earlier=Figure(source.score(found.earlier)),
        later=Figure(source.score(found.later)),
        change=Figure(source.shown(found.change, gap)),
        margin=margin,
        changed=found.changed,
        verdict=_verdict(found),
        parts=parts,
        refused=reasons is not None and reasons.refused is not None,
        whole=whole,
    )


def _verdict(found: Compared) -> Message:
    if found.changed is None:
        return say("changed.unknown")
    if not found.changed:
        return say("changed.no")
    return say("changed.up" if found.change > 0 else "changed.down")


def _title(source: Source, compared: Comparison) -> Message:
    whole = compared.changes.get(OVERALL)
    if whole is None:
        broken = any(found.dimension is None for found in compared.breaks)
        return say("change.break" if broken else "change.none", organisation=source.organisation)
    change = source.shown(whole.change, source.figures.scales.gap)
    values: dict[str, Value] = {
        "organisation": source.organisation,
        "earlier": source.score(whole.earlier),
        "later": source.score(whole.later),
    }
    if whole.changed is None:
        return say("change.unknown", **values)
    if not whole.changed:
        return say("change.steady", **values)
    return say("change.up" if change > 0 else "change.down", points=abs(change), **values)


def _break(source: Source, found: Break) -> Message:
    values: dict[str, Value] = {
        "share": Share(exact(round(100 * found.common))),
        "needed": Share(exact(round(100 * found.needed))),
    }
    if found.dimension is None:
        return say("break.whole", **values)
    return say("break.dimension", dimension=source.dimension(found.dimension), **values)


def _items(source: Source, compared: Comparison, *, rising: bool) -> tuple[ItemChange, ...]:
    """Items with the largest changes in one direction."""
    sign = 1 if rising else -1
    moved = sorted((-sign * change, name) for name, change in compared.items.items() if sign * change > 0)
    functions = {item.id: item.function for item in source.questionnaire.items}
    return tuple(
        ItemChange(
            name=source.item_name(name),
            function=source.function(functions[name] or "") if functions.get(name) else "",
            change=Figure(
                source.shown(compared.items[name], source.figures.stepped_gap), bound=compared.item_bounds.get(name)
            ),
        )
        for _, name in moved[:MOST_ITEMS]
    )


def _projection(source: Source, found: Projection | None) -> Iterator[Message]:
    if found is None:
        return
    outlook = source.questionnaire.indices.outlook
    goal = exact(outlook.reached_at) if outlook else Decimal(0)
    if found.reached:
        yield say("projection.reached", goal=goal)
    elif found.years is None:
        yield say("projection.none", goal=goal, needed=source.shown(found.needed_pace, source.figures.scales.gap))
    else:
        years = Decimal(repr(round(found.years, 1)))
        yield say("projection.years", goal=goal, years=years)
    yield say("projection.scenario")


def _pace(source: Source, found: Projection | None) -> tuple[KeyFigure, ...]:
    if found is None:
        return ()
    gap = source.figures.scales.gap
    pace = Figure(source.shown(found.pace, gap), source.figures.span(found.interval, gap))
    needed = Figure(source.shown(found.needed_pace, gap))
    return (
        KeyFigure(say("label.pace"), pace, unit="signed"),
        KeyFigure(say("label.needed-pace"), needed),
    )


def _notes(source: Source, rows: tuple[ChangeRow, ...]) -> tuple[Message, ...]:
    if not rows:
        return ()
    tested = say("note.change-tested", points=exact(source.questionnaire.comparison.changed_at))
    notes = [say("note.change-compared"), tested]
    if any(row.parts for row in rows):
        notes.append(say("note.change-parts"))
    refused = names(row.name for row in rows if row.refused and isinstance(row.name, str) and row.name)
    if refused:
        notes.append(say("note.change-refused", count=len(refused), functions=refused))
    return tuple(notes)
