"""Thresholds are compared with people who count; figures are computed from everyone (method 6.9)."""

import numpy as np
import pytest
from msgspec.structs import replace

from assessment.domain.answers import NOT_APPLICABLE, Settings
from assessment.domain.method import score
from assessment.domain.questionnaire import Kind

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
def test_an_item_needs_six_people_who_count_and_uses_all_answers(questionnaire, everyone, people):
    one_role = next(item.id for item in questionnaire.items if item.kind is Kind.PRACTICE and "leader" not in item.roles)

    item = items_of(score(questionnaire, counting(everyone, ("staff", people)), Settings()))[one_role]
    full = items_of(score(questionnaire, everyone, Settings()))[one_role]

    assert (item.score, item.n) == ((full.score, full.n) if people == NEEDED else (None, None))


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


def test_a_spread_is_shown_only_where_every_role_that_answered_has_six_who_count(questionnaire, everyone):
    def spreads(answers):
        result = score(questionnaire, answers, Settings())
        return [
            (dimension.interval, dimension.agreement, [item.distribution for item in dimension.items.values()])
            for function in result.functions.values()
            for dimension in function.dimensions.values()
        ]

    roles = ("leader", "practitioner", "staff")

    one_role_does_not_count = spreads(counting(everyone, ("practitioner", 99), ("staff", 99)))
    all_count = spreads(counting(everyone, *((role, 99) for role in roles)))

    assert any(distribution for _, _, items in all_count for distribution in items)
    assert all(interval for interval, _, _ in all_count)
    hidden = [spread for spread in one_role_does_not_count if spread[0] is None and spread[1] is None]
    assert len(hidden) >= 3


def test_people_who_do_not_count_keep_their_place_in_full_precision(questionnaire, everyone):
    full = score(questionnaire, counting(everyone), Settings(), unsuppressed=True)

    assert full == score(questionnaire, everyone, Settings(), unsuppressed=True)
