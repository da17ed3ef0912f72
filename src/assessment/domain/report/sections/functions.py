"""Functions section: one page per function with its dimensions, items, hand-offs and advice."""

from decimal import Decimal

from msgspec import Struct

from assessment.domain.questionnaire import Kind
from assessment.domain.report.actions import Action
from assessment.domain.report.figures import ItemRow, KeyFigure, LevelScore, ReportFigure, build_out_of_scope_figure
from assessment.domain.report.message import Message, make_message
from assessment.domain.report.sections.agreement import AgreementPanel, build_agreement, build_agreement_class
from assessment.domain.report.sections.hand_offs import find_worst_channels
from assessment.domain.report.sections.heatmap import build_cell
from assessment.domain.report.source import ReportSource, build_amount, list_names, to_exact_decimal
from assessment.domain.result import DimensionResult, FunctionResult
from assessment.domain.scoring.suppression_reasons import DECIDED_ANSWER_REASON

HIGHEST_BAND = 5
HIDDEN_MESSAGES = ("missing.hidden", "missing.withheld")


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
    level_score: LevelScore
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
    return tuple(_build_function(source, name, function, actions) for name, function in source.list_functions())


def _build_function(
    source: ReportSource, name: str, function: FunctionResult, actions: tuple[Action, ...]
) -> FunctionSection:
    level_score = source.build_level_score(name)
    path = f"functions.{name}"
    return FunctionSection(
        id=name,
        name=source.name_function(name),
        title=_build_title(source, level_score, function),
        level_score=level_score,
        target=to_exact_decimal(function.target),
        key_figures=_build_key_figures(source, path, function, level_score),
        dimensions=tuple(
            _build_dimension(source, name, dimension, result) for dimension, result in function.dimensions.items()
        ),
        hand_off=_build_hand_off(source, path, function),
        rows=tuple(
            ItemRow(
                item.id,
                source.name_channel(item.channel),
                source.get_item_text(item.id),
                source.build_item_figure(function.hand_off.rows.get(item.id), f"{path}.hand_off.rows.{item.id}"),
                mark=item.channel in find_worst_channels(function),
                shares=source.round_shares(function.hand_off.rows.get(item.id)),
            )
            for item in source.list_items(Kind.HAND_OFF, name)
        ),
        notes=_build_notes(source, name, function),
        actions=tuple(action for action in actions if action.function == name),
        spread=build_agreement(source, name, function) if function.contested else None,
    )


def _build_hand_off(source: ReportSource, path: str, function: FunctionResult) -> ReportFigure:
    if function.out_of_scope:
        return build_out_of_scope_figure()
    return source.figures.round_score(function.hand_off.score, f"{path}.hand_off.score")


def _build_dimension(
    source: ReportSource, function: str, dimension: str, dimension_result: DimensionResult
) -> DimensionRow:
    path = f"functions.{function}.dimensions.{dimension}"
    cell = build_cell(source, function, dimension, dimension_result)
    text = source.texts.dimensions.get(dimension)
    levels = text.levels if text else ()
    own = tuple(item for item in source.list_items(Kind.PRACTICE, function) if item.dimension == dimension)
    return DimensionRow(
        name=source.name_dimension(dimension),
        figure=cell.figure,
        band=cell.band,
        items=tuple(
            ItemRow(
                item.id,
                source.name_item(item.id),
                source.get_item_text(item.id),
                source.build_item_figure(dimension_result.items.get(item.id), f"{path}.items.{item.id}"),
                shares=source.round_shares(dimension_result.items.get(item.id)),
            )
            for item in own
        ),
        agreement=source.figures.round_agreement(dimension_result.agreement, f"{path}.agreement"),
        level_text=_get_level_text(levels, cell.band),
        next_text=_get_level_text(levels, None if cell.band is None else cell.band + 1),
    )


def _get_level_text(levels: tuple[str, ...], band: int | None) -> str:
    return levels[band - 1] if band is not None and 1 <= band <= len(levels) else ""


def _build_title(source: ReportSource, level_score: LevelScore, function: FunctionResult) -> Message:
    name = level_score.name
    if function.out_of_scope:
        return make_message("function.out-of-scope", function=name)
    if level_score.figure.value is None:
        hidden = level_score.figure.missing is not None and level_score.figure.missing.id in HIDDEN_MESSAGES
        return make_message("function.hidden" if hidden else "function.none", function=name)
    score = build_amount(level_score.figure)
    if level_score.contested:
        return make_message("function.contested", function=name, score=score)
    if level_score.level is None:
        return make_message("function.no-level", function=name, score=score)
    return _build_level_title(source, level_score, function)


def _build_level_title(source: ReportSource, level_score: LevelScore, function: FunctionResult) -> Message:
    values: dict[str, str | int] = {"function": level_score.name, "level": level_score.level or 0}
    if level_score.provisional:
        return make_message("function.provisional", **values)
    best, worst = find_extreme_dimensions(source, function)
    if best and worst:
        return make_message("function.range", **values, strongest=best, weakest=worst)
    if best or worst:
        return make_message(
            "function.strongest" if best else "function.weakest", **values, dimension=best or worst or ""
        )
    return make_message("function.level", **values)


def find_extreme_dimensions(source: ReportSource, function: FunctionResult) -> tuple[str | None, str | None]:
    """Names of the strongest and the weakest dimension, if they differ from the next one beyond chance (method 4)."""
    ranked = sorted(
        (pair for pair in function.dimensions.items() if pair[1].score is not None),
        key=lambda pair: -(pair[1].score or 0),
    )
    if len(ranked) <= 1:
        return None, None
    dimensions = [dimension for _, dimension in ranked]
    best = source.is_apart_from_rest(dimensions)
    worst = source.is_apart_from_rest(dimensions[::-1])
    return source.name_dimension(ranked[0][0]) if best else None, source.name_dimension(
        ranked[-1][0]
    ) if worst else None


def _build_key_figures(
    source: ReportSource, path: str, function: FunctionResult, level_score: LevelScore
) -> tuple[KeyFigure, ...]:
    figures = source.figures
    key_figures = [KeyFigure(make_message("label.score"), level_score.figure, _build_level(level_score))]
    if source.questionnaire.indices.embedding is not None:
        embedding = figures.round_score(function.embedding, f"{path}.embedding")
        key_figures.append(KeyFigure(make_message("label.embedding-function"), embedding))
    if function.hand_off.rows:
        hand_offs = figures.round_score(function.hand_off.score, f"{path}.hand_off.score")
        key_figures.append(KeyFigure(make_message("label.hand-offs"), hand_offs))
    coverage = figures.round_coverage(function.coverage, f"{path}.coverage")
    key_figures.append(KeyFigure(make_message("label.coverage"), coverage, unit="percent"))
    if not source.is_consensus:
        agreement = KeyFigure(
            make_message("label.agreement"),
            figures.round_agreement(function.agreement, f"{path}.agreement"),
            build_agreement_class(function.agreement_class),
            "ratio",
        )
        key_figures.append(agreement)
    if function.people is not None and not source.is_consensus:
        label = "label.people" if source.result.disclosure is None else "label.taking-part"
        key_figures.append(KeyFigure(make_message(label), ReportFigure(Decimal(function.people)), unit="people"))
    return tuple(key_figures)


def _build_level(level_score: LevelScore) -> Message | None:
    if level_score.figure.value is None:
        return None
    return (
        make_message("level.withheld")
        if level_score.level is None
        else make_message("level.of", level=level_score.level)
    )


def _build_notes(source: ReportSource, name: str, function: FunctionResult) -> tuple[Message, ...]:
    notes = []
    scoring = source.questionnaire.scoring
    if function.contested and function.score is not None:
        notes.append(make_message("note.contested", cut=to_exact_decimal(scoring.contested_below)))
    if function.provisional:
        notes.append(make_message("note.provisional", share=to_exact_decimal(100 * scoring.provisional_below)))
    if function.partial and not function.out_of_scope:
        notes.append(make_message("note.partial", share=to_exact_decimal(100 * scoring.partial_above)))
    notes += _build_hidden_notes(source, f"functions.{name}.")
    capped = _find_capping_dimensions(source, function)
    if capped:
        notes.append(make_message("note.capped", count=len(capped), dimensions=capped))
    return tuple(notes)


def _build_hidden_notes(source: ReportSource, path: str) -> list[Message]:
    """Note on hidden figures: scores, or only intervals and agreement."""
    others = (".level", ".evidence_share")
    hidden = [place for place in source.figures.suppressed if place.startswith(path) and not place.endswith(others)]
    if source.figures.needed is None or not hidden:
        return []
    needed, reasons = source.figures.needed, source.figures.suppressed
    decided = [place for place in hidden if reasons[place] == DECIDED_ANSWER_REASON]
    few = [place for place in hidden if place.endswith(".score") and place not in decided]
    notes = [make_message("note.hidden", needed=needed)] if few else []
    if decided:
        notes.append(make_message("note.withheld"))
    return notes or [make_message("note.hidden-spread", needed=needed)]


def _find_capping_dimensions(source: ReportSource, function: FunctionResult) -> tuple[str, ...]:
    """Dimensions whose band keeps the function's level below its band (method 4)."""
    if function.level is None or function.band is None or function.level >= function.band:
        return ()
    bands = [(name, part.band) for name, part in function.dimensions.items() if part.band is not None]
    lowest = min((band for _, band in bands), default=HIGHEST_BAND)
    return list_names(source.name_dimension(name) for name, band in bands if band == lowest)
