"""Appendix section: method, cut points, participants, items, disclosure rules, provenance."""

from collections.abc import Iterator

from assessment.domain.answers import CONSENSUS
from assessment.domain.questionnaire import Item, Kind
from assessment.domain.report.message import Message, Share, Value, say
from assessment.domain.report.parts import Appendix, Count, CutPoint, ItemGroup, ItemLine, Line
from assessment.domain.report.perception import by_chance
from assessment.domain.report.source import LEAST_APART, Source, exact, names
from assessment.domain.result import InvitedNumbers, ItemResult


def appendix(source: Source) -> Appendix:
    """Build the section."""
    respondents = source.result.respondents
    return Appendix(
        method=_method(source),
        cut_points=_cut_points(source),
        counted=respondents.counted,
        careless=_careless(source),
        by_role=tuple(Count(_role(source, name), people) for name, people in respondents.by_role.items()),
        by_function=tuple(Count(source.function(name), people) for name, people in respondents.by_function.items()),
        taking_part=_taking_part(source),
        items=_items(source),
        hidden=_hidden(source),
        provenance=_provenance(source),
    )


def _careless(source: Source) -> Message:
    left_out = source.result.respondents.careless
    if left_out is None:
        return say("careless.hidden")
    if left_out == 0:
        return say("careless.none", count=0)
    return say("careless.count" if source.result.disclosure is None else "careless.among", count=left_out)


def _role(source: Source, name: str) -> str:
    return "" if name == CONSENSUS else source.role(name)


def _taking_part(source: Source) -> tuple[Message, ...]:
    if source.consensus:
        return (say("taking-part.consensus"),)
    scoring = source.questionnaire.scoring
    return (
        say("taking-part.counted", count=source.result.respondents.counted),
        *([say("taking-part.rule", share=Share(exact(100 * scoring.submitted_share)))] if _is_served(source) else []),
        *_invited(source),
    )


def _is_served(source: Source) -> bool:
    """Return whether answers came through the survey instead of a file, in which every row counts as sent.

    Method 1.0 did not record it, so its reports are treated as surveys.
    """
    return source.result.invited is not None or source.is_first_method


def _invited(source: Source) -> Iterator[Message]:
    """Yield the numbers of invited people, overall and by function, and who of them counts towards k + 1 (6.9)."""
    invited, note = source.result.invited, source.result.disclosure
    if invited is None:
        return
    yield say("invited.all", numbers=_invited_numbers(invited.total, invited.domains))
    for name, _ in source.functions():
        if name in invited.by_function:
            numbers = _invited_numbers(invited.by_function[name], invited.domains)
            yield say("invited.function", function=source.function(name), numbers=numbers)
    if note is not None and invited.domains:
        yield say("invited.counted-domains", count=note.needed, domains=invited.domains)
    elif note is not None:
        yield say("invited.counted-before", count=note.needed)


def _invited_numbers(numbers: InvitedNumbers, domains: tuple[str, ...]) -> tuple[Message, ...]:
    elsewhere = numbers.mailed - numbers.mailed_to_domains
    parts = (
        (numbers.mailed_to_domains, "invited.mailed-to"),
        (elsewhere, "invited.mailed-elsewhere" if domains else "invited.mailed"),
        (numbers.by_hand, "invited.by-hand"),
        (numbers.since_start, "invited.since-start"),
        (numbers.revoked, "invited.revoked"),
    )
    known = {"invited.mailed-to": {"domains": domains}}
    return (
        say("invited.people", count=numbers.invited),
        *(say(label, people=people, **known.get(label, {})) for people, label in parts if people),
    )


def _method(source: Source) -> tuple[Message, ...]:
    scoring, indices = source.questionnaire.scoring, source.questionnaire.indices
    percent = Share(exact(100 * scoring.interval_confidence))
    paragraphs = [
        say("method.items"),
        say(
            "method.roles",
            roles=tuple(
                say("method.role", role=source.role(role.id), share=Share(exact(100 * role.weight)))
                for role in source.questionnaire.roles
            ),
            full=scoring.full_weight_answers,
        ),
        say("method.scores", minimum=scoring.minimum_functions, dimensions=scoring.minimum_dimensions),
        *([say("method.hand-offs")] if source.questionnaire.has_hand_offs else []),
        say("method.levels", step=scoring.level_step),
        *([say("method.embedding", floor=exact(indices.embedding.floor))] if indices.embedding else []),
        say("method.advice", now=source.questionnaire.prioritising.now),
    ]
    if source.consensus:
        return (say("method.consensus"), *paragraphs[:1], *paragraphs[2:])
    if source.is_first_method:
        paragraphs.append(say("method.interval-first", percent=percent))
    else:
        paragraphs.append(say("method.interval", percent=percent))
        if source.result.disclosure is not None:
            paragraphs.append(say("method.interval-released"))
        paragraphs.append(say("method.ranks", points=exact(_least_apart(source))))
    if indices.set_up_to_fail is not None:
        paragraphs.append(say("method.risk"))
    if indices.perception_gap is not None:
        paragraphs.append(say("method.gap", count=len(source.questionnaire.dimensions), percent=percent))
        chance = by_chance(source)
        if chance is not None and not source.is_first_method:
            paragraphs.append(say("note.gap-chance", points=chance))
    if indices.outlook is not None:
        paragraphs.append(say("method.outlook", years=indices.outlook.years))
    return tuple(paragraphs)


def _least_apart(source: Source) -> float:
    balance = source.questionnaire.indices.balance
    return balance.tie_below if balance else LEAST_APART


def _cut_points(source: Source) -> tuple[CutPoint, ...]:
    """List the cut points of all indices and rules that the questionnaire has."""
    scoring = source.questionnaire.scoring
    bands = CutPoint(say("cut.levels"), _ladder(scoring.bands, tuple(range(1, len(scoring.bands) + 2))))
    single = (*_scoring_cuts(source), *_index_cuts(source))
    return (bands, *_classes(source), *(CutPoint(say(label), say("plain", text=value)) for label, value in single))


def _classes(source: Source) -> Iterator[CutPoint]:
    indices = source.questionnaire.indices
    for label, index in (("cut.embedding", indices.embedding), ("cut.risk", indices.set_up_to_fail)):
        if index is not None:
            yield CutPoint(say(label), _ladder(index.cuts, names(map(source.class_name, index.classes))))


def _scoring_cuts(source: Source) -> Iterator[tuple[str, Value]]:
    scoring = source.questionnaire.scoring
    yield "cut.provisional", Share(exact(100 * scoring.provisional_below))
    yield "cut.partial", Share(exact(100 * scoring.partial_above))
    yield "cut.contested", exact(scoring.contested_below)
    yield "cut.interval-minimum", scoring.interval_minimum
    yield "cut.careless", scoring.careless.exclude_at
    if _is_served(source):
        yield "cut.submitted", Share(exact(100 * scoring.submitted_share))


def _index_cuts(source: Source) -> Iterator[tuple[str, Value]]:
    indices = source.questionnaire.indices
    if (risk := indices.set_up_to_fail) is not None:
        yield "cut.high-risk", exact(risk.high_at)
        yield "cut.over-controlled", exact(risk.over_controlled_at)
    if (gap := indices.perception_gap) is not None:
        yield "cut.gap-indicative", exact(gap.indicative_at)
        yield "cut.gap-strong", exact(gap.strong_at)
    if (balance := indices.balance) is not None:
        yield "cut.balance", exact(balance.flagged_below)
        yield "cut.spread", exact(balance.spread_at)
        yield "cut.tie", exact(balance.tie_below)
    if indices.outlook is not None:
        yield "cut.outlook", exact(indices.outlook.cut)


def _ladder(cuts: tuple[float, ...], classes: tuple[Value, ...]) -> Message:
    """Build a scale as text: the first class, then each further class with its lower cut point."""
    steps: list[Value] = [say("ladder.first", name=classes[0], cut=exact(cuts[0]))]
    steps += [say("ladder.from", name=name, cut=exact(cut)) for cut, name in zip(cuts, classes[1:], strict=False)]
    return say("ladder", steps=tuple(steps))


def _items(source: Source) -> tuple[ItemGroup, ...]:
    groups = [
        ItemGroup(
            source.function(name),
            tuple(
                _line(source, item, _found(source, name, item), f"functions.{name}")
                for item in source.questionnaire.items
                if item.function == name and item.kind in (Kind.PRACTICE, Kind.HAND_OFF)
            ),
        )
        for name, _ in source.functions()
    ]
    personal = tuple(
        _line(source, item, source.result.personal.get(item.id), "personal")
        for item in source.questionnaire.items
        if item.id in source.result.personal
    )
    return (*groups, ItemGroup("", personal)) if personal else tuple(groups)


def _found(source: Source, function: str, item: Item) -> ItemResult | None:
    result = source.result.functions[function]
    if item.kind is Kind.HAND_OFF:
        return result.hand_off.rows.get(item.id)
    dimension = result.dimensions.get(item.dimension or "")
    return dimension.items.get(item.id) if dimension else None


def _line(source: Source, item: Item, found: ItemResult | None, path: str) -> ItemLine:
    place = {
        Kind.PRACTICE: f"{path}.dimensions.{item.dimension}.items.{item.id}",
        Kind.HAND_OFF: f"{path}.hand_off.rows.{item.id}",
    }.get(item.kind, f"{path}.{item.id}")
    figure = source.step(found, place)
    return ItemLine(item.id, source.item_text(item.id), ", ".join(source.role(role) for role in item.roles), figure)


def _hidden(source: Source) -> tuple[Message, ...]:
    note = source.result.disclosure
    if note is None:
        return (say("hidden.nothing-consensus" if source.consensus else "hidden.open"),)
    paragraphs = [
        say("hidden.rule", needed=note.needed, group=note.minimum_group),
        say("hidden.steps", step=exact(note.step), lowest=exact(note.lowest), highest=exact(note.highest)),
        say("hidden.count", count=len(source.result.suppressed)),
        say("hidden.unanimous"),
    ]
    return tuple(paragraphs)


def _provenance(source: Source) -> tuple[Line, ...]:
    result, details = source.result, source.details
    reference = result.questionnaire
    lines: list[tuple[str, Value]] = [
        ("provenance.instrument", source.texts.title),
        ("provenance.id", reference.id),
        ("provenance.version", reference.version),
        ("provenance.digest", reference.digest or source.questionnaire.digest),
        ("provenance.engine", result.engine),
        ("provenance.release", details.release),
    ]
    closed = result.computed_at or details.date
    if closed:
        lines.append(("provenance.date", closed))
    if details.title:
        lines.append(("provenance.title", details.title))
    if details.wave:
        lines.append(("provenance.wave", details.wave))
    mode = say("provenance.consensus" if source.consensus else "provenance.survey")
    disclosed = say("provenance.released" if result.disclosure is not None else "provenance.full")
    lines += [("provenance.mode", mode), ("provenance.figures", disclosed)]
    return tuple(Line(say(label), say("plain", text=value)) for label, value in lines if value)
