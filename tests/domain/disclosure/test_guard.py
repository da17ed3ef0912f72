"""Disclosure guard: k + 1 people behind a figure, steps of five, everything else from those (method 6)."""

import msgspec
import numpy as np
import pytest

from assessment.domain.answers import BLANK, NOT_ASKED, AssessmentSettings
from assessment.domain.disclosure.guard import OPEN_GUARD, build_guard, classify_share
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.scoring.indices import set_up_to_fail
from assessment.domain.survey.routing import build_asked_matrix

K = 5


@pytest.fixture
def five(questionnaire):
    return build_guard(questionnaire.disclosure, K)


@pytest.fixture
def released(questionnaire, organisation):
    def released(people: int = 40, seed: int = 1, k: int = K, **habits: float):
        return score_answers(questionnaire, organisation(people, seed, **habits), AssessmentSettings(minimum_group=k))

    return released


def items(result):
    return [
        item
        for function in result.functions.values()
        for dimension in function.dimensions.values()
        for item in dimension.items.values()
    ] + [row for function in result.functions.values() for row in function.hand_off.rows.values()]


@pytest.mark.parametrize(
    ("exact", "shown"), [(42.4, 40), (42.5, 45), (52.4999, 50), (52.499999999999, 55), (3, 10), (97, 90), (10, 10)]
)
def test_released_score_is_rounded_to_five_and_clipped(five, exact, shown):
    assert five.round_score(exact) == shown


def test_clipped_score_has_bound(five):
    assert [five.find_bound(score) for score in (10.0, 15.0, 90.0, None)] == ["at most", None, "at least", None]


def test_minimum_group_below_three_is_raised_to_three(questionnaire):
    assert build_guard(questionnaire.disclosure, 1).needed == 4


@pytest.mark.parametrize(
    ("count", "band"), [(0, "none"), (1, "some"), (4, "some"), (5, "half or more"), (10, "half or more")]
)
def test_share_of_people_is_one_of_three_bands(count, band):
    assert classify_share(count, 10) == band


def test_open_guard_changes_nothing():
    assert OPEN_GUARD.round_score(42.4) == 42.4
    assert not OPEN_GUARD.must_hide(1)


@pytest.mark.parametrize("seed", range(20))
def test_item_with_k_people_or_fewer_is_hidden(released, seed):
    shown = [item.n for item in items(released(30, seed)) if item.score is not None or item.n is not None]

    assert shown
    assert min(shown) > K


@pytest.mark.parametrize("seed", range(10))
def test_released_item_scores_are_multiples_of_the_step(released, seed):
    scores = [item.score for item in items(released(60, seed)) if item.score is not None]

    assert scores
    assert all(score % 5 == 0 and 10 <= score <= 90 for score in scores)


@pytest.mark.parametrize("seed", range(10))
def test_dimension_scores_derive_from_released_items(questionnaire, released, seed):
    result = released(60, seed)
    hand_offs = {dimension.id for dimension in questionnaire.dimensions if dimension.hand_offs}

    found = 0
    for function in result.functions.values():
        for name, dimension in function.dimensions.items():
            parts = [item.score for item in dimension.items.values() if item.score is not None]
            if name in hand_offs and function.hand_off.score is not None:
                parts.append(function.hand_off.score)
            if dimension.score is not None:
                assert dimension.score == pytest.approx(np.mean(parts))
                found += 1

    assert found > 3


@pytest.mark.parametrize("seed", range(10))
def test_hidden_figure_is_null_with_a_reason(released, seed):
    result = released(20, seed)

    hidden = [path for path in _nulls(msgspec.to_builtins(result)) if path.endswith((".score", ".level"))]

    assert hidden
    scoped = [path for path in hidden if not _out_of_scope(result, path)]
    assert all(path in result.suppressed for path in scoped)


def test_spread_of_dimension_with_small_role_is_hidden(questionnaire, organisation):
    answers = organisation(60, 3, blank=0, dont_know=0, not_applicable=0, several_functions=1.0)
    result = score_answers(questionnaire, answers, AssessmentSettings(minimum_group=K))
    few = np.flatnonzero(np.asarray(answers.roles) == "leader")[2:]
    fewer = score_answers(
        questionnaire, answers.select_rows(~np.isin(np.arange(60), few)), AssessmentSettings(minimum_group=K)
    )

    first = questionnaire.functions[0].id

    assert all(part.interval is not None for part in result.functions[first].dimensions.values())
    assert all(part.interval is None for part in fewer.functions[first].dimensions.values())


def test_figure_of_four_people_is_shown_without_interval(questionnaire, organisation):
    four = organisation(4, blank=0, dont_know=0, not_applicable=0, several_functions=1.0)
    roles = ("practitioner",) * 4
    drawn = np.random.default_rng(1).integers(0, 5, four.values.shape)
    values = np.where(build_asked_matrix(questionnaire, roles, four.functions), drawn, NOT_ASKED)
    alike = msgspec.structs.replace(four, roles=roles, values=values.astype(np.int8), seconds=np.full(4, 900.0))

    result = score_answers(questionnaire, alike, AssessmentSettings(minimum_group=3))

    dimensions = [part for function in result.functions.values() for part in function.dimensions.values()]
    assert any(part.score is not None for part in dimensions)
    assert [part.interval for part in (*dimensions, result.overall) if part.interval] == []


def test_red_flags_and_high_shares_are_released_as_bands(released):
    index = released(60).indices.set_up_to_fail

    assert index.red_flags is None
    assert index.share_high is None
    assert index.red_flags_band in ("none", "some", "half or more")


def test_careless_log_is_not_released(released):
    assert released(60).respondents.careless_log is None


def test_function_without_people_is_absent(questionnaire, organisation):
    answers = organisation(40)
    nobody = msgspec.structs.replace(answers, functions=answers.functions & np.asarray([True, True, False]))
    gone = [n for n, item in enumerate(questionnaire.items) if item.function == questionnaire.functions[2].id]
    values = nobody.values.copy()
    values[:, gone] = -4

    result = score_answers(questionnaire, msgspec.structs.replace(nobody, values=values), AssessmentSettings())

    assert list(result.functions) == [function.id for function in questionnaire.functions[:2]]


def test_scores_of_0_and_5_release_the_same_figure(questionnaire, organisation):
    """Nobody can tell 0 from 5: both are "10 or less"."""
    answers = organisation(60, 5, blank=0, dont_know=0, not_applicable=0)
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    asked = answers.values[:, column] >= 0
    none, one = answers.values.copy(), answers.values.copy()
    none[asked, column] = 0
    one[asked, column] = 0
    one[np.flatnonzero(asked)[0], column] = 1

    results = [
        score_answers(questionnaire, msgspec.structs.replace(answers, values=values), AssessmentSettings())
        for values in (none, one)
    ]

    item = questionnaire.items[column]
    shown = [result.functions[item.function].dimensions[item.dimension].items[item.id] for result in results]
    assert shown[0] == shown[1]
    assert shown[0].bound == "at most"


def _nulls(tree, path=""):
    if isinstance(tree, dict):
        for name, branch in tree.items():
            if name not in ("suppressed", "advice"):
                yield from _nulls(branch, f"{path}.{name}" if path else name)
    elif tree is None:
        yield path


def _out_of_scope(result, path):
    first, name, *rest = path.split(".")
    if first != "functions":
        return False
    function = msgspec.to_builtins(result.functions[name])
    node, scoped = function, function["out_of_scope"]
    for part in rest:
        node = node[part]
        if isinstance(node, dict):
            scoped = scoped or node.get("out_of_scope", False)
    return scoped


def test_gap_with_few_people_on_one_side_is_null_with_a_reason(questionnaire, risk_36):
    result = score_answers(questionnaire, risk_36, AssessmentSettings(minimum_group=K))

    gaps = result.indices.perception_gap.dimensions

    assert list(gaps) == [dimension.id for dimension in questionnaire.dimensions]
    assert gaps["people"] is None
    assert result.suppressed["indices.perception_gap.dimensions.people"] == "fewer than 6 answers"
    assert gaps["purpose"].gap == gaps["purpose"].leader - gaps["purpose"].practitioner


@pytest.mark.parametrize(
    ("width", "answers", "shown"),
    [(0.0, 6, 17), (3.0, 6, 17), (30.4, 6, 31), (2.0, 100, 2), (2.0000000001, 100, 2), (0.0, None, 1)],
)
def test_released_half_width_does_not_disclose_equal_answers(five, width, answers, shown):
    assert five.round_half_width(width, answers) == shown


@pytest.mark.parametrize(
    ("exact", "answers", "shown"), [(1.0, 6, 0.8), (1.0, 12, 0.9), (1.0, 60, 1.0), (0.55, 6, 0.6), (-1.2, 12, 0.0)]
)
def test_released_agreement_does_not_disclose_extreme_answers(five, exact, answers, shown):
    assert five.round_agreement(exact, answers) == pytest.approx(shown)


def test_item_out_of_scope_for_everyone_asked_is_hidden(questionnaire, organisation):
    answers = organisation(60, 3, blank=0, dont_know=0, not_applicable=0)
    column = next(n for n, item in enumerate(questionnaire.items) if item.kind is Kind.PRACTICE)
    asked = np.flatnonzero(answers.values[:, column] >= 0)

    def scope(people: int) -> bool:
        values = answers.values.copy()
        values[asked, column] = -4
        values[asked[:people], column] = -2
        result = score_answers(
            questionnaire, msgspec.structs.replace(answers, values=values), AssessmentSettings(minimum_group=K)
        )
        item = questionnaire.items[column]
        return result.functions[item.function].dimensions[item.dimension].items[item.id].out_of_scope

    assert [scope(6), scope(7)] == [False, True]


def test_release_has_no_evidence_counts(questionnaire, organisation):
    answers = organisation(60, 3)
    evidence = np.where(answers.values >= 3, 2, -3).astype(np.int8)
    with_evidence = msgspec.structs.replace(answers, evidence=evidence)

    shown, open_ = (
        items(score_answers(questionnaire, with_evidence, AssessmentSettings(), unsuppressed=raw))
        for raw in (False, True)
    )

    assert all(item.evidence is None for item in shown)
    assert any(item.evidence for item in open_)


@pytest.mark.parametrize(
    ("rungs", "shown"),
    [
        ((0, 0, 12, 0, 0), (0, 1, 0)),
        ((0, 0, 10, 1, 1), (0, 1, 0)),
        ((5, 1, 0, 2, 4), (0.5, 0, 0.5)),
        ((3, 3, 5, 5, 4), (0.25, 0.25, 0.5)),
        ((30, 3, 1, 5, 11), (0.7, 0, 0.3)),
    ],
)
def test_released_distribution_has_three_classes_in_steps_of_k_people(five, rungs, shown):
    assert five.compute_distribution(np.asarray([rungs])) == pytest.approx(shown)
    assert OPEN_GUARD.compute_distribution(np.asarray([rungs])) == pytest.approx(np.asarray(rungs) / sum(rungs))


@pytest.mark.parametrize("by_role", [[(0, 0, 9, 0, 0)], [(3, 3, 3, 3, 8), (0, 1, 1, 1, 2)]], ids=["few", "small role"])
def test_distribution_with_few_answers_or_small_role_is_none(five, by_role):
    assert five.compute_distribution(np.asarray(by_role)) is None


def test_distribution_needs_five_people_behind_a_step_if_minimum_group_is_three(questionnaire):
    three = build_guard(questionnaire.disclosure, 3)

    assert three.compute_distribution(np.asarray([(0, 2, 2, 1, 0), (3, 3, 0, 0, 0)])) is None  # five of one role
    assert three.compute_distribution(np.asarray([(0, 0, 9, 0, 0)])) is None
    assert three.compute_distribution(np.asarray([(0, 6, 0, 6, 0)])) == pytest.approx((0.5, 0, 0.5))


@pytest.mark.parametrize(("people", "band"), [(4, "some"), (5, "half or more")])
def test_half_of_four_red_flags_is_released_as_some(questionnaire, people, band):
    rules = build_guard(questionnaire.disclosure, 3)

    assert set_up_to_fail.classify_released_share(rules, people, people) == band
    assert set_up_to_fail.classify_released_share(rules, 0, people) == "none"
    assert set_up_to_fail.classify_released_share(OPEN_GUARD, people, people) == "half or more"


def test_released_personal_item_has_no_distribution(released, questionnaire, organisation):
    shown = released(120, 3)

    assert any(item.distribution for item in items(shown))
    assert all(item.distribution is None for item in shown.personal.values())
    assert all(
        item.distribution
        for item in score_answers(
            questionnaire, organisation(120, 3), AssessmentSettings(), unsuppressed=True
        ).personal.values()
    )


def find_non_leader(answers):
    """The first who is asked enough to be careless: leaders are asked little."""
    return next(row for row, role in enumerate(answers.roles) if role != "leader")


def careless(answers, row):
    """The same people, one of them hasty and of one mind."""
    values, seconds = answers.values.copy(), answers.seconds.copy()
    values[row, values[row] >= 0] = 1
    seconds[row] = 5.0
    return msgspec.structs.replace(answers, values=values, seconds=seconds)


def test_released_participant_counts_do_not_disclose_careless_people(questionnaire, organisation):
    """Beside how many of a role sent their answers, a lone one that is missing would be known."""
    answers = organisation(30, 3)
    sent = {role.id: answers.roles.count(role.id) for role in questionnaire.roles}

    found = score_answers(
        questionnaire, careless(answers, find_non_leader(answers)), AssessmentSettings(minimum_group=K)
    ).respondents

    assert (found.counted, found.careless) == (29, 1)
    assert found.by_role == sent
    assert list(found.by_function.values()) == answers.functions.sum(axis=0).tolist()


def test_function_with_only_careless_member_is_hidden_instead_of_absent(questionnaire, organisation):
    """Absent, it would say so of the one who is known to have answered."""
    answers = organisation(30, 3)
    members, lone = answers.functions.copy(), find_non_leader(answers)
    members[:, 2], members[lone, 2] = False, True
    members[~members.any(axis=1), 0] = True
    asked = build_asked_matrix(questionnaire, answers.roles, members)
    values = np.where(asked, np.maximum(answers.values, 0), NOT_ASKED).astype(np.int8)
    alone = msgspec.structs.replace(answers, functions=members, values=values)

    sound, hasty = (
        msgspec.to_builtins(score_answers(questionnaire, each, AssessmentSettings(minimum_group=K)).functions["hr"])
        for each in (alone, careless(alone, lone))
    )

    hasty_count = score_answers(
        questionnaire, careless(alone, lone), AssessmentSettings(minimum_group=K)
    ).respondents.careless
    assert hasty_count == 1
    assert hasty == sound


def test_unsuppressed_participant_counts_exclude_careless_people(questionnaire, organisation):
    answers = organisation(30, 3)

    found = score_answers(
        questionnaire, careless(answers, find_non_leader(answers)), AssessmentSettings(), unsuppressed=True
    ).respondents

    assert sum(people or 0 for people in found.by_role.values()) == found.counted == 29


def test_item_with_too_few_answers_for_agreement_does_not_cap_it(questionnaire, organisation):
    """With k = 3 an item may have four answers: it is shown, but agreement starts at five (method 4)."""
    answers = organisation(30, 1, blank=0.0, dont_know=0.0, not_applicable=0.0)
    values = np.where(answers.values >= 0, 2, answers.values).astype(np.int8)
    rated = msgspec.structs.replace(answers, values=values, seconds=np.full(30, np.nan))
    before = (
        score_answers(questionnaire, rated, AssessmentSettings(minimum_group=3)).functions["customer-service"].agreement
    )
    column = next(n for n, item in enumerate(questionnaire.items) if item.id == "CS-P1")
    answered = values[:, column] >= 0
    some = np.flatnonzero(answered & (np.asarray(rated.roles) == "practitioner"))[:4]
    assert len(some) == 4
    values[np.setdiff1d(np.flatnonzero(answered), some), column] = BLANK

    after = score_answers(
        questionnaire, msgspec.structs.replace(rated, values=values), AssessmentSettings(minimum_group=3)
    ).functions["customer-service"]

    assert after.dimensions["purpose"].items["CS-P1"].n == 4
    assert after.agreement == before
