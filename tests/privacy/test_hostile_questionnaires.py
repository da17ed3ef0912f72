"""Questionnaires written to reveal answers: what the check lets pass reveals none, and what it refuses would (6.12).

The check itself: `tests/questionnaires/test_checks.py` (role weights, full weight, confidence of intervals, free text).
"""

from itertools import product

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure import guard
from assessment.domain.method import score_answers
from assessment.domain.scoring import function_results
from assessment.questionnaires import find_shipped_folder, load_questionnaire
from assessment.questionnaires.checks.limits import (
    MAX_WEIGHT_RATIO,
    MIN_FULL_WEIGHT,
)
from tests.privacy import attackers, population, recomputation
from tests.privacy.conftest import EVERYDAY
from tests.privacy.findings import Kind
from tests.privacy.release import background, released

K = 5
SHORT = "social-media-pulse"
SHIPPED = ("social-media-integration", SHORT)
ROLES = (0, 1, 2)
FEW, MANY = 6, 60  # organisations for each questionnaire and heavy role
SOME = 12  # organisations, for what must be broken
TINY = 0.25  # points


@pytest.fixture(scope="module", params=SHIPPED)
def base(request):
    return load_questionnaire(find_shipped_folder() / request.param)


def weight_roles(questionnaire, heavy, *, ratio=MAX_WEIGHT_RATIO, full=MIN_FULL_WEIGHT):
    """Return a questionnaire in which one role outweighs each other one so many times."""
    roles = [
        replace(role, weight=1.0 + (ratio - 1) * (number == heavy)) for number, role in enumerate(questionnaire.roles)
    ]
    scoring = replace(questionnaire.scoring, full_weight_answers=int(full))
    return replace(questionnaire, roles=tuple(roles), scoring=scoring)


def find_leaks(questionnaire, seed):
    """Findings of searches and linear algebra, without sums of small groups and unanimous extremes."""
    answers = population.organisation(questionnaire, seed)
    known = background(questionnaire, answers, K)
    release = released(score_answers(questionnaire, answers, AssessmentSettings(minimum_group=K)))
    found = {str(finding.kind) for finding in attackers.findings(known, release)}
    if any(group.known for group in attackers.isolated(known, release, np.random.default_rng(seed))):
        found.add("isolated")
    return attackers.worst(found) - {str(Kind.GROUP)}


def find_all_leaks(questionnaire, number):
    """Attack so many organisations; what was found, by number."""
    return {seed: found for seed in range(number) if (found := find_leaks(questionnaire, seed))}


@pytest.mark.parametrize("heavy", ROLES)
def test_heaviest_role_that_the_check_allows_reveals_no_answer(base, heavy, organisations):
    leaks = find_all_leaks(weight_roles(base, heavy), FEW if organisations == EVERYDAY else MANY)

    assert leaks == {}


@pytest.mark.parametrize(
    ("heavy", "values"),
    [*product(ROLES[::2], [{"ratio": 1000.0}]), (2, {"full": 1.0})],
    ids=["leaders dominate", "staff dominate", "one answer has full weight"],
)
def test_attack_detects_mutant_without_limits_of_weights(questionnaire, heavy, values):
    hostile = weight_roles(questionnaire, heavy, **values)

    assert any("answer" in find_leaks(hostile, seed) for seed in range(SOME))


def use_tiny_steps(questionnaire):
    """Return a questionnaire whose cut points and margins are as close as the check allows, to read more than steps."""
    scoring, indices = questionnaire.scoring, questionnaire.indices
    bands = tuple(score + TINY * number for number, score in enumerate((40.0,) * len(scoring.bands)))
    return replace(
        questionnaire,
        scoring=replace(scoring, bands=bands, contested_below=0.5, provisional_below=0.9, partial_above=TINY),
        indices=replace(
            indices,
            set_up_to_fail=indices.set_up_to_fail and replace(indices.set_up_to_fail, high_at=TINY),
            perception_gap=replace(indices.perception_gap, indicative_at=TINY, strong_at=2 * TINY),
            balance=replace(indices.balance, tie_below=TINY, spread_at=TINY),
        ),
    )


def test_questionnaire_with_tiny_steps_reveals_no_answer(base, organisations):
    """Cut points are compared with released figures, so that any number of them tells nothing more."""
    leaks = find_all_leaks(use_tiny_steps(base), FEW if organisations == EVERYDAY else MANY)

    assert leaks == {}


def test_figures_by_tiny_steps_follow_from_released_figures(questionnaire):
    hostile, settings = use_tiny_steps(questionnaire), AssessmentSettings(minimum_group=K)

    differences = [
        recomputation.differences(hostile, score_answers(hostile, population.organisation(hostile, seed), settings))
        for seed in range(FEW)
    ]

    assert differences == [[]] * FEW


def test_attack_detects_mutant_with_tiny_steps_of_scores(questionnaire, monkeypatch):
    """Mutant: a questionnaire may set the step that scores are rounded to (the check refuses it as unknown)."""
    monkeypatch.setattr(guard, "RELEASE_STEP", TINY)

    assert any("answer" in find_leaks(questionnaire, seed) for seed in range(SOME))


def test_questionnaire_with_single_items_in_its_dimensions_reveals_no_answer(organisations):
    """Each dimension of the short questionnaire has one item in a function: its figures all speak of that item."""
    short = load_questionnaire(find_shipped_folder() / SHORT)

    leaks = find_all_leaks(short, SOME if organisations == EVERYDAY else MANY)

    assert leaks == {}


def test_attack_detects_mutant_that_shows_distribution_and_interval_of_one_item(monkeypatch):
    monkeypatch.setattr(function_results, "_can_show_distributions", lambda *_: True)
    short = load_questionnaire(find_shipped_folder() / SHORT)

    leaks = find_all_leaks(short, SOME)

    assert any("answer" in found for found in leaks.values())


NAMES = (
    "Ada Achterberg", "Bo Brinkmann", "Cleo Castellanos", "Dee Dufresne", "Eli Eberhard", "Flo Fontaine",
    "Gus Garza", "Hal Hoffmann",
)  # fmt: skip


def ask_for_names(questionnaire):
    """Return a questionnaire whose choices are people, to say who is in the way."""
    named = {item.id: NAMES[: len(item.options)] for item in questionnaire.items if item.options}
    items = tuple(
        replace(item, options=tuple(name.split()[0].lower() for name in named[item.id])) if item.id in named else item
        for item in questionnaire.items
    )
    texts = {
        language: replace(
            text,
            items={
                id_: replace(
                    item,
                    text="Who is in the way?",
                    options={name.split()[0].lower(): name for name in named[id_]},
                )
                if id_ in named
                else item
                for id_, item in text.items.items()
            },
        )
        for language, text in questionnaire.texts.items()
    }
    return replace(questionnaire, items=items, texts=texts)


def find_names(shown):
    text = msgspec.json.encode(shown).decode().casefold()
    return [word for name in NAMES for word in name.casefold().split() if f'{word}"' in text]


def test_questionnaire_that_asks_for_names_releases_no_name_and_no_answer(questionnaire):
    hostile, settings = ask_for_names(questionnaire), AssessmentSettings(minimum_group=K)
    results = [score_answers(hostile, population.organisation(hostile, seed), settings) for seed in range(FEW)]

    assert find_names(hostile)
    assert [find_names(result) for result in results] == [[]] * FEW
    assert find_all_leaks(hostile, FEW) == {}


def test_search_detects_mutant_that_releases_what_was_chosen(questionnaire):
    """Mutant: the result has how often each option was chosen."""
    hostile = ask_for_names(questionnaire)
    answers = population.organisation(hostile, 0)
    column, item = next((number, item) for number, item in enumerate(hostile.items) if item.options)
    counts = {option: int((answers.values[:, column] == code).sum()) for code, option in enumerate(item.options)}
    result = score_answers(hostile, answers, AssessmentSettings(minimum_group=K))

    assert find_names([result, counts])
