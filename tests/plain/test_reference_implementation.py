"""The engine and a second, plain reading of the method say the same, figure by figure, exact and released.

100 random populations every day (25 of them released too); with ASSESSMENT_TEST_SOAK=1 3,000 (1,000).
"""

import json
import os
import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from assessment.domain import method
from assessment.domain.answers import AssessmentSettings
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.services.people.response_files import read_responses
from tests.golden_figures import find_differences
from tests.plain.method import score
from tests.plain.people import read
from tests.plain.perturbations import nudged
from tests.plain.population import population

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.csv"))
RELEASED = sorted(path.name.removesuffix(".released.json") for path in GOLDEN.glob("*.released.json"))
NEEDED = 6  # people behind a figure, at the minimum group that the cases are released with
IS_SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))
POPULATIONS = 3_000 if IS_SOAK else 100
RELEASED_POPULATIONS = 1_000 if IS_SOAK else 25  # the plain reading tries all sums: 0.35 s each
PATIENCE = 250  # populations among which an altered constant must show


@pytest.fixture(scope="module")
def questionnaire():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture(scope="module")
def drawn(questionnaire):
    """A random population by number: its answers, its settings, and what the plain reading makes of them."""

    @lru_cache(maxsize=PATIENCE)
    def drawn(seed):
        text, settings = population(seed)
        return read_people(questionnaire, text, settings), settings, score(read(text), settings), text

    return drawn


def worked(case):
    settings = GOLDEN / f"{case}.settings.toml"
    given = tomllib.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    return (GOLDEN / f"{case}.csv").read_text(encoding="utf-8"), given


def read_people(questionnaire, text, settings):
    return read_responses(text, questionnaire, mode=settings.get("mode", "survey")).answers


def disagreements(questionnaire, answers, settings, plain, *, unsuppressed=True):
    """Every figure in which engine and plain reading differ; neither has a part that the other has not."""
    result = method.score_answers(
        questionnaire, answers, msgspec.convert(settings, AssessmentSettings), unsuppressed=unsuppressed
    )
    given = msgspec.json.decode(msgspec.json.encode(result))
    yield from find_differences(plain, given)
    yield from find_differences(name_figures(given), name_figures(plain), "given")


def name_figures(result):
    """The names of what may be there or not."""
    gap = result["indices"]["perception_gap"]
    return {
        "functions": sorted(result["functions"]),
        "gaps": None if gap is None else sorted(gap["dimensions"]),
        "personal": sorted(result["personal"]),
    }


@pytest.mark.parametrize("case", CASES)
def test_reference_implementation_matches_golden_case(case):
    text, settings = worked(case)
    expected = json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8"))

    said = score(read(text), settings)

    assert list(find_differences(expected, said)) == []


@pytest.mark.parametrize("case", RELEASED)
def test_reference_implementation_matches_released_golden_case(case):
    text, settings = worked(case)
    expected = json.loads((GOLDEN / f"{case}.released.json").read_text(encoding="utf-8"))

    said = score(read(text), settings, NEEDED)

    assert list(find_differences(expected, said)) == []


@pytest.mark.parametrize("case", CASES)
def test_engine_matches_reference_implementation_on_golden_case(questionnaire, case):
    text, settings = worked(case)
    answers, plain = read_people(questionnaire, text, settings), score(read(text), settings)

    assert list(disagreements(questionnaire, answers, settings, plain)) == []


def test_engine_matches_reference_implementation_on_random_populations(questionnaire, drawn):
    found = {}
    for seed in range(POPULATIONS):
        wrong = list(disagreements(questionnaire, *drawn(seed)[:3]))
        found |= {seed: wrong} if wrong else {}

    assert found == {}


def test_engine_matches_reference_implementation_on_released_random_populations(questionnaire, drawn):
    found = {}
    for seed in range(RELEASED_POPULATIONS):
        answers, settings, _, text = drawn(seed)
        k = 3 + seed % 4
        plain = score(read(text), settings, k + 1)
        released = {**settings, "minimum_group": k}
        wrong = list(disagreements(questionnaire, answers, released, plain, unsuppressed=False))
        found |= {seed: wrong} if wrong else {}

    assert found == {}


def test_altered_constant_of_the_method_is_detected(questionnaire, drawn):
    unnoticed = [
        path
        for path, other in nudged(questionnaire)
        if not any(next(disagreements(other, *drawn(seed)[:3]), None) for seed in range(PATIENCE))
    ]

    assert unnoticed == []
