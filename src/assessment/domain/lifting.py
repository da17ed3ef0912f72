"""What would lift the level: what binds it now, and the least effort that reaches the target.

Found exactly, over all sets of advice, and scored by the method's own roll-up. The assumption, to be
named wherever this is shown: an item that advice is about rises to rung 3, "usual practice". Of a
function with more than `MOST_RULES` pieces of advice those of least effort are tried.
"""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import Flags
from assessment.domain.lifting_states import State, combined, least
from assessment.domain.questionnaire import Condition, Figure, Kind, Questionnaire, Rule
from assessment.domain.result import Lift, Result
from assessment.domain.scoring import cuts
from assessment.domain.scoring.rescoring import Rescoring, Scores, of_result
from assessment.domain.scoring.rollup import Floats, figures

RUNG = 3
REACHED = 25.0 * RUNG
MOST_RULES = 14  # 16,384 sets of advice for one function


class Options(Struct, frozen=True):
    """All sets of one function's advice: their effort, and the score and level they lead to."""

    rules: tuple[Rule, ...]
    sets: Flags  # sets x rules
    effort: Floats
    scores: Floats
    levels: NDArray[np.int64]


def lifts(questionnaire: Questionnaire, result: Result) -> tuple[Lift, ...]:
    """One lift per function with a level, then that of the whole; none where levels are withheld."""
    rescoring, scores = of_result(questionnaire, result)
    options = {
        name: _options(questionnaire, rescoring, scores, number)
        for number, name in enumerate(function.id for function in rescoring.blueprint.functions)
        if name in result.functions and result.functions[name].level is not None
    }
    found = [_function_lift(questionnaire, result, name, option) for name, option in options.items()]
    if result.overall.level is not None:
        found.append(_whole_lift(questionnaire, result, options))
    return tuple(found)


def raised_by(questionnaire: Questionnaire, rule: Rule) -> Flags:
    """Items of its own function that a rule's conditions are about."""
    raised = np.zeros(len(questionnaire.items), dtype=np.bool_)
    for condition in (*rule.any, *rule.all):
        for column in _about(questionnaire, condition):
            raised[column] = questionnaire.items[column].function == rule.function
    return raised


def _about(questionnaire: Questionnaire, condition: Condition) -> Iterator[int]:
    with_rows = {dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs}
    for column, item in enumerate(questionnaire.items):
        row, own = item.kind is Kind.HAND_OFF, item.function == condition.function
        if condition.figure is Figure.ITEM:
            matches = item.id == condition.item
        elif condition.figure is Figure.DIMENSION:
            matches = own and (item.dimension == condition.dimension or (row and condition.dimension in with_rows))
        else:
            matches = own and row and condition.figure in (Figure.HAND_OFF, Figure.WORST_HAND_OFF)
        if matches:
            yield column


def _options(questionnaire: Questionnaire, rescoring: Rescoring, scores: Scores, number: int) -> Options:
    """Every set of advice that moves something in the function, none of it first."""
    function = rescoring.blueprint.functions[number]
    low = np.nan_to_num(scores, nan=REACHED) < REACHED
    moving = [
        (rule, raised & low)
        for rule in questionnaire.rules
        if rule.function == function.id and (raised := raised_by(questionnaire, rule)).any() and (raised & low).any()
    ]
    moving.sort(key=lambda pair: questionnaire.prioritising.effort[pair[0].effort])
    moving = moving[:MOST_RULES]
    sets = ((np.arange(2 ** len(moving))[:, None] >> np.arange(len(moving))) & 1).astype(np.bool_)
    raised = (sets.astype(int) @ np.asarray([mask for _, mask in moving], dtype=int).reshape(len(moving), len(low))) > 0
    rolled = figures(rescoring.weights, np.where(raised, REACHED, scores))
    efforts = np.asarray([questionnaire.prioritising.effort[rule.effort] for rule, _ in moving])
    dimensions = rolled.dimensions.reshape(len(sets), len(rescoring.blueprint.functions), -1)[:, number]
    return Options(
        rules=tuple(rule for rule, _ in moving),
        sets=sets,
        effort=sets @ efforts if moving else np.zeros(1),
        scores=rolled.functions[:, number],
        levels=_levels(questionnaire, rolled.functions[:, number], dimensions),
    )


def _levels(questionnaire: Questionnaire, scores: Floats, dimensions: Floats) -> NDArray[np.int64]:
    """Staged levels, one per set of advice."""
    rules = questionnaire.scoring
    weakest = np.nanmin(dimensions, axis=1)
    return np.minimum(cuts.bands(scores, rules.bands), rules.level_step + cuts.bands(weakest, rules.bands))


def _function_lift(questionnaire: Questionnaire, result: Result, name: str, options: Options) -> Lift:
    function, rules = result.functions[name], questionnaire.scoring
    target = cuts.band(function.target, rules.bands)
    bands = {dimension: part.band for dimension, part in function.dimensions.items() if part.band is not None}
    reaching = np.flatnonzero(options.levels >= target)
    best = least(options.effort, options.scores, reaching)
    return Lift(
        function=name,
        level=function.level,
        target_level=target,
        binding=_binding(function.level, function.band, bands, rules.level_step),
        advice=None if best is None else _advice(options, best),
        effort=None if best is None else float(options.effort[best]),
        ties=0 if best is None else int((options.effort[reaching] == options.effort[best]).sum()) - 1,
        level_reached=None if best is None else int(options.levels[best]),
        score_reached=None if best is None else float(options.scores[best]),
    )


def _advice(options: Options, chosen: int) -> tuple[str, ...]:
    return tuple(rule.id for rule, taken in zip(options.rules, options.sets[chosen], strict=True) if taken)


def _binding(level: int | None, band: int | None, parts: dict[str, int], step: int) -> tuple[str, ...]:
    """The parts that hold a level down: those it may lie at most `step` above, where that is the lower bound."""
    lowest = min(parts.values(), default=0)
    if level is None or band is None or step + lowest > band:
        return ()
    return tuple(name for name, part in parts.items() if part == lowest)


def _whole_lift(questionnaire: Questionnaire, result: Result, options: dict[str, Options]) -> Lift:
    rules = questionnaire.scoring
    target = cuts.band(questionnaire.prioritising.whole_target, rules.bands)
    levels = {name: result.functions[name].level or 0 for name in options}
    weights = np.asarray([result.functions[name].weight for name in options])
    states = combined(
        _state(option, share) for share, option in zip(weights / weights.sum(), options.values(), strict=True)
    )
    reached = np.minimum(cuts.bands(states.scores, rules.bands), rules.level_step + states.levels)
    reaching = np.flatnonzero(reached >= target)
    best = least(states.effort, states.scores, reaching)
    binding = _binding(result.overall.level, result.overall.band, levels, rules.level_step)
    if best is None:
        return Lift(None, result.overall.level, target, binding, None, None, 0, None, None)
    chosen = zip(options.values(), states.choices[best].tolist(), strict=True)
    equal = reaching[states.effort[reaching] == states.effort[best]]
    return Lift(
        function=None,
        level=result.overall.level,
        target_level=target,
        binding=binding,
        advice=tuple(rule for option, choice in chosen for rule in _advice(option, choice)),
        effort=float(states.effort[best]),
        ties=int(states.ways[equal].sum()) - 1,
        level_reached=int(reached[best]),
        score_reached=float(states.scores[best]),
    )


def _state(options: Options, share: float) -> State:
    size = len(options.effort)
    return State(options.effort, share * options.scores, options.levels, np.arange(size)[:, None], np.ones(size))
