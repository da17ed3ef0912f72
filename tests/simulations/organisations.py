"""Organisations drawn from a population that is known: each item has a true score, and people scatter around it."""

from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from assessment.domain.answers import DONT_KNOW, NOT_ASKED, Answers
from assessment.domain.questionnaire import Kind, Questionnaire
from assessment.domain.survey.routing import build_asked_matrix

ROLES = ("leader", "practitioner", "staff")
TOP = 4


@dataclass(frozen=True)
class Population:
    """`level` of practice in rungs; `gap` is what leaders see more than others, in rungs."""

    level: float
    gap: float = 0.0
    spread: float = 1.0
    temper: float = 0.4  # how far one person's answers lie above or below, together
    dont_know: float = 0.05
    items: float = 0.5  # how far items differ


def draw(
    questionnaire: Questionnaire, population: Population, roles: dict[str, int], rng: np.random.Generator, *, seed: int
) -> Answers:
    """Draw so many people of each role, all in all functions; `seed` fixes what is true of the items."""
    truth = np.random.default_rng(seed).normal(0, population.items, len(questionnaire.items))
    names = [role for role in ROLES for _ in range(roles[role])]
    people = len(names)
    level = population.level + truth[None, :] + rng.normal(0, population.temper, people)[:, None]
    level = level + population.gap * (np.asarray(names) == "leader")[:, None]
    values = np.clip(np.rint(level + rng.normal(0, population.spread, level.shape)), 0, TOP)
    values = np.where(rng.random(values.shape) < population.dont_know, DONT_KNOW, values)
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = rng.integers(0, len(item.options), people)
    members = np.ones((people, len(questionnaire.functions)), dtype=np.bool_)
    asked = build_asked_matrix(questionnaire, names, members)
    return Answers(
        respondents=tuple(f"r{number}" for number in range(people)),
        roles=tuple(names),
        functions=members,
        seconds=np.full(people, np.nan),
        values=np.where(asked, values, NOT_ASKED).astype(np.int8),
    )


def without_screen(questionnaire: Questionnaire) -> Questionnaire:
    """Nobody is left out as careless: at the ends of the scale all look so."""
    careless = replace(questionnaire.scoring.careless, exclude_at=99)
    return replace(questionnaire, scoring=replace(questionnaire.scoring, careless=careless))
