"""Lint rules that never fire: simulated with random organisations, weak to strong."""

from collections.abc import Iterator

import numpy as np

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import compute_advice
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires.file_formats import ADVICE_FILE
from assessment.questionnaires.lint.warning import LintWarning

ORGANISATION_COUNT = 200
SEED = 20
PEOPLE_RANGE = (12, 60)  # minimum and maximum
HABIT_SETS = (
    SimulationParameters(),
    SimulationParameters(personal_spread=1.2, spread=0.6),
    SimulationParameters(spread=2.0),  # respondents who disagree
    SimulationParameters(blank=0.5),
    SimulationParameters(dont_know=0.4, personal_spread=1.2),
)


def find_unfired_rules(questionnaire: Questionnaire, organisations: int = ORGANISATION_COUNT) -> Iterator[LintWarning]:
    """Yield rules that fire for none of the simulated organisations; stops once every rule has fired."""
    silent = {rule.id: number for number, rule in enumerate(questionnaire.rules)}
    for number in range(organisations):
        if not silent:
            return
        rng = np.random.default_rng([SEED, number])
        people = int(rng.integers(*PEOPLE_RANGE))
        answers = draw_answers(questionnaire, people, rng, HABIT_SETS[number % len(HABIT_SETS)])
        for advice in compute_advice(questionnaire, answers, AssessmentSettings()):
            silent.pop(advice.id, None)
    for name, place in silent.items():
        message = f"`{name}` fired for none of {organisations} organisations drawn at random, weak to strong."
        yield LintWarning(ADVICE_FILE, ("rules", place, "id"), message, "See whether its conditions can hold together.")
