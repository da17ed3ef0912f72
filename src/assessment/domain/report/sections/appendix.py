"""Appendix section: method, cut points, items, disclosure rules, provenance."""

from collections.abc import Iterator

from msgspec import Struct

from assessment.domain.questionnaire import Item, Kind
from assessment.domain.report.figures import ReportFigure
from assessment.domain.report.message import Message, MessageValue, Percentage, make_message
from assessment.domain.report.sections.participation import is_from_survey
from assessment.domain.report.sections.perception_gap import compute_gap_by_chance
from assessment.domain.report.source import MIN_POINTS_APART, ReportSource, list_names, to_exact_decimal
from assessment.domain.result import ItemResult
from assessment.domain.scoring.suppression_reasons import DECIDED_ANSWER_REASON

DECIDED_RULE = "hidden.decided"


class CutPoint(Struct, frozen=True):
    """A cut point of the questionnaire."""

    name: Message
    value: Message


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
    """Method, cut points, items, disclosure rules and provenance.

    `hidden_counts` are the numbers of hidden figures, of the whole report (empty id) and by function id.
    """

    method: tuple[Message, ...]
    cut_points: tuple[CutPoint, ...]
    items: tuple[AppendixItemGroup, ...]
    rules: tuple[Message, ...]
    hidden_counts: dict[str, Message]
    provenance: tuple[ProvenanceLine, ...]

    @property
    def has_decided_figures(self) -> bool:
        """Return whether something is hidden because an answer could be worked out."""
        return any(rule.id == DECIDED_RULE for rule in self.rules)

    @property
    def hidden(self) -> tuple[Message, ...]:
        """Return what is hidden in the whole report, and why."""
        return self.list_hidden("")

    def list_hidden(self, function: str) -> tuple[Message, ...]:
        """List what is hidden and why; the number is that of a function's edition, or of the whole report."""
        count = self.hidden_counts.get(function)
        return self.rules if count is None else (*self.rules, count)


def build_appendix(source: ReportSource) -> AppendixSection:
    """Build the section."""
    return AppendixSection(
        method=_build_method(source),
        cut_points=_build_cut_points(source),
        items=_build_item_groups(source),
        rules=_build_disclosure_rules(source),
        hidden_counts=_build_hidden_counts(source),
        provenance=_build_provenance(source),
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
    if is_from_survey(source):
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
    ]
    if DECIDED_ANSWER_REASON in source.result.suppressed.values():
        paragraphs.append(make_message(DECIDED_RULE))
    return (*paragraphs, make_message("hidden.unanimous"))


def _build_hidden_counts(source: ReportSource) -> dict[str, Message]:
    """Numbers of hidden figures by edition: of the whole report (empty id) and of each function."""
    if source.result.disclosure is None:
        return {}
    counts = {"": len(source.result.suppressed)}
    for name, _ in source.list_functions():
        counts[name] = sum(path.startswith(f"functions.{name}.") for path in source.result.suppressed)
    return {
        name: make_message("hidden.count", count=count) if count else make_message("hidden.nothing")
        for name, count in counts.items()
    }


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
