"""When a second release may take the place of the first (method 6.7)."""

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import DONT_KNOW, NOT_APPLICABLE, Answers, AssessmentSettings
from assessment.domain.disclosure.republication import (
    find_blocked_figure_groups,
    find_blocking_figures,
    list_figure_groups,
)
from assessment.domain.questionnaire import Kind

PEOPLE = 60
LIKE_EACH_OTHER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    """Sixty people in every function who answer all they are asked."""
    return organisation(PEOPLE, 3, **LIKE_EACH_OTHER)


@pytest.fixture
def forbids(questionnaire):
    def forbids(earlier: Answers, later: Answers, **settings) -> tuple[str, ...]:
        return find_blocking_figures(questionnaire, AssessmentSettings(**settings), earlier, later)

    return forbids


def with_values(answers, values):
    return msgspec.structs.replace(answers, values=values.astype(np.int8))


def drop_people(answers, people):
    return answers.select_rows(~np.isin(np.arange(len(answers)), people))


def find_people_of_role(answers, role, number):
    return np.flatnonzero(np.asarray(answers.roles) == role)[:number]


def find_practice_column(questionnaire):
    return next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)


def test_equal_answers_block_nothing(everyone, forbids):
    assert forbids(everyone, everyone) == ()


def test_order_of_rows_has_no_effect(everyone, forbids):
    turned = msgspec.structs.replace(
        everyone,
        respondents=everyone.respondents[::-1],
        roles=everyone.roles[::-1],
        functions=everyone.functions[::-1],
        seconds=everyone.seconds[::-1],
        values=everyone.values[::-1],
    )

    assert forbids(everyone, turned) == ()


def test_one_edit_blocks_only_the_figures_it_enters(questionnaire, everyone, forbids):
    column, leader = find_practice_column(questionnaire), find_people_of_role(everyone, "leader", 1)[0]
    values = everyone.values.copy()
    values[leader, column] = 4 - values[leader, column] or 1
    item = questionnaire.items[column]

    found = forbids(everyone, with_values(everyone, values))

    assert set(found) == {
        f"functions.{item.function}.dimensions.{item.dimension}.items.{item.id}",
        f"indices.perception_gap.dimensions.{item.dimension}.leader",
        "indices.perception_gap.leader_dont_know",
        f"functions.{item.function}.evidence_share",
    }


def test_one_late_person_blocks_release(everyone, forbids):
    assert forbids(drop_people(everyone, [0]), everyone)


def test_one_erased_person_blocks_release(everyone, forbids):
    assert forbids(everyone, drop_people(everyone, [0]))


def test_one_swapped_person_blocks_release(everyone, forbids):
    assert forbids(drop_people(everyone, [0]), drop_people(everyone, [1]))


@pytest.mark.parametrize(("late", "allowed"), [(5, False), (6, True)])
def test_k_late_people_block_release_and_one_more_do_not(everyone, forbids, late, allowed):
    staff = find_people_of_role(everyone, "staff", late)

    found = forbids(drop_people(everyone, staff), everyone)

    assert (found == ()) is allowed


def test_late_people_with_few_leaders_block_figures_of_leaders(everyone, forbids):
    late = [*find_people_of_role(everyone, "leader", 2), *find_people_of_role(everyone, "staff", 6)]

    found = forbids(drop_people(everyone, late), everyone)

    assert found
    assert all(path.endswith((".leader", ".leader_dont_know", ".goal_agreement")) or "X-L1" in path for path in found)


def test_few_late_people_of_a_role_block_all_figures_of_that_role(questionnaire, everyone, forbids):
    staff, indices = find_people_of_role(everyone, "staff", 6), questionnaire.indices
    gap, own = "indices.perception_gap", [item.id for item in questionnaire.items if item.kind is Kind.PERSONAL]
    sides = {
        role: {f"{gap}.goal_agreement", *(f"{gap}.dimensions.{each.id}.{role}" for each in questionnaire.dimensions)}
        for role in (indices.perception_gap.leader, indices.perception_gap.practitioner)
    }
    of_people = ("authority", "support", "red_flags_band", "score")

    leader, practitioner = (
        set(forbids(drop_people(everyone, late), everyone))
        for late in ([*find_people_of_role(everyone, role, 2), *staff] for role in sides)
    )

    assert leader == {*sides["leader"], f"{gap}.leader_dont_know", "personal.X-L1"}
    assert practitioner == {
        *sides["practitioner"],
        *(f"personal.{item}" for item in own),
        *(f"indices.set_up_to_fail.{name}" for name in of_people),
        *(f"indices.outlook.{name}" for name in ("independence", "readiness")),
    }


@pytest.mark.parametrize("role", ["leader", "practitioner"])
def test_one_changed_purpose_blocks_only_goal_agreement(questionnaire, everyone, forbids, role):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.CHOICE)
    person, values = find_people_of_role(everyone, role, 1)[0], everyone.values.copy()
    values[person, column] = (values[person, column] + 1) % 8

    assert forbids(everyone, with_values(everyone, values)) == ("indices.perception_gap.goal_agreement",)


def test_dont_know_instead_of_blank_counts_as_changed(questionnaire, everyone, forbids):
    column = find_practice_column(questionnaire)
    blank, unsure = everyone.values.copy(), everyone.values.copy()
    blank[0, column], unsure[0, column] = -3, DONT_KNOW

    assert forbids(with_values(everyone, blank), with_values(everyone, unsure))


def test_changed_role_counts_as_changed_answers(everyone, forbids):
    staff = find_people_of_role(everyone, "staff", 1)[0]
    roles = list(everyone.roles)
    roles[staff] = "practitioner"

    assert forbids(everyone, msgspec.structs.replace(everyone, roles=tuple(roles)))


def test_changed_evidence_counts_as_changed_answer(everyone, forbids):
    evidence = np.full_like(everyone.values, -3)
    one = evidence.copy()
    one[0, 0] = 2

    replace = msgspec.structs.replace
    assert forbids(replace(everyone, evidence=evidence), replace(everyone, evidence=one))


def make_careless(answers, person):
    """Let a respondent tick the highest rung throughout, within a second."""
    values, seconds = answers.values.copy(), np.full(len(answers), 600.0)
    values[person, values[person] >= 0] = 4
    seconds[person] = 1.0
    return msgspec.structs.replace(with_values(answers, values), seconds=seconds)


def test_late_careless_person_blocks_respondent_counts(everyone, forbids):
    crowd = make_careless(everyone, 0)

    assert forbids(drop_people(crowd, [0]), crowd) == ("respondents",)


def test_late_person_with_hidden_answers_blocks_respondent_counts(everyone, forbids):
    few = everyone.select_rows(np.arange(PEOPLE) < 4)

    assert forbids(drop_people(few, [0]), few) == ("respondents",)


def test_careless_count_may_change_with_enough_late_people(everyone, forbids):
    staff = find_people_of_role(everyone, "staff", 7)
    crowd = make_careless(everyone, staff[0])

    assert forbids(drop_people(crowd, staff), crowd) == ()


def test_blocked_areas_do_not_depend_on_careless_responses(everyone, questionnaire):
    crowd = make_careless(everyone, 0)

    careful, careless = (
        find_blocked_figure_groups(questionnaire, AssessmentSettings(), drop_people(all_, [0]), all_)
        for all_ in (everyone, crowd)
    )

    assert careful == careless
    assert "respondents" not in careful


def test_blocked_area_is_reported_if_only_pace_changed(everyone, questionnaire, forbids):
    crowd = make_careless(everyone, 0)
    calm = msgspec.structs.replace(crowd, seconds=np.full(len(crowd), 600.0))

    assert forbids(calm, crowd)
    assert "functions.hr" in find_blocked_figure_groups(questionnaire, AssessmentSettings(), calm, crowd)


def test_areas_name_function_or_index_instead_of_item():
    figures = (
        "functions.hr.dimensions.people.items.HR-R1",
        "functions.hr.hand_off.rows.HR-H1",
        "personal.X-L1",
        "personal.X-S1",
        "indices.perception_gap.dimensions.people.leader",
        "respondents",
    )

    assert list_figure_groups(figures) == ("functions.hr", "personal", "indices.perception_gap", "respondents")


def test_change_of_item_hidden_in_both_releases_blocks_nothing(questionnaire, everyone, forbids):
    column = find_practice_column(questionnaire)
    hidden, changed = everyone.values.copy(), everyone.values.copy()
    hidden[4:, column] = -3
    changed[4:, column] = -3
    changed[0, column] = 4 - changed[0, column] or 1

    assert forbids(with_values(everyone, hidden), with_values(everyone, changed)) == ()


@pytest.mark.parametrize("is_earlier", [True, False])
def test_item_shown_in_one_release_counts_as_shown(questionnaire, everyone, forbids, is_earlier):
    column, few, more = find_practice_column(questionnaire), everyone.values.copy(), everyone.values.copy()
    few[4:, column], more[8:, column] = -3, -3
    releases = [with_values(everyone, values) for values in (few, more)][:: -1 if is_earlier else 1]

    assert any(path.endswith(questionnaire.items[column].id) for path in forbids(*releases))


def test_item_out_of_scope_counts_as_shown(questionnaire, everyone, forbids):
    column, away, fewer = find_practice_column(questionnaire), everyone.values.copy(), everyone.values.copy()
    away[:, column] = NOT_APPLICABLE
    fewer[1:, column], fewer[0, column] = NOT_APPLICABLE, -3

    assert forbids(with_values(everyone, away), with_values(everyone, fewer))


def test_larger_minimum_group_needs_more_late_people(everyone, forbids):
    staff = find_people_of_role(everyone, "staff", 8)

    assert forbids(drop_people(everyone, staff), everyone) == ()
    assert forbids(drop_people(everyone, staff), everyone, minimum_group=8)


def test_consensus_records_may_always_be_republished(everyone, forbids):
    assert forbids(drop_people(everyone, [0]), everyone, mode="consensus") == ()


def test_blocking_figures_contain_no_counts(everyone, forbids):
    assert all(isinstance(path, str) for path in forbids(drop_people(everyone, [0]), everyone))
