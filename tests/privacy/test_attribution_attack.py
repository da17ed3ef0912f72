"""Why a figure changed tells of nobody, and the attacker who says so breaks it where a rule is gone (method 6)."""

import numpy as np
import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.comparison import attribution
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave
from assessment.domain.method import compute_intermediates, score_answers
from tests.privacy import pairs, parts
from tests.privacy.findings import Kind

K = 5
PATIENCE = 300
INSIDE = 4  # a fourth of the organisations: an insider takes longer
UNANIMOUS_MOST = 0.05


@pytest.fixture(scope="module")
def measured(questionnaire):
    def measured(answers):
        wave = Wave(questionnaire, score_answers(questionnaire, answers, AssessmentSettings()))
        return ScoredWave(wave, compute_intermediates(questionnaire, answers, AssessmentSettings()))

    return measured


def attacked(earlier, later, *insiders, **known):
    """How many figures were split, and what that gives away to someone outside, or to these insiders."""
    told = attribute_changes(earlier, later)
    found = [
        claim
        for insider in insiders or (parts.NOBODY,)
        for claim in parts.attack(earlier, later, told, K, insider=insider, **known)
    ]
    return sum(part.who is not None for part in told.values()), found


def newcomer(earlier, later):
    """Someone of the later wave alone: of those who are of one mind, where any are."""
    names = later.computation.answers.respondents
    rows = [row for row, name in enumerate(names) if name not in earlier.computation.answers.respondents]
    return parts.Insider(later=rows[0] if rows else 0)


def insiders(earlier, later, rng):
    """Someone of each wave, and a newcomer."""
    sizes = [len(wave.computation.answers) for wave in (earlier, later)]
    return (
        parts.Insider(earlier=int(rng.integers(sizes[0]))),
        parts.Insider(later=int(rng.integers(sizes[1]))),
        newcomer(earlier, later),
    )


def without_thresholds(monkeypatch):
    monkeypatch.setattr(attribution, "_find_refused_functions", lambda *_: {})
    monkeypatch.setattr(
        attribution, "_find_thin_items", lambda earlier, *_: np.zeros(earlier.computation.items.shape, np.bool_)
    )


def without_whole_points(monkeypatch):
    without_thresholds(monkeypatch)
    monkeypatch.setattr(attribution, "_round_mix_effect", lambda who, _: who)


def test_attribution_discloses_no_answer(questionnaire, measured, organisations):
    told, found = 0, {}
    for seed in range(organisations):
        few = K + 1 + seed % 3
        for pair in (pairs.mixed(questionnaire, seed), pairs.of_one_mind(questionnaire, seed, few)):
            split, leaks = attacked(*map(measured, pair))
            told += split
            found |= {seed: leaks} if leaks else {}

    print(f"{organisations} pairs: {told} changes were split")  # noqa: T201
    assert told >= organisations / 2
    assert found == {}


def test_attribution_discloses_no_answer_to_an_insider(questionnaire, measured, organisations):
    found, unanimous, number = {}, 0, organisations // INSIDE
    for seed in range(number):
        rng = np.random.default_rng((seed, 5))
        for pair in (pairs.mixed(questionnaire, seed), pairs.of_one_mind(questionnaire, seed, K + 1 + seed % 3)):
            earlier, later = map(measured, pair)
            _, claims = attacked(earlier, later, *insiders(earlier, later, rng))
            worst = [claim for claim in claims if claim.kind is not Kind.UNANIMOUS]
            found |= {seed: worst} if worst else {}
            unanimous += len(worst) < len(claims)

    print(f"{number} organisations: unanimous in {unanimous}")  # noqa: T201
    assert found == {}
    assert unanimous <= UNANIMOUS_MOST * number


def test_insider_infers_joiner_without_rounding(monkeypatch, questionnaire, measured):
    without_whole_points(monkeypatch)

    caught = next(
        (
            seed
            for seed in range(PATIENCE)
            if (pair := tuple(map(measured, pairs.of_one_mind(questionnaire, seed, 2))))
            and any(claim.insider for claim in attacked(*pair, newcomer(*pair), keeps_thin=False)[1])
        ),
        None,
    )

    assert caught is not None


@pytest.mark.parametrize("people", [1, 2])
def test_few_equal_joiners_are_disclosed_without_threshold(monkeypatch, questionnaire, measured, people):
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


def test_attack_succeeds_on_random_organisations_without_rounding(monkeypatch, questionnaire, measured):
    without_whole_points(monkeypatch)

    hits = [
        seed
        for seed in range(PATIENCE // 5)
        if attacked(*map(measured, pairs.mixed(questionnaire, seed)), keeps_thin=False)[1]
    ]

    assert hits


def test_answers_inferred_by_attack_are_correct(monkeypatch, questionnaire, measured):
    without_whole_points(monkeypatch)

    for seed in range(PATIENCE // 5):
        earlier, later = map(measured, pairs.mixed(questionnaire, seed))
        for claim in attacked(earlier, later, keeps_thin=False)[1]:
            column = next(c for c, item in enumerate(questionnaire.items) if item.id == claim.figure)
            sums = [each.computation.tally.sums[:, column] for each in (later, earlier)]
            assert np.concatenate(sums)[int(claim.role)] == claim.total
