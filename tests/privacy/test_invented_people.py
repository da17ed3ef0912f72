"""Invented respondents next to real people reveal no real answer, where they do not count (method 6.7, 6.9)."""

import os
from itertools import product

import pytest
from msgspec.structs import replace

from assessment.domain.disclosure import invited_people, republication
from assessment.questionnaires.checks.limits import MAX_WEIGHT_RATIO
from tests.privacy.invented_respondents import (
    BEFORE,
    ELSEWHERE,
    LATE,
    LATE_LIST,
    ONE_MAILBOX,
    OUTSIDE,
    REVOKED,
    SCRIPTS,
    count_seen_by_taking_part,
    draw_team,
    find_disclosed_answers,
)

IS_SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))
TEAMS = 24 if IS_SOAK else 2  # for each number of invented people and each k: 8 or 9 answers each
COUNTED = 24
KINDS = [(5, 3), (12, 3), (5, 5), (12, 5)]  # invented people, k
K, SMALLEST = 5, 3
MOST_BY_TAKING_PART = 0.01
CLOSING = 12  # invented people for several closes: 5 of them change too few answers for another release
# Invented people that must not count: late by hand or from a list by mail; where domains are named, by hand, mailed at
# another domain, all to one mailbox, and revoked after they answered.
UNCOUNTED = {
    "late": LATE,
    "late list": LATE_LIST,
    "by hand": OUTSIDE,
    "elsewhere": ELSEWHERE,
    "one mailbox": ONE_MAILBOX,
    "revoked": REVOKED,
}


def hostile_weights(questionnaire, seed, dominance):
    """Return a questionnaire in which the role of the victim outweighs each other role so many times."""
    victim = seed % len(questionnaire.roles)
    roles = [
        replace(role, weight=dominance if number == victim else 1.0) for number, role in enumerate(questionnaire.roles)
    ]
    return replace(questionnaire, roles=tuple(roles))


def list_rotating_scripts(seed):
    """List what happens to a team: all scripts in the long form; every day one more than these two, in turn."""
    names = list(SCRIPTS)
    return names if IS_SOAK else list(dict.fromkeys(["once", "moved", names[seed % len(names)]]))


@pytest.fixture
def attack(questionnaire):
    """Answers revealed, and attacked, in so many teams."""

    def attack(
        scenario, invented, minimum_group, *, real, scripts=tuple(SCRIPTS), teams=TEAMS, dominance=None, **options
    ):
        found = []
        for seed in range(teams):
            hostile = questionnaire if dominance is None else hostile_weights(questionnaire, seed, dominance)
            team = draw_team(hostile, seed, real, invented, scenario)
            chosen = scripts(seed) if callable(scripts) else scripts
            found.append(find_disclosed_answers(hostile, team, minimum_group, chosen, **options))
        return sum(one for one, _ in found), sum(all_ for _, all_ in found)

    return attack


@pytest.mark.parametrize("name", UNCOUNTED)
def test_invented_people_count_at_most_as_the_attacker_alone(questionnaire, name):
    """Two ways to invite with the same people who count give the same answers to attack, so one of them is attacked."""
    team = draw_team(questionnaire, 0, 10, 12, UNCOUNTED[name])

    assert team.counts[:10].all()
    assert team.counts[10:].sum() == (name == "one mailbox")


@pytest.mark.parametrize(
    ("name", "rule", "mutant"),
    [
        ("one mailbox", "get_mailbox", lambda email: email),
        ("elsewhere", "get_mailbox", lambda email: email.replace("@sub.", "@")),
        ("late", "find_counting_invitations", lambda people, _: frozenset(each.id for each in people)),
    ],
    ids=["tags are other mailboxes", "subdomains are the domain", "late ones count"],
)
def test_mutant_that_counts_invented_people_is_caught(questionnaire, monkeypatch, name, rule, mutant):
    monkeypatch.setattr(invited_people, rule, mutant)

    team = draw_team(questionnaire, 0, 10, 12, UNCOUNTED[name])

    assert team.counts[10:].all()


@pytest.mark.parametrize(("scenario", "kind"), list(product([LATE, ONE_MAILBOX], KINDS)))
def test_uncounted_invented_people_disclose_nothing_in_a_team_of_ten(attack, scenario, kind):
    invented, k = kind

    # The one mailbox counts as one person, who sees an answer near an unanimous end now and then: invented or not.
    found, attacked = attack(scenario, invented, k, real=10, without_own=scenario is ONE_MAILBOX)

    assert attacked >= 8 * TEAMS
    assert found == 0


@pytest.mark.parametrize("minimum_group", [SMALLEST, K])
def test_person_with_one_mailbox_sees_few_answers_by_taking_part(questionnaire, minimum_group):
    """Without inventing anyone: what `test_attack.py` measures in whole organisations, in these teams of ten."""
    counts = [
        count_seen_by_taking_part(questionnaire, draw_team(questionnaire, seed, 10, 1, ONE_MAILBOX), minimum_group)
        for seed in range(100 if IS_SOAK else 12)
    ]

    found, attacked = (sum(each) for each in zip(*counts, strict=True))
    assert attacked >= 100
    assert found <= MOST_BY_TAKING_PART * attacked


@pytest.mark.parametrize(("scenario", "kind"), list(product([LATE, ONE_MAILBOX], KINDS)))
def test_uncounted_invented_people_disclose_nothing_about_single_person_in_a_function(attack, scenario, kind):
    invented, k = kind

    found, attacked = attack(scenario, invented, k, real=1, scripts=list_rotating_scripts, teams=COUNTED)

    assert attacked >= 200
    assert found == 0


def test_thousand_uncounted_invented_people_disclose_nothing(attack):
    found, attacked = attack(LATE, 1000 if IS_SOAK else 200, 5, real=10, scripts=["once"], teams=2 * TEAMS)

    assert attacked >= 8 * TEAMS
    assert found == 0


@pytest.mark.parametrize("kind", KINDS)
def test_people_invented_before_opening_disclose_most_answers_without_domains(attack, kind):
    """The start page warns of this attack; an attacker who can't do it is too weak."""
    invented, k = kind

    found, attacked = attack(BEFORE, invented, k, real=1, scripts=["once"], teams=COUNTED)

    assert found > 0.75 * attacked


@pytest.mark.parametrize("scenario", [LATE, OUTSIDE, ONE_MAILBOX])
@pytest.mark.parametrize("kind", KINDS)
def test_attack_detects_mutant_that_counts_everyone(attack, monkeypatch, scenario, kind):
    """Mutants: people outside the domains counted, late ones counted, each tag of a mailbox counted."""
    invented, k = kind
    monkeypatch.setattr(
        invited_people, "find_counting_invitations", lambda people, _: frozenset(each.id for each in people)
    )

    found, attacked = attack(scenario, invented, k, real=1, scripts=["once"], teams=COUNTED, without_own=True)

    assert found > 0.75 * attacked


@pytest.mark.parametrize("minimum_group", [3, 5])
def test_attack_detects_mutant_with_unlimited_releases(attack, monkeypatch, minimum_group):
    """Mutant: as many closes as the attacker likes. Of these teams of eight, three releases reveal no answer."""
    options = {"real": 8, "scripts": ["many closes"]}
    limited, attacked = attack(BEFORE, CLOSING, minimum_group, teams=6, **options)
    monkeypatch.setattr(republication, "MAX_RELEASES", 99)

    unlimited, _ = attack(BEFORE, CLOSING, minimum_group, teams=2, **options)

    assert attacked >= 48
    assert limited == 0
    assert unlimited > 0


@pytest.mark.parametrize(("minimum_group", "real"), [(5, 10), (3, 4)])
def test_attack_detects_mutant_that_ignores_replacements(attack, monkeypatch, minimum_group, real):
    """Mutant: one person is moved to another function, next to invented people who count."""
    teams = 4 * TEAMS
    counted, attacked = attack(BEFORE, CLOSING, minimum_group, real=real, scripts=["moved"], teams=teams)
    true = republication.find_blocking_figures
    monkeypatch.setattr(republication, "find_blocking_figures", lambda *known: true(*known[:-1]))

    uncounted, _ = attack(BEFORE, CLOSING, minimum_group, real=real, scripts=["moved"], teams=teams)

    # At k = 3 some answers of a small team show at the first close already: these invented people count.
    most, factor = (0.02, 3) if minimum_group == K else (0.12, 2)
    assert counted <= most * attacked
    assert uncounted >= factor * max(1, counted)


def test_attack_detects_mutant_that_uses_all_uncounted_answers(attack, monkeypatch):
    """Mutant: 200 late people of one role dilute their role, so that someone alone in another one shows."""
    monkeypatch.setattr("assessment.domain.scoring.computation.select_usable_answers", lambda values, *_: values)

    found, _ = attack(LATE, 200, 5, real=10, scripts=["once"], teams=4 * TEAMS)

    assert found > 0


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_weights_within_their_limit_disclose_nothing(attack, kind):
    """A questionnaire may weight one role twice as much as others: of someone alone in it, nothing shows."""
    invented, k = kind

    found, attacked = attack(LATE, invented, k, real=10, scripts=["once"], teams=COUNTED, dominance=MAX_WEIGHT_RATIO)

    assert attacked >= 200
    assert found == 0


def test_attack_detects_mutant_without_limit_of_weights(attack):
    """Mutant: the questionnaire check lets a role outweigh others a hundred times."""
    found, attacked = attack(LATE, 12, 5, real=10, scripts=["once"], teams=COUNTED, dominance=100.0)

    assert found > 0.5 * attacked
