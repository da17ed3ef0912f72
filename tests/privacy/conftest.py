"""Organisations to attack: 100 every day, 1,000 with ASSESSMENT_TEST_SOAK=1 in the environment."""

import os
from collections.abc import Callable

import pytest

from assessment.domain.answers import Answers
from assessment.domain.questionnaire import Questionnaire
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests.privacy import population

EVERYDAY, SOAK = 100, 1000


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture(scope="session")
def organisations() -> int:
    """How many organisations are attacked."""
    return SOAK if os.environ.get("ASSESSMENT_TEST_SOAK") else EVERYDAY


@pytest.fixture(scope="session")
def organisation(questionnaire: Questionnaire) -> Callable[[int], Answers]:
    """The organisation with this number."""

    def organisation(seed: int) -> Answers:
        return population.organisation(questionnaire, seed)

    return organisation
