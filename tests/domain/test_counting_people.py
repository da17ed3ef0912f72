"""Thresholds are compared with people who count; figures are computed from everyone (method 6.9)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import BLANK, NOT_APPLICABLE, NOT_ASKED, Settings
from assessment.domain.method import score
from assessment.domain.questionnaire import Kind
from assessment.domain.scoring import computation

PEOPLE = 60
NEEDED = 6
ALL_ANSWER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    return organisation(PEOPLE, 3, **ALL_ANSWER)


def of_role(answers, role):
    return np.flatnonzero(np.asarray(answers.roles) == role)


def counting(answers, *groups):
    """Let only so many people of each role count."""
    marks = np.zeros(len(answers), dtype=np.bool_)
    for role, people in groups:
        marks[of_role(answers, role)[:people]] = True
    return replace(answers, counts=marks)


def items_of(result):
    return {
        name: item
        for function in result.functions.values()
        for dimension in function.dimensions.values()
        for name, item in dimension.items.items()
    }


def test_marks_that_count_everyone_change_nothing(questionnaire, everyone):
    marked = replace(everyone, counts=np.ones(PEOPLE, dtype=np.bool_))

    assert score(questionnaire, marked, Settings()) == score(questionnaire, everyone, Settings())


def test_nothing_is_released_where_nobody_counts(questionnaire, everyone):
    result = score(questionnaire, counting(everyone), Settings())

    assert {item.score for item in items_of(result).values()} == {None}
    assert result.overall.score is None
    assert result.indices.perception_gap.score is None
    assert result.indices.set_up_to_fail.score is None
    assert result.indices.set_up_to_fail.red_flags_band is None
    assert result.indices.outlook.independence is None


@pytest.mark.parametrize("people", [NEEDED - 1, NEEDED])
def test_an_item_needs_six_people_who_count_and_uses_all_answers_of_their_roles(questionnaire, everyone, people):
    asked = {item.id: item for item in questionnaire.items if item.kind is Kind.PRACTICE}
    marked = counting(everyone, ("staff", people))

    found = items_of(score(questionnaire, marked, Settings()))
    of_staff = items_of(score(questionnaire, everyone.only(np.asarray(everyone.roles) == "staff"), Settings()))

    for name in (name for name in found if "staff" in asked[name].roles):
        expected = of_staff[name] if people == NEEDED else None
        assert found[name].score == (expected.score if expected else None)
        assert found[name].n == (expected.n if expected else None)


def test_people_who_do_not_count_are_left_out_of_an_item_where_a_role_has_few_who_do(questionnaire, everyone):
    """Many invented of one role would fix its mean, and so reveal the one leader who counts."""
    item = next(item for item in questionnaire.items if item.kind is Kind.PRACTICE and len(item.roles) > 2)
    marked = counting(everyone, ("practitioner", 12), ("leader", 1))

    few_leaders = items_of(score(questionnaire, marked, Settings()))[item.id]
    no_leaders = items_of(score(questionnaire, counting(everyone, ("practitioner", 12)), Settings()))[item.id]

    assert few_leaders.n == 12 + 1
    assert no_leaders.n > 12 + 1


def test_people_who_do_not_count_are_left_out_of_a_side_where_a_function_has_few_who_do(questionnaire, everyone):
    roles, functions = np.asarray(everyone.roles), everyone.functions.copy()
    leaders = np.flatnonzero(roles == "leader")
    functions[leaders] = False
    functions[leaders[:2], 0] = True
    functions[leaders[2:], 1] = True
    marks = roles != "leader"
    marks[leaders[: 2 + NEEDED]] = True
    divided = replace(everyone, functions=functions, counts=marks)
    away = divided.only(marks)

    with_few = score(questionnaire, divided, Settings()).indices.perception_gap
    without_others = score(questionnaire, replace(away, counts=None), Settings()).indices.perception_gap

    assert with_few.shown
    assert {name: gap.leader for name, gap in with_few.shown.items()} == {
        name: gap.leader for name, gap in without_others.shown.items()
    }


@pytest.mark.parametrize("side", ["leader", "practitioner"])
def test_a_gap_needs_six_people_who_count_on_each_side(questionnaire, everyone, side):
    other = {"leader": "practitioner", "practitioner": "leader"}[side]

    few, enough = (
        score(questionnaire, counting(everyone, (side, people), (other, NEEDED)), Settings()).indices.perception_gap
        for people in (NEEDED - 1, NEEDED)
    )

    assert (few.score, few.goal_agreement, few.goal_agreement_n) == (None, None, None)
    assert enough.score is not None
    assert enough.goal_agreement is not None
    assert enough == score(questionnaire, everyone, Settings()).indices.perception_gap


def test_leaders_who_do_not_know_are_counted_among_those_who_count(questionnaire, everyone):
    few, enough = (
        score(questionnaire, counting(everyone, ("leader", people), ("staff", NEEDED)), Settings())
        for people in (NEEDED - 1, NEEDED)
    )

    assert few.indices.perception_gap.leader_dont_know is None
    assert enough.indices.perception_gap.leader_dont_know is not None


def test_figures_of_practitioners_need_six_of_them_who_count(questionnaire, everyone):
    few, enough = (
        score(questionnaire, counting(everyone, ("practitioner", people), ("staff", NEEDED)), Settings())
        for people in (NEEDED - 1, NEEDED)
    )

    for result, is_shown in ((few, False), (enough, True)):
        risk, outlook = result.indices.set_up_to_fail, result.indices.outlook
        found = (risk.score, risk.authority, risk.red_flags_band, risk.share_high_band, outlook.readiness)
        assert [figure is not None for figure in found] == [is_shown] * len(found)


def test_an_item_is_out_of_scope_only_if_six_who_count_find_so(questionnaire, everyone):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    values = everyone.values.copy()
    values[values[:, column] >= 0, column] = NOT_APPLICABLE
    away = replace(everyone, values=values)

    few, enough = (
        items_of(score(questionnaire, counting(away, ("staff", people), ("leader", 1)), Settings()))
        for people in (NEEDED - 2, NEEDED)
    )

    assert not few[questionnaire.items[column].id].out_of_scope
    assert enough[questionnaire.items[column].id].out_of_scope


def test_a_spread_is_shown_only_where_no_role_has_one_to_five_who_count(questionnaire, everyone):
    def spreads(answers):
        result = score(questionnaire, answers, Settings())
        dimensions = [part for function in result.functions.values() for part in function.dimensions.values()]
        items = [item for dimension in dimensions for item in dimension.items.values()]
        return dimensions, [item.distribution for item in items if item.distribution is not None]

    few, few_distributions = spreads(counting(everyone, ("practitioner", 99), ("staff", NEEDED - 1), ("leader", 99)))
    enough, enough_distributions = spreads(counting(everyone, ("practitioner", 99), ("staff", NEEDED), ("leader", 99)))

    assert {(dimension.interval, dimension.agreement) for dimension in few} == {(None, None)}
    assert few_distributions == []
    assert all(dimension.interval and dimension.agreement is not None for dimension in enough)
    assert enough_distributions


def test_a_distribution_has_steps_for_people_who_count(questionnaire, everyone):
    few, many = (
        items_of(score(questionnaire, counting(everyone, ("practitioner", people)), Settings()))["CS-R1"].distribution
        for people in (NEEDED, 2 * NEEDED)
    )

    assert few is None
    assert many is not None


def test_people_who_do_not_count_keep_their_place_in_full_precision(questionnaire, everyone):
    full = score(questionnaire, counting(everyone), Settings(), unsuppressed=True)

    assert full == score(questionnaire, everyone, Settings(), unsuppressed=True)


@pytest.fixture
def uncarried(monkeypatch):
    """Use every answer everywhere, so that each threshold is tested by itself."""
    monkeypatch.setattr(computation, "select_carried_answers", lambda values, *_: values)


@pytest.mark.usefixtures("uncarried")
def test_every_threshold_by_itself_hides_what_few_people_carry(questionnaire, everyone):
    few = NEEDED - 1
    marked = counting(everyone, ("leader", few), ("practitioner", few), ("staff", few))
    one_role = counting(everyone, ("staff", few))

    result, of_staff = (score(questionnaire, answers, Settings()) for answers in (marked, one_role))

    gap, risk, outlook = result.indices.perception_gap, result.indices.set_up_to_fail, result.indices.outlook
    assert not gap.shown
    assert (gap.leader_dont_know, gap.goal_agreement) == (None, None)
    assert (risk.score, risk.share_high_band, risk.red_flags_band) == (None, None, None)
    assert (outlook.independence, outlook.readiness) == (None, None)
    assert {item.n for item in items_of(of_staff).values()} == {None}
    assert of_staff.overall.score is None


@pytest.mark.usefixtures("uncarried")
def test_an_item_that_few_people_carry_is_as_if_never_asked(questionnaire, everyone):
    marked = counting(everyone, ("practitioner", 99), ("leader", 99), ("staff", 99))
    asked_of_leaders_too = next(n for n, i in enumerate(questionnaire.items) if i.kind is Kind.PRACTICE)
    values = everyone.values.copy()
    values[np.asarray(everyone.roles) != "staff", asked_of_leaders_too] = BLANK
    late = np.flatnonzero(np.asarray(everyone.roles) == "staff")[NEEDED - 1 :]
    marks = marked.counts.copy()
    marks[late] = False
    item = questionnaire.items[asked_of_leaders_too]

    found = score(questionnaire, replace(marked, values=values, counts=marks), Settings())

    assert found.functions[item.function].dimensions[item.dimension].items[item.id].score is None
    never = values.copy()
    never[:, asked_of_leaders_too] = NOT_ASKED
    without = score(questionnaire, replace(marked, values=never, counts=marks), Settings())
    assert found.functions[item.function].score == without.functions[item.function].score
    assert found.functions[item.function].coverage == without.functions[item.function].coverage


@pytest.mark.usefixtures("uncarried")
def test_a_spread_by_itself_needs_six_who_count_of_every_role_that_answered(questionnaire, everyone):
    result = score(questionnaire, counting(everyone, ("practitioner", 99), ("leader", 99)), Settings())
    dimensions = [part for function in result.functions.values() for part in function.dimensions.values()]

    assert {(dimension.interval, dimension.agreement) for dimension in dimensions} == {(None, None)}
    assert {item.distribution for item in items_of(result).values()} == {None}


def test_an_item_is_out_of_scope_only_if_six_people_who_count_find_so_among_others(questionnaire, everyone):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    practitioners = of_role(everyone, "practitioner")
    values = everyone.values.copy()
    values[:, column] = np.where(values[:, column] >= 0, BLANK, values[:, column])
    values[practitioners[:NEEDED], column] = 2
    values[practitioners[NEEDED:], column] = NOT_APPLICABLE
    answers = replace(everyone, values=values)

    few, enough = (
        items_of(score(questionnaire, counting(answers, ("practitioner", people)), Settings()))
        for people in (2 * NEEDED - 1, 2 * NEEDED)
    )

    assert not few[questionnaire.items[column].id].out_of_scope
    assert enough[questionnaire.items[column].id].out_of_scope


def test_authority_and_red_flags_need_six_who_count_with_both_answers(questionnaire, everyone):
    index = questionnaire.indices.set_up_to_fail
    columns = {item.id: n for n, item in enumerate(questionnaire.items)}
    practitioners = of_role(everyone, "practitioner")
    marked = counting(everyone, ("practitioner", NEEDED + 4))
    values = everyone.values.copy()
    values[np.ix_(practitioners[:4], [columns[name] for name in index.authority])] = BLANK
    values[np.ix_(practitioners[NEEDED : NEEDED + 4], [columns[name] for name in index.support])] = BLANK

    risk = score(questionnaire, replace(marked, values=values), Settings()).indices.set_up_to_fail

    assert (risk.score, risk.share_high_band, risk.red_flags_band) == (None, None, None)


def test_an_interval_of_a_dimension_is_as_wide_as_for_those_who_count(questionnaire, everyone):
    same = everyone.values.copy()
    same[same >= 0] = np.where(np.asarray(same[same >= 0]) > 1, 2, 1)
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    name, dimension = questionnaire.items[column].function, questionnaire.items[column].dimension
    answers = replace(everyone, values=same)

    few, all_ = (
        score(questionnaire, each, Settings()).functions[name].dimensions[dimension]
        for each in (counting(answers, ("practitioner", NEEDED)), counting(answers, ("practitioner", 99)))
    )

    assert few.half_width >= 100 / NEEDED
    assert all_.half_width < few.half_width
