"""Every function below its target gets two pieces of advice or more (method 8)."""

import numpy as np

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from tests.simulations.conftest import SOAK

ORGANISATIONS = 1000 if SOAK else 60
HABITS = (
    SimulationParameters(),
    SimulationParameters(spread=0.4, personal_spread=1.0),
    SimulationParameters(blank=0.3),
    SimulationParameters(spread=1.8),
)
TARGETS = ({}, {"hr": 50.0}, {"customer-service": 95.0, "marketing": 60.0})


def test_function_below_target_gets_at_least_two_pieces_of_advice(shipped_questionnaire):
    few, below, steps = {}, 0, 0
    for number in range(ORGANISATIONS):
        rng = np.random.default_rng([8, number])
        answers = draw_answers(shipped_questionnaire, int(rng.integers(12, 90)), rng, HABITS[number % len(HABITS)])
        settings = AssessmentSettings(targets=TARGETS[number % len(TARGETS)])
        result = score_answers(shipped_questionnaire, answers, settings, unsuppressed=bool(number % 2))
        for name, function in result.functions.items():
            if function.score is not None and round(function.score, 6) < function.target:
                given = [advice for advice in result.advice if advice.function == name]
                below += 1
                steps += any(advice.dimension for advice in given)
                few |= {number: name} if len(given) < 2 else {}

    assert below > ORGANISATIONS
    assert steps  # some had too little without
    assert few == {}
