"""Generate the answers of the invented people. Seeded, so that every demo has the same data."""

import numpy as np

from assessment.demo.people import Person
from assessment.demo.story import BIAS, CHANNELS, ITEMS, LEVELS, PURPOSES, ROSIEST, SEED, Wave
from assessment.domain.answers import EVIDENCE, RUNGS
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.routing import asked_items
from assessment.services.answering import DONT_KNOW, EVIDENCE_FROM, NOT_APPLICABLE, Given

TOP = RUNGS - 1
PERSON_SPREAD, ANSWER_SPREAD = 0.3, 0.5
BLANK, OUT_OF_SCOPE, GIVES_EVIDENCE = 0.01, 0.01, 0.7
UNKNOWING = {"leader": 0.1, "practitioner": 0.02, "staff": 0.05}
FAR_FROM_LEADERS = ("workflow", "channels", "measurement")
REASON = "Another team does this for us."


def answers(questionnaire: Questionnaire, person: Person, wave: Wave, number: int) -> dict[str, Given]:
    """Generate all answers of a person in a wave."""
    own = float(np.random.default_rng([SEED, person.number]).normal(0, PERSON_SPREAD))
    dice = np.random.default_rng([SEED, person.number, number])
    given: dict[str, Given] = {}
    for item in asked_items(questionnaire, person.role, person.functions):
        if person.is_careless and item.kind is not Kind.CHOICE:
            given[item.id] = Given(str(TOP))
            continue
        answer = _answer(item, person, wave, own, dice, given)
        if answer is not None:
            given[item.id] = answer
    return given


def _answer(
    item: Item, person: Person, wave: Wave, own: float, dice: np.random.Generator, given: dict[str, Given]
) -> Given | None:
    if item.kind is Kind.CHOICE:
        shares = PURPOSES[person.role]
        return Given(str(dice.choice(list(shares), p=list(shares.values()))))
    if item.kind is Kind.CHECK:
        return _mirrored(given.get(item.checks or ""), dice)
    luck = dice.random()
    unknowing = _unknowing(item, person)
    if luck < BLANK:
        return None
    if luck < BLANK + unknowing:
        return Given(DONT_KNOW)
    if luck < BLANK + unknowing + OUT_OF_SCOPE:
        return Given(NOT_APPLICABLE, reason=REASON)
    value = str(round(min(max(_level(item, person, wave) + own + dice.normal(0, ANSWER_SPREAD), 0), TOP)))
    return Given(value, evidence=_evidence(value, dice))


def _level(item: Item, person: Person, wave: Wave) -> float:
    moved = wave.moved.get(item.id, wave.drift)
    if item.function is None:
        return ITEMS[item.id] + moved + (BIAS[person.role] if person.role != "practitioner" else 0)
    dimension = item.dimension or "channels"
    level = ITEMS.get(item.id, LEVELS[item.function][dimension]) + CHANNELS.get(item.channel or "", 0)
    rosy = ROSIEST.get(dimension, 0) if person.role == "leader" else 0
    return level + moved + BIAS[person.role] + rosy


def _unknowing(item: Item, person: Person) -> float:
    share = UNKNOWING[person.role]
    return 2 * share if person.role == "leader" and item.dimension in FAR_FROM_LEADERS else share


def _mirrored(checked: Given | None, dice: np.random.Generator) -> Given | None:
    """Answer a reversed control item consistently with the item it checks, give or take a rung."""
    if checked is None or not checked.value.isdigit():
        return Given(DONT_KNOW)
    return Given(str(min(max(TOP - int(checked.value) + int(dice.integers(-1, 2)), 0), TOP)))


def _evidence(value: str, dice: np.random.Generator) -> str:
    if value not in EVIDENCE_FROM or dice.random() > GIVES_EVIDENCE:
        return ""
    return EVIDENCE[int(dice.integers(0, len(EVIDENCE)))]
