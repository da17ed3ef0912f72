"""Two releases tell no more than one: an edit, a swap, a late handful, other weights (method 6.7)."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import DONT_KNOW, AssessmentSettings
from assessment.domain.disclosure.republication import find_blocking_figures
from assessment.domain.method import score_answers
from tests.privacy import count_attacks, counterexamples, recomputation
from tests.privacy.release import background, released

K = 5
PAIRS = 40


def drop_people(answers, people):
    return answers.select_rows(~np.isin(np.arange(len(answers)), people))


@pytest.fixture
def forbidden(questionnaire):
    def forbidden(earlier, later):
        return find_blocking_figures(questionnaire, AssessmentSettings(), earlier, later)

    return forbidden


def find_disclosed(questionnaire, earlier, later):
    """Claims about single people from the difference of two releases."""
    one, two = (released(score_answers(questionnaire, answers, AssessmentSettings())) for answers in (earlier, later))
    return list(count_attacks.newcomer(one, two, background(questionnaire, later, K)))


def add_late_people(answers, rng):
    """One person is late."""
    person = int(rng.integers(len(answers)))
    return drop_people(answers, [person]), answers


def swap_person(answers, rng):
    """One person goes, another comes."""
    one, other = rng.choice(len(answers), 2, replace=False).tolist()
    return drop_people(answers, [one]), drop_people(answers, [other])


def edit_answer(answers, rng):
    """One person no longer knows what they knew."""
    person = int(rng.integers(len(answers)))
    values = answers.values.copy()
    numeric = np.flatnonzero(values[person] >= 0)
    values[person, numeric[: len(numeric) // 2]] = DONT_KNOW
    return answers, replace(answers, values=values)


@pytest.mark.parametrize("change", [add_late_people, swap_person, edit_answer])
def test_rule_blocks_every_disclosure_by_two_releases(questionnaire, organisation, forbidden, change):
    telling = 0
    for seed in range(PAIRS):
        earlier, later = change(organisation(seed), np.random.default_rng(seed))
        if find_disclosed(questionnaire, earlier, later):
            telling += 1
            assert forbidden(earlier, later)

    assert telling > PAIRS / 4


def test_few_late_people_are_never_released_separately(questionnaire, organisation, forbidden):
    seen = 0
    for seed in range(PAIRS):
        answers = organisation(seed)
        earlier = drop_people(answers, np.random.default_rng(seed).choice(len(answers), K, replace=False))
        one, two = (score_answers(questionnaire, some, AssessmentSettings()) for some in (earlier, answers))
        figures = {
            path for path, value in recomputation.flat(msgspec.to_builtins(two)) if path.endswith(".n") and value
        }

        before = dict(recomputation.flat(msgspec.to_builtins(one)))
        shown = msgspec.to_builtins(two)
        after = dict(recomputation.flat(shown))
        changed = {path for path in figures if ".items." in path and before.get(path) != after[path]}

        seen += bool(changed)
        assert {path.removesuffix(".n") for path in changed} <= set(forbidden(earlier, answers))

    assert seen > PAIRS / 2


def test_allowed_pair_of_releases_is_consistent_with_other_answers(questionnaire, organisation, forbidden):
    answers = organisation(3)
    rng = np.random.default_rng(1)
    numeric = np.flatnonzero((answers.values >= 0).sum(axis=0) > 4 * K)
    values, people = answers.values.copy(), np.flatnonzero(answers.values[:, numeric[0]] >= 0)[: 2 * K]
    values[people, numeric[0]] = DONT_KNOW
    earlier = replace(answers, values=values)
    tops = [len(item.options) - 1 if item.options else 4 for item in questionnaire.items]
    marks = np.isin(np.arange(len(answers)), people)

    def both(world):
        first = world.values.copy()
        first[people, numeric[0]] = DONT_KNOW
        pair = replace(world, values=first), world
        return b"".join(msgspec.json.encode(score_answers(questionnaire, some, AssessmentSettings())) for some in pair)

    left, tried = counterexamples.undecided(both, answers, tops, rng, marks=marks)

    gap = [path for path in forbidden(earlier, answers) if ".items." in path or "rows" in path]
    assert gap == []
    assert len(left) < 0.05 * tried


OF_THEIR_OWN_WIDTH = ("overall.interval", "indices.embedding.interval")  # other weights, other half-widths


@pytest.mark.parametrize("seed", range(5))
def test_changed_weights_and_targets_disclose_nothing_new(questionnaire, organisation, seed):
    names = [function.id for function in questionnaire.functions]
    weights = dict(zip(names, (1.0, 3.0, 0.5), strict=True))
    targets = dict.fromkeys(names, 60.0)
    answers = organisation(seed)
    first = score_answers(questionnaire, answers, AssessmentSettings())
    second = score_answers(questionnaire, answers, AssessmentSettings(weights=weights, targets=targets))

    functions = {
        name: replace(part, weight=weights[name], target=targets[name]) for name, part in first.functions.items()
    }
    derived = dict(recomputation.flat(recomputation.recomputed(questionnaire, replace(first, functions=functions))))
    derived = {path: value for path, value in derived.items() if path not in OF_THEIR_OWN_WIDTH}

    shown = dict(recomputation.flat(msgspec.to_builtins(second)))
    assert derived
    assert all(recomputation.equal(value, shown[path]) for path, value in derived.items())
