"""Lint rules that never fire: simulated with random organisations, weak to strong."""

from collections.abc import Iterator

import numpy as np

from assessment.domain.answers import Settings
from assessment.domain.method import score
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.synthesis import Habits, draw
from assessment.library.files import ADVICE
from assessment.library.quality.doubts import Doubt

ORGANISATIONS = 200
SEED = 20
PEOPLE = (12, 60)  # minimum and maximum
HABITS = (
    Habits(),
    Habits(personal_spread=1.2, spread=0.6),
    Habits(spread=2.0),  # respondents who disagree
    Habits(blank=0.5),
    Habits(dont_know=0.4, personal_spread=1.2),
)


def rules_that_never_fire(questionnaire: Questionnaire, organisations: int = ORGANISATIONS) -> Iterator[Doubt]:
    """Yield rules that fire for none of the simulated organisations; stops once every rule has fired."""
    silent = {rule.id: number for number, rule in enumerate(questionnaire.rules)}
    for number in range(organisations):
        if not silent:
            return
        rng = np.random.default_rng([SEED, number])
        people = int(rng.integers(*PEOPLE))
        answers = draw(questionnaire, people, rng, HABITS[number % len(HABITS)])
        for advice in score(questionnaire, answers, Settings(), unsuppressed=True).advice:
            silent.pop(advice.id, None)
    for name, place in silent.items():
        message = f"`{name}` fired for none of {organisations} organisations drawn at random, weak to strong."
        yield Doubt(ADVICE, ("rules", place, "id"), message, "See whether its conditions can hold together.")
