"""Functions section: one page per function with its dimensions, items, hand-offs and advice."""

from decimal import Decimal

from assessment.domain.questionnaire import Kind
from assessment.domain.report.figures import Figure, out_of_scope
from assessment.domain.report.hand_offs import worst_channels
from assessment.domain.report.heatmap import cell
from assessment.domain.report.message import Message, say
from assessment.domain.report.parts import Action, DimensionRow, FunctionPart, ItemRow, KeyFigure, Levelled
from assessment.domain.report.source import Source, amount, exact, names
from assessment.domain.report.spread import agreed, spread
from assessment.domain.result import DimensionResult, FunctionResult

TOP_BAND = 5


def functions(source: Source, actions: tuple[Action, ...]) -> tuple[FunctionPart, ...]:
    """Build a page for every function of the result."""
    return tuple(_function(source, name, found, actions) for name, found in source.functions())


def _function(source: Source, name: str, found: FunctionResult, actions: tuple[Action, ...]) -> FunctionPart:
    whole = source.levelled(name)
    path = f"functions.{name}"
    return FunctionPart(
        id=name,
        name=source.function(name),
        title=_title(source, whole, found),
        whole=whole,
        target=exact(found.target),
        key_figures=_key_figures(source, path, found, whole),
        dimensions=tuple(_dimension(source, name, dimension, result) for dimension, result in found.dimensions.items()),
        hand_off=_hand_off(source, path, found),
        rows=tuple(
            ItemRow(
                item.id,
                source.channel(item.channel),
                source.item_text(item.id),
                source.step(found.hand_off.rows.get(item.id), f"{path}.hand_off.rows.{item.id}"),
                mark=item.channel in worst_channels(found),
                shares=source.shares(found.hand_off.rows.get(item.id)),
            )
            for item in source.items(Kind.HAND_OFF, name)
        ),
        notes=_notes(source, name, found),
        actions=tuple(action for action in actions if action.function == name),
        spread=spread(source, name, found) if found.contested else None,
    )


def _hand_off(source: Source, path: str, found: FunctionResult) -> Figure:
    if found.out_of_scope:
        return out_of_scope()
    return source.figures.score(found.hand_off.score, f"{path}.hand_off.score")


def _dimension(source: Source, function: str, dimension: str, found: DimensionResult) -> DimensionRow:
    path = f"functions.{function}.dimensions.{dimension}"
    whole = cell(source, function, dimension, found)
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
        level_text=_level_text(levels, whole.band),
        next_text=_level_text(levels, None if whole.band is None else whole.band + 1),
    )


def _level_text(levels: tuple[str, ...], band: int | None) -> str:
    return levels[band - 1] if band is not None and 1 <= band <= len(levels) else ""


def _title(source: Source, whole: Levelled, found: FunctionResult) -> Message:
    name = whole.name
    if found.out_of_scope:
        return say("function.out-of-scope", function=name)
    if whole.figure.shown is None:
        hidden = whole.figure.missing is not None and whole.figure.missing.id == "missing.hidden"
        return say("function.hidden" if hidden else "function.none", function=name)
    score = amount(whole.figure)
    if whole.contested:
        return say("function.contested", function=name, score=score)
    if whole.level is None:
        return say("function.no-level", function=name, score=score)
    return _levelled_title(source, whole, found)


def _levelled_title(source: Source, whole: Levelled, found: FunctionResult) -> Message:
    values: dict[str, str | int] = {"function": whole.name, "level": whole.level or 0}
    if whole.provisional:
        return say("function.provisional", **values)
    best, worst = _extremes(source, found)
    if best and worst:
        return say("function.range", **values, strongest=best, weakest=worst)
    if best or worst:
        return say("function.strongest" if best else "function.weakest", **values, dimension=best or worst or "")
    return say("function.level", **values)


def _extremes(source: Source, found: FunctionResult) -> tuple[str | None, str | None]:
    """Names of the strongest and the weakest dimension, if they differ from the next one beyond chance (method 4)."""
    ranked = sorted(
        (pair for pair in found.dimensions.items() if pair[1].score is not None), key=lambda pair: -(pair[1].score or 0)
    )
    if len(ranked) <= 1:
        return None, None
    best = source.is_apart(ranked[0][1], ranked[1][1])
    worst = source.is_apart(ranked[-1][1], ranked[-2][1])
    return source.dimension(ranked[0][0]) if best else None, source.dimension(ranked[-1][0]) if worst else None


def _key_figures(source: Source, path: str, found: FunctionResult, whole: Levelled) -> tuple[KeyFigure, ...]:
    figures = source.figures
    shown = [KeyFigure(say("label.score"), whole.figure, _level(whole))]
    if source.questionnaire.indices.embedding is not None:
        embedding = figures.score(found.embedding, f"{path}.embedding")
        shown.append(KeyFigure(say("label.embedding-function"), embedding))
    if found.hand_off.rows:
        hand_offs = figures.score(found.hand_off.score, f"{path}.hand_off.score")
        shown.append(KeyFigure(say("label.hand-offs"), hand_offs))
    coverage = figures.coverage(found.coverage, f"{path}.coverage")
    shown.append(KeyFigure(say("label.coverage"), coverage, unit="percent"))
    if not source.consensus:
        agreement = KeyFigure(
            say("label.agreement"),
            figures.agreement(found.agreement, f"{path}.agreement"),
            agreed(found.agreement_class),
            "ratio",
        )
        shown.append(agreement)
    if found.people is not None and not source.consensus:
        label = "label.people" if source.result.disclosure is None else "label.taking-part"
        shown.append(KeyFigure(say(label), Figure(Decimal(found.people)), unit="people"))
    return tuple(shown)


def _level(whole: Levelled) -> Message | None:
    if whole.figure.shown is None:
        return None
    return say("level.withheld") if whole.level is None else say("level.of", level=whole.level)


def _notes(source: Source, name: str, found: FunctionResult) -> tuple[Message, ...]:
    notes = []
    scoring = source.questionnaire.scoring
    if found.contested and found.score is not None:
        notes.append(say("note.contested", cut=exact(scoring.contested_below)))
    if found.provisional:
        notes.append(say("note.provisional", share=exact(100 * scoring.provisional_below)))
    if found.partial and not found.out_of_scope:
        notes.append(say("note.partial", share=exact(100 * scoring.partial_above)))
    notes += _hidden(source, f"functions.{name}.")
    capped = _capped_by(source, found)
    if capped:
        notes.append(say("note.capped", count=len(capped), dimensions=capped))
    return tuple(notes)


def _hidden(source: Source, path: str) -> list[Message]:
    """Note on hidden figures: scores, or only intervals and agreement."""
    hidden = [place for place in source.figures.suppressed if place.startswith(path) and not place.endswith(".level")]
    if source.figures.needed is None or not hidden:
        return []
    scores = any(place.endswith(".score") for place in hidden)
    return [say("note.hidden" if scores else "note.hidden-spread", needed=source.figures.needed)]


def _capped_by(source: Source, found: FunctionResult) -> tuple[str, ...]:
    """Dimensions whose band keeps the function's level below its band (method 4)."""
    if found.level is None or found.band is None or found.level >= found.band:
        return ()
    bands = [(name, part.band) for name, part in found.dimensions.items() if part.band is not None]
    lowest = min((band for _, band in bands), default=TOP_BAND)
    return names(source.dimension(name) for name, band in bands if band == lowest)
