"""Further releases: people who do not count, far moves next to a few who stay, replaced people (method 6.7, 6.9)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import Settings
from assessment.domain.questionnaire import Kind
from assessment.domain.reopening import COUNTS, MOST_RELEASES, NOBODY, Replaced, may_replace

PEOPLE = 60
K = 5
ALL_ANSWER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    return organisation(PEOPLE, 3, **ALL_ANSWER)


@pytest.fixture
def forbids(questionnaire):
    def forbids(earlier, later, replaced=NOBODY):
        return may_replace(questionnaire, Settings(), earlier, later, replaced)

    return forbids


@pytest.fixture
def item(questionnaire):
    """Column of a practice item that all roles are asked, and its path in a result."""
    column = next(n for n, each in enumerate(questionnaire.items) if each.kind is Kind.PRACTICE and len(each.roles) > 2)
    found = questionnaire.items[column]
    return column, f"functions.{found.function}.dimensions.{found.dimension}.items.{found.id}"


def of_role(answers, role):
    return np.flatnonzero(np.asarray(answers.roles) == role)


def with_counts(answers, people, *, counts):
    marks = np.full(len(answers), not counts)
    marks[people] = counts
    return replace(answers, counts=marks)


def with_answers(answers, people, column, value):
    values = answers.values.copy()
    values[people, column] = value
    return replace(answers, values=values)


def without(answers, people):
    return answers.only(~np.isin(np.arange(len(answers)), people))


def test_six_late_people_who_count_allow_a_release(everyone, forbids):
    staff = of_role(everyone, "staff")[: K + 1]

    assert forbids(without(everyone, staff), everyone) == ()


def test_any_number_of_late_people_who_do_not_count_forbids_a_release(everyone, forbids):
    late = of_role(everyone, "practitioner")
    marked = with_counts(everyone, late, counts=False)

    assert len(late) > 2 * (K + 1)
    assert forbids(without(marked, late), marked)


def test_invented_people_next_to_one_late_person_who_counts_forbid_a_release(everyone, forbids):
    late = of_role(everyone, "practitioner")[: 2 * (K + 1)]
    marked = with_counts(everyone, late[1:], counts=False)

    assert forbids(without(marked, late), marked)


def test_a_far_move_next_to_a_few_who_stay_forbids_that_figure(everyone, forbids, item):
    column, path = item
    staff = of_role(everyone, "staff")
    earlier = with_answers(everyone, of_role(everyone, "practitioner"), column, 2)
    earlier = with_answers(earlier, staff, column, 0)
    later = with_answers(earlier, staff[1:], column, 4)

    assert path in forbids(earlier, later)


def test_a_far_move_in_which_nobody_of_the_role_stays_is_allowed(everyone, forbids, item):
    column, path = item
    staff = of_role(everyone, "staff")
    earlier = with_answers(everyone, staff, column, 0)
    later = with_answers(earlier, staff, column, 4)

    assert path not in forbids(earlier, later)


def test_a_far_move_next_to_six_who_stay_is_allowed(everyone, forbids, item):
    column, path = item
    people = of_role(everyone, "practitioner")
    earlier = with_answers(everyone, people, column, 0)
    later = with_answers(earlier, people[K + 1 :], column, 4)

    assert path not in forbids(earlier, later)


def test_a_far_move_next_to_six_who_stay_but_do_not_count_forbids_that_figure(everyone, forbids, item):
    column, path = item
    people = of_role(everyone, "practitioner")
    earlier = with_counts(with_answers(everyone, people, column, 0), people[: K + 1], counts=False)
    later = with_answers(earlier, people[K + 2 :], column, 4)

    assert path in forbids(earlier, later)


def test_a_small_move_next_to_one_who_stays_is_allowed(everyone, forbids, item):
    column, path = item
    staff = of_role(everyone, "staff")
    earlier = with_answers(everyone, staff, column, 1)
    later = with_answers(earlier, staff[1:], column, 2)

    assert path not in forbids(earlier, later)


def test_a_side_of_the_gap_looks_at_a_role_within_each_function(questionnaire, everyone, forbids, item):
    column, _ = item
    leaders = of_role(everyone, "leader")
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
def test_one_to_k_replaced_people_forbid_a_release(everyone, forbids, replaced, allowed):
    found = forbids(everyone, everyone, Replaced(replaced, replaced))

    assert found == (() if allowed else (COUNTS,))


def test_replaced_people_who_do_not_count_forbid_a_release(everyone, forbids):
    assert forbids(everyone, everyone, Replaced(2 * K, K)) == (COUNTS,)


def test_three_releases_are_the_most():
    assert MOST_RELEASES == 3
