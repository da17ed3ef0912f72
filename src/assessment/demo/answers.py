"""Generate the answers of the invented people. Seeded, so that every demo has the same data."""

import numpy as np

from assessment.demo.people import DemoPerson
from assessment.demo.scenario import (
    CHANNEL_OFFSETS,
    DIMENSION_LEVELS,
    ITEM_LEVELS,
    LEADER_BIAS,
    PURPOSE_SHARES,
    RANDOM_SEED,
    ROLE_BIAS,
    DemoWave,
)
from assessment.domain.answers import EVIDENCE_KINDS, RUNG_COUNT
from assessment.domain.questionnaire import Item, Kind, Questionnaire
from assessment.domain.survey.answer import Answer
from assessment.domain.survey.routing import list_asked_items
from assessment.services.survey.answer_validation import DONT_KNOW, NOT_APPLICABLE

TOP_RUNG = RUNG_COUNT - 1
RATINGS_WITH_EVIDENCE = ("3", "4")
PERSON_SPREAD, ANSWER_SPREAD = 0.3, 0.5
BLANK_SHARE, OUT_OF_SCOPE_SHARE, EVIDENCE_SHARE = 0.01, 0.01, 0.7
DONT_KNOW_SHARES = {"leader": 0.1, "practitioner": 0.02, "staff": 0.05}
LEADER_BLIND_SPOTS = ("workflow", "channels", "measurement")
NOT_APPLICABLE_REASONS = (
    "Another team does this for us.",
    "An agency does this for us.",
    "We have no such channel.",
    "Not part of my work.",
    "Done by head office only.",
)


def generate_answers(
    questionnaire: Questionnaire, person: DemoPerson, wave: DemoWave, number: int
) -> dict[str, Answer]:
    """Generate all answers of a person in a wave."""
    own = float(np.random.default_rng([RANDOM_SEED, person.number]).normal(0, PERSON_SPREAD))
    rng = np.random.default_rng([RANDOM_SEED, person.number, number])
    answers: dict[str, Answer] = {}
    for item in list_asked_items(questionnaire, person.role, person.functions):
        if person.is_careless and item.kind is not Kind.CHOICE:
            answers[item.id] = Answer(str(TOP_RUNG))
            continue
        answer = _generate_answer(item, person, wave, own, rng, answers)
        if answer is not None:
            answers[item.id] = answer
    return answers


def _generate_answer(
    item: Item,
    person: DemoPerson,
    wave: DemoWave,
    own: float,
    rng: np.random.Generator,
    answers: dict[str, Answer],
) -> Answer | None:
    if item.kind is Kind.CHOICE:
        shares = PURPOSE_SHARES[person.role]
        return Answer(str(rng.choice(list(shares), p=list(shares.values()))))
    if item.kind is Kind.CHECK:
        return _reverse_answer(answers.get(item.checks or ""), rng)
    draw = rng.random()
    unknowing = _get_dont_know_share(item, person)
    if draw < BLANK_SHARE:
        return None
    if draw < BLANK_SHARE + unknowing:
        return Answer(DONT_KNOW)
    if draw < BLANK_SHARE + unknowing + OUT_OF_SCOPE_SHARE:
        return Answer(NOT_APPLICABLE, reason=NOT_APPLICABLE_REASONS[person.number % len(NOT_APPLICABLE_REASONS)])
    value = str(round(min(max(_calculate_level(item, person, wave) + own + rng.normal(0, ANSWER_SPREAD), 0), TOP_RUNG)))
    return Answer(value, evidence=_choose_evidence(value, rng))


def _calculate_level(item: Item, person: DemoPerson, wave: DemoWave) -> float:
    moved = wave.moved.get(item.id, wave.drift)
    if item.function is None:
        return ITEM_LEVELS[item.id] + moved + (ROLE_BIAS[person.role] if person.role != "practitioner" else 0)
    dimension = item.dimension or "channels"
    level = ITEM_LEVELS.get(item.id, DIMENSION_LEVELS[item.function][dimension]) + CHANNEL_OFFSETS.get(
        item.channel or "", 0
    )
    rosy = LEADER_BIAS.get(dimension, 0) if person.role == "leader" else 0
    return level + moved + ROLE_BIAS[person.role] + rosy


def _get_dont_know_share(item: Item, person: DemoPerson) -> float:
    share = DONT_KNOW_SHARES[person.role]
    return 2 * share if person.role == "leader" and item.dimension in LEADER_BLIND_SPOTS else share


def _reverse_answer(checked: Answer | None, rng: np.random.Generator) -> Answer | None:
    """Answer a reversed control item consistently with the item it checks, give or take a rung."""
    if checked is None or not checked.value.isdigit():
        return Answer(DONT_KNOW)
    return Answer(str(min(max(TOP_RUNG - int(checked.value) + int(rng.integers(-1, 2)), 0), TOP_RUNG)))


def _choose_evidence(value: str, rng: np.random.Generator) -> str:
    if value not in RATINGS_WITH_EVIDENCE or rng.random() > EVIDENCE_SHARE:
        return ""
    return EVIDENCE_KINDS[int(rng.integers(0, len(EVIDENCE_KINDS)))]
