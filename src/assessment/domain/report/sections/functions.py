"""Functions section: one page per function with its dimensions, items, hand-offs and advice."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.questionnaire import Kind
from assessment.domain.report.figures import ItemRow, KeyFigure, LevelScore, ReportFigure, build_out_of_scope_figure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.sections.agreement import AgreementPanel, build_agreement, build_agreement_class
from assessment.domain.report.sections.hand_offs import find_worst_channels
from assessment.domain.report.sections.heatmap import build_cell
from assessment.domain.report.sections.roadmap import Action
from assessment.domain.report.source import ReportSource, build_amount, list_names, to_exact_decimal
from assessment.domain.result import DimensionResult, FunctionResult

HIGHEST_BAND = 5


class DimensionRow(Struct, frozen=True):
    """A dimension of a function page; `level_text` describes its level, `next_text` the next one."""

    name: str
    figure: ReportFigure
    band: int | None
    items: tuple[ItemRow, ...]
    agreement: ReportFigure | None = None
    level_text: str = ""
    next_text: str = ""


class FunctionSection(Struct, frozen=True):
    """Page of one function; `rows` are its hand-off rows."""

    id: str
    name: str
    title: Message
    whole: LevelScore
    target: Decimal
    key_figures: tuple[KeyFigure, ...]
    dimensions: tuple[DimensionRow, ...]
    hand_off: ReportFigure
    rows: tuple[ItemRow, ...]
    notes: tuple[Message, ...]
    actions: tuple[Action, ...]
    spread: AgreementPanel | None = None

    @property
    def all(self) -> tuple[ItemRow, ...]:
        """Items and hand-off rows in order."""
        return (*(item for dimension in self.dimensions for item in dimension.items), *self.rows)


def build_functions(source: ReportSource, actions: tuple[Action, ...]) -> tuple[FunctionSection, ...]:
    """Build a page for every function of the result."""
    return tuple(_build_function(source, name, found, actions) for name, found in source.functions())


def _build_function(
    source: ReportSource, name: str, found: FunctionResult, actions: tuple[Action, ...]
) -> FunctionSection:
    whole = source.levelled(name)
    path = f"functions.{name}"
    return FunctionSection(
        id=name,
        name=source.function(name),
        title=_build_title(source, whole, found),
        whole=whole,
        target=to_exact_decimal(found.target),
        key_figures=_build_key_figures(source, path, found, whole),
        dimensions=tuple(
            _build_dimension(source, name, dimension, result) for dimension, result in found.dimensions.items()
        ),
        hand_off=_build_hand_off(source, path, found),
        rows=tuple(
            ItemRow(
                item.id,
                source.channel(item.channel),
                source.item_text(item.id),
                source.step(found.hand_off.rows.get(item.id), f"{path}.hand_off.rows.{item.id}"),
                mark=item.channel in find_worst_channels(found),
                shares=source.shares(found.hand_off.rows.get(item.id)),
            )
            for item in source.items(Kind.HAND_OFF, name)
        ),
        notes=_build_notes(source, name, found),
        actions=tuple(action for action in actions if action.function == name),
        spread=build_agreement(source, name, found) if found.contested else None,
    )


def _build_hand_off(source: ReportSource, path: str, found: FunctionResult) -> ReportFigure:
    if found.out_of_scope:
        return build_out_of_scope_figure()
    return source.figures.score(found.hand_off.score, f"{path}.hand_off.score")


def _build_dimension(source: ReportSource, function: str, dimension: str, found: DimensionResult) -> DimensionRow:
    path = f"functions.{function}.dimensions.{dimension}"
    whole = build_cell(source, function, dimension, found)
    text = source.texts.dimensions.get(dimension)
    levels = text.levels if text else ()
    own = tuple(item for item in source.items(Kind.PRACTICE, function) if item.dimension == dimension)
    return DimensionRow(
        name=source.dimension(dimension),
        figure=whole.figure,
        band=whole.band,
        items=tuple(
            ItemRow(
                item.id,
                source.item_name(item.id),
                source.item_text(item.id),
                source.step(found.items.get(item.id), f"{path}.items.{item.id}"),
                shares=source.shares(found.items.get(item.id)),
            )
            for item in own
        ),
        agreement=source.figures.agreement(found.agreement, f"{path}.agreement"),
        level_text=_get_level_text(levels, whole.band),
        next_text=_get_level_text(levels, None if whole.band is None else whole.band + 1),
    )


def _get_level_text(levels: tuple[str, ...], band: int | None) -> str:
    return levels[band - 1] if band is not None and 1 <= band <= len(levels) else ""


def _build_title(source: ReportSource, whole: LevelScore, found: FunctionResult) -> Message:
    name = whole.name
    if found.out_of_scope:
        return make_message("function.out-of-scope", function=name)
    if whole.figure.value is None:
        hidden = whole.figure.missing is not None and whole.figure.missing.id == "missing.hidden"
        return make_message("function.hidden" if hidden else "function.none", function=name)
    score = build_amount(whole.figure)
    if whole.contested:
        return make_message("function.contested", function=name, score=score)
    if whole.level is None:
        return make_message("function.no-level", function=name, score=score)
    return _build_level_title(source, whole, found)


def _build_level_title(source: ReportSource, whole: LevelScore, found: FunctionResult) -> Message:
    values: dict[str, str | int] = {"function": whole.name, "level": whole.level or 0}
    if whole.provisional:
        return make_message("function.provisional", **values)
    best, worst = _find_extremes(source, found)
    if best and worst:
        return make_message("function.range", **values, strongest=best, weakest=worst)
    if best or worst:
        return make_message(
            "function.strongest" if best else "function.weakest", **values, dimension=best or worst or ""
        )
    return make_message("function.level", **values)


def _find_extremes(source: ReportSource, found: FunctionResult) -> tuple[str | None, str | None]:
    """Names of the strongest and the weakest dimension, if they differ from the next one beyond chance (method 4)."""
    ranked = sorted(
        (pair for pair in found.dimensions.items() if pair[1].score is not None), key=lambda pair: -(pair[1].score or 0)
    )
    if len(ranked) <= 1:
        return None, None
    best = source.is_apart(ranked[0][1], ranked[1][1])
    worst = source.is_apart(ranked[-1][1], ranked[-2][1])
    return source.dimension(ranked[0][0]) if best else None, source.dimension(ranked[-1][0]) if worst else None


def _build_key_figures(
    source: ReportSource, path: str, found: FunctionResult, whole: LevelScore
) -> tuple[KeyFigure, ...]:
    figures = source.figures
    shown = [KeyFigure(make_message("label.score"), whole.figure, _build_level(whole))]
    if source.questionnaire.indices.embedding is not None:
        embedding = figures.score(found.embedding, f"{path}.embedding")
        shown.append(KeyFigure(make_message("label.embedding-function"), embedding))
    if found.hand_off.rows:
        hand_offs = figures.score(found.hand_off.score, f"{path}.hand_off.score")
        shown.append(KeyFigure(make_message("label.hand-offs"), hand_offs))
    coverage = figures.coverage(found.coverage, f"{path}.coverage")
    shown.append(KeyFigure(make_message("label.coverage"), coverage, unit="percent"))
    if not source.consensus:
        agreement = KeyFigure(
            make_message("label.agreement"),
            figures.agreement(found.agreement, f"{path}.agreement"),
            build_agreement_class(found.agreement_class),
            "ratio",
        )
        shown.append(agreement)
    if found.people is not None and not source.consensus:
        label = "label.people" if source.result.disclosure is None else "label.taking-part"
        shown.append(KeyFigure(make_message(label), ReportFigure(Decimal(found.people)), unit="people"))
    return tuple(shown)


def _build_level(whole: LevelScore) -> Message | None:
    if whole.figure.value is None:
        return None
    return make_message("level.withheld") if whole.level is None else make_message("level.of", level=whole.level)


def _build_notes(source: ReportSource, name: str, found: FunctionResult) -> tuple[Message, ...]:
    notes = []
    scoring = source.questionnaire.scoring
    if found.contested and found.score is not None:
        notes.append(make_message("note.contested", cut=to_exact_decimal(scoring.contested_below)))
    if found.provisional:
        notes.append(make_message("note.provisional", share=to_exact_decimal(100 * scoring.provisional_below)))
    if found.partial and not found.out_of_scope:
        notes.append(make_message("note.partial", share=to_exact_decimal(100 * scoring.partial_above)))
    notes += _build_hidden_notes(source, f"functions.{name}.")
    capped = _find_capping_dimensions(source, found)
    if capped:
        notes.append(make_message("note.capped", count=len(capped), dimensions=capped))
    return tuple(notes)


def _build_hidden_notes(source: ReportSource, path: str) -> list[Message]:
    """Note on hidden figures: scores, or only intervals and agreement."""
    hidden = [place for place in source.figures.suppressed if place.startswith(path) and not place.endswith(".level")]
    if source.figures.needed is None or not hidden:
        return []
    scores = any(place.endswith(".score") for place in hidden)
    return [make_message("note.hidden" if scores else "note.hidden-spread", needed=source.figures.needed)]


def _find_capping_dimensions(source: ReportSource, found: FunctionResult) -> tuple[str, ...]:
    """Dimensions whose band keeps the function's level below its band (method 4)."""
    if found.level is None or found.band is None or found.level >= found.band:
        return ()
    bands = [(name, part.band) for name, part in found.dimensions.items() if part.band is not None]
    lowest = min((band for _, band in bands), default=HIGHEST_BAND)
    return list_names(source.dimension(name) for name, band in bands if band == lowest)
