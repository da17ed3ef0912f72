"""Content of a report: variants of its sentences, and figures that are those of the result."""

import re
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from assessment.domain import report
from assessment.domain.display import build_scales, round_figure
from assessment.domain.report import ReportDetails
from assessment.domain.report.message import Message
from assessment.i18n import get_translator
from assessment.i18n.messages import MESSAGES
from tests import reports

SOURCES = Path(report.__file__).parent


def messages(part):
    """Every message inside a report."""
    if isinstance(part, Message):
        yield part
        for value in part.values.values():
            yield from messages(value)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from messages(getattr(part, name))
    elif isinstance(part, (tuple, list)):
        for one in part:
            yield from messages(one)


@pytest.mark.parametrize("unsuppressed", [False, True])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_message_of_golden_cases_has_a_text(case, unsuppressed):
    made = reports.build_case_report(case, unsuppressed=unsuppressed)

    texts = [get_translator().render_message(message) for message in messages(made)]

    assert len(texts) > 50
    assert not [text for text in texts if "{" in text or "None" in text]


def test_every_message_id_in_sources_has_a_template():
    said = set()
    for source in SOURCES.rglob("*.py"):
        said |= set(re.findall(r'make_message\(\s*"([^"]+)"', source.read_text(encoding="utf-8")))

    assert said
    assert not {name for name in said if name not in MESSAGES}


def test_report_scores_equal_rounded_scores_of_result():
    result, made = reports.score_case("risk-36"), reports.build_case_report("risk-36")
    scale = build_scales(reports.load_shipped_questionnaire()).score

    figures = {row.name: row.figure.value for row in made.answer.functions}

    names = reports.load_shipped_questionnaire().text("en").functions
    assert figures == {names[name]: round_figure(found.score, scale) for name, found in result.functions.items()}
    assert made.answer.overall.figure.value == round_figure(result.overall.score, scale)


def test_confirmed_gap_names_the_more_positive_side():
    made = reports.build_case_report("gap-50", unsuppressed=True)

    assert (
        get_translator().render_message(made.perception_gap.title)
        == "Leaders rate Channels 43.5 points higher than practitioners do"
    )


def test_authority_without_support_is_first_finding():
    made = reports.build_case_report("risk-36")

    assert made.answer.findings[0].id == "authority.high"
    assert get_translator().render_message(made.answer.findings[0]).startswith("Authority exceeds support by 45 points")


def test_support_without_authority_is_reported_as_over_controlled():
    assert reports.build_case_report("over-controlled-28").authority.title.id == "authority.over-controlled"


def test_contested_function_explains_withheld_level():
    made = reports.build_case_report("contested-60")

    contested = [part for part in made.functions if part.level_score.contested]
    assert contested
    assert {part.title.id for part in contested} == {"function.contested"}
    assert made.answer.title.id == "answer.contested"


def test_function_out_of_scope_is_named_and_has_no_figure():
    made = reports.build_case_report("out-of-scope-30")

    assert [part.title.id for part in made.functions].count("function.out-of-scope") == 1
    assert "note.out-of-scope" in {note.id for note in made.answer.notes}


def test_report_of_too_few_people_has_texts_without_figures():
    made = reports.build_case_report("small-9")

    assert made.answer.title.id == "answer.hidden"
    assert made.answer.decision.id == "decision.ask-more"
    assert made.answer.overall.figure.value is None
    assert {part.title.id for part in made.functions} == {"function.hidden"}
    assert made.perception_gap.title.id == "gap.hidden"
    assert made.authority.title.id == "authority.hidden"
    assert made.outlook.title.id == "outlook.hidden"


def test_consensus_report_explains_missing_sections():
    made = reports.build_case_report("consensus")

    assert made.perception_gap.title.id == "gap.consensus"
    assert made.authority.title.id == "authority.consensus"
    assert made.outlook.title.id == "outlook.consensus"
    assert all(row.figure.interval is None for row in made.answer.functions)


def test_released_items_are_whole_numbers_with_bounds():
    made = reports.build_case_report("risk-36")
    items = [item for part in made.functions for row in part.dimensions for item in row.items]

    known = [item.figure for item in items if item.figure.value is not None]
    assert known
    assert all(figure.value % 5 == 0 and figure.n >= 6 for figure in known)
    assert {figure.bound for figure in known if figure.value == Decimal(10)} == {"at most"}


def test_target_rows_are_sorted_by_distance():
    rows = reports.build_case_report("gap-50").targets.functions

    assert [row.missing_points for row in rows] == sorted((row.missing_points for row in rows), reverse=True)
    assert all(row.missing_points == row.target - row.now.value for row in rows)


def test_every_action_states_figure_value_and_cut_point():
    made = reports.build_case_report("risk-36", unsuppressed=True)

    texts = [get_translator().render_message(fired.text) for action in made.roadmap.actions for fired in action.fired]
    assert len(texts) >= len(made.roadmap.actions) > 10
    assert all(re.search(r": .*\d", text) for text in texts)


def test_actions_keep_order_of_result():
    made, result = reports.build_case_report("gap-50"), reports.score_case("gap-50")

    assert [action.id for action in made.roadmap.actions] == [advice.id for advice in result.advice]


@pytest.mark.parametrize("case", reports.CASES)
def test_actions_of_answer_follow_from_its_findings_and_start_now(case):
    made = reports.build_case_report(case)

    argued = [row.action for row in made.answer.rows if row.action]

    assert [row.finding for row in made.answer.rows] == list(made.answer.findings)
    assert {action.id for action in argued} <= {action.id for action in made.roadmap.starting}
    first, *others = argued if argued and argued[0].id == "calibrate-first" else (None, *argued)
    assert [action.place for action in others] == sorted(action.place for action in others)
    assert all(action.after == first.place for action in others if first)
    assert len(argued) == min(3, len(made.roadmap.starting))


@pytest.mark.parametrize("case", reports.CASES)
def test_decision_asks_for_what_starts_now_and_each_action_has_a_finding(case):
    made = reports.build_case_report(case)

    rows, starting = made.answer.rows, [action.place for action in made.roadmap.starting]
    argued = [action.place for row in rows for action in (row.action, *row.further) if action]
    argued += [also.values["place"] for also in made.answer.also if also.id == "finding.with-action"]
    later = {action.place for action in made.roadmap.actions} - set(starting)

    assert [action for action in made.roadmap.actions if action.starts_now] == list(made.answer.actions)
    assert sorted(place for place in argued if place not in later) == sorted(starting)


@pytest.mark.parametrize("case", reports.CASES)
def test_findings_of_the_answer_rest_on_different_facts(case):
    """The figure of an index is the fact of its section: the risk, and how far authority exceeds support."""
    made = reports.build_case_report(case)

    sections = [row.stated.id.partition(".")[0] for row in made.answer.rows if not row.stated.id.startswith("advice.")]
    indices = [
        {"balance": "functions"}.get(row.action.topic, row.action.topic)
        for row in made.answer.rows
        if row.stated.id.startswith("advice.") and row.action.figure not in {"item", "dimension", "function"}
    ]

    assert len({*sections, *indices}) == len([*sections, *indices])
    assert len(set(get_translator().render_messages(made.answer.findings))) == len(made.answer.rows)


def test_finding_names_the_figure_that_its_action_follows_from():
    """In risk-36, help in time is one of the items behind the risk; the risk itself is stated once."""
    rows = reports.build_case_report("risk-36").answer.rows

    evidence = [get_translator().render_message(row.evidence) if row.evidence else "" for row in rows]

    assert evidence == [
        "“Experienced help in time” scores 20, below 50",
        "Customer service scores 35 on “Escalation”, below 50",
        "",
    ]
    assert [[action.place for action in row.further] for row in rows] == [[2], [5], []]


def test_finding_on_agreement_names_every_function():
    finding = reports.build_case_report("contested-60").answer.findings[0]

    assert get_translator().render_message(finding) == (
        "Answers diverge in Customer service (0.40), Marketing (0.40) and HR (0.40): agreement is below 0.5"
    )


def test_answer_names_effort_and_expected_scores():
    made = reports.build_case_report("risk-36")
    translator = get_translator()

    assert translator.render_message(made.answer.effort) == "Effort: small for 5 actions."
    (expected,) = translator.render_messages(made.answer.expected)
    assert expected == (
        "If what they are about rises to 75 of 100, the first 5 actions would take the whole from 49.1 to 54.8 "
        "(level\N{NO-BREAK SPACE}3), all 22 to 69.3 (level\N{NO-BREAK SPACE}4). "
        "A calculation, not a promise."
    )


def test_answer_title_names_what_holds_the_whole_and_a_pattern():
    title = get_translator().render_message(reports.build_case_report("weighted-30").answer.title)

    assert title == (
        "Norden stands at level 2 of 5, with 30.1 points: Marketing keeps it from going further; "
        "Channels and Measurement are under 40 in every function with a score"
    )


def test_pattern_is_one_of_every_function_where_all_have_a_score():
    made = reports.build_case_report("not-applicable-40", unsuppressed=True)

    title = get_translator().render_message(made.answer.title)

    assert title.endswith("; Purpose and Channels are under 40 in every function")


def test_answer_title_names_the_function_that_is_behind_where_nothing_limits_the_level():
    title = get_translator().render_message(reports.build_case_report("large-200").answer.title)

    assert title == "Norden stands at level 4 of 5, with 61.3 of 100 points; Customer service is behind"


def test_answer_title_names_the_lowest_score_where_no_function_is_behind():
    title = get_translator().render_message(reports.build_case_report("out-of-scope-30").answer.title)

    assert title.endswith("with 73.1 of 100 points; the lowest score is 45.0 (Governance in Marketing)")


def test_plan_starts_on_the_day_that_the_consultant_names():
    details = ReportDetails("Norden", date=reports.DATE, start="2027-01-11")
    made = report.build_report(reports.load_shipped_questionnaire(), reports.score_case("risk-36"), details)

    assert str(made.roadmap.actions[0].start) == "2027-01-11"
    assert str(made.roadmap.actions[0].until) == "2027-02-08"
    assert str(made.plan.steps[0].due) == "2027-01-18"


def test_quadrants_and_loads_contain_every_action_once():
    made = reports.build_case_report("not-applicable-40")
    places = [action.place for action in made.roadmap.actions]

    assert sorted(action.place for part in made.plan.quadrants for action in part.actions) == places
    assert sorted(place for load in made.plan.loads for place in load.places) == places


@pytest.mark.parametrize("case", reports.CASES)
def test_target_paths_name_actions_in_the_order_of_the_roadmap(case):
    made = reports.build_case_report(case)
    titles = {action.place: action.title for action in (*made.roadmap.actions, *made.roadmap.further)}

    for row in made.target_paths.rows:
        assert [step.place for step in row.steps] == sorted(step.place for step in row.steps)
        assert all(titles[step.place] == step.title for step in row.steps)


def test_strengths_are_at_level_4_and_not_of_a_contested_function():
    assert reports.build_case_report("contested-60").strengths.rows == ()

    rows = reports.build_case_report("risk-36").strengths.rows
    assert rows
    assert all(row.figure.value >= 60 and row.level_text for row in rows)


def test_strengths_are_open_where_answers_diverge_and_the_heatmap_shows_high_levels():
    made = reports.build_case_report("contested-60")

    assert made.strengths.title.id == "strengths.contested"
    title = get_translator().render_message(made.strengths.title)
    assert title == "What is worth keeping is not clear yet: answers diverge in Customer service, Marketing and HR"


@pytest.mark.parametrize(("case", "is_raised"), [("large-200", True), ("contested-60", False), ("risk-36", False)])
def test_class_of_risk_above_its_score_is_explained(case, is_raised):
    notes = {note.id for note in reports.build_case_report(case).authority.notes}

    assert ("note.authority-flag" in notes) == is_raised


def test_long_organisation_name_is_truncated_in_sentences():
    details = ReportDetails("x" * 5000)
    made = report.build_report(reports.load_shipped_questionnaire(), reports.score_case("gap-50"), details)

    assert len(get_translator().render_message(made.answer.title)) < 300
    assert made.details.organisation == "x" * 5000
