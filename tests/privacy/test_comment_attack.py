"""Nobody can work out who wrote which comment, except by its wording; the attackers see through each broken rule."""

import pytest

from assessment.domain.disclosure import comment_release
from assessment.domain.disclosure.guard import OPEN_GUARD
from tests.privacy import comment_attackers

K = 5
NEEDED = K + 1
ORGANISATIONS = 120
MOST_HITS = 1.25  # times those by chance
LEAST_BROKEN = 0.25  # of the organisations, by each mutant


@pytest.fixture(scope="module")
def worlds(questionnaire, organisation):
    return [
        comment_attackers.simulate_organisation(questionnaire, organisation(seed), seed)
        for seed in range(ORGANISATIONS)
    ]


def attack(questionnaire, worlds, **mutant):
    """Return all hits of the order attacker, those by chance, and the smallest crowd of each organisation."""
    hits = chance = 0
    crowds = []
    for seed, world in enumerate(worlds):
        seen = comment_attackers.list_seen_comments(questionnaire, world, seed, K, **mutant)
        own, expected = comment_attackers.count_order_hits(seen)
        hits, chance = hits + own, chance + expected
        crowds.append(comment_attackers.find_smallest_crowd(questionnaire, world, seen))
    return hits, chance, crowds


def count_broken(crowds):
    return sum(crowd < NEEDED for crowd in crowds)


def test_order_of_comments_matches_the_order_of_answering_no_better_than_chance(questionnaire, worlds):
    hits, chance, _ = attack(questionnaire, worlds)

    assert chance > ORGANISATIONS
    assert hits < MOST_HITS * chance


def test_every_comment_may_be_from_six_people_who_count(questionnaire, worlds):
    _, _, crowds = attack(questionnaire, worlds)

    assert count_broken(crowds) == 0


def test_attack_detects_comments_in_the_order_of_ids(questionnaire, worlds):
    hits, chance, _ = attack(questionnaire, worlds, shuffle=lambda comments, _: list(comments))

    assert hits > 3 * chance


def test_attack_detects_a_missing_threshold(questionnaire, worlds, monkeypatch):
    monkeypatch.setattr(comment_release, "_has_enough_people", lambda *_: True)

    _, _, crowds = attack(questionnaire, worlds)

    assert count_broken(crowds) > LEAST_BROKEN * ORGANISATIONS


def test_attack_detects_comments_of_few_new_authors(questionnaire, worlds, monkeypatch):
    monkeypatch.setattr(comment_release, "_has_enough_authors", lambda *_: True)

    _, _, crowds = attack(questionnaire, worlds)

    assert count_broken(crowds) > LEAST_BROKEN * ORGANISATIONS


def test_attack_detects_comments_shown_with_the_role(questionnaire, worlds):
    def show(world, comment):
        return f"{comment.pool}/{world.answers.roles[int(comment.response_id[1:])]}"

    _, _, crowds = attack(questionnaire, worlds, show=show)

    assert count_broken(crowds) > LEAST_BROKEN * ORGANISATIONS


def test_attack_detects_a_release_without_guard(questionnaire, worlds):
    def select(questionnaire, comments, answers, _guard, earlier):
        return comment_release.select_released_comments(questionnaire, comments, answers, OPEN_GUARD, earlier)

    _, _, crowds = attack(questionnaire, worlds, select=select)

    assert count_broken(crowds) > LEAST_BROKEN * ORGANISATIONS
