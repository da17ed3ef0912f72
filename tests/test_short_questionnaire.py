"""The short questionnaire: shares items with the full one, does without some indices, and compares with it."""

import msgspec
import numpy as np
import pytest

from assessment import pdf
from assessment.domain import report
from assessment.domain.answers import NOT_ASKED, Answers, AssessmentSettings
from assessment.domain.comparison.waves import Wave, compare_waves
from assessment.domain.method import score_answers
from assessment.domain.questionnaire import Kind
from assessment.domain.report import ReportDetails
from assessment.domain.survey.duration import measure_surveys
from assessment.domain.survey.routing import build_asked_matrix
from assessment.domain.synthetic_answers import SimulationParameters, draw_answers
from assessment.questionnaires import find_shipped_folder, load_questionnaire

LONGEST = {  # minutes by the formula, in one function and in three
    ("leader", 1): 2, ("practitioner", 1): 5, ("staff", 1): 2,
    ("leader", 3): 6, ("practitioner", 3): 9, ("staff", 3): 6,
}  # fmt: skip
FIRST, SECOND = "2025-03-01", "2026-03-01"
SILENT = SimulationParameters(blank=0, dont_know=0, not_applicable=0)


@pytest.fixture(scope="module")
def full():
    return load_questionnaire(find_shipped_folder() / "social-media-integration")


@pytest.fixture(scope="module")
def pulse():
    return load_questionnaire(find_shipped_folder() / "social-media-pulse")


@pytest.fixture
def both(full, pulse):
    """The same people's answers to the full questionnaire, and those of them that the short one asks for."""
    answers = draw_answers(full, 120, np.random.default_rng(5), SILENT)
    place = {item.id: column for column, item in enumerate(full.items)}
    values = answers.values[:, [place[item.id] for item in pulse.items]]
    return answers, msgspec.structs.replace(answers, values=values)


def wave(questionnaire, answers, date, *, unsuppressed=True):
    return Wave(
        questionnaire, score_answers(questionnaire, answers, AssessmentSettings(), date=date, unsuppressed=unsuppressed)
    )


def raise_answers(questionnaire, answers: Answers) -> Answers:
    """The same people, a rung higher on every embedding item."""
    values = answers.values.copy()
    for column, item in enumerate(questionnaire.items):
        if item.embedding:
            rated = values[:, column] >= 0
            values[rated, column] = np.minimum(4, values[rated, column] + 1)
    return msgspec.structs.replace(answers, values=values)


def test_shared_items_are_equal_in_both_questionnaires(full, pulse):
    for item in pulse.items:
        assert item == full.item[item.id], item.id
        for language, texts in pulse.texts.items():
            assert texts.items[item.id] == full.texts[language].items[item.id], item.id


def test_short_questionnaire_asks_only_embedding_and_authority_items(full, pulse):
    risk = full.indices.set_up_to_fail
    wanted = {item.id for item in full.items if item.embedding} | {*risk.authority, *risk.support}

    assert {item.id for item in pulse.items} == wanted


def test_both_questionnaires_use_the_same_cut_points(full, pulse):
    assert pulse.indices.embedding == full.indices.embedding
    assert pulse.indices.set_up_to_fail == full.indices.set_up_to_fail
    assert pulse.disclosure == full.disclosure
    for rule in pulse.rules:
        assert rule == full.rule[rule.id]
        assert pulse.texts["en"].rules[rule.id] == full.texts["en"].rules[rule.id]


def test_short_questionnaire_takes_few_minutes(pulse):
    longest = {
        (role, size): max(survey.middle for survey in measure_surveys(pulse, sizes=(size,)) if survey.role == role)
        for role in ("leader", "practitioner", "staff")
        for size in (1, 3)
    }

    assert all(minutes <= LONGEST[key] for key, minutes in longest.items()), longest


def test_short_questionnaire_has_at_most_nineteen_questions(pulse):
    longest = max(measure_surveys(pulse, sizes=(1, 2, 3)), key=lambda survey: survey.questions)

    assert (longest.role, longest.questions) == ("practitioner", 19)


@pytest.mark.parametrize("unsuppressed", [True, False])
def test_absent_index_is_null_and_not_reported_as_hidden(pulse, both, unsuppressed):
    result = score_answers(pulse, both[1], AssessmentSettings(), unsuppressed=unsuppressed)

    assert result.indices.outlook is None
    assert result.indices.beyond_one_network is None
    assert result.indices.perception_gap.goal_agreement is None
    assert result.indices.embedding.score is not None
    absent = ("outlook", "beyond_one_network", "goal_agreement", "hand_off")
    assert not [path for path in result.suppressed if any(name in path for name in absent)]


@pytest.mark.parametrize("index", ["embedding", "set_up_to_fail", "perception_gap", "balance"])
def test_any_index_can_be_absent(pulse, both, index):
    without = msgspec.structs.replace(pulse, indices=msgspec.structs.replace(pulse.indices, **{index: None}))

    result = score_answers(without, both[1], AssessmentSettings())

    assert getattr(result.indices, index) is None
    assert not [path for path in result.suppressed if path.startswith(f"indices.{index}.")]
    assert pdf.render_report(report.build_report(without, result, ReportDetails("Norden", "Pulse", FIRST))).startswith(
        b"%PDF"
    )


@pytest.mark.parametrize("people", [8, 20, 120])
def test_report_has_no_page_for_absent_index(pulse, people):
    result = score_answers(pulse, draw_answers(pulse, people, np.random.default_rng(3)), AssessmentSettings())

    made = report.build_report(pulse, result, ReportDetails("Norden", "Pulse", FIRST))

    assert made.outlook is None
    assert made.hand_offs is None
    assert made.authority is not None
    assert made.perception_gap is not None
    assert pdf.render_report(made).startswith(b"%PDF")


def test_consensus_mode_works_without_hand_offs(pulse):
    functions = np.eye(len(pulse.functions), dtype=np.bool_)
    roles = ("consensus",) * len(pulse.functions)
    asked = build_asked_matrix(pulse, roles, functions)
    values = np.where(asked, 3, NOT_ASKED).astype(np.int8)
    names = tuple(function.id for function in pulse.functions)
    answers = Answers(names, roles, functions, np.full(len(names), np.nan), values)

    result = score_answers(pulse, answers, AssessmentSettings(mode="consensus"))

    assert result.overall.score == 75
    assert pdf.render_report(report.build_report(pulse, result, ReportDetails("Norden", "Pulse", FIRST))).startswith(
        b"%PDF"
    )


@pytest.mark.parametrize("unsuppressed", [True, False])
def test_short_wave_after_full_wave_is_compared_on_shared_items(full, pulse, both, unsuppressed):
    earlier, later = both

    same = compare_waves(
        wave(full, earlier, FIRST, unsuppressed=unsuppressed), wave(pulse, later, SECOND, unsuppressed=unsuppressed)
    )

    practice = {item.id for item in pulse.items if item.kind is Kind.PRACTICE}
    assert same.breaks == ()
    assert same.items.keys() <= practice
    assert same.items.keys() == practice or not unsuppressed
    assert {change.change for change in same.changes.values()} == {0.0}


def test_rise_in_short_wave_is_tested_only_for_embedding(full, pulse, both):
    earlier, later = both

    comparison = compare_waves(wave(full, earlier, FIRST), wave(pulse, raise_answers(pulse, later), SECOND))

    assert comparison.changes["indices.embedding"].changed
    assert comparison.changes["overall"].change > 0
    assert comparison.changes["overall"].changed is None
    assert all(change > 0 for change in comparison.items.values())


def test_full_wave_after_short_wave_has_breaks_and_compares_embedding(full, pulse, both):
    later, earlier = both

    comparison = compare_waves(wave(pulse, earlier, FIRST), wave(full, raise_answers(full, later), SECOND))

    assert {gap.dimension for gap in comparison.breaks} == {None, "channels", "governance"}
    assert comparison.changes.keys() == {"indices.embedding"}
    assert comparison.changes["indices.embedding"].changed
    assert comparison.projection.pace > 0
    assert comparison.items.keys() == {item.id for item in pulse.items if item.kind is Kind.PRACTICE}
