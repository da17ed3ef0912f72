"""Appendix section: method, cut points, participants, items, disclosure rules, provenance."""

from collections.abc import Iterator

from msgspec import Struct

from assessment.domain.answers import CONSENSUS_ROLE
from assessment.domain.questionnaire import Item, Kind
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.sections.perception_gap import compute_gap_by_chance
from assessment.domain.report.source import MIN_POINTS_APART, ReportSource, list_names, to_exact_decimal
from assessment.domain.result import InvitedNumbers, ItemResult


class CutPoint(Struct, frozen=True):
    """A cut point of the questionnaire."""

    name: Message
    value: Message


class PeopleCount(Struct, frozen=True):
    """A number of people; None: too few to be shown."""

    name: str
    people: int | None


class AppendixItem(Struct, frozen=True):
    """An item in the appendix, with its full text."""

    id: str
    text: str
    asked_of: str
    figure: ReportFigure


class AppendixItemGroup(Struct, frozen=True):
    """Items of one function, or those asked across functions."""

    name: str
    items: tuple[AppendixItem, ...]


class ProvenanceLine(Struct, frozen=True):
    """A label and its value."""

    label: Message
    value: Message


class AppendixSection(Struct, frozen=True):
    """Method, cut points, participants, items, disclosure rules and provenance."""

    method: tuple[Message, ...]
    cut_points: tuple[CutPoint, ...]
    counted: int
    careless: Message
    by_role: tuple[PeopleCount, ...]
    by_function: tuple[PeopleCount, ...]
    taking_part: tuple[Message, ...]
    items: tuple[AppendixItemGroup, ...]
    hidden: tuple[Message, ...]
    provenance: tuple[ProvenanceLine, ...]


def build_appendix(source: ReportSource) -> AppendixSection:
    """Build the section."""
    respondents = source.result.respondents
    return AppendixSection(
        method=_build_method(source),
        cut_points=_build_cut_points(source),
        counted=respondents.counted,
        careless=_build_careless_count(source),
        by_role=tuple(
            PeopleCount(_get_role_name(source, name), people) for name, people in respondents.by_role.items()
        ),
        by_function=tuple(
            PeopleCount(source.name_function(name), people) for name, people in respondents.by_function.items()
        ),
        taking_part=_build_participation(source),
        items=_build_item_groups(source),
        hidden=_build_disclosure_rules(source),
        provenance=_build_provenance(source),
    )


def _build_careless_count(source: ReportSource) -> Message:
    left_out = source.result.respondents.careless
    if left_out is None:
        return make_message("careless.hidden")
    if left_out == 0:
        return make_message("careless.none", count=0)
    return make_message("careless.count" if source.result.disclosure is None else "careless.among", count=left_out)


def _get_role_name(source: ReportSource, name: str) -> str:
    return "" if name == CONSENSUS_ROLE else source.name_role(name)


def _build_participation(source: ReportSource) -> tuple[Message, ...]:
    if source.is_consensus:
        return (make_message("taking-part.consensus"),)
    scoring = source.questionnaire.scoring
    return (
        make_message("taking-part.counted", count=source.result.respondents.counted),
        *(
            [make_message("taking-part.rule", share=Percentage(to_exact_decimal(100 * scoring.submitted_share)))]
            if _is_from_survey(source)
            else []
        ),
        *_build_invited_lines(source),
    )


def _is_from_survey(source: ReportSource) -> bool:
    """Return whether answers came through the survey instead of a file, in which every row counts as sent.

    Method 1.0 did not record it, so its reports are treated as surveys.
    """
    return source.result.invited is not None or source.is_first_method


def _build_invited_lines(source: ReportSource) -> Iterator[Message]:
    """Yield the numbers of invited people, overall and by function, and who of them counts towards k + 1 (6.9)."""
    invited, note = source.result.invited, source.result.disclosure
    if invited is None:
        return
    yield make_message("invited.all", numbers=_build_invited_numbers(invited.total, invited.domains))
    for name, _ in source.list_functions():
        if name in invited.by_function:
            numbers = _build_invited_numbers(invited.by_function[name], invited.domains)
            yield make_message("invited.function", function=source.name_function(name), numbers=numbers)
    if note is not None and invited.domains:
        yield make_message("invited.counted-domains", count=note.needed, domains=invited.domains)
    elif note is not None:
        yield make_message("invited.counted-before", count=note.needed)


def _build_invited_numbers(numbers: InvitedNumbers, domains: tuple[str, ...]) -> tuple[Message, ...]:
    elsewhere = numbers.mailed - numbers.mailed_to_domains
    parts = (
        (numbers.mailed_to_domains, "invited.mailed-to"),
        (elsewhere, "invited.mailed-elsewhere" if domains else "invited.mailed"),
        (numbers.by_hand, "invited.by-hand"),
        (numbers.since_start, "invited.since-start"),
        (numbers.revoked, "invited.revoked"),
    )
    label_values = {"invited.mailed-to": {"domains": domains}}
    return (
        make_message("invited.people", count=numbers.invited),
        *(make_message(label, people=people, **label_values.get(label, {})) for people, label in parts if people),
        *([make_message("invited.same-mailbox", count=numbers.same_mailbox)] if numbers.same_mailbox else []),
    )


def _build_method(source: ReportSource) -> tuple[Message, ...]:
    scoring, indices = source.questionnaire.scoring, source.questionnaire.indices
    percent = Percentage(to_exact_decimal(100 * scoring.interval_confidence))
    paragraphs = [
        make_message("method.items"),
        make_message(
            "method.roles",
            roles=tuple(
                make_message(
                    "method.role", role=source.name_role(role.id), share=Percentage(to_exact_decimal(100 * role.weight))
                )
                for role in source.questionnaire.roles
            ),
            full=scoring.full_weight_answers,
        ),
        make_message("method.scores", minimum=scoring.minimum_functions, dimensions=scoring.minimum_dimensions),
        *([make_message("method.hand-offs")] if source.questionnaire.has_hand_offs else []),
        make_message("method.levels", step=scoring.level_step),
        *(
            [make_message("method.embedding", floor=to_exact_decimal(indices.embedding.floor))]
            if indices.embedding
            else []
        ),
        make_message("method.advice", now=source.questionnaire.prioritising.now),
    ]
    if source.is_consensus:
        return (make_message("method.consensus"), *paragraphs[:1], *paragraphs[2:])
    if source.is_first_method:
        paragraphs.append(make_message("method.interval-first", percent=percent))
    else:
        paragraphs.append(make_message("method.interval", percent=percent))
        if source.result.disclosure is not None:
            paragraphs.append(make_message("method.interval-released"))
        paragraphs.append(make_message("method.ranks", points=to_exact_decimal(_get_min_distance(source))))
    if indices.set_up_to_fail is not None:
        paragraphs.append(make_message("method.risk"))
    if indices.perception_gap is not None:
        paragraphs.append(make_message("method.gap", count=len(source.questionnaire.dimensions), percent=percent))
        chance = compute_gap_by_chance(source)
        if chance is not None and not source.is_first_method:
            paragraphs.append(make_message("note.gap-chance", points=chance))
    if indices.outlook is not None:
        paragraphs.append(make_message("method.outlook", years=indices.outlook.years))
    return tuple(paragraphs)


def _get_min_distance(source: ReportSource) -> float:
    balance = source.questionnaire.indices.balance
    return balance.tie_below if balance else MIN_POINTS_APART


def _build_cut_points(source: ReportSource) -> tuple[CutPoint, ...]:
    """List the cut points of all indices and rules that the questionnaire has."""
    scoring = source.questionnaire.scoring
    bands = CutPoint(make_message("cut.levels"), _build_ladder(scoring.bands, tuple(range(1, len(scoring.bands) + 2))))
    single = (*_list_scoring_cuts(source), *_list_index_cuts(source))
    return (
        bands,
        *_build_class_cuts(source),
        *(CutPoint(make_message(label), make_message("plain", text=value)) for label, value in single),
    )


def _build_class_cuts(source: ReportSource) -> Iterator[CutPoint]:
    indices = source.questionnaire.indices
    for label, index in (("cut.embedding", indices.embedding), ("cut.risk", indices.set_up_to_fail)):
        if index is not None:
            yield CutPoint(
                make_message(label), _build_ladder(index.cuts, list_names(map(source.name_class, index.classes)))
            )


def _list_scoring_cuts(source: ReportSource) -> Iterator[tuple[str, MessageValue]]:
    scoring = source.questionnaire.scoring
    yield "cut.provisional", Percentage(to_exact_decimal(100 * scoring.provisional_below))
    yield "cut.partial", Percentage(to_exact_decimal(100 * scoring.partial_above))
    yield "cut.contested", to_exact_decimal(scoring.contested_below)
    yield "cut.interval-minimum", scoring.interval_minimum
    yield "cut.careless", scoring.careless.exclude_at
    if _is_from_survey(source):
        yield "cut.submitted", Percentage(to_exact_decimal(100 * scoring.submitted_share))


def _list_index_cuts(source: ReportSource) -> Iterator[tuple[str, MessageValue]]:
    indices = source.questionnaire.indices
    if (risk := indices.set_up_to_fail) is not None:
        yield "cut.high-risk", to_exact_decimal(risk.high_at)
        yield "cut.over-controlled", to_exact_decimal(risk.over_controlled_at)
    if (gap := indices.perception_gap) is not None:
        yield "cut.gap-indicative", to_exact_decimal(gap.indicative_at)
        yield "cut.gap-strong", to_exact_decimal(gap.strong_at)
    if (balance := indices.balance) is not None:
        yield "cut.balance", to_exact_decimal(balance.flagged_below)
        yield "cut.spread", to_exact_decimal(balance.spread_at)
        yield "cut.tie", to_exact_decimal(balance.tie_below)
    if indices.outlook is not None:
        yield "cut.outlook", to_exact_decimal(indices.outlook.cut)


def _build_ladder(cuts: tuple[float, ...], classes: tuple[MessageValue, ...]) -> Message:
    """Build a scale as text: the first class, then each further class with its lower cut point."""
    steps: list[MessageValue] = [make_message("ladder.first", name=classes[0], cut=to_exact_decimal(cuts[0]))]
    steps += [
        make_message("ladder.from", name=name, cut=to_exact_decimal(cut))
        for cut, name in zip(cuts, classes[1:], strict=False)
    ]
    return make_message("ladder", steps=tuple(steps))


def _build_item_groups(source: ReportSource) -> tuple[AppendixItemGroup, ...]:
    groups = [
        AppendixItemGroup(
            source.name_function(name),
            tuple(
                _build_item_line(source, item, _find_item_result(source, name, item), f"functions.{name}")
                for item in source.questionnaire.items
                if item.function == name and item.kind in (Kind.PRACTICE, Kind.HAND_OFF)
            ),
        )
        for name, _ in source.list_functions()
    ]
    personal = tuple(
        _build_item_line(source, item, source.result.personal.get(item.id), "personal")
        for item in source.questionnaire.items
        if item.id in source.result.personal
    )
    return (*groups, AppendixItemGroup("", personal)) if personal else tuple(groups)


def _find_item_result(source: ReportSource, function: str, item: Item) -> ItemResult | None:
    result = source.result.functions[function]
    if item.kind is Kind.HAND_OFF:
        return result.hand_off.rows.get(item.id)
    dimension = result.dimensions.get(item.dimension or "")
    return dimension.items.get(item.id) if dimension else None


def _build_item_line(source: ReportSource, item: Item, item_result: ItemResult | None, path: str) -> AppendixItem:
    place = {
        Kind.PRACTICE: f"{path}.dimensions.{item.dimension}.items.{item.id}",
        Kind.HAND_OFF: f"{path}.hand_off.rows.{item.id}",
    }.get(item.kind, f"{path}.{item.id}")
    figure = source.build_item_figure(item_result, place)
    return AppendixItem(
        item.id, source.get_item_text(item.id), ", ".join(source.name_role(role) for role in item.roles), figure
    )


def _build_disclosure_rules(source: ReportSource) -> tuple[Message, ...]:
    note = source.result.disclosure
    if note is None:
        return (make_message("hidden.nothing-consensus" if source.is_consensus else "hidden.open"),)
    paragraphs = [
        make_message("hidden.rule", needed=note.needed, group=note.minimum_group),
        make_message(
            "hidden.steps",
            step=to_exact_decimal(note.step),
            lowest=to_exact_decimal(note.lowest),
            highest=to_exact_decimal(note.highest),
        ),
        make_message("hidden.count", count=len(source.result.suppressed)),
        make_message("hidden.unanimous"),
    ]
    return tuple(paragraphs)


def _build_provenance(source: ReportSource) -> tuple[ProvenanceLine, ...]:
    result, details = source.result, source.details
    reference = result.questionnaire
    lines: list[tuple[str, MessageValue]] = [
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
    mode = make_message("provenance.consensus" if source.is_consensus else "provenance.survey")
    disclosed = make_message("provenance.released" if result.disclosure is not None else "provenance.full")
    lines += [("provenance.mode", mode), ("provenance.figures", disclosed)]
    return tuple(
        ProvenanceLine(make_message(label), make_message("plain", text=value)) for label, value in lines if value
    )
