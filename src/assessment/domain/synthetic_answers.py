"""Synthetic organisations: correlated random answers for simulations, tests and performance benchmarks.

Must never be shown as data: there are no benchmark figures yet, and none are invented (method 7).
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, DONT_KNOW, NOT_APPLICABLE, NOT_ASKED, RUNG_COUNT, Answers, AnswerValues
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.survey.routing import build_asked_matrix


class SimulationParameters(Struct, frozen=True):
    """Parameters of the simulation: shares of blank, "don't know" and "does not apply" answers; spread in rungs.

    `personal_spread`: standard deviation, in rungs, between items asked across functions.
    """

    blank: float = 0.05
    dont_know: float = 0.05
    not_applicable: float = 0.02
    spread: float = 0.9
    several_functions: float = 0.15
    personal_spread: float = 0.0


def draw_answers(
    questionnaire: Questionnaire,
    people: int,
    rng: "np.random.Generator",
    parameters: SimulationParameters | None = None,
) -> Answers:
    """Draw one organisation's answers: a level per function and dimension, a bias per role, and noise."""
    parameters = parameters or SimulationParameters()
    roles = _draw_roles(questionnaire, people, rng)
    members = _draw_functions(questionnaire, people, rng, parameters.several_functions)
    values = _draw_ratings(questionnaire, roles, people, rng, parameters)
    values = _replace_ratings(values, rng, parameters)
    asked_matrix = build_asked_matrix(questionnaire, roles, members)
    return Answers(
        respondents=tuple(f"r{number + 1}" for number in range(people)),
        roles=tuple(roles),
        functions=members,
        seconds=np.round(rng.uniform(120, 900, people), 1),
        values=np.where(asked_matrix, values, NOT_ASKED).astype(np.int8),
    )


def _draw_roles(questionnaire: Questionnaire, people: int, rng: "np.random.Generator") -> Sequence[str]:
    names = [role.id for role in questionnaire.roles]
    return [str(name) for name in rng.choice(names, people, p=rng.dirichlet(np.full(len(names), 8.0)))]


def _draw_functions(
    questionnaire: Questionnaire, people: int, rng: "np.random.Generator", several: float
) -> NDArray[np.bool_]:
    functions = len(questionnaire.functions)
    members = np.zeros((people, functions), dtype=np.bool_)
    members[np.arange(people), rng.integers(0, functions, people)] = True
    return members | (rng.random((people, functions)) < several)


def _draw_ratings(
    questionnaire: Questionnaire,
    roles: Sequence[str],
    people: int,
    rng: "np.random.Generator",
    parameters: SimulationParameters,
) -> AnswerValues:
    top = RUNG_COUNT - 1
    function = {f.id: number for number, f in enumerate(questionnaire.functions)}
    dimension = {d.id: number for number, d in enumerate(questionnaire.dimensions)}
    strength = rng.uniform(0.3, 3.7, (len(function) + 1, 1)) + rng.normal(0, 0.5, (len(function) + 1, len(dimension)))
    bias = {role.id: rng.normal(0, 0.4) for role in questionnaire.roles}
    own = np.asarray([bias[role] for role in roles]) + rng.normal(0, 0.4, people)
    values = np.empty((people, len(questionnaire.items)), dtype=np.int8)
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = rng.integers(0, len(item.options), people)
            continue
        row = function.get(item.function or "", len(function))
        level = strength[row, dimension.get(item.dimension or "", 0)]
        if item.function is None and parameters.personal_spread:
            level += rng.normal(0, parameters.personal_spread)
        drawn = np.clip(np.rint(level + own + rng.normal(0, parameters.spread, people)), 0, top)
        values[:, column] = top - drawn if item.kind is Kind.CHECK else drawn
    return values


def _replace_ratings(
    values: AnswerValues, rng: "np.random.Generator", parameters: SimulationParameters
) -> AnswerValues:
    draws = rng.random(values.shape)
    edges = np.cumsum([parameters.blank, parameters.dont_know, parameters.not_applicable])
    cases = [draws < edge for edge in edges]
    return np.asarray(np.select(cases, [BLANK, DONT_KNOW, NOT_APPLICABLE], values), dtype=np.int8)
