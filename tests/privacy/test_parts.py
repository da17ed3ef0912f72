"""Why a figure changed tells of nobody, and the attacker who says so breaks it where a rule is gone (method 6)."""

import numpy as np
import pytest

from assessment.domain import attribution
from assessment.domain.answers import Settings
from assessment.domain.attribution import Measured, attribute
from assessment.domain.comparison import Wave
from assessment.domain.method import measure, score
from tests.privacy import pairs, parts

K = 5
PATIENCE = 300


@pytest.fixture(scope="module")
def measured(questionnaire):
    def measured(answers):
        wave = Wave(questionnaire, score(questionnaire, answers, Settings()))
        return Measured(wave, measure(questionnaire, answers, Settings()))

    return measured


def attacked(earlier, later, **known):
    """How many figures were split, and what that gives away."""
    told = attribute(earlier, later)
    return sum(part.who is not None for part in told.values()), list(parts.attack(earlier, later, told, K, **known))


def without_thresholds(monkeypatch):
    monkeypatch.setattr(attribution, "_refused", lambda *_: {})
    monkeypatch.setattr(attribution, "_thin", lambda earlier, *_: np.zeros(earlier.computation.items.shape, np.bool_))


def without_whole_points(monkeypatch):
    without_thresholds(monkeypatch)
    monkeypatch.setattr(attribution, "_told", lambda who, _: who)


def test_the_parts_of_a_change_give_nobody_away(questionnaire, measured, organisations, record_testsuite_property):
    told, found = 0, {}
    for seed in range(organisations):
        few = K + 1 + seed % 3
        for pair in (pairs.mixed(questionnaire, seed), pairs.of_one_mind(questionnaire, seed, few)):
            split, leaks = attacked(*map(measured, pair))
            told += split
            found |= {seed: leaks} if leaks else {}

    record_testsuite_property("parts of changes", f"{organisations} pairs: {told} changes were split")
    assert told >= organisations / 2
    assert found == {}


@pytest.mark.parametrize("people", [1, 2])
def test_a_few_of_one_mind_who_joined_are_given_away_without_the_threshold(
    monkeypatch, questionnaire, measured, people
):
    without_thresholds(monkeypatch)

    caught = next(
        (
            seed
            for seed in range(PATIENCE)
            if attacked(*map(measured, pairs.of_one_mind(questionnaire, seed, people)), keeps_thin=False)[1]
        ),
        None,
    )

    assert caught is not None


def test_random_organisations_are_broken_where_nothing_is_rounded_either(monkeypatch, questionnaire, measured):
    without_whole_points(monkeypatch)

    hits = [
        seed
        for seed in range(PATIENCE // 5)
        if attacked(*map(measured, pairs.mixed(questionnaire, seed)), keeps_thin=False)[1]
    ]

    assert hits


def test_what_the_attacker_claims_is_true(monkeypatch, questionnaire, measured):
    without_whole_points(monkeypatch)

    for seed in range(PATIENCE // 5):
        earlier, later = map(measured, pairs.mixed(questionnaire, seed))
        for claim in attacked(earlier, later, keeps_thin=False)[1]:
            column = next(c for c, item in enumerate(questionnaire.items) if item.id == claim.figure)
            sums = [each.computation.tally.sums[:, column] for each in (later, earlier)]
            assert np.concatenate(sums)[int(claim.role)] == claim.total
