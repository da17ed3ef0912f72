"""Reference implementation of the method in simple, slow Python: from people to a result in the documented format.

Written from the text of the method alone; shares nothing with the engine, so a mistake would have to be made twice.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.plain import advice, derived_figures, gap, indices
from tests.plain.instrument import (
    ACROSS,
    CONSENSUS,
    DIMENSIONS,
    FUNCTIONS,
    PRACTICE,
    REVIEW,
    ROLES,
    of_dimension,
    of_embedding,
    practice,
    rows,
)
from tests.plain.people import CUT, Person, careless, mean
from tests.plain.release import Rules, weights_of
from tests.plain.rule_matching import fired
from tests.plain.scores import FLOOR, Figures, Weights, figures, rolled_up, weights
from tests.plain.validity import Shares, Validity, count_people_with_answer, decide, numeric, shares

NO_AGREEMENT = {"agreement": None, "agreement_class": None}
Figure = Callable[[Figures], float | None]


@dataclass(frozen=True)
class Work:
    """Inputs of the parts of a result; `without` has each person left out in turn.

    `asked` are the people before anything was hidden, `people` after.
    """

    asked: list[Person]
    people: list[Person]
    consensus: bool
    rules: Rules
    contacts: Shares
    weighing: Weights
    valid: Validity
    figures: Figures
    without: list[Figures]
    decided: set[str]


def score(people: list[Person], settings: dict, needed: int | None = None) -> dict[str, Any]:
    """Everything in full precision; with `needed` (k + 1) people, as it is released."""
    consensus = settings.get("mode") == CONSENSUS
    rules = Rules(None if consensus else needed)
    log = {} if consensus else careless(people)
    work = _work([person for person in people if person.name not in log], settings, rules, consensus=consensus)
    there = work.people if rules.exact else people  # who is careless must not show by a function that is gone
    present = [f for f in FUNCTIONS if any(f in person.functions for person in there)]
    result: dict[str, Any] = {
        "respondents": _respondents(work, log),
        "functions": {function: _function(work, function) for function in present},
    }
    result["overall"] = _overall(work, result["functions"])
    result["indices"] = _indices(work, result["functions"])
    personal = {**indices.support(work.people, rules), REVIEW: work.figures.items.get(REVIEW)}
    found = fired(result, personal, [] if consensus else _flags(work))
    result["personal"] = {} if consensus else {item: {"score": known} for item, known in personal.items()}
    result["advice"] = advice.advise(result, found, settings)
    return result


def _flags(work: Work) -> list[int]:
    """X-S2 of the flagged; in a release the highest that it can be."""
    flags = indices.flagged(work.people)
    if not work.rules.enough(indices.could_be_flagged(work.people)):
        return []
    return flags if work.rules.exact else [1 for _ in flags]


def _respondents(work: Work, log: dict[str, list[str]]) -> dict:
    if not work.rules.exact:
        return {"counted": len(work.people), "careless": len(log)}
    roles = [CONSENSUS] if work.consensus else ROLES
    return {
        "counted": len(work.people),
        "careless": len(log),
        "by_role": {role: sum(person.role == role for person in work.people) for role in roles},
        "careless_log": [{"respondent": name, "flags": found} for name, found in log.items()],
    }


def _work(asked: list[Person], settings: dict, rules: Rules, *, consensus: bool) -> Work:
    contacts, weighing = shares(settings), weights(settings)
    away = {item for item in (*PRACTICE, *ACROSS) if rules.away(asked, item)}
    people = rules.without_few(asked)
    valid = decide(people, away, contacts, 1 if consensus else rules.least(2))
    left = [] if consensus else [people[:n] + people[n + 1 :] for n in range(len(people))]
    without = [figures(others, valid, contacts, weighing) for others in left]
    exact = figures(people, valid, contacts, weighing)
    released = {item: rules.stepped(known) for item, known in exact.items.items()}
    shown = rolled_up(released, valid, contacts, weighing)
    return Work(asked, people, consensus, rules, contacts, weighing, valid, shown, without, rules.decided(asked))


def _interval(work: Work, items: list[str], known: float | None, figure: Figure, least: float = 1) -> dict:
    """Around a figure that is linear in its items."""
    if work.consensus or known is None:
        return derived_figures.NO_INTERVAL

    def rolled(released: dict[str, float]) -> float | None:
        return figure(rolled_up(released, work.valid, work.contacts, work.weighing))

    own = {} if work.rules.exact else weights_of(work.figures.items, rolled)
    jackknifed = derived_figures.jackknife(work.people, work.without, items, figure)
    return derived_figures.interval(work.rules, known, jackknifed, own, work.figures.items, least)


def _embedding_interval(work: Work) -> dict:
    found = work.figures
    if work.consensus or found.embedding is None:
        return derived_figures.NO_INTERVAL
    own = {f: [item for item in of_embedding(f) if item in work.valid.items] for f in work.valid.embedding}
    total = sum(work.weighing[function] for function in own)
    weighed = {
        item: found.embedding * work.weighing[f] / total / (found.embeddings[f] * len(items))
        for f, items in own.items()
        for item in items
        if round(found.embeddings[f], CUT) > FLOOR
    }
    everything = [item for items in own.values() for item in items]
    jackknifed = derived_figures.jackknife(work.people, work.without, everything, lambda figures: figures.embedding)
    return derived_figures.interval(work.rules, found.embedding, jackknifed, weighed, found.items)


def _agreement(work: Work, items: list[str]) -> dict:
    return NO_AGREEMENT if work.consensus else derived_figures.agreement(work.people, items, work.rules)


def _item(work: Work, item: str) -> dict:
    n = numeric(work.people, item)
    if not work.rules.enough(n):
        withheld = item in work.decided
        return {"score": None, "n": None, "dk": None, "out_of_scope": item in work.valid.away, "withheld": withheld}
    return {
        "score": work.figures.items.get(item),
        "n": n,
        "dk": count_people_with_answer(work.people, item, "dk"),
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
        **derived_figures.reading(known),
        **agreed,
        **derived_figures.coverage(work.people, work.valid, [function], work.rules),
        "level": None if known is None or contested else derived_figures.level(known, bands),
        **_interval(work, items, known, lambda figures: figures.functions[function]),
        "contested": contested,
        "partial": mean(item in work.valid.away for item in practice(function)) > 0.25,
        "embedding": work.figures.embeddings.get(function),
        "hand_off": _hand_off(work, function),
        "dimensions": dimensions,
    }


def _hand_off(work: Work, function: str) -> dict:
    own, entering = rows(function), work.valid.hand_offs.get(function, [])
    scores = {channel: round(work.figures.items[own[channel]], CUT) for channel in entering}
    lowest = [channel for channel, known in scores.items() if known == min(scores.values())]
    return {
        "score": work.figures.hand_offs.get(function),
        "worst": lowest[0] if lowest else None,
        "worst_tied": lowest if len(lowest) > 1 else [],
        "rows": {row: _item(work, row) for row in own.values()},
    }


def _dimension(work: Work, function: str, dimension: str) -> dict:
    known = work.figures.dimensions.get((function, dimension))
    items = _entering_dimension(work, function, dimension)
    channels = list(rows(function).values()) if dimension == "channels" else []
    of_few = work.rules.speaks_of_few(work.asked, [*of_dimension(function, dimension), *channels])
    least = 1.0
    if items and not work.rules.exact:
        least = math.ceil(100 / min(numeric(work.people, item) for item in items))
    # Stricter than the method: under seven answers the least half-width would tell that all are alike.
    of_one_item = not work.rules.exact and len(items) == 1 and numeric(work.people, items[0]) < 7
    interval = _interval(work, items, known, lambda figures: figures.dimensions[function, dimension], least)
    return {
        **derived_figures.reading(known),
        **(NO_AGREEMENT if of_few else _agreement(work, of_dimension(function, dimension))),
        **(derived_figures.NO_INTERVAL if of_few or of_one_item else interval),
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
        **derived_figures.reading(known),
        **derived_figures.coverage(work.people, work.valid, list(FUNCTIONS), work.rules),
        "level": None if known is None or contested else derived_figures.level(known, levels),
        **_interval(work, items, known, lambda figures: figures.overall),
        "contested": contested,
    }


def _indices(work: Work, functions: dict[str, dict]) -> dict:
    found, people, rules, survey = work.figures, work.people, work.rules, not work.consensus
    return {
        "embedding": indices.embedding(found.embedding, _embedding_interval(work)),
        "set_up_to_fail": indices.set_up_to_fail(people, rules) if survey else None,
        "perception_gap": gap.perception_gap(people, functions, rules) if survey else None,
        "balance": indices.balance(functions, consensus=work.consensus),
        "beyond_one_network": mean(found.hand_offs.values()) if found.hand_offs else None,
        "outlook": indices.outlook(people, rules) if survey else None,
    }
