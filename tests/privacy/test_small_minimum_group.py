"""The attack on one release with the smallest minimum group: k = 3 is attacked like k = 5 (method 6.12).

Scores of single questions are also searched by someone who knows how many of each role gave a number to each.
"""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure.guard import SMALLEST_MINIMUM_GROUP
from assessment.domain.method import score_answers
from assessment.domain.scoring import computation, function_results
from tests.privacy import attackers, distribution_search, sum_search
from tests.privacy.conftest import EVERYDAY, SOAK
from tests.privacy.findings import Kind
from tests.privacy.mutants import MUTANTS, intact
from tests.privacy.release import background, released

FEW = 40  # organisations of every day
# Organisations in which an answer showed before such figures were hidden: from the score of a question that four people
# answered, and from a distribution next to an agreement of 1.0.
DECIDED = (18, 91, 132, 181, 252, 295)
DECIDED_BY_DISTRIBUTION = 723
RULES = ("rounding off", "threshold k", "hidden items used above", "counts by role within a function")


@pytest.fixture(scope="module")
def hostile(questionnaire):
    """The questionnaire with the smallest minimum group that may be set."""
    return replace(questionnaire, disclosure=replace(questionnaire.disclosure, minimum_group=SMALLEST_MINIMUM_GROUP))


@pytest.fixture
def find_leaks(monkeypatch, hostile, organisation):
    """Attack an organisation; return what is found besides sums of small groups and unanimous extremes."""

    def find_leaks(seed, layer=intact):
        answers = organisation(seed)
        with monkeypatch.context() as patched:
            release = layer(patched, hostile, answers)
        known = background(hostile, answers, SMALLEST_MINIMUM_GROUP)
        found = attackers.leaks(known, release, np.random.default_rng(seed))
        return attackers.worst(found) - {str(Kind.GROUP)}

    return find_leaks


def test_attack_with_smallest_minimum_group_infers_no_answer(find_leaks, organisations):
    number = FEW if organisations == EVERYDAY else SOAK

    leaks = {seed: found for seed in range(number) if (found := find_leaks(seed))}

    print(f"{len(leaks)} of {number} organisations: {leaks}")  # noqa: T201
    assert leaks == {}


def find_answers(hostile, answers):
    """Find answers decided by scores of single questions, for someone who knows who gave a number where."""
    release = released(score_answers(hostile, answers, AssessmentSettings()))
    found = sum_search.attack(background(hostile, answers, SMALLEST_MINIMUM_GROUP), release)
    return [claim for claim in found if claim.kind is Kind.ANSWER]


def test_scores_of_questions_of_few_people_tell_no_answer(hostile, organisation, organisations):
    seeds = DECIDED if organisations == EVERYDAY else range(SOAK)

    assert {seed: claims for seed in seeds if (claims := find_answers(hostile, organisation(seed)))} == {}


@pytest.mark.parametrize("seed", DECIDED)
def test_scores_of_questions_of_few_people_would_tell_an_answer(monkeypatch, hostile, organisation, seed):
    monkeypatch.setattr(
        computation, "find_decided_items", lambda _guard, counts, *_: np.zeros(counts.shape[1], dtype=np.bool_)
    )

    assert find_answers(hostile, organisation(seed)) != []


def test_distribution_next_to_full_agreement_would_tell_answers(monkeypatch, hostile, organisation):
    answers = organisation(DECIDED_BY_DISTRIBUTION)
    known = background(hostile, answers, SMALLEST_MINIMUM_GROUP)

    def find_answers():
        release = released(score_answers(hostile, answers, AssessmentSettings()))
        return [claim for claim in distribution_search.attack(known, release) if claim.kind is Kind.ANSWER]

    assert find_answers() == []
    monkeypatch.setattr(function_results, "_is_nearly_unanimous", lambda *_: False)
    assert find_answers() != []


@pytest.mark.parametrize("name", RULES)
def test_attack_with_smallest_minimum_group_detects_disabled_rule(find_leaks, name):
    assert any(find_leaks(seed, MUTANTS[name]) and not find_leaks(seed) for seed in range(FEW))
