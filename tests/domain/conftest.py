"""The shipped questionnaire, and organisations drawn for it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assessment.domain.answers import Answers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses

Draw = Callable[..., Answers]


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture(scope="session")
def organisation(questionnaire: Questionnaire) -> Draw:
    """Draw an organisation by number of people, seed and habits."""

    def organisation(people: int, seed: int = 1, **habits: float) -> Answers:
        return draw_answers(questionnaire, people, np.random.default_rng(seed), SimulationParameters(**habits))

    return organisation


def golden(questionnaire: Questionnaire, name: str) -> Answers:
    path = Path(__file__).parents[1] / "golden" / f"{name}.csv"
    return read_responses(path.read_text(encoding="utf-8"), questionnaire).answers


@pytest.fixture
def risk_36(questionnaire: Questionnaire) -> Answers:
    """Authority without support, red flags."""
    return golden(questionnaire, "risk-36")


@pytest.fixture
def over_controlled_28(questionnaire: Questionnaire) -> Answers:
    """Support without authority."""
    return golden(questionnaire, "over-controlled-28")
