"""Random organisations for the attacker: 20 to 150 people, of every temper.

More varied than real ones on purpose: lone leaders, tiny functions, people in several functions,
teams that answer nearly alike, teams that are split, questions that hardly anyone can answer.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from assessment.domain.answers import BLANK, DONT_KNOW, NOT_APPLICABLE, NOT_ASKED, RUNG_COUNT, Answers, AnswerValues
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.survey.routing import build_asked_matrix

SMALLEST, LARGEST = 20, 150
HASTY = 0.02  # share of people who take a second per answer


class Temper(Struct, frozen=True):
    """How one organisation answers: shares of answers that are no number, spread in rungs, a bias by role."""

    blank: float
    dont_know: float
    not_applicable: float
    spread: float
    bias: float


def organisation(questionnaire: Questionnaire, seed: int, people: int | None = None) -> Answers:
    """Draw the organisation with this number; the same number gives the same organisation."""
    rng = np.random.default_rng((seed, 2024))
    size = people or int(rng.integers(SMALLEST, LARGEST + 1))
    roles = _roles(questionnaire, size, rng)
    members = _members(questionnaire, size, rng)
    asked = build_asked_matrix(questionnaire, roles, members)
    values = _ratings(questionnaire, roles, rng, _temper(rng))
    pace = np.where(rng.random(size) < HASTY, 1.0, rng.uniform(6, 30, size))
    return Answers(
        respondents=tuple(f"r{number + 1}" for number in range(size)),
        roles=tuple(roles),
        functions=members,
        seconds=np.round(pace * asked.sum(axis=1), 1),
        values=np.where(asked, values, NOT_ASKED).astype(np.int8),
    )


def _temper(rng: np.random.Generator) -> Temper:
    return Temper(
        blank=float(rng.choice([0.0, 0.03, 0.1])),
        dont_know=float(rng.choice([0.0, 0.05, 0.15])),
        not_applicable=float(rng.choice([0.0, 0.02, 0.1])),
        spread=float(rng.choice([0.35, 0.6, 0.9, 1.3])),
        bias=float(rng.choice([0.0, 0.4, 1.0])),
    )


def _roles(questionnaire: Questionnaire, people: int, rng: np.random.Generator) -> list[str]:
    names = [role.id for role in questionnaire.roles]
    shares = rng.dirichlet(np.full(len(names), float(rng.choice([1.5, 4.0, 12.0]))))
    return [str(name) for name in rng.choice(names, people, p=shares)]


def _members(questionnaire: Questionnaire, people: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    functions = len(questionnaire.functions)
    shares = rng.dirichlet(np.full(functions, float(rng.choice([1.5, 6.0]))))
    members = np.zeros((people, functions), dtype=np.bool_)
    members[np.arange(people), rng.choice(functions, people, p=shares)] = True
    return np.asarray(members | (rng.random((people, functions)) < rng.choice([0.0, 0.1, 0.3])))


def _ratings(questionnaire: Questionnaire, roles: list[str], rng: np.random.Generator, temper: Temper) -> AnswerValues:
    people, top = len(roles), RUNG_COUNT - 1
    bias = {role.id: rng.normal(0, temper.bias) for role in questionnaire.roles}
    own = np.asarray([bias[role] for role in roles]) + rng.normal(0, temper.spread / 2, people)
    values = np.empty((people, len(questionnaire.items)), dtype=np.int8)
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = rng.choice(len(item.options), people, p=rng.dirichlet(np.ones(len(item.options))))
            continue
        drawn = np.rint(rng.uniform(-0.5, top + 0.5) + own + rng.normal(0, temper.spread, people))
        values[:, column] = np.clip(drawn, 0, top)
    dice = rng.random(values.shape)
    edges = np.cumsum([temper.blank, temper.dont_know, temper.not_applicable])
    return np.select([dice < edge for edge in edges], [BLANK, DONT_KNOW, NOT_APPLICABLE], values).astype(np.int8)
