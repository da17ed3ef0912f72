"""Title of the answer: the level of the whole, what limits it, and a pattern across functions."""

from assessment.domain.report.figures import LevelScore
from assessment.domain.report.message import Message, MessageValue, make_message
from assessment.domain.report.sections.functions import find_extreme_dimensions
from assessment.domain.report.sections.heatmap import (
    build_low_values,
    find_low_dimensions,
    find_lowest_dimension,
    find_lowest_score,
)
from assessment.domain.report.source import PAIR_SIZE, ReportSource, build_amount, list_names

MAX_PATTERN_DIMENSIONS = 2


def build_overall_title(source: ReportSource, overall: LevelScore) -> Message:
    """Build the title: the overall level and what limits it, or why there is none; and a pattern across functions."""
    title, pattern = _build_level_title(source, overall), _find_pattern(source)
    if pattern is None and title.id == "answer.level":  # nothing limits the level: what is lowest is said instead
        pattern = _find_lowest(source)
    if pattern is None or overall.level is None:
        return title
    return make_message("answer.pattern", title=title, pattern=pattern)


def list_limiting_functions(source: ReportSource, overall: LevelScore) -> tuple[str, ...]:
    """Names of the functions that the title holds responsible for the level or calls behind; empty without any."""
    if overall.figure.value is None or overall.level is None:
        return ()
    limiting = _find_limiting_functions(source, overall)
    if limiting or overall.provisional:
        return limiting
    return _find_binding_functions(source) or _find_weakest(source)


def _find_pattern(source: ReportSource) -> Message | None:
    """A dimension that is the weakest of every function, or under the second cut point or lowest in all of them.

    Weakest is beyond chance (method 4); lowest states the scores only.
    """
    scored = source.list_scored_functions()
    if len(scored) < PAIR_SIZE:
        return None
    weakest = {find_extreme_dimensions(source, function)[1] for _, function in scored}
    if len(weakest) == 1 and (dimension := weakest.pop()):
        return make_message("pattern.weakest", dimension=dimension, count=len(scored))
    low = find_low_dimensions(source)
    if low and len(low) <= MAX_PATTERN_DIMENSIONS:
        return make_message("pattern.low", **build_low_values(source, low))
    lowest = find_lowest_dimension(source)
    return make_message("pattern.lowest-in-all", dimension=lowest, count=len(scored)) if lowest and not low else None


def _find_weakest(source: ReportSource) -> tuple[str, ...]:
    """Name of the function that is behind all others beyond chance (method 4); empty if none is."""
    ranked = sorted(source.list_scored_functions(), key=lambda pair: pair[1].score or 0.0)
    if len(ranked) >= PAIR_SIZE and source.is_apart_from_rest([function for _, function in ranked]):
        return (source.name_function(ranked[0][0]),)
    return ()


def _find_lowest(source: ReportSource) -> Message | None:
    """The function that is behind all others beyond chance (method 4), otherwise the lowest score of a dimension."""
    weakest = _find_weakest(source)
    if weakest:
        return make_message("pattern.behind", weakest=weakest[0])
    lowest = find_lowest_score(source)
    return make_message("pattern.lowest", score=lowest[0], lowest=lowest[1]) if lowest else None


def _build_level_title(source: ReportSource, overall: LevelScore) -> Message:
    organisation = source.organisation
    if overall.figure.value is None:
        hidden = source.figures.is_hidden("overall.score") and source.figures.needed is not None
        return make_message("answer.hidden" if hidden else "answer.none", organisation=organisation)
    score = build_amount(overall.figure)
    if overall.level is not None:
        return _build_limited_title(
            source, overall, {"organisation": organisation, "score": score, "level": overall.level}
        )
    if any(function.contested for _, function in source.list_scored_functions()):
        contested = source.list_contested_names()
        return make_message("answer.contested", organisation=organisation, score=score, functions=contested)
    return make_message("answer.no-level", organisation=organisation, score=score)


def _build_limited_title(source: ReportSource, overall: LevelScore, values: dict[str, MessageValue]) -> Message:
    """Title with the level and the functions that limit it."""
    limiting = _find_limiting_functions(source, overall)
    if limiting:
        return make_message("answer.held-back", count=len(limiting), functions=limiting, **values)
    if overall.provisional:
        return make_message("answer.provisional", **values)
    binding = _find_binding_functions(source)
    if binding:
        return make_message("answer.bound", count=len(binding), functions=binding, **values)
    return make_message("answer.level", **values)


def _find_limiting_functions(source: ReportSource, overall: LevelScore) -> tuple[str, ...]:
    """Functions whose level keeps the overall level below its band (method 4)."""
    if overall.band is None or overall.level is None or overall.level >= overall.band:
        return ()
    levels = [(name, function.level) for name, function in source.list_functions() if function.level is not None]
    lowest = min((level for _, level in levels), default=0)
    return list_names(source.name_function(name) for name, level in levels if level == lowest)


def _find_binding_functions(source: ReportSource) -> tuple[str, ...]:
    """Functions that keep the whole from its target level (method 8); none if the score itself does."""
    lift = next((lift for lift in source.result.lifts if lift.function is None), None)
    if lift is None or lift.level is None or lift.level >= lift.target_level:
        return ()
    return list_names(source.name_function(name) for name in lift.binding)
