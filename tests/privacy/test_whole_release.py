"""Promise 5b against someone who reads every released figure, not only scores and numbers of answers."""

import os

import pytest

from tests.privacy import whole_release
from tests.privacy.invented_respondents import LATE, draw_team
from tests.privacy.mutants import Unrounded, use_guard_kind

IS_SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))
TEAM = 10
SEEDS = range(1, 7) if IS_SOAK else (1,)
KINDS = [(5, 3), (12, 3), (5, 5), (12, 5)] if IS_SOAK else [(5, 3), (12, 5)]  # invented people, k
MOST = None if IS_SOAK else 6  # answers attacked in a team
ATTACKED = 6  # of them, at least


@pytest.fixture
def attack(questionnaire):
    """Return the answers of the victims that no other world leaves open, and how many were attacked."""

    def attack(scenario, invented, minimum_group, seeds=SEEDS, most=MOST):
        closed, attacked = [], 0
        for seed in seeds:
            team = draw_team(questionnaire, seed, TEAM, invented, scenario)
            values = team.answers.values
            columns = whole_release.list_practice_columns(questionnaire, values, 0)[:most]
            sign = whole_release.make_signature(questionnaire, team, minimum_group, "once")
            closed += whole_release.find_closed_answers(sign, values, TEAM, columns)
            attacked += len(columns)
        return closed, attacked

    return attack


@pytest.mark.parametrize("kind", KINDS)
def test_every_released_figure_leaves_each_answer_open(attack, kind):
    closed, attacked = attack(LATE, *kind)

    assert attacked >= ATTACKED * len(SEEDS)
    assert closed == []


@pytest.mark.parametrize("kind", [(5, 3), (12, 5)])
def test_release_without_rounding_leaves_no_answer_open(attack, monkeypatch, kind):
    """Mutant: figures at full precision."""
    use_guard_kind(monkeypatch, Unrounded)
    for name in ("MOST_TRIES", "MOST_FAR_TRIES"):
        monkeypatch.setattr(whole_release, name, 40)

    closed, attacked = attack(LATE, *kind, seeds=(1,), most=2)

    assert len(closed) == attacked == 2
