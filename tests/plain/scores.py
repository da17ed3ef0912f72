"""Scores of items, hand-offs, dimensions, functions, the whole, and embedding (sections 4 and 5 of the method)."""

import math
from dataclasses import dataclass

from tests.plain.instrument import FUNCTIONS, WEIGHTS, of_dimension, of_embedding, rows
from tests.plain.people import Person, mean
from tests.plain.validity import Shares, Validity

FULL = 3  # answers that give a role its full weight
TOP_RUNG = 4
FLOOR = 10  # of embedding
Weights = dict[str, float]


@dataclass
class Figures:
    """Scores 0-100; what is not valid is absent, or None."""

    items: dict[str, float]
    hand_offs: dict[str, float]
    dimensions: dict[tuple[str, str], float]
    functions: dict[str, float]
    embeddings: dict[str, float]
    overall: float | None
    embedding: float | None


def weights(settings: dict) -> Weights:
    """Weights of functions: equal unless the consultant says otherwise."""
    return {function: settings.get("weights", {}).get(function, 1.0) for function in FUNCTIONS}


def figures(people: list[Person], valid: Validity, contacts: Shares, weighing: Weights) -> Figures:
    """All scores of these people; `valid` says which there are."""
    return rolled_up({item: item_score(people, item) for item in valid.items}, valid, contacts, weighing)


def rolled_up(items: dict[str, float], valid: Validity, contacts: Shares, weighing: Weights) -> Figures:
    """All that is made of the scores of items."""
    hand_offs = {f: _hand_off(items, f, channels, contacts[f]) for f, channels in valid.hand_offs.items()}
    dimensions = {
        (function, dimension): _dimension(items, hand_offs.get(function), function, dimension)
        for function, own in valid.dimensions.items()
        for dimension in own
    }
    functions = {f: mean(dimensions[f, dimension] for dimension in valid.dimensions[f]) for f in valid.functions}
    embeddings = {f: mean(items[item] for item in of_embedding(f) if item in items) for f in valid.embedding}
    logs = {function: math.log(max(score, FLOOR)) for function, score in embeddings.items()}
    log = _weighted(logs, weighing)
    overall = _weighted(functions, weighing)
    return Figures(items, hand_offs, dimensions, functions, embeddings, overall, None if log is None else math.exp(log))


def item_score(people: list[Person], item: str) -> float:
    """The mean of the roles' means, each role at its weight, less while few of it answered."""
    by_role: dict[str, list[int]] = {}
    for person in people:
        if (rung := person.rung(item)) is not None:
            by_role.setdefault(person.role, []).append(rung)
    weight = {role: WEIGHTS[role] * min(1, len(rungs) / FULL) for role, rungs in by_role.items()}
    return 25 * sum(weight[role] * mean(rungs) for role, rungs in by_role.items()) / sum(weight.values())


def _hand_off(items: dict[str, float], function: str, channels: list[str], contacts: dict[str, float]) -> float:
    """Rows at their shares of contacts."""
    total = sum(contacts[channel] for channel in channels)
    return sum(contacts[channel] * items[rows(function)[channel]] for channel in channels) / total


def _dimension(items: dict[str, float], hand_off: float | None, function: str, dimension: str) -> float:
    """The mean of the valid items; the hand-off is one more of channels."""
    scores = [items[item] for item in of_dimension(function, dimension) if item in items]
    if dimension == "channels" and hand_off is not None:
        scores.append(hand_off)
    return mean(scores)


def _weighted(scores: dict[str, float], weighing: Weights) -> float | None:
    """The weighted mean of at least two functions."""
    if len(scores) < 2:
        return None
    return sum(weighing[f] * score for f, score in scores.items()) / sum(weighing[f] for f in scores)
