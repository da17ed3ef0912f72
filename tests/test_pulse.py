"""The short questionnaire: shares items with the full one, does without some indices, and compares with it."""

import msgspec
import numpy as np
import pytest

from assessment import pdf
from assessment.domain import report
from assessment.domain.answers import NOT_ASKED, Answers, Settings
from assessment.domain.comparison import Wave, compare
from assessment.domain.duration import surveys
from assessment.domain.method import score
from assessment.domain.questionnaire import Kind
from assessment.domain.report import Details
from assessment.domain.routing import asked_matrix
from assessment.domain.synthesis import Habits, draw
from assessment.library import load, shipped

LONGEST = {  # minutes by the formula, in one function and in three
    ("leader", 1): 2, ("practitioner", 1): 5, ("staff", 1): 2,
    ("leader", 3): 6, ("practitioner", 3): 9, ("staff", 3): 6,
}  # fmt: skip
FIRST, SECOND = "2025-03-01", "2026-03-01"
SILENT = Habits(blank=0, dont_know=0, not_applicable=0)


@pytest.fixture(scope="module")
def full():
    return load(shipped() / "social-media-integration")


@pytest.fixture(scope="module")
def pulse():
    return load(shipped() / "social-media-pulse")


@pytest.fixture
def both(full, pulse):
    """The same people's answers to the full questionnaire, and those of them that the short one asks for."""
    answers = draw(full, 120, np.random.default_rng(5), SILENT)
    place = {item.id: column for column, item in enumerate(full.items)}
    values = answers.values[:, [place[item.id] for item in pulse.items]]
    return answers, msgspec.structs.replace(answers, values=values)


def wave(questionnaire, answers, date, *, unsuppressed=True):
    return Wave(questionnaire, score(questionnaire, answers, Settings(), date=date, unsuppressed=unsuppressed))


def risen(questionnaire, answers: Answers) -> Answers:
    """The same people, a rung higher on every embedding item."""
    values = answers.values.copy()
    for column, item in enumerate(questionnaire.items):
        if item.embedding:
            rated = values[:, column] >= 0
            values[rated, column] = np.minimum(4, values[rated, column] + 1)
    return msgspec.structs.replace(answers, values=values)


def test_shared_items_are_the_same_in_both(full, pulse):
    for item in pulse.items:
        assert item == full.item[item.id], item.id
        for language, texts in pulse.texts.items():
            assert texts.items[item.id] == full.texts[language].items[item.id], item.id


def test_it_asks_what_embedding_and_authority_are_made_of_and_nothing_else(full, pulse):
    risk = full.indices.set_up_to_fail
    wanted = {item.id for item in full.items if item.embedding} | {*risk.authority, *risk.support}

    assert {item.id for item in pulse.items} == wanted


def test_what_both_judge_they_judge_by_the_same_cut_points(full, pulse):
    assert pulse.indices.embedding == full.indices.embedding
    assert pulse.indices.set_up_to_fail == full.indices.set_up_to_fail
    assert pulse.disclosure == full.disclosure
    for rule in pulse.rules:
        assert rule == full.rule[rule.id]
        assert pulse.texts["en"].rules[rule.id] == full.texts["en"].rules[rule.id]


def test_minutes_of_the_short_questionnaire_stay_low(pulse):
    longest = {
        (role, size): max(survey.middle for survey in surveys(pulse, sizes=(size,)) if survey.role == role)
        for role in ("leader", "practitioner", "staff")
        for size in (1, 3)
    }

    assert all(minutes <= LONGEST[key] for key, minutes in longest.items()), longest


def test_nobody_is_asked_more_than_nineteen_questions(pulse):
    longest = max(surveys(pulse, sizes=(1, 2, 3)), key=lambda survey: survey.questions)

    assert (longest.role, longest.questions) == ("practitioner", 19)


@pytest.mark.parametrize("unsuppressed", [True, False])
def test_an_index_that_does_not_apply_is_null_and_not_called_hidden(pulse, both, unsuppressed):
    result = score(pulse, both[1], Settings(), unsuppressed=unsuppressed)

    assert result.indices.outlook is None
    assert result.indices.beyond_one_network is None
    assert result.indices.perception_gap.goal_agreement is None
    assert result.indices.embedding.score is not None
    absent = ("outlook", "beyond_one_network", "goal_agreement", "hand_off")
    assert not [path for path in result.suppressed if any(name in path for name in absent)]


@pytest.mark.parametrize("index", ["embedding", "set_up_to_fail", "perception_gap", "balance"])
def test_any_index_can_be_left_out(pulse, both, index):
    without = msgspec.structs.replace(pulse, indices=msgspec.structs.replace(pulse.indices, **{index: None}))

    result = score(without, both[1], Settings())

    assert getattr(result.indices, index) is None
    assert not [path for path in result.suppressed if path.startswith(f"indices.{index}.")]
    assert pdf.render(report.build(without, result, Details("Norden", "Pulse", FIRST))).startswith(b"%PDF")


@pytest.mark.parametrize("people", [8, 20, 120])
def test_its_report_has_no_page_for_what_is_absent(pulse, people):
    result = score(pulse, draw(pulse, people, np.random.default_rng(3)), Settings())

    made = report.build(pulse, result, Details("Norden", "Pulse", FIRST))

    assert made.outlook is None
    assert made.hand_offs is None
    assert made.authority is not None
    assert made.gap is not None
    assert pdf.render(made).startswith(b"%PDF")


def test_consensus_mode_works_without_hand_offs(pulse):
    functions = np.eye(len(pulse.functions), dtype=np.bool_)
    roles = ("consensus",) * len(pulse.functions)
    asked = asked_matrix(pulse, roles, functions)
    values = np.where(asked, 3, NOT_ASKED).astype(np.int8)
    names = tuple(function.id for function in pulse.functions)
    answers = Answers(names, roles, functions, np.full(len(names), np.nan), values)

    result = score(pulse, answers, Settings(mode="consensus"))

    assert result.overall.score == 75
    assert pdf.render(report.build(pulse, result, Details("Norden", "Pulse", FIRST))).startswith(b"%PDF")


@pytest.mark.parametrize("unsuppressed", [True, False])
def test_a_short_wave_after_a_full_one_is_compared_on_what_they_share(full, pulse, both, unsuppressed):
    earlier, later = both

    same = compare(
        wave(full, earlier, FIRST, unsuppressed=unsuppressed), wave(pulse, later, SECOND, unsuppressed=unsuppressed)
    )

    practice = {item.id for item in pulse.items if item.kind is Kind.PRACTICE}
    assert same.breaks == ()
    assert same.items.keys() <= practice
    assert same.items.keys() == practice or not unsuppressed
    assert {change.change for change in same.changes.values()} == {0.0}


def test_a_rise_between_them_is_told_for_embedding_and_left_open_for_what_rests_on_other_items(full, pulse, both):
    earlier, later = both

    comparison = compare(wave(full, earlier, FIRST), wave(pulse, risen(pulse, later), SECOND))

    assert comparison.changes["indices.embedding"].changed
    assert comparison.changes["overall"].change > 0
    assert comparison.changes["overall"].changed is None
    assert all(change > 0 for change in comparison.items.values())


def test_a_full_wave_after_a_short_one_has_breaks_and_still_compares_embedding(full, pulse, both):
    later, earlier = both

    comparison = compare(wave(pulse, earlier, FIRST), wave(full, risen(full, later), SECOND))

    assert {gap.dimension for gap in comparison.breaks} == {None, "channels", "governance"}
    assert comparison.changes.keys() == {"indices.embedding"}
    assert comparison.changes["indices.embedding"].changed
    assert comparison.projection.pace > 0
    assert comparison.items.keys() == {item.id for item in pulse.items if item.kind is Kind.PRACTICE}
