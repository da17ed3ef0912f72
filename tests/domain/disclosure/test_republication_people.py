"""Further releases: people who do not count, far moves next to a few who stay, replaced people (method 6.7, 6.9)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure.republication import (
    COUNTS_PATH,
    MAX_RELEASES,
    NO_REPLACEMENTS,
    ReplacementCounts,
    find_blocking_figures,
)
from assessment.domain.questionnaire import Kind

PEOPLE = 60
K = 5
ALL_ANSWER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    return organisation(PEOPLE, 3, **ALL_ANSWER)


@pytest.fixture
def forbids(questionnaire):
    def forbids(earlier, later, replaced=NO_REPLACEMENTS):
        return find_blocking_figures(questionnaire, AssessmentSettings(), earlier, later, replaced)

    return forbids


@pytest.fixture
def item(questionnaire):
    """Column of a practice item that all roles are asked, and its path in a result."""
    column = next(n for n, each in enumerate(questionnaire.items) if each.kind is Kind.PRACTICE and len(each.roles) > 2)
    found = questionnaire.items[column]
    return column, f"functions.{found.function}.dimensions.{found.dimension}.items.{found.id}"


def find_people_of_role(answers, role):
    return np.flatnonzero(np.asarray(answers.roles) == role)


def with_counts(answers, people, *, counts):
    marks = np.full(len(answers), not counts)
    marks[people] = counts
    return replace(answers, counts=marks)


def with_answers(answers, people, column, value):
    values = answers.values.copy()
    values[people, column] = value
    return replace(answers, values=values)


def drop_people(answers, people):
    return answers.select_rows(~np.isin(np.arange(len(answers)), people))


def test_six_late_counting_people_allow_release(everyone, forbids):
    staff = find_people_of_role(everyone, "staff")[: K + 1]

    assert forbids(drop_people(everyone, staff), everyone) == ()


def test_late_uncounted_people_block_release(everyone, forbids):
    late = find_people_of_role(everyone, "practitioner")
    marked = with_counts(everyone, late, counts=False)

    assert len(late) > 2 * (K + 1)
    assert forbids(drop_people(marked, late), marked)


def test_invented_people_with_one_late_counting_person_block_release(everyone, forbids):
    late = find_people_of_role(everyone, "practitioner")[: 2 * (K + 1)]
    marked = with_counts(everyone, late[1:], counts=False)

    assert forbids(drop_people(marked, late), marked)


def test_large_move_with_few_unchanged_people_blocks_figure(everyone, forbids, item):
    column, path = item
    staff = find_people_of_role(everyone, "staff")
    earlier = with_answers(everyone, find_people_of_role(everyone, "practitioner"), column, 2)
    earlier = with_answers(earlier, staff, column, 0)
    later = with_answers(earlier, staff[1:], column, 4)

    assert path in forbids(earlier, later)


def test_large_move_without_unchanged_people_is_allowed(everyone, forbids, item):
    column, path = item
    staff = find_people_of_role(everyone, "staff")
    earlier = with_answers(everyone, staff, column, 0)
    later = with_answers(earlier, staff, column, 4)

    assert path not in forbids(earlier, later)


def test_large_move_with_six_unchanged_people_is_allowed(everyone, forbids, item):
    column, path = item
    people = find_people_of_role(everyone, "practitioner")
    earlier = with_answers(everyone, people, column, 0)
    later = with_answers(earlier, people[K + 1 :], column, 4)

    assert path not in forbids(earlier, later)


def test_large_move_with_six_unchanged_uncounted_people_blocks_figure(everyone, forbids, item):
    column, path = item
    people = find_people_of_role(everyone, "practitioner")
    earlier = with_counts(with_answers(everyone, people, column, 0), people[: K + 1], counts=False)
    later = with_answers(earlier, people[K + 2 :], column, 4)

    assert path in forbids(earlier, later)


def test_small_move_with_one_unchanged_person_is_allowed(everyone, forbids, item):
    column, path = item
    staff = find_people_of_role(everyone, "staff")
    earlier = with_answers(everyone, staff, column, 1)
    later = with_answers(earlier, staff[1:], column, 2)

    assert path not in forbids(earlier, later)


def test_gap_side_is_checked_by_role_within_each_function(questionnaire, everyone, forbids, item):
    column, _ = item
    leaders = find_people_of_role(everyone, "leader")
    functions = everyone.functions.copy()
    functions[leaders] = False
    functions[leaders[: K + 2], 0] = True
    functions[leaders[K + 2 :], 1] = True
    dimension = questionnaire.items[column].dimension
    both = [
        number
        for number, each in enumerate(questionnaire.items)
        if each.dimension == dimension and {"leader", "practitioner"} <= set(each.roles)
    ]
    earlier = replace(everyone, functions=functions)
    first, second = (earlier.values.copy() for _ in range(2))
    first[np.ix_(leaders, both)] = 0
    second[np.ix_(leaders, both)] = 4
    stay = [leaders[0], *leaders[K + 2 : 2 * K + 3]]  # one of the first function, six of the second
    second[np.ix_(stay, both)] = 0
    one, two = replace(earlier, values=first), replace(earlier, values=second)

    found = forbids(one, two)

    assert f"indices.perception_gap.dimensions.{dimension}.leader" in found


@pytest.mark.parametrize(("replaced", "allowed"), [(0, True), (1, False), (K, False), (K + 1, True)])
def test_one_to_k_replaced_people_block_release(everyone, forbids, replaced, allowed):
    found = forbids(everyone, everyone, ReplacementCounts(replaced, replaced))

    assert found == (() if allowed else (COUNTS_PATH,))


def test_replaced_uncounted_people_block_release(everyone, forbids):
    assert forbids(everyone, everyone, ReplacementCounts(2 * K, K)) == (COUNTS_PATH,)


def test_maximum_number_of_releases_is_three():
    assert MAX_RELEASES == 3
