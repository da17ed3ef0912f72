"""The engine and a second, plain reading of the method say the same, figure by figure, exact and released.

250 random populations every day, 10,000 with ASSESSMENT_TEST_SOAK=1 in the environment.
"""

import json
import os
import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from assessment.domain import method
from assessment.domain.answers import Settings
from assessment.intake import read_responses
from assessment.library import load, shipped
from tests.golden_figures import differences
from tests.plain.nudging import nudged
from tests.plain.people import read
from tests.plain.population import population
from tests.plain.whole import score

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.csv"))
RELEASED = sorted(path.name.removesuffix(".released.json") for path in GOLDEN.glob("*.released.json"))
NEEDED = 6  # people behind a figure, at the minimum group that the cases are released with
EVERYDAY, SOAK = 250, 10_000
POPULATIONS = SOAK if os.environ.get("ASSESSMENT_TEST_SOAK") else EVERYDAY


@pytest.fixture(scope="module")
def questionnaire():
    return load(shipped() / "social-media-integration")


@pytest.fixture(scope="module")
def drawn(questionnaire):
    """A random population by number: its answers, its settings, and what the plain reading makes of them."""

    @lru_cache(maxsize=EVERYDAY)
    def drawn(seed):
        text, settings = population(seed)
        return taken_in(questionnaire, text, settings), settings, score(read(text), settings), text

    return drawn


def worked(case):
    settings = GOLDEN / f"{case}.settings.toml"
    given = tomllib.loads(settings.read_text(encoding="utf-8")) if settings.exists() else {}
    return (GOLDEN / f"{case}.csv").read_text(encoding="utf-8"), given


def taken_in(questionnaire, text, settings):
    return read_responses(text, questionnaire, mode=settings.get("mode", "survey")).answers


def disagreements(questionnaire, answers, settings, plain, *, unsuppressed=True):
    """Every figure in which engine and plain reading differ; neither has a part that the other has not."""
    result = method.score(questionnaire, answers, msgspec.convert(settings, Settings), unsuppressed=unsuppressed)
    given = msgspec.json.decode(msgspec.json.encode(result))
    yield from differences(plain, given)
    yield from differences(named(given), named(plain), "given")


def named(result):
    """The names of what may be there or not."""
    gap = result["indices"]["perception_gap"]
    return {
        "functions": sorted(result["functions"]),
        "gaps": None if gap is None else sorted(gap["dimensions"]),
        "personal": sorted(result["personal"]),
    }


@pytest.mark.parametrize("case", CASES)
def test_the_plain_reading_gives_the_figures_of_the_worked_case(case):
    text, settings = worked(case)
    expected = json.loads((GOLDEN / f"{case}.json").read_text(encoding="utf-8"))

    said = score(read(text), settings)

    assert list(differences(expected, said)) == []


@pytest.mark.parametrize("case", RELEASED)
def test_the_plain_reading_gives_the_released_figures_of_the_worked_case(case):
    text, settings = worked(case)
    expected = json.loads((GOLDEN / f"{case}.released.json").read_text(encoding="utf-8"))

    said = score(read(text), settings, NEEDED)

    assert list(differences(expected, said)) == []


@pytest.mark.parametrize("case", CASES)
def test_engine_and_plain_reading_agree_on_the_worked_case(questionnaire, case):
    text, settings = worked(case)
    answers, plain = taken_in(questionnaire, text, settings), score(read(text), settings)

    assert list(disagreements(questionnaire, answers, settings, plain)) == []


def test_engine_and_plain_reading_agree_on_random_populations(questionnaire, drawn):
    found = {}
    for seed in range(POPULATIONS):
        wrong = list(disagreements(questionnaire, *drawn(seed)[:3]))
        found |= {seed: wrong} if wrong else {}

    assert found == {}


def test_engine_and_plain_reading_agree_on_what_is_released_of_random_populations(questionnaire, drawn):
    found = {}
    for seed in range(POPULATIONS):
        answers, settings, _, text = drawn(seed)
        k = 3 + seed % 4
        plain = score(read(text), settings, k + 1)
        released = {**settings, "minimum_group": k}
        wrong = list(disagreements(questionnaire, answers, released, plain, unsuppressed=False))
        found |= {seed: wrong} if wrong else {}

    assert found == {}


def test_any_number_of_the_method_that_is_a_little_off_is_noticed(questionnaire, drawn):
    unnoticed = [
        path
        for path, other in nudged(questionnaire)
        if not any(next(disagreements(other, *drawn(seed)[:3]), None) for seed in range(EVERYDAY))
    ]

    assert unnoticed == []
