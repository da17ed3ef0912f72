"""All releases of an assessment together tell no more than each of them (method 6.7, trust, promise 5).

15 organisations every day, 1,000 with ASSESSMENT_TEST_SOAK=1 in the environment; each is published four times.
"""

from collections import Counter

import numpy as np
import pytest

from assessment.domain.answers import NOT_ASKED, Answers, AssessmentSettings
from assessment.domain.disclosure.combined_releases import find_decided_items
from assessment.domain.method import score_answers
from assessment.domain.survey.routing import build_asked_matrix
from tests.privacy import multi_release_search, release_histories
from tests.privacy.conftest import EVERYDAY
from tests.privacy.findings import Kind
from tests.privacy.release import background, released

K = 5
SOME, HISTORIES = 12, 12
DECIDED = (118, 286, 329)  # organisations of which two releases together decide an answer, if both were published
UNANIMOUS_MOST = 0.05  # of organisations, with an insider


@pytest.fixture
def published(questionnaire, organisation):
    """Four releases of an organisation; what is not allowed is taken back, unless it is left to itself."""

    def published(seed, *, least=K + 1, ruled=True, exact=False):
        rng = np.random.default_rng(seed)
        story = release_histories.history(questionnaire, organisation(seed), rng, least, ruled=ruled)
        results = [score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=exact) for answers in story]
        return [
            (background(questionnaire, answers, K), released(result))
            for answers, result in zip(story, results, strict=True)
        ]

    return published


def differing(told):
    """How many items were answered otherwise between the first release and a later one."""
    first = told[0][0].answers
    later = [known.answers for known, _ in told[1:] if known.answers.respondents == first.respondents]
    return sum(int((answers.values != first.values).any(axis=0).sum()) for answers in later)


def broken(told):
    isolated = multi_release_search.isolated(told)
    return any(group.known for group in isolated) or any(multi_release_search.attack(told, K))


def attack(told, seed):
    """Return what an outsider and an insider conclude, and the groups that means isolate."""
    people = told[0][0].answers.respondents
    insider = people[int(np.random.default_rng(seed).integers(len(people)))]
    claims = [claim for who in (None, insider) for claim in multi_release_search.attack(told, K, who)]
    return claims, [group for who in (None, insider) for group in multi_release_search.isolated(told, who)]


def find_worst(claims, groups):
    return [claim for claim in claims if claim.kind is not Kind.UNANIMOUS] + [group for group in groups if group.known]


def test_releases_together_disclose_no_answer(published, organisations):
    number = organisations if organisations > EVERYDAY else HISTORIES
    found, counts = {}, Counter()
    for seed in {*range(number), *DECIDED}:
        told = published(seed)
        claims, groups = attack(told, seed)
        worst = find_worst(claims, groups)
        found |= {seed: worst} if worst else {}
        counts["unanimous"] += any(claim.kind is Kind.UNANIMOUS for claim in claims)
        counts["isolated, were figures exact"] += bool(groups)
        counts["items that differ"] += differing(told)

    print(f"{number} organisations: {counts}")  # noqa: T201
    assert found == {}
    assert counts["unanimous"] < UNANIMOUS_MOST * number
    assert counts["items that differ"] > 10 * number


def test_attack_succeeds_on_unrounded_figures_in_a_quarter_of_organisations(published):
    assert sum(broken(published(seed, exact=True)) for seed in range(SOME)) >= SOME / 4


@pytest.mark.parametrize("seed", DECIDED)
def test_mutant_that_compares_pairs_only_is_caught(published, monkeypatch, seed):
    """Mutant: what releases decide together is not looked for."""
    monkeypatch.setattr(release_histories, "find_decided_items", lambda *_: ())

    assert find_worst(*attack(published(seed), seed))


@pytest.mark.parametrize("seed", DECIDED)
def test_uncounted_people_do_not_hide_what_releases_decide(questionnaire, organisation, monkeypatch, seed):
    """They answer alike in all releases; scores leave most of their answers out."""
    monkeypatch.setattr(release_histories, "find_decided_items", lambda *_: ())
    story = release_histories.history(questionnaire, organisation(seed), np.random.default_rng(seed), K + 1)

    with_others = [add_uncounted(questionnaire, answers, np.random.default_rng(seed)) for answers in story]

    assert find_decided_items(questionnaire, AssessmentSettings(), story)
    assert find_decided_items(questionnaire, AssessmentSettings(), with_others)


def add_uncounted(questionnaire, answers, rng):
    """Six people of all roles and functions who don't count, with random answers."""
    roles = [role.id for role in questionnaire.roles] * 2
    functions = np.ones((len(roles), len(questionnaire.functions)), dtype=np.bool_)
    asked = build_asked_matrix(questionnaire, roles, functions)
    values = np.where(asked, rng.integers(0, 5, asked.shape), NOT_ASKED).astype(np.int8)
    return Answers(
        respondents=(*answers.respondents, *(f"invented {number}" for number in range(len(roles)))),
        roles=(*answers.roles, *roles),
        functions=np.vstack([answers.functions, functions]),
        seconds=np.concatenate([answers.seconds, np.full(len(roles), 3000.0)]),
        values=np.vstack([answers.values, values]),
        counts=np.concatenate([answers.counting, np.zeros(len(roles), dtype=np.bool_)]),
    )


def test_attack_succeeds_without_the_rule(published):
    assert any(broken(published(seed, least=1, ruled=False)) for seed in range(SOME))
