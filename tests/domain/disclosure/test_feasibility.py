"""The forecast from numbers of people agrees with the engine on the answers of exactly these people."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from assessment.domain.answers import CONSENSUS_ROLE, NOT_ASKED, RUNG_COUNT, Answers, AssessmentSettings
from assessment.domain.disclosure.feasibility import (
    PeopleGroup,
    count_expected_answers,
    count_needed_invitations,
    forecast_release,
)
from assessment.domain.disclosure.guard import OPEN_GUARD, build_guard
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.scoring.blueprint import build_blueprint
from assessment.domain.survey.routing import build_asked_matrix
from assessment.questionnaires import find_shipped_folder, load_questionnaire

NEEDED = 6
INSTRUMENTS = [
    load_questionnaire(find_shipped_folder() / name)
    for name in sorted(path.parent.name for path in find_shipped_folder().glob("*/questionnaire.toml"))
]


def answer_everything(questionnaire, groups, uncounted=()):
    """Let everyone of these groups rate every item they are asked, in varying ways so that nobody is careless."""
    rows = [(group.role, group.functions, True) for group in groups for _ in range(group.people)]
    rows += [(group.role, group.functions, False) for group in uncounted for _ in range(group.people)]
    names = [function.id for function in questionnaire.functions]
    members = np.asarray([[name in functions for name in names] for _, functions, _ in rows], dtype=np.bool_)
    members = members.reshape(len(rows), len(names))
    roles = tuple(role for role, _, _ in rows)
    rng = np.random.default_rng(7)
    values = rng.integers(0, RUNG_COUNT, (len(rows), len(questionnaire.items)))
    for column, item in enumerate(questionnaire.items):
        if item.kind is Kind.CHOICE:
            values[:, column] = rng.integers(0, len(item.options), len(rows))
    columns = {item.id: number for number, item in enumerate(questionnaire.items)}
    for column, item in enumerate(questionnaire.items):
        if item.checks:
            values[:, column] = RUNG_COUNT - 1 - values[:, columns[item.checks]]
    asked = build_asked_matrix(questionnaire, roles, members)
    return Answers(
        respondents=tuple(f"r{number}" for number in range(len(rows))),
        roles=roles,
        functions=members,
        seconds=np.full(len(rows), np.nan),
        values=np.where(asked, values, NOT_ASKED).astype(np.int8),
        counts=np.asarray([counts for _, _, counts in rows], dtype=np.bool_),
    )


def list_shown_figures(questionnaire, result):
    """Paths of the figures that a result shows, in the words of the forecast."""
    found = {"overall": result.overall.score is not None}
    for name, function in result.functions.items():
        path = f"functions.{name}"
        found[path] = function.score is not None
        if function.hand_off.rows:
            found[f"{path}.hand_off"] = function.hand_off.score is not None
        found |= {f"{path}.hand_off.rows.{id_}": row.score is not None for id_, row in function.hand_off.rows.items()}
        for id_, dimension in function.dimensions.items():
            part = f"{path}.dimensions.{id_}"
            found[part] = dimension.score is not None
            found[f"{part}.interval"] = dimension.n is not None
            found |= {f"{part}.items.{each}": item.score is not None for each, item in dimension.items.items()}
    found |= {f"personal.{id_}": item.score is not None for id_, item in result.personal.items()}
    return found | list_shown_indices(questionnaire, result.indices)


def list_shown_indices(questionnaire, indices):
    found = {}
    if indices.embedding:
        found["indices.embedding"] = indices.embedding.score is not None
    if indices.balance:
        found["indices.balance"] = indices.balance.spread is not None
    if questionnaire.has_hand_offs:
        found["indices.beyond_one_network"] = indices.beyond_one_network is not None
    if indices.set_up_to_fail:
        found["indices.set_up_to_fail"] = indices.set_up_to_fail.score is not None
    if indices.perception_gap:
        gap, path = indices.perception_gap, "indices.perception_gap"
        # Whether a gap is withheld depends on the scores; a forecast knows numbers of people only.
        found |= {f"{path}.dimensions.{id_}": bool(each or id_ in gap.withheld) for id_, each in gap.dimensions.items()}
        found[f"{path}.leader_dont_know"] = gap.leader_dont_know is not None
        if questionnaire.indices.perception_gap.goals:
            found[f"{path}.goal_agreement"] = gap.goal_agreement is not None
    if indices.outlook:
        found["indices.outlook.independence"] = indices.outlook.independence is not None
        found["indices.outlook.readiness"] = indices.outlook.readiness is not None
    return found


def draw_groups(most):
    """Strategy: groups of people of any role and functions of one questionnaire."""

    def draw_of(number):
        questionnaire = INSTRUMENTS[number]
        roles = st.sampled_from([role.id for role in questionnaire.roles])
        names = [function.id for function in questionnaire.functions]
        functions = st.lists(st.sampled_from(names), min_size=1, unique=True).map(lambda each: tuple(sorted(each)))
        group = st.builds(PeopleGroup, roles, functions, st.integers(1, most))
        return st.tuples(st.just(number), st.lists(group, max_size=9))

    return st.sampled_from(range(len(INSTRUMENTS))).flatmap(draw_of)


def forecast(questionnaire, groups, percent=100, minimum_group=5):
    blueprint = build_blueprint(questionnaire, AssessmentSettings())
    return forecast_release(blueprint, build_guard(questionnaire.disclosure, minimum_group), groups, percent)


@settings(max_examples=50, deadline=None)
@given(draw_groups(9), st.sampled_from([3, 5, 8]))
def test_forecast_agrees_with_engine_on_answers_of_exactly_these_people(drawn, minimum_group):
    questionnaire, groups = INSTRUMENTS[drawn[0]], drawn[1]
    answers = answer_everything(questionnaire, groups)

    expected = forecast(questionnaire, groups, minimum_group=minimum_group)
    result = score_answers(questionnaire, answers, AssessmentSettings(minimum_group=minimum_group))

    assert result.respondents.careless == 0
    assert {figure.path: figure.is_shown for figure in expected.figures} == list_shown_figures(questionnaire, result)


@settings(max_examples=30, deadline=None)
@given(draw_groups(4))
def test_forecast_at_expected_response_agrees_with_engine_where_it_leaves_whole_people(drawn):
    """60% of groups of five, ten, … are three, six, … people."""
    questionnaire, groups = INSTRUMENTS[drawn[0]], drawn[1]
    invited = [replace(group, people=5 * group.people) for group in groups]
    answers = answer_everything(questionnaire, [replace(group, people=3 * group.people) for group in groups])

    expected = forecast(questionnaire, invited, 60)
    result = score_answers(questionnaire, answers, AssessmentSettings())

    assert {figure.path: figure.is_shown for figure in expected.figures} == list_shown_figures(questionnaire, result)


@settings(max_examples=20, deadline=None)
@given(draw_groups(9))
def test_forecast_without_guard_agrees_with_attributable_release(drawn):
    questionnaire, groups = INSTRUMENTS[drawn[0]], drawn[1]
    answers = answer_everything(questionnaire, groups)

    expected = forecast_release(build_blueprint(questionnaire, AssessmentSettings()), OPEN_GUARD, groups, 100)
    result = score_answers(questionnaire, answers, AssessmentSettings(), unsuppressed=True)

    shown = {path for path, is_shown in list_shown_figures(questionnaire, result).items() if is_shown}
    scores = {figure.path for figure in expected.figures if figure.is_shown}
    assert scores == shown


@settings(max_examples=20, deadline=None)
@given(draw_groups(9), st.integers(1, 100))
def test_more_invited_people_never_hide_a_score(drawn, percent):
    questionnaire, groups = INSTRUMENTS[drawn[0]], drawn[1]
    few = forecast(questionnaire, groups, percent)

    more = forecast(questionnaire, [replace(group, people=group.people + 1) for group in groups], percent)

    shown = {figure.path for figure in few.figures if figure.is_shown and not figure.path.endswith("interval")}
    assert shown <= {figure.path for figure in more.figures if figure.is_shown}


@settings(max_examples=20, deadline=None)
@given(draw_groups(6))
def test_inviting_what_a_figure_needs_shows_it(drawn):
    questionnaire, groups = INSTRUMENTS[drawn[0]], drawn[1]
    # Many figures lack the same people: forecast each addition once.
    figures_by_addition = defaultdict(list)
    for figure in forecast(questionnaire, groups, 60).figures:
        if figure.needs:
            figures_by_addition[make_addition(questionnaire, figure)].append(figure)

    for addition, figures in figures_by_addition.items():
        later = {each.path: each.is_shown for each in forecast(questionnaire, [*groups, *addition], 60).figures}

        assert [figure for figure in figures if not later[figure.path]] == []


def make_addition(questionnaire, figure):
    return tuple(
        PeopleGroup(need.roles[0], need.functions or (questionnaire.functions[0].id,), need.enough - need.counting)
        for need in figure.needs
    )


@pytest.mark.parametrize(("people", "percent", "expected"), [(10, 60, 6), (9, 60, 5), (100, 57, 57), (3, 1, 0)])
def test_expected_answers_are_rounded_down(people, percent, expected):
    assert count_expected_answers(people, percent) == expected


@pytest.mark.parametrize("percent", range(1, 101))
def test_needed_invitations_are_the_fewest_that_give_the_answers(percent):
    enough = count_needed_invitations(NEEDED, percent)

    assert count_expected_answers(enough, percent) >= NEEDED
    assert count_expected_answers(enough - 1, percent) < NEEDED


def test_consensus_record_of_each_function_shows_every_score(questionnaire):
    settings_ = AssessmentSettings(mode=CONSENSUS_ROLE)
    groups = [PeopleGroup(CONSENSUS_ROLE, (function.id,), 1) for function in questionnaire.functions]

    found = forecast_release(build_blueprint(questionnaire, settings_), OPEN_GUARD, groups, 100)

    assert all(figure.is_shown for figure in found.figures)
    assert not any("perception_gap" in figure.path for figure in found.figures)
