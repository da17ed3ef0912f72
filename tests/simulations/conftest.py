"""How much is simulated: little every day, all of it with ASSESSMENT_TEST_SOAK=1 in the environment."""

import os

import pytest

from assessment.domain.questionnaire import Questionnaire
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests.simulations.organisations import without_screen

SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))


@pytest.fixture(scope="session")
def shipped_questionnaire() -> Questionnaire:
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture(scope="session")
def questionnaire(shipped_questionnaire: Questionnaire) -> Questionnaire:
    """Without the careless screen, which would leave everybody out at the ends of the scale."""
    return without_screen(shipped_questionnaire)
