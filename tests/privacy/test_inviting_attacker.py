"""Promise 5b, from invitations to releases: who invites, uploads, revokes and replaces reveals no real answer."""

import os
from itertools import product

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.closed_sets import Confidentiality
from assessment.domain.disclosure import invited_people
from assessment.domain.method import score_figures
from assessment.services.people import people_invitations, response_import
from assessment.storage.people import counting_people
from tests.privacy.invented_respondents import ELSEWHERE, LATE, LATE_LIST, ONE_MAILBOX, OUTSIDE
from tests.privacy.inviting_attacker import REAL, TEAM, InvitingAttacker, count_revealed
from tests.privacy.whole_release import find_closed_answers, list_practice_columns

pytestmark = pytest.mark.slow

SCENARIOS = {
    "late": LATE,
    "late list": LATE_LIST,
    "by hand": OUTSIDE,
    "elsewhere": ELSEWHERE,
    "one mailbox": ONE_MAILBOX,
}
KINDS = [(5, 3), (12, 5)]  # invented people, k
CONFIDENTIALITIES = ("confidential", "anonymous")
IS_SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))
ATTACKED = 20  # answers in one attack, at least
VICTIMS = (0, *range(len(TEAM), REAL))  # those who are alone in a role of a function
FEW = 4  # answers of each, for the search of whole releases


def list_cells():
    """List ways to invite x kinds x confidentiality: all in the long form, half every day, each pair included."""
    cells = list(product(SCENARIOS, product((5, 12), (3, 5)), CONFIDENTIALITIES))
    return cells if IS_SOAK else [cell for number, cell in enumerate(cells) if number.bit_count() % 2 == 0]


@pytest.fixture
def attack(migrated_sqlite_url, questionnaire):
    """Attack once; return the outcome, and how many answers were revealed and attacked."""

    def attack(scenario, kind, seed=1, confidentiality="confidential"):
        attacker = InvitingAttacker(migrated_sqlite_url, scenario, *kind, seed, Confidentiality(confidentiality))
        try:
            outcome = attacker.attack()
        finally:
            attacker.engine.dispose()
        return outcome, *count_revealed(questionnaire, outcome)

    return attack


def read_figures(result):
    """Return every figure of a result as bytes, without its advice, date and who was invited."""
    parts = (result.respondents, result.overall, result.functions, result.indices, result.personal)
    return msgspec.json.encode(parts)


@pytest.mark.parametrize(("name", "kind", "confidentiality"), list_cells())
def test_inviting_attacker_reveals_no_real_answer(attack, name, kind, confidentiality):
    outcome, revealed, attacked = attack(SCENARIOS[name], kind, confidentiality=confidentiality)

    assert attacked >= ATTACKED
    assert revealed == 0
    assert outcome.uploads == 0
    assert len(outcome.releases) == 1  # no revocation, replacement or invented person brings another one


@pytest.mark.parametrize("kind", KINDS)
def test_every_released_figure_leaves_each_real_answer_open(attack, questionnaire, kind):
    outcome, _, _ = attack(LATE, kind)
    answers = replace(outcome.answers, counts=np.asarray(outcome.counting))
    settings = AssessmentSettings(minimum_group=kind[1])

    def sign(values):
        return read_figures(score_figures(questionnaire, replace(answers, values=values), settings))

    closed = [
        questionnaire.items[column].id
        for victim in VICTIMS
        for column in find_closed_answers(
            sign, answers.values, REAL, list_practice_columns(questionnaire, answers.values, victim)[:FEW], victim
        )
    ]

    assert sign(answers.values) == read_figures(outcome.releases[0])  # these are the figures of the release
    assert closed == []


@pytest.mark.parametrize("name", ["late", "elsewhere"])
def test_mutant_that_counts_late_people_or_outsiders_is_caught(attack, monkeypatch, name):
    everyone = lambda people, _: frozenset(each.id for each in people)  # noqa: E731
    for module in (counting_people, invited_people):
        monkeypatch.setattr(module, "find_counting_invitations", everyone)

    _, revealed, attacked = attack(SCENARIOS[name], KINDS[1])

    assert revealed > 0.4 * attacked


def test_mutant_that_takes_uploads_next_to_invited_people_is_caught(attack, monkeypatch, questionnaire):
    monkeypatch.setattr(response_import, "check_importable", lambda *_: None)
    monkeypatch.setattr(people_invitations.response_imports, "has_imported_responses", lambda *_: False)

    outcome, _, _ = attack(LATE, KINDS[1])
    uploaded = replace(outcome, counting=(True,) * len(outcome.counting))
    revealed, attacked = count_revealed(questionnaire, uploaded)

    assert outcome.uploads == KINDS[1][0]
    assert revealed > 0.4 * attacked
