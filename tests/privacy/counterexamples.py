"""Counterexamples: organisations with different answers whose released result is identical, byte for byte.

The searches show what can be worked out; this shows what cannot. Where a person's answer differs in
some world with the same release, nobody can tell it from the release, whatever they try. Worlds are
made by swapping two people of the same role and functions, and by changing single answers.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec.structs import replace

from assessment.domain.answers import Answers, AnswerValues, BoolArray

Place = tuple[int, int]  # person, item
Signature = Callable[[Answers], bytes]
TRIES = 2  # per answer, before it counts as undecided
SHIFTS = (1, -1, 2, -2)


def undecided(
    release: Signature,
    answers: Answers,
    tops: Sequence[int],
    rng: np.random.Generator,
    *,
    insider: int | None = None,
    marks: BoolArray | None = None,
) -> tuple[set[Place], int]:
    """Return the numeric answers for which no other world was found, and how many answers were tried.

    `tops` are the highest answers by item. An insider's own answers are the same in every world.
    `marks` tells apart people who differ in more than answers.
    """
    values = answers.values
    places = {(int(p), int(i)) for p, i in zip(*np.nonzero(values >= 0), strict=True) if p != insider}
    left = places - set(_swapped(answers, insider, marks))
    said = release(answers)
    for _ in range(TRIES):
        if not left:
            break
        for changes in _batches(left, values, tops, rng):
            left -= set(_same(release, said, answers, changes))
    return left, len(places)


def _swapped(answers: Answers, insider: int | None, marks: BoolArray | None) -> Iterator[Place]:
    """Answers that another person of the same role and functions gave otherwise: swapped, nothing is released again."""
    alike: dict[tuple[str, bytes, bool], list[int]] = {}
    for person, role in enumerate(answers.roles):
        if person != insider:
            mark = marks is not None and bool(marks[person])
            alike.setdefault((role, answers.functions[person].tobytes(), mark), []).append(person)
    for people in alike.values():
        differs = np.ptp(answers.values[people], axis=0) != 0
        yield from ((person, int(item)) for person in people for item in np.flatnonzero(differs))


def _batches(
    left: set[Place], values: AnswerValues, tops: Sequence[int], rng: np.random.Generator
) -> Iterator[dict[Place, int]]:
    """One change for each item, of one who is left."""
    by_item: dict[int, list[int]] = {}
    for person, item in sorted(left):
        by_item.setdefault(item, []).append(person)
    for people in by_item.values():
        rng.shuffle(people)
    while any(by_item.values()):
        changes = {}
        for item, people in by_item.items():
            if people:
                person = people.pop()
                options = [values[person, item] + s for s in SHIFTS if 0 <= values[person, item] + s <= tops[item]]
                changes[person, item] = int(options[min(len(options) - 1, int(rng.geometric(0.7)) - 1)])
        yield changes


def _same(release: Signature, said: bytes, answers: Answers, changes: dict[Place, int]) -> list[Place]:
    """Which of these changes, together, leave the release as it is: all, else look in each half."""
    values = answers.values.copy()
    for place, value in changes.items():
        values[place] = value
    if release(replace(answers, values=values)) == said:
        return list(changes)
    if len(changes) == 1:
        return []
    pairs = list(changes.items())
    halves = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    return [place for half in halves for place in _same(release, said, answers, dict(half))]
