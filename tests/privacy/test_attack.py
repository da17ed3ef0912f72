"""Nobody can work out what a person said, and the attacker who says so breaks everything weaker (trust, promise 5)."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import AssessmentSettings
from assessment.domain.method import score_answers
from tests.privacy import attackers, count_attacks, counterexamples, recomputation, sum_search
from tests.privacy.conftest import SOAK
from tests.privacy.findings import Kind
from tests.privacy.mutants import MUTANTS, Sixfold, guard_with, intact, live, naive, spreads_at_face_value
from tests.privacy.release import background, released

UNANIMOUS_MOST = 0.05  # of organisations, with an insider
GROUPS_MOST = 0.005  # of organisations: the sum of a group under k, by trying all sums
PROVED_LEAST = 0.95  # of answers for which another world with the same release is found
# Organisations in which every answer is tried: every day two small ones, because each answer takes a score or more.
TRIED_EVERYDAY, TRIED_SOAK = (8, 12), (*range(3, 7), 8, 12)
OF_ONE_MIND = 418  # an organisation where six practitioners alone answered an item, all alike
SOME = 40  # organisations for what must be broken often
LAST = 10  # submissions that are watched live
K = 5


@dataclass
class Sweep:
    """Findings on all organisations; `unanimous` and `groups` count organisations."""

    leaks: dict[int, set[str]] = field(default_factory=dict)
    unanimous: int = 0
    groups: int = 0
    closest: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="session")
def sweep(questionnaire, organisation, organisations):
    """The layer as it is, attacked on every organisation; the counts go into the report of the run."""
    found = Sweep()
    for seed in range(organisations):
        answers = organisation(seed)
        known, release = (
            background(questionnaire, answers, K),
            released(score_answers(questionnaire, answers, AssessmentSettings())),
        )
        others = list(attackers.other_findings(known, release))
        isolated = attackers.isolated(known, release, np.random.default_rng(seed))
        claims = [*attackers.sum_search.attack(known, release, roster=True), *others]
        leaks = attackers.name_leaks(known, release, claims, isolated)
        found.unanimous += str(Kind.UNANIMOUS) in leaks
        found.groups += str(Kind.GROUP) in leaks
        if worst := attackers.worst(leaks) - {str(Kind.GROUP)}:
            found.leaks[seed] = worst
        for kind in {str(claim.kind) for claim in (*attackers.sum_search.attack(known, release), *others)}:
            found.closest[f"{kind}, knowing who answered what"] += 1
        found.closest["isolated, were figures exact"] += bool(isolated)
    print(f"{organisations} organisations: {found}")  # noqa: T201
    return found


def broken(monkeypatch, questionnaire, mutant, answers, seed):
    """Return True if something leaks from this layer on this organisation."""
    with monkeypatch.context() as patched:
        release = mutant(patched, questionnaire, answers)
    known = background(questionnaire, answers, K)
    return attackers.is_broken(known, release, np.random.default_rng(seed))


def test_attack_on_release_infers_no_answer_and_isolates_no_group(sweep):
    assert sweep.leaks == {}


def test_sum_of_small_group_is_inferred_in_few_organisations(sweep, organisations):
    assert sweep.groups < GROUPS_MOST * organisations


def test_insider_sees_unanimous_extremes_in_few_organisations(sweep, organisations):
    assert sweep.unanimous < UNANIMOUS_MOST * organisations


@pytest.mark.parametrize("name", MUTANTS)
def test_attack_detects_each_disabled_rule(monkeypatch, questionnaire, organisation, name):
    caught = next(
        seed for seed in range(SOAK) if broken(monkeypatch, questionnaire, MUTANTS[name], organisation(seed), seed)
    )

    assert not broken(monkeypatch, questionnaire, intact, organisation(caught), caught)


def test_missing_spread_does_not_disclose_six_equal_answers(monkeypatch, questionnaire, organisation):
    answers = organisation(OF_ONE_MIND)

    assert broken(monkeypatch, questionnaire, spreads_at_face_value, answers, OF_ONE_MIND)
    assert not broken(monkeypatch, questionnaire, intact, answers, OF_ONE_MIND)


def test_interval_of_six_answers_to_one_question_is_hidden(monkeypatch, questionnaire, organisation):
    """The least half-width for six answers, 17 points, is below the 18 of two people who differ from the rest."""
    answers, layer = organisation(OF_ONE_MIND), guard_with(Sixfold)

    assert broken(monkeypatch, questionnaire, layer, answers, OF_ONE_MIND)
    assert not broken(monkeypatch, questionnaire, intact, answers, OF_ONE_MIND)


@pytest.mark.parametrize("layer", [naive, MUTANTS["rounding off"]], ids=["naive thresholds", "full precision"])
def test_attack_succeeds_on_weaker_rules_in_a_quarter_of_organisations(monkeypatch, questionnaire, organisation, layer):
    hits = (seed for seed in range(SOME) if broken(monkeypatch, questionnaire, layer, organisation(seed), seed))

    # A quarter is enough: the attack on what shows most takes longest.
    assert len(list(islice(hits, SOME // 4))) == SOME // 4


def test_attack_succeeds_on_live_results_nearly_always(questionnaire, organisation):
    hits = 0
    for seed in range(SOME):
        answers = organisation(seed)
        known = background(questionnaire, answers, K)
        for people in range(len(answers) - LAST, len(answers)):
            before, after = (released(live(questionnaire, answers, n)) for n in (people, people + 1))
            if any(count_attacks.newcomer(before, after, known)):
                hits += 1
                break

    unsure = sum(bool((organisation(seed).values == -1).any()) for seed in range(SOME))
    assert hits >= 0.9 * unsure


def test_answers_inferred_by_attack_are_correct(monkeypatch, questionnaire, organisation):
    for seed in range(10):
        answers = organisation(seed)
        known = background(questionnaire, answers, K)
        claims = [
            claim for claim in sum_search.attack(known, naive(monkeypatch, questionnaire, answers)) if not claim.insider
        ]

        truth = {
            (claim.figure, claim.role): int(known.values(claim.figure, known.roles.index(claim.role)).sum())
            for claim in claims
        }

        assert claims
        assert all(truth[claim.figure, claim.role] == claim.total for claim in claims)


def test_derived_figures_follow_from_primary_figures(monkeypatch, questionnaire, organisation):
    wrong = {
        seed: found
        for seed in range(SOME)
        if (
            found := recomputation.differences(
                questionnaire, intact(monkeypatch, questionnaire, organisation(seed)).result
            )
        )
    }

    assert wrong == {}


@pytest.mark.parametrize("with_insider", [False, True], ids=["alone", "with an insider"])
def test_different_answers_lead_to_the_same_release_for_nearly_every_answer(
    questionnaire, organisation, organisations, with_insider
):
    tops = [len(item.options) - 1 if item.options else 4 for item in questionnaire.items]
    left = tried = 0

    def release(answers):
        return msgspec.json.encode(score_answers(questionnaire, answers, AssessmentSettings()))

    for seed in TRIED_SOAK if organisations == SOAK else TRIED_EVERYDAY:
        rng, answers = np.random.default_rng(seed), organisation(seed)
        insider = int(rng.integers(len(answers))) if with_insider else None
        undecided, places = counterexamples.undecided(release, answers, tops, rng, insider=insider)
        left, tried = left + len(undecided), tried + places

    assert left <= (1 - PROVED_LEAST) * tried
