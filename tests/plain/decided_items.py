"""Items whose score could tell one of very few people's answer: every way in which they could have answered."""

from functools import lru_cache
from itertools import product

from tests.plain.instrument import ROLES, WEIGHTS
from tests.plain.people import Person, mean
from tests.plain.scores import FULL, TOP_RUNG

MOST = 5  # people; with more there is always another possibility


def decides_answer(people: list[Person], item: str, needed: int, stepped) -> bool:
    """Return True if some score of so many of each role leaves one of them a single answer; `needed`: k + 1."""
    roles = sorted(person.role for person in people if person.rung(item) is not None)
    return needed <= len(roles) <= MOST and _decides(tuple(roles), stepped)


@lru_cache
def _decides(roles: tuple[str, ...], stepped) -> bool:
    """Try all answers, person by person, alone and for each of them who knows their own."""
    by_score: dict[float, list[tuple[int, ...]]] = {}
    for answers in product(range(TOP_RUNG + 1), repeat=len(roles)):
        by_score.setdefault(stepped(_score(roles, answers)), []).append(answers)
    everyone = range(len(roles))
    for ways in by_score.values():
        if any(len({way[person] for way in ways}) == 1 for person in everyone):
            return True
        for insider, own in product(everyone, range(TOP_RUNG + 1)):
            known = [way for way in ways if way[insider] == own]
            for other in everyone:
                given = {way[other] for way in known}
                if other != insider and len(given) == 1 and not given & {0, TOP_RUNG}:
                    return True
    return False


def _score(roles: tuple[str, ...], answers: tuple[int, ...]) -> float:
    total = weights = 0.0
    for role in ROLES:
        own = [answer for answer, of in zip(answers, roles, strict=True) if of == role]
        if own:
            weight = WEIGHTS[role] * min(1, len(own) / FULL)
            total, weights = total + weight * mean(own), weights + weight
    return 25 * total / weights
