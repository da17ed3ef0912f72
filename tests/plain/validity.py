"""Validity and scope of items (section 4 of the method)."""

from dataclasses import dataclass, field

from tests.plain.instrument import (
    ACROSS,
    CHANNELS,
    DIMENSIONS,
    DIRECT,
    FUNCTIONS,
    PRACTICE,
    of_dimension,
    of_embedding,
    rows,
)
from tests.plain.people import Person

Shares = dict[str, dict[str, float]]


@dataclass
class Validity:
    """The sets that stay as they are while people are left out one at a time."""

    items: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)  # out of scope
    hand_offs: dict[str, list[str]] = field(default_factory=dict)  # by function, the channels that enter
    dimensions: dict[str, list[str]] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    embedding: list[str] = field(default_factory=list)


def shares(settings: dict) -> Shares:
    """Shares of contacts by function and channel: equal unless the consultant says otherwise."""
    given = settings.get("contacts", {})
    equal = dict.fromkeys(CHANNELS, 1.0)
    return {
        function: {channel: given[function].get(channel, 0.0) for channel in CHANNELS} if given.get(function) else equal
        for function in FUNCTIONS
    }


def decide(people: list[Person], away: set[str], contacts: Shares, least: int) -> Validity:
    """Decide once, with everybody; `away` are out of scope, `least` numeric answers make an item valid."""
    found = Validity(away=away)
    for item in (*PRACTICE, *ACROSS):
        if item not in away and numeric(people, item) >= least:
            found.items.add(item)
    for function in FUNCTIONS:
        _decide(found, function, contacts[function])
    return found


def numeric(people: list[Person], item: str) -> int:
    return sum(person.rung(item) is not None for person in people)


def count_people_with_answer(people: list[Person], item: str, answer: str) -> int:
    return sum(person.answers.get(item) == answer for person in people)


def asked_of(people: list[Person], item: str) -> int:
    return sum(item in person.answers for person in people)


def out_of_scope(people: list[Person], item: str) -> bool:
    """At least half of those answering say that it does not apply."""
    away = count_people_with_answer(people, item, "na")
    answering = numeric(people, item) + count_people_with_answer(people, item, "dk") + away
    return answering > 0 and 2 * away >= answering


def _decide(found: Validity, function: str, contacts: dict[str, float]) -> None:
    own = rows(function)
    entering = [channel for channel, row in own.items() if contacts[channel] > 0 and row in found.items]
    if len(entering) >= 2 and DIRECT & set(entering):
        found.hand_offs[function] = entering
    found.dimensions[function] = [dimension for dimension in DIMENSIONS if _has_dimension(found, function, dimension)]
    if len(found.dimensions[function]) >= 4 and "governance" in found.dimensions[function]:
        found.functions.append(function)
    if len(found.items & set(of_embedding(function))) >= 3:
        found.embedding.append(function)


def _has_dimension(found: Validity, function: str, dimension: str) -> bool:
    items = of_dimension(function, dimension)
    in_scope = len(set(items) - found.away)
    valid = len(set(items) & found.items)
    if dimension == "channels" and not set(rows(function).values()) <= found.away:
        in_scope += 1
        valid += function in found.hand_offs
    return in_scope > 0 and 2 * valid >= in_scope
