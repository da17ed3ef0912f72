"""The forecast at the close is never wrong, though it knows only counts by role and by function."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.domain.answers import AssessmentSettings
from assessment.domain.disclosure.closing_forecast import (
    AnsweredBounds,
    AnsweredCounts,
    CountedGroup,
    forecast_closing,
)
from assessment.domain.disclosure.figure_forecast import FigureForecaster, PeopleSelection
from assessment.domain.disclosure.guard import build_guard
from assessment.domain.scoring.blueprint import build_blueprint
from assessment.questionnaires import find_shipped_folder, load_questionnaire

INSTRUMENT = load_questionnaire(find_shipped_folder() / "social-media-integration")
BLUEPRINT = build_blueprint(INSTRUMENT, AssessmentSettings())
GUARD, SMALL_GUARD = (build_guard(INSTRUMENT.disclosure, k) for k in (5, 3))
ROLES = [role.id for role in INSTRUMENT.roles]
FUNCTIONS = [function.id for function in INSTRUMENT.functions]


class AnsweringGroup:
    """A group of which some have sent, and some more have begun; the counting ones among them are known here only."""

    def __init__(self, role, functions, numbers):
        counting_sent, other_sent, counting_begun, other_begun, counting_silent, other_silent = numbers
        self.role, self.functions = role, tuple(functions)
        self.sent, self.begun = counting_sent + other_sent, sum(numbers[:4])
        self.answering = counting_sent, counting_sent + counting_begun
        counting = counting_sent + counting_begun + counting_silent
        self.invited = CountedGroup(role, self.functions, counting + other_sent + other_begun + other_silent, counting)

    def __repr__(self):
        return f"{self.role} {self.functions}: {self.invited.invited}, sent {self.sent}, begun {self.begun}"


draw_group = st.builds(
    AnsweringGroup,
    st.sampled_from(ROLES),
    st.lists(st.sampled_from(FUNCTIONS), min_size=1, unique=True),
    st.tuples(*[st.integers(0, most) for most in (12, 2, 3, 1, 3, 2)]),
)
draw_selection = st.builds(
    lambda roles, functions: PeopleSelection(tuple(roles), functions and tuple(functions)),
    st.lists(st.sampled_from(ROLES), min_size=1, unique=True),
    st.none() | st.lists(st.sampled_from(FUNCTIONS), min_size=1, unique=True),
)


def count_stage(groups, stage):
    by_role, by_function = Counter(), Counter()
    for group in groups:
        by_role[group.role] += getattr(group, stage)
        for name in group.functions:
            by_function[name] += getattr(group, stage)
    return AnsweredCounts(by_role, by_function)


def make_bounds(groups):
    invited = [group.invited for group in groups]
    return AnsweredBounds(invited, count_stage(groups, "sent"), count_stage(groups, "begun"))


def count_answering(groups, selection, which):
    return sum(
        group.answering[which]
        for group in groups
        if group.role in selection.roles
        and (selection.functions is None or set(group.functions) & set(selection.functions))
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(draw_group, max_size=8), draw_selection)
def test_bounds_contain_the_true_number(groups, selection):
    bounds = make_bounds(groups)

    assert bounds.compute_lowest(selection) <= count_answering(groups, selection, 0)
    assert bounds.compute_highest(selection) >= count_answering(groups, selection, 1)


@settings(max_examples=80, deadline=None)
@given(st.lists(draw_group, max_size=8), st.sampled_from([0, 1]), st.sampled_from([GUARD, SMALL_GUARD]))
def test_forecast_names_every_hidden_figure_and_no_shown_one_as_certain(groups, which, guard):
    """`which` is 0 if nobody who has begun counts in the end, and 1 if everybody does."""
    forecast = forecast_closing(BLUEPRINT, guard, make_bounds(groups))

    truth = FigureForecaster(BLUEPRINT, guard, lambda selection: count_answering(groups, selection, which))
    shown = {figure.path: figure.is_shown for figure in truth.iterate_figures()}

    assert not {path for path in forecast.hidden if shown.get(path)}
    assert {path for path, is_shown in shown.items() if not is_shown} <= {*forecast.hidden, *forecast.uncertain}
    assert forecast.has_figures or not any(shown.values())


@pytest.mark.parametrize(("sent", "expected"), [(5, "hidden"), (6, "shown")])
def test_forecast_of_one_role_in_one_function_is_certain(sent, expected):
    group = AnsweringGroup(ROLES[0], FUNCTIONS[:1], (sent, 0, 0, 0, 9 - sent, 0))

    forecast = forecast_closing(BLUEPRINT, GUARD, make_bounds([group]))

    items = [path for path in forecast.hidden if ".items." in path]
    assert forecast.has_figures == (expected == "shown")
    assert not [path for path in forecast.uncertain if ".items." in path]
    assert bool(items)


def test_function_where_nobody_has_answered_will_be_hidden():
    groups = [AnsweringGroup(role, FUNCTIONS[:1], (9, 0, 0, 0, 0, 0)) for role in ROLES]
    groups.append(AnsweringGroup(ROLES[0], FUNCTIONS[1:2], (0, 0, 0, 0, 9, 0)))

    forecast = forecast_closing(BLUEPRINT, GUARD, make_bounds(groups))

    assert f"functions.{FUNCTIONS[1]}" in forecast.hidden
    assert f"functions.{FUNCTIONS[0]}" not in {*forecast.hidden, *forecast.uncertain}


def test_forecast_says_may_where_counts_do_not_tell_the_role_within_a_function():
    """Nine leaders over two functions, seven have sent: the counts by function do not say how many of them in each."""
    leaders = [
        AnsweringGroup(ROLES[0], [name], (n, 0, 0, 0, 9 - n, 0)) for name, n in zip(FUNCTIONS, (6, 1), strict=False)
    ]
    others = [AnsweringGroup(role, FUNCTIONS[:2], (9, 0, 0, 0, 9, 0)) for role in ROLES[1:]]

    forecast = forecast_closing(BLUEPRINT, GUARD, make_bounds([*leaders, *others]))

    assert forecast.uncertain


def test_question_whose_score_could_decide_an_answer_will_be_hidden():
    """One practitioner and three staff answer, k = 3: enough people, but each score of theirs might tell an answer."""
    numbers = dict(zip(ROLES, (0, 1, 3), strict=True))
    groups = [AnsweringGroup(role, FUNCTIONS[:1], (n, 0, 0, 0, 0, 0)) for role, n in numbers.items() if n]

    forecast = forecast_closing(BLUEPRINT, SMALL_GUARD, make_bounds(groups))

    hidden = [path for path in forecast.hidden if path.endswith(".CS-P1")]
    assert hidden == [f"functions.{FUNCTIONS[0]}.dimensions.purpose.items.CS-P1"]


def test_question_of_four_people_of_one_role_will_be_shown():
    forecast = forecast_closing(
        BLUEPRINT, SMALL_GUARD, make_bounds([AnsweringGroup(ROLES[2], FUNCTIONS[:1], (4, 0, 0, 0, 0, 0))])
    )

    assert f"functions.{FUNCTIONS[0]}.dimensions.purpose.items.CS-P1" in forecast.enough
