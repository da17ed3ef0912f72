"""Organisations to attack: 100 every day, 1,000 with ASSESSMENT_TEST_SOAK=1 in the environment."""

import os
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from assessment.domain.answers import Answers, AssessmentSettings
from assessment.domain.disclosure import republication
from assessment.domain.questionnaire import Questionnaire
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from tests.privacy import population

EVERYDAY, SOAK = 100, 1000
REMEMBERED = 64


class RememberedAnswers:
    """Results of functions by answers; the answers are stored too, so that no others get their id."""

    def __init__(self) -> None:
        self.found: OrderedDict[tuple[object, ...], tuple[object, ...]] = OrderedDict()

    def call(self, function: Callable[..., Any], questionnaire: Questionnaire, *given: object) -> object:
        """Call the function, unless it was called with this questionnaire and these answers."""
        key = (function, id(questionnaire), *(self._identify(each) for each in given))
        if key not in self.found:
            self.found[key] = questionnaire, given, function(questionnaire, *given)
            if len(self.found) > REMEMBERED:
                self.found.popitem(last=False)
        return self.found[key][-1]

    @staticmethod
    def _identify(given: object) -> object:
        return msgspec.json.encode(given) if isinstance(given, AssessmentSettings) else id(given)


@pytest.fixture(autouse=True)
def _one_reading_of_each_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Score the answers behind a release once, however many later ones are compared with it."""
    remembered = RememberedAnswers()
    for name in ("screen_responses", "_compute_scores_by_path"):
        monkeypatch.setattr(republication, name, partial(remembered.call, getattr(republication, name)))


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
