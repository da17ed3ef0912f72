"""Why a figure changed tells of nobody, and the attacker who says so breaks it where a rule is gone (method 6)."""

from functools import lru_cache

import numpy as np
import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.comparison import attribution
from assessment.domain.comparison.attribution import ScoredWave, attribute_changes
from assessment.domain.comparison.waves import Wave
from assessment.domain.method import compute_intermediates, score_figures
from tests.privacy import attribution_search, wave_pairs
from tests.privacy.findings import Kind

K = 5
PATIENCE = 300
INSIDE = 4  # a fourth of the organisations: an insider takes longer
UNANIMOUS_MOST = 0.05
REMEMBERED = 100  # pairs, which most tests attack in turn


@pytest.fixture(scope="module")
def measured(questionnaire):
    def measured(answers):
        wave = Wave(questionnaire, score_figures(questionnaire, answers, AssessmentSettings()))
        return ScoredWave(wave, compute_intermediates(questionnaire, answers, AssessmentSettings()))

    return measured


@pytest.fixture(scope="module")
def mixed(questionnaire, measured):
    """Both waves of a mixed organisation; no test changes how they are scored."""

    @lru_cache(maxsize=REMEMBERED)
    def mixed(seed):
        return tuple(map(measured, wave_pairs.mixed(questionnaire, seed)))

    return mixed


@pytest.fixture(scope="module")
def of_one_mind(questionnaire, measured):
    """Both waves of an organisation with so many joiners of one mind."""

    @lru_cache(maxsize=REMEMBERED)
    def of_one_mind(seed, few):
        return tuple(map(measured, wave_pairs.of_one_mind(questionnaire, seed, few)))

    return of_one_mind


def attacked(earlier, later, *insiders, **known):
    """How many figures were split, and what that gives away to someone outside, or to these insiders."""
    told = attribute_changes(earlier, later)
    found = [
        claim
        for insider in insiders or (attribution_search.NOBODY,)
        for claim in attribution_search.attack(earlier, later, told, K, insider=insider, **known)
    ]
    return sum(part.who is not None for part in told.values()), found


def newcomer(earlier, later):
    """Someone of the later wave alone: of those who are of one mind, where any are."""
    names = later.computation.answers.respondents
    rows = [row for row, name in enumerate(names) if name not in earlier.computation.answers.respondents]
    return attribution_search.Insider(later=rows[0] if rows else 0)


def insiders(earlier, later, rng):
    """Someone of each wave, and a newcomer."""
    sizes = [len(wave.computation.answers) for wave in (earlier, later)]
    return (
        attribution_search.Insider(earlier=int(rng.integers(sizes[0]))),
        attribution_search.Insider(later=int(rng.integers(sizes[1]))),
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


def test_attribution_discloses_no_answer(mixed, of_one_mind, organisations):
    told, found = 0, {}
    for seed in range(organisations):
        few = K + 1 + seed % 3
        for pair in (mixed(seed), of_one_mind(seed, few)):
            split, leaks = attacked(*pair)
            told += split
            found |= {seed: leaks} if leaks else {}

    print(f"{organisations} pairs: {told} changes were split")  # noqa: T201
    assert told >= organisations / 2
    assert found == {}


def test_attribution_discloses_no_answer_to_an_insider(mixed, of_one_mind, organisations):
    found, unanimous, number = {}, 0, organisations // INSIDE
    for seed in range(number):
        rng = np.random.default_rng((seed, 5))
        for earlier, later in (mixed(seed), of_one_mind(seed, K + 1 + seed % 3)):
            _, claims = attacked(earlier, later, *insiders(earlier, later, rng))
            worst = [claim for claim in claims if claim.kind is not Kind.UNANIMOUS]
            found |= {seed: worst} if worst else {}
            unanimous += len(worst) < len(claims)

    print(f"{number} organisations: unanimous in {unanimous}")  # noqa: T201
    assert found == {}
    assert unanimous <= UNANIMOUS_MOST * number


def test_insider_infers_joiner_without_rounding(monkeypatch, of_one_mind):
    without_whole_points(monkeypatch)

    caught = next(
        (
            seed
            for seed in range(PATIENCE)
            if (pair := of_one_mind(seed, 2))
            and any(claim.insider for claim in attacked(*pair, newcomer(*pair), keeps_thin=False)[1])
        ),
        None,
    )

    assert caught is not None


@pytest.mark.parametrize("people", [1, 2])
def test_few_equal_joiners_are_disclosed_without_threshold(monkeypatch, of_one_mind, people):
    without_thresholds(monkeypatch)

    caught = next(
        (seed for seed in range(PATIENCE) if attacked(*of_one_mind(seed, people), keeps_thin=False)[1]),
        None,
    )

    assert caught is not None


def test_attack_succeeds_on_random_organisations_without_rounding(monkeypatch, mixed):
    without_whole_points(monkeypatch)

    assert any(attacked(*mixed(seed), keeps_thin=False)[1] for seed in range(PATIENCE // 5))


def test_answers_inferred_by_attack_are_correct(monkeypatch, questionnaire, mixed):
    without_whole_points(monkeypatch)

    for seed in range(PATIENCE // 5):
        earlier, later = mixed(seed)
        for claim in attacked(earlier, later, keeps_thin=False)[1]:
            column = next(c for c, item in enumerate(questionnaire.items) if item.id == claim.figure)
            sums = [each.computation.tally.sums[:, column] for each in (later, earlier)]
            assert np.concatenate(sums)[int(claim.role)] == claim.total
