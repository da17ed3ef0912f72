"""When a second release may take the place of the first (method 6.7)."""

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import DONT_KNOW, NOT_APPLICABLE, Answers, Settings
from assessment.domain.questionnaire import Kind
from assessment.domain.reopening import areas, may_replace, reasons

PEOPLE = 60
LIKE_EACH_OTHER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    """Sixty people in every function who answer all they are asked."""
    return organisation(PEOPLE, 3, **LIKE_EACH_OTHER)


@pytest.fixture
def forbids(questionnaire):
    def forbids(earlier: Answers, later: Answers, **settings) -> tuple[str, ...]:
        return may_replace(questionnaire, Settings(**settings), earlier, later)

    return forbids


def with_values(answers, values):
    return msgspec.structs.replace(answers, values=values.astype(np.int8))


def without(answers, people):
    return answers.only(~np.isin(np.arange(len(answers)), people))


def of_role(answers, role, number):
    return np.flatnonzero(np.asarray(answers.roles) == role)[:number]


def practice(questionnaire):
    return next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)


def test_the_same_answers_forbid_nothing(everyone, forbids):
    assert forbids(everyone, everyone) == ()


def test_the_order_of_rows_does_not_matter(everyone, forbids):
    turned = msgspec.structs.replace(
        everyone,
        respondents=everyone.respondents[::-1],
        roles=everyone.roles[::-1],
        functions=everyone.functions[::-1],
        seconds=everyone.seconds[::-1],
        values=everyone.values[::-1],
    )

    assert forbids(everyone, turned) == ()


def test_one_edit_forbids_the_figures_it_enters_and_no_other(questionnaire, everyone, forbids):
    column, leader = practice(questionnaire), of_role(everyone, "leader", 1)[0]
    values = everyone.values.copy()
    values[leader, column] = 4 - values[leader, column] or 1
    item = questionnaire.items[column]

    found = forbids(everyone, with_values(everyone, values))

    assert set(found) == {
        f"functions.{item.function}.dimensions.{item.dimension}.items.{item.id}",
        f"indices.perception_gap.dimensions.{item.dimension}.leader",
        "indices.perception_gap.leader_dont_know",
    }


def test_one_late_person_forbids(everyone, forbids):
    assert forbids(without(everyone, [0]), everyone)


def test_one_person_erased_forbids(everyone, forbids):
    assert forbids(everyone, without(everyone, [0]))


def test_one_swap_of_person_forbids(everyone, forbids):
    assert forbids(without(everyone, [0]), without(everyone, [1]))


@pytest.mark.parametrize(("late", "allowed"), [(5, False), (6, True)])
def test_a_late_handful_forbids_and_one_more_does_not(everyone, forbids, late, allowed):
    staff = of_role(everyone, "staff", late)

    found = forbids(without(everyone, staff), everyone)

    assert (found == ()) is allowed


def test_enough_people_forbid_where_few_of_them_are_leaders(everyone, forbids):
    late = [*of_role(everyone, "leader", 2), *of_role(everyone, "staff", 6)]

    found = forbids(without(everyone, late), everyone)

    assert found
    assert all(path.endswith((".leader", ".leader_dont_know", ".goal_agreement")) or "X-L1" in path for path in found)


def test_a_few_of_either_side_forbid_all_that_speaks_of_that_side(questionnaire, everyone, forbids):
    staff, indices = of_role(everyone, "staff", 6), questionnaire.indices
    gap, own = "indices.perception_gap", [item.id for item in questionnaire.items if item.kind is Kind.PERSONAL]
    sides = {
        role: {f"{gap}.goal_agreement", *(f"{gap}.dimensions.{each.id}.{role}" for each in questionnaire.dimensions)}
        for role in (indices.perception_gap.leader, indices.perception_gap.practitioner)
    }
    of_people = ("authority", "support", "red_flags_band", "score")

    leader, practitioner = (
        set(forbids(without(everyone, late), everyone))
        for late in ([*of_role(everyone, role, 2), *staff] for role in sides)
    )

    assert leader == {*sides["leader"], f"{gap}.leader_dont_know", "personal.X-L1"}
    assert practitioner == {
        *sides["practitioner"],
        *(f"personal.{item}" for item in own),
        *(f"indices.set_up_to_fail.{name}" for name in of_people),
        *(f"indices.outlook.{name}" for name in ("independence", "readiness")),
    }


@pytest.mark.parametrize("role", ["leader", "practitioner"])
def test_one_other_purpose_forbids_the_agreement_on_goals_alone(questionnaire, everyone, forbids, role):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.CHOICE)
    person, values = of_role(everyone, role, 1)[0], everyone.values.copy()
    values[person, column] = (values[person, column] + 1) % 8

    assert forbids(everyone, with_values(everyone, values)) == ("indices.perception_gap.goal_agreement",)


def test_a_dont_know_in_place_of_a_blank_is_a_new_answer(questionnaire, everyone, forbids):
    column = practice(questionnaire)
    blank, unsure = everyone.values.copy(), everyone.values.copy()
    blank[0, column], unsure[0, column] = -3, DONT_KNOW

    assert forbids(with_values(everyone, blank), with_values(everyone, unsure))


def test_another_role_counts_as_other_answers(everyone, forbids):
    staff = of_role(everyone, "staff", 1)[0]
    roles = list(everyone.roles)
    roles[staff] = "practitioner"

    assert forbids(everyone, msgspec.structs.replace(everyone, roles=tuple(roles)))


def test_evidence_alone_counts_too(everyone, forbids):
    evidence = np.full_like(everyone.values, -3)
    one = evidence.copy()
    one[0, 0] = 2

    replace = msgspec.structs.replace
    assert forbids(replace(everyone, evidence=evidence), replace(everyone, evidence=one))


def hasty(answers, person):
    """Who ticks the highest rung throughout, in no time."""
    values, seconds = answers.values.copy(), np.full(len(answers), 600.0)
    values[person, values[person] >= 0] = 4
    seconds[person] = 1.0
    return msgspec.structs.replace(with_values(answers, values), seconds=seconds)


def test_one_late_person_who_was_careless_is_not_told_by_their_number(everyone, forbids):
    crowd = hasty(everyone, 0)

    assert forbids(without(crowd, [0]), crowd) == ("respondents",)


def test_nor_is_one_whose_answers_are_all_hidden_told_by_counting(everyone, forbids):
    few = everyone.only(np.arange(PEOPLE) < 4)

    assert forbids(without(few, [0]), few) == ("respondents",)


def test_how_many_were_careless_may_change_when_enough_people_are_late(everyone, forbids):
    staff = of_role(everyone, "staff", 7)
    crowd = hasty(everyone, staff[0])

    assert forbids(without(crowd, staff), crowd) == ()


def test_the_reasons_are_those_as_if_nobody_had_been_careless(everyone, questionnaire):
    crowd = hasty(everyone, 0)

    careful, careless = (reasons(questionnaire, Settings(), without(all_, [0]), all_) for all_ in (everyone, crowd))

    assert careful == careless
    assert "respondents" not in careful


def test_there_is_a_reason_even_where_only_the_pace_has_changed(everyone, questionnaire, forbids):
    crowd = hasty(everyone, 0)
    calm = msgspec.structs.replace(crowd, seconds=np.full(len(crowd), 600.0))

    assert forbids(calm, crowd)
    assert "functions.hr" in reasons(questionnaire, Settings(), calm, crowd)


def test_areas_say_which_function_or_index_and_not_which_question():
    figures = (
        "functions.hr.dimensions.people.items.HR-R1",
        "functions.hr.hand_off.rows.HR-H1",
        "personal.X-L1",
        "personal.X-S1",
        "indices.perception_gap.dimensions.people.leader",
        "respondents",
    )

    assert areas(figures) == ("functions.hr", "personal", "indices.perception_gap", "respondents")


def test_what_is_hidden_in_both_releases_forbids_nothing(questionnaire, everyone, forbids):
    column = practice(questionnaire)
    hidden, changed = everyone.values.copy(), everyone.values.copy()
    hidden[4:, column] = -3
    changed[4:, column] = -3
    changed[0, column] = 4 - changed[0, column] or 1

    assert forbids(with_values(everyone, hidden), with_values(everyone, changed)) == ()


@pytest.mark.parametrize("is_earlier", [True, False])
def test_what_is_shown_in_one_release_alone_counts_as_shown(questionnaire, everyone, forbids, is_earlier):
    column, few, more = practice(questionnaire), everyone.values.copy(), everyone.values.copy()
    few[4:, column], more[8:, column] = -3, -3
    releases = [with_values(everyone, values) for values in (few, more)][:: -1 if is_earlier else 1]

    assert any(path.endswith(questionnaire.items[column].id) for path in forbids(*releases))


def test_enough_who_say_that_it_does_not_apply_are_shown_too(questionnaire, everyone, forbids):
    column, away, fewer = practice(questionnaire), everyone.values.copy(), everyone.values.copy()
    away[:, column] = NOT_APPLICABLE
    fewer[1:, column], fewer[0, column] = NOT_APPLICABLE, -3

    assert forbids(with_values(everyone, away), with_values(everyone, fewer))


def test_a_larger_minimum_group_needs_more_people(everyone, forbids):
    staff = of_role(everyone, "staff", 8)

    assert forbids(without(everyone, staff), everyone) == ()
    assert forbids(without(everyone, staff), everyone, minimum_group=8)


def test_agreed_records_of_functions_may_always_be_replaced(everyone, forbids):
    assert forbids(without(everyone, [0]), everyone, mode="consensus") == ()


def test_the_reasons_hold_no_number_of_people(everyone, forbids):
    assert all(isinstance(path, str) for path in forbids(without(everyone, [0]), everyone))
