"""The whole method in plain, slow Python: people in, a result out, in the places that the contract gives its figures.

A second reading of the method, made from its text alone. It shares nothing with the engine, so that a mistake
would have to be made twice.
"""

from dataclasses import dataclass
from typing import Any

from tests.plain import advice, gap, indices, readings
from tests.plain.firing import fired
from tests.plain.instrument import (
    CONSENSUS,
    DIMENSIONS,
    FUNCTIONS,
    REVIEW,
    ROLES,
    of_dimension,
    of_embedding,
    practice,
    rows,
)
from tests.plain.people import CUT, Person, careless, mean
from tests.plain.scores import Figures, figures, weights
from tests.plain.validity import Shares, Validity, decide, numeric, said, shares

NO_AGREEMENT = {"agreement": None, "agreement_class": None}


@dataclass(frozen=True)
class Work:
    """What the parts of a result are made of; `without` has each person left out in turn."""

    people: list[Person]
    consensus: bool
    contacts: Shares
    valid: Validity
    figures: Figures
    without: list[Figures]


def score(people: list[Person], settings: dict) -> dict[str, Any]:
    """Everything in full precision."""
    consensus = settings.get("mode") == CONSENSUS
    log = {} if consensus else careless(people)
    work = _work([person for person in people if person.name not in log], settings, consensus=consensus)
    present = [f for f in FUNCTIONS if any(f in person.functions for person in work.people)]
    result: dict[str, Any] = {
        "respondents": _respondents(work, log),
        "functions": {function: _function(work, function) for function in present},
    }
    result["overall"] = _overall(work, result["functions"])
    result["indices"] = _indices(work)
    personal = {**indices.support(work.people), REVIEW: work.figures.items.get(REVIEW)}
    found = fired(result, personal, [] if consensus else indices.flagged(work.people))
    result["personal"] = {} if consensus else {item: {"score": known} for item, known in personal.items()}
    result["advice"] = advice.advise(result, found, settings)
    return result


def _respondents(work: Work, log: dict[str, list[str]]) -> dict:
    roles = [CONSENSUS] if work.consensus else ROLES
    return {
        "counted": len(work.people),
        "careless": len(log),
        "by_role": {role: sum(person.role == role for person in work.people) for role in roles},
        "careless_log": [{"respondent": name, "flags": found} for name, found in log.items()],
    }


def _work(people: list[Person], settings: dict, *, consensus: bool) -> Work:
    contacts, weighing = shares(settings), weights(settings)
    valid = decide(people, contacts, 1 if consensus else 2)
    left = [] if consensus else [people[:n] + people[n + 1 :] for n in range(len(people))]
    without = [figures(others, valid, contacts, weighing) for others in left]
    return Work(people, consensus, contacts, valid, figures(people, valid, contacts, weighing), without)


def _interval(work: Work, items: list[str], known: float | None, figure) -> list[float] | None:
    return None if work.consensus else readings.interval(work.people, work.without, items, known, figure)


def _agreement(work: Work, items: list[str]) -> dict:
    return NO_AGREEMENT if work.consensus else readings.agreement(work.people, items)


def _item(work: Work, item: str) -> dict:
    return {
        "score": work.figures.items.get(item),
        "n": numeric(work.people, item),
        "dk": said(work.people, item, "dk"),
        "out_of_scope": item in work.valid.away,
    }


def _function(work: Work, function: str) -> dict:
    known = work.figures.functions.get(function)
    agreed = _agreement(work, practice(function))
    contested = agreed["agreement"] is not None and round(agreed["agreement"], CUT) < 0.50
    dimensions = {dimension: _dimension(work, function, dimension) for dimension in DIMENSIONS}
    bands = [found["band"] for found in dimensions.values() if found["band"]]
    items = _entering(work, function)
    return {
        **readings.reading(known),
        **agreed,
        **readings.coverage(work.people, work.valid, [function]),
        "level": None if known is None or contested else readings.level(known, bands),
        "interval": _interval(work, items, known, lambda figures: figures.functions[function]),
        "contested": contested,
        "partial": mean(item in work.valid.away for item in practice(function)) > 0.25,
        "embedding": work.figures.embeddings.get(function),
        "hand_off": _hand_off(work, function),
        "dimensions": dimensions,
    }


def _hand_off(work: Work, function: str) -> dict:
    own, entering = rows(function), work.valid.hand_offs.get(function, [])
    worst = min(entering, key=lambda channel: round(work.figures.items[own[channel]], CUT), default=None)
    return {
        "score": work.figures.hand_offs.get(function),
        "worst": worst,
        "rows": {row: _item(work, row) for row in own.values()},
    }


def _dimension(work: Work, function: str, dimension: str) -> dict:
    known = work.figures.dimensions.get((function, dimension))
    items = _entering_dimension(work, function, dimension)
    return {
        **readings.reading(known),
        **_agreement(work, of_dimension(function, dimension)),
        "interval": _interval(work, items, known, lambda figures: figures.dimensions[function, dimension]),
        "items": {item: _item(work, item) for item in of_dimension(function, dimension)},
    }


def _entering_dimension(work: Work, function: str, dimension: str) -> list[str]:
    own = rows(function)
    channels = work.valid.hand_offs.get(function, []) if dimension == "channels" else []
    items = [*of_dimension(function, dimension), *(own[channel] for channel in channels)]
    return [item for item in items if item in work.valid.items]


def _entering(work: Work, function: str) -> list[str]:
    dimensions = work.valid.dimensions[function]
    return [item for dimension in dimensions for item in _entering_dimension(work, function, dimension)]


def _overall(work: Work, functions: dict[str, dict]) -> dict:
    known, valid = work.figures.overall, work.valid.functions
    contested = any(functions[function]["contested"] for function in valid)
    levels = [functions[function]["level"] for function in valid]
    items = [item for function in valid for item in _entering(work, function)]
    return {
        **readings.reading(known),
        **readings.coverage(work.people, work.valid, list(FUNCTIONS)),
        "level": None if known is None or contested else readings.level(known, levels),
        "interval": _interval(work, items, known, lambda figures: figures.overall),
        "contested": contested,
    }


def _indices(work: Work) -> dict:
    found, people, survey = work.figures, work.people, not work.consensus
    items = [item for f in work.valid.embedding for item in of_embedding(f) if item in work.valid.items]
    return {
        "embedding": indices.embedding(
            found.embedding, _interval(work, items, found.embedding, lambda figures: figures.embedding)
        ),
        "set_up_to_fail": indices.set_up_to_fail(people) if survey else None,
        "perception_gap": gap.perception_gap(people) if survey else None,
        "balance": indices.balance(found.functions),
        "beyond_one_network": mean(found.hand_offs.values()) if found.hand_offs else None,
        "outlook": indices.outlook(people) if survey else None,
    }
