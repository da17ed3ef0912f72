"""Thresholds are compared with people who count; figures are computed from everyone (method 6.9)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import BLANK, NOT_APPLICABLE, NOT_ASKED, AssessmentSettings
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.scoring import computation

PEOPLE = 60
NEEDED = 6
ALL_ANSWER = {"blank": 0, "dont_know": 0, "not_applicable": 0, "several_functions": 1.0}


@pytest.fixture
def everyone(organisation):
    return organisation(PEOPLE, 3, **ALL_ANSWER)


def find_people_of_role(answers, role):
    return np.flatnonzero(np.asarray(answers.roles) == role)


def counting(answers, *groups):
    """Let only so many people of each role count."""
    marks = np.zeros(len(answers), dtype=np.bool_)
    for role, people in groups:
        marks[find_people_of_role(answers, role)[:people]] = True
    return replace(answers, counts=marks)


def items_of(result):
    return {
        name: item
        for function in result.functions.values()
        for dimension in function.dimensions.values()
        for name, item in dimension.items.items()
    }


def test_marks_that_count_everyone_have_no_effect(questionnaire, everyone):
    marked = replace(everyone, counts=np.ones(PEOPLE, dtype=np.bool_))

    assert score_answers(questionnaire, marked, AssessmentSettings()) == score_answers(
        questionnaire, everyone, AssessmentSettings()
    )


def test_release_without_counting_people_is_empty(questionnaire, everyone):
    result = score_answers(questionnaire, counting(everyone), AssessmentSettings())

    assert {item.score for item in items_of(result).values()} == {None}
    assert result.overall.score is None
    assert result.indices.perception_gap.score is None
    assert result.indices.set_up_to_fail.score is None
    assert result.indices.set_up_to_fail.red_flags_band is None
    assert result.indices.outlook.independence is None


@pytest.mark.parametrize("people", [NEEDED - 1, NEEDED])
def test_item_needs_six_counting_people_and_uses_all_answers_of_their_roles(questionnaire, everyone, people):
    asked = {item.id: item for item in questionnaire.items if item.kind is Kind.PRACTICE}
    marked = counting(everyone, ("staff", people))

    found = items_of(score_answers(questionnaire, marked, AssessmentSettings()))
    of_staff = items_of(
        score_answers(questionnaire, everyone.select_rows(np.asarray(everyone.roles) == "staff"), AssessmentSettings())
    )

    for name in (name for name in found if "staff" in asked[name].roles):
        expected = of_staff[name] if people == NEEDED else None
        assert found[name].score == (expected.score if expected else None)
        assert found[name].n == (expected.n if expected else None)


def test_uncounted_people_are_dropped_from_item_with_few_counting_people_in_a_role(questionnaire, everyone):
    """Many invented of one role would fix its mean, and so reveal the one leader who counts."""
    item = next(item for item in questionnaire.items if item.kind is Kind.PRACTICE and len(item.roles) > 2)
    marked = counting(everyone, ("practitioner", 12), ("leader", 1))

    few_leaders = items_of(score_answers(questionnaire, marked, AssessmentSettings()))[item.id]
    no_leaders = items_of(score_answers(questionnaire, counting(everyone, ("practitioner", 12)), AssessmentSettings()))[
        item.id
    ]

    assert few_leaders.n == 12 + 1
    assert no_leaders.n > 12 + 1


def test_uncounted_people_are_dropped_from_gap_side_with_few_counting_people_in_a_function(questionnaire, everyone):
    roles, functions = np.asarray(everyone.roles), everyone.functions.copy()
    leaders = np.flatnonzero(roles == "leader")
    functions[leaders] = False
    functions[leaders[:2], 0] = True
    functions[leaders[2:], 1] = True
    marks = roles != "leader"
    marks[leaders[: 2 + NEEDED]] = True
    divided = replace(everyone, functions=functions, counts=marks)
    away = divided.select_rows(marks)

    with_few = score_answers(questionnaire, divided, AssessmentSettings()).indices.perception_gap
    without_others = score_answers(
        questionnaire, replace(away, counts=None), AssessmentSettings()
    ).indices.perception_gap

    assert with_few.visible_dimensions
    assert {name: gap.leader for name, gap in with_few.visible_dimensions.items()} == {
        name: gap.leader for name, gap in without_others.visible_dimensions.items()
    }


@pytest.mark.parametrize("side", ["leader", "practitioner"])
def test_gap_needs_six_counting_people_on_each_side(questionnaire, everyone, side):
    other = {"leader": "practitioner", "practitioner": "leader"}[side]

    few, enough = (
        score_answers(
            questionnaire, counting(everyone, (side, people), (other, NEEDED)), AssessmentSettings()
        ).indices.perception_gap
        for people in (NEEDED - 1, NEEDED)
    )

    assert (few.score, few.goal_agreement, few.goal_agreement_n) == (None, None, None)
    assert enough.score is not None
    assert enough.goal_agreement is not None
    assert enough == score_answers(questionnaire, everyone, AssessmentSettings()).indices.perception_gap


def test_leader_dont_know_share_needs_six_counting_leaders(questionnaire, everyone):
    few, enough = (
        score_answers(questionnaire, counting(everyone, ("leader", people), ("staff", NEEDED)), AssessmentSettings())
        for people in (NEEDED - 1, NEEDED)
    )

    assert few.indices.perception_gap.leader_dont_know is None
    assert enough.indices.perception_gap.leader_dont_know is not None


def test_practitioner_indices_need_six_counting_practitioners(questionnaire, everyone):
    few, enough = (
        score_answers(
            questionnaire, counting(everyone, ("practitioner", people), ("staff", NEEDED)), AssessmentSettings()
        )
        for people in (NEEDED - 1, NEEDED)
    )

    for result, is_shown in ((few, False), (enough, True)):
        risk, outlook = result.indices.set_up_to_fail, result.indices.outlook
        found = (risk.score, risk.authority, risk.red_flags_band, risk.share_high_band, outlook.readiness)
        assert [figure is not None for figure in found] == [is_shown] * len(found)


def test_item_is_out_of_scope_only_with_six_counting_people(questionnaire, everyone):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    values = everyone.values.copy()
    values[values[:, column] >= 0, column] = NOT_APPLICABLE
    away = replace(everyone, values=values)

    few, enough = (
        items_of(score_answers(questionnaire, counting(away, ("staff", people), ("leader", 1)), AssessmentSettings()))
        for people in (NEEDED - 2, NEEDED)
    )

    assert not few[questionnaire.items[column].id].out_of_scope
    assert enough[questionnaire.items[column].id].out_of_scope


def test_spread_is_hidden_if_a_role_has_one_to_five_counting_people(questionnaire, everyone):
    def spreads(answers):
        result = score_answers(questionnaire, answers, AssessmentSettings())
        dimensions = [part for function in result.functions.values() for part in function.dimensions.values()]
        items = [item for dimension in dimensions for item in dimension.items.values()]
        return dimensions, [item.distribution for item in items if item.distribution is not None]

    few, few_distributions = spreads(counting(everyone, ("practitioner", 99), ("staff", NEEDED - 1), ("leader", 99)))
    enough, enough_distributions = spreads(counting(everyone, ("practitioner", 99), ("staff", NEEDED), ("leader", 99)))

    assert {(dimension.interval, dimension.agreement) for dimension in few} == {(None, None)}
    assert few_distributions == []
    assert all(dimension.interval and dimension.agreement is not None for dimension in enough)
    assert enough_distributions


def test_distribution_steps_depend_on_counting_people(questionnaire, everyone):
    few, many = (
        items_of(score_answers(questionnaire, counting(everyone, ("practitioner", people)), AssessmentSettings()))[
            "CS-R1"
        ].distribution
        for people in (NEEDED, 2 * NEEDED)
    )

    assert few is None
    assert many is not None


def test_uncounted_people_are_included_at_full_precision(questionnaire, everyone):
    full = score_answers(questionnaire, counting(everyone), AssessmentSettings(), unsuppressed=True)

    assert full == score_answers(questionnaire, everyone, AssessmentSettings(), unsuppressed=True)


@pytest.fixture
def uncarried(monkeypatch):
    """Use every answer everywhere, so that each threshold is tested by itself."""
    monkeypatch.setattr(computation, "select_usable_answers", lambda values, *_: values)


@pytest.mark.usefixtures("uncarried")
def test_each_threshold_alone_hides_figures_of_few_counting_people(questionnaire, everyone):
    few = NEEDED - 1
    marked = counting(everyone, ("leader", few), ("practitioner", few), ("staff", few))
    one_role = counting(everyone, ("staff", few))

    result, of_staff = (score_answers(questionnaire, answers, AssessmentSettings()) for answers in (marked, one_role))

    gap, risk, outlook = result.indices.perception_gap, result.indices.set_up_to_fail, result.indices.outlook
    assert not gap.visible_dimensions
    assert (gap.leader_dont_know, gap.goal_agreement) == (None, None)
    assert (risk.score, risk.share_high_band, risk.red_flags_band) == (None, None, None)
    assert (outlook.independence, outlook.readiness) == (None, None)
    assert {item.n for item in items_of(of_staff).values()} == {None}
    assert of_staff.overall.score is None


@pytest.mark.usefixtures("uncarried")
def test_item_with_few_counting_people_is_treated_as_not_asked(questionnaire, everyone):
    marked = counting(everyone, ("practitioner", 99), ("leader", 99), ("staff", 99))
    asked_of_leaders_too = next(n for n, i in enumerate(questionnaire.items) if i.kind is Kind.PRACTICE)
    values = everyone.values.copy()
    values[np.asarray(everyone.roles) != "staff", asked_of_leaders_too] = BLANK
    late = np.flatnonzero(np.asarray(everyone.roles) == "staff")[NEEDED - 1 :]
    marks = marked.counts.copy()
    marks[late] = False
    item = questionnaire.items[asked_of_leaders_too]

    found = score_answers(questionnaire, replace(marked, values=values, counts=marks), AssessmentSettings())

    assert found.functions[item.function].dimensions[item.dimension].items[item.id].score is None
    never = values.copy()
    never[:, asked_of_leaders_too] = NOT_ASKED
    without = score_answers(questionnaire, replace(marked, values=never, counts=marks), AssessmentSettings())
    assert found.functions[item.function].score == without.functions[item.function].score
    assert found.functions[item.function].coverage == without.functions[item.function].coverage


@pytest.mark.usefixtures("uncarried")
def test_spread_needs_six_counting_people_of_every_role_with_answers(questionnaire, everyone):
    result = score_answers(
        questionnaire, counting(everyone, ("practitioner", 99), ("leader", 99)), AssessmentSettings()
    )
    dimensions = [part for function in result.functions.values() for part in function.dimensions.values()]

    assert {(dimension.interval, dimension.agreement) for dimension in dimensions} == {(None, None)}
    assert {item.distribution for item in items_of(result).values()} == {None}


def test_item_out_of_scope_needs_six_counting_people_among_others(questionnaire, everyone):
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    practitioners = find_people_of_role(everyone, "practitioner")
    values = everyone.values.copy()
    values[:, column] = np.where(values[:, column] >= 0, BLANK, values[:, column])
    values[practitioners[:NEEDED], column] = 2
    values[practitioners[NEEDED:], column] = NOT_APPLICABLE
    answers = replace(everyone, values=values)

    few, enough = (
        items_of(score_answers(questionnaire, counting(answers, ("practitioner", people)), AssessmentSettings()))
        for people in (2 * NEEDED - 1, 2 * NEEDED)
    )

    assert not few[questionnaire.items[column].id].out_of_scope
    assert enough[questionnaire.items[column].id].out_of_scope


def test_authority_and_red_flags_need_six_counting_people_with_both_answers(questionnaire, everyone):
    index = questionnaire.indices.set_up_to_fail
    columns = {item.id: n for n, item in enumerate(questionnaire.items)}
    practitioners = find_people_of_role(everyone, "practitioner")
    marked = counting(everyone, ("practitioner", NEEDED + 4))
    values = everyone.values.copy()
    values[np.ix_(practitioners[:4], [columns[name] for name in index.authority])] = BLANK
    values[np.ix_(practitioners[NEEDED : NEEDED + 4], [columns[name] for name in index.support])] = BLANK

    risk = score_answers(questionnaire, replace(marked, values=values), AssessmentSettings()).indices.set_up_to_fail

    assert (risk.score, risk.share_high_band, risk.red_flags_band) == (None, None, None)


def test_minimum_width_of_dimension_interval_depends_on_counting_people(questionnaire, everyone):
    same = everyone.values.copy()
    same[same >= 0] = np.where(np.asarray(same[same >= 0]) > 1, 2, 1)
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    name, dimension = questionnaire.items[column].function, questionnaire.items[column].dimension
    answers = replace(everyone, values=same)

    few, all_ = (
        score_answers(questionnaire, each, AssessmentSettings()).functions[name].dimensions[dimension]
        for each in (counting(answers, ("practitioner", NEEDED + 1)), counting(answers, ("practitioner", 99)))
    )

    assert few.half_width >= 100 / (NEEDED + 1)
    assert all_.half_width < few.half_width
