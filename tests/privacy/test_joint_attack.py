"""Gaps next to the scores of their items: all of a dimension searched at once, and what a withheld gap tells itself."""

from itertools import product

import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure import decided_answers
from assessment.domain.disclosure.decided_answers import GapItems
from assessment.domain.disclosure.guard import build_guard
from assessment.domain.method import score_answers
from assessment.domain.scoring.indices import perception_gap
from tests.privacy import gap_search
from tests.privacy.conftest import EVERYDAY
from tests.privacy.release import background, released

K = 5
# Organisations in which the attacker worked out an answer before such gaps were withheld; the last five by sums alone.
DECIDED = (183, 236, 299, 437, 619, 668, 856, 1167, 1436, 1442, 1563, 1922)
FRESH = range(5000, 5025)  # every day
FRESH_SOAK = range(5000, 5500)
SOME = range(180, 220)
WITHHELD_MOST = 0.06  # of the gaps that would be shown


@pytest.fixture
def without_search(monkeypatch):
    """The engine before gaps were withheld."""
    monkeypatch.setattr(perception_gap, "discloses_answer", lambda *_: False)


def release_of(questionnaire, answers):
    return released(score_answers(questionnaire, answers, AssessmentSettings()))


def attack(questionnaire, answers):
    return list(gap_search.attack(background(questionnaire, answers, K), release_of(questionnaire, answers)))


@pytest.mark.parametrize("seed", DECIDED)
def test_withheld_gaps_leave_every_answer_open(questionnaire, organisation, seed):
    assert attack(questionnaire, organisation(seed)) == []


@pytest.mark.parametrize("seed", DECIDED)
@pytest.mark.usefixtures("without_search")
def test_shown_gaps_would_decide_an_answer(questionnaire, organisation, seed):
    assert attack(questionnaire, organisation(seed)) != []


def test_gaps_of_further_organisations_decide_no_answer(questionnaire, organisation, organisations):
    seeds = FRESH if organisations == EVERYDAY else FRESH_SOAK

    found = {seed: claims for seed in seeds if (claims := attack(questionnaire, organisation(seed)))}

    assert found == {}


def test_few_gaps_are_withheld(questionnaire, organisation):
    shown = withheld = 0
    for seed in SOME:
        gap = release_of(questionnaire, organisation(seed)).result.indices.perception_gap
        shown, withheld = shown + len(gap.visible_dimensions), withheld + len(gap.withheld)

    assert 0 < withheld <= WITHHELD_MOST * (shown + withheld)


def test_withheld_gap_leaves_open_which_answer_it_protects(monkeypatch, questionnaire, organisation):
    """Among the means for which a gap is withheld are some that decide nothing, and they are possible too."""
    withheld = []

    def record(guard, items, means):
        is_hidden = decided_answers.must_hide_gap(guard, items, means)
        withheld.extend([(items, means)] if is_hidden else [])
        return is_hidden

    monkeypatch.setattr("assessment.domain.scoring.indices.gap_disclosure.must_hide_gap", record)
    for seed in DECIDED[:4]:
        release_of(questionnaire, organisation(seed))
    guard = build_guard(questionnaire.disclosure, K)
    near = [guard.step * steps for steps in range(-2, 3)]

    assert withheld
    for items, (leader, practitioner) in withheld:
        gap = GapItems(items)
        others = ((leader + one, practitioner + other) for one, other in product(near, near))
        assert any(
            gap.is_possible(guard, means)
            and not gap.decides_answer(guard, means)
            and decided_answers.must_hide_gap(guard, items, means)
            for means in others
            if all(guard.lowest <= mean <= guard.highest for mean in means)
        )
