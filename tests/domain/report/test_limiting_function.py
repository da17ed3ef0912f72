"""The function that limits the level is argued on the answer page, also if none of its actions starts now."""

from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.domain.report.message import make_message
from assessment.domain.report.sections.findings import find_following_action
from assessment.domain.report.source import build_source
from assessment.i18n import get_translator
from tests import reports

CASE = "risk-36"  # its first five actions concern customer service and the whole, none HR


def build_report_limited_by(function):
    result = reports.score_case(CASE)
    lifts = [replace(lift, binding=(function,)) if lift.function is None else lift for lift in result.lifts]
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1")
    return report.build_report(reports.load_shipped_questionnaire(), replace(result, lifts=lifts), details)


def test_limiting_function_without_action_that_starts_now_is_argued_with_its_first_action():
    made = build_report_limited_by("hr")

    row = made.answer.rows[-1]
    first = next(action for action in made.roadmap.actions if action.function_name == "HR")

    assert not any(action.function_name == "HR" for action in made.roadmap.starting)
    assert get_translator().render_message(made.answer.title).endswith("HR keeps it from going further")
    assert get_translator().render_message(row.finding) == "HR limits the level of the whole, at 61.8"
    assert row.action == first
    assert row.evidence == first.finding


def test_decision_says_that_no_first_action_is_for_the_limiting_function():
    made = build_report_limited_by("hr")

    text = get_translator().render_message(made.answer.decision)

    place = made.answer.rows[-1].action.place
    assert text.endswith(
        f" None of them is for HR alone: the first that is, action {place}, starts next unless you bring it forward."
    )
    assert [action.place for action in made.answer.actions] == [1, 2, 3, 4, 5]


def test_limiting_function_with_action_that_starts_now_gets_no_further_row():
    made = build_report_limited_by("customer-service")

    assert made.answer.rows == reports.build_case_report(CASE).answer.rows
    assert made.answer.decision.id == "decision.actions"


def test_finding_of_limiting_function_that_the_consultant_dropped_stays_out():
    result = reports.score_case(CASE)
    lifts = [replace(lift, binding=("hr",)) if lift.function is None else lift for lift in result.lifts]
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1", dropped_findings=("functions.limits",))
    made = report.build_report(reports.load_shipped_questionnaire(), replace(result, lifts=lifts), details)

    assert "functions.limits" not in [row.stated.id for row in made.answer.rows]
    assert made.answer.decision.id == "decision.actions"


def test_each_of_two_limiting_functions_is_argued_among_the_first_three():
    """A second row about HR gives way, not the gap between leaders and practitioners."""
    rows = reports.build_case_report("gap-50").answer.rows

    assert [row.action.function_name for row in rows] == ["HR", "Marketing", None]
    assert rows[2].stated.id == "gap.leaders"


def test_finding_of_gap_is_followed_only_by_the_action_that_the_gap_called_for():
    """In sparse-40, leaders who don't know are a fact of their own: chance could explain the gap."""
    made = reports.build_case_report("gap-50")
    meeting = next(action for action in made.roadmap.actions if action.id == "evidence-meeting")
    purpose = replace(meeting, place=1, id="one-purpose", figure="goal-agreement")
    title = made.answer.rows[2].stated.computed

    chosen = find_following_action(build_source_of("gap-50"), (purpose, meeting), title)

    assert chosen.id == "evidence-meeting"
    assert "advice.leaders-sit-in" in [row.stated.id for row in reports.build_case_report("sparse-40").answer.rows]


def test_further_finding_names_an_action_that_starts_later():
    also = reports.build_case_report("over-controlled-28").answer.also

    texts = get_translator().render_messages(also)

    assert "Support exceeds authority by 45 points or more: people are held back from deciding (action 6)" in texts


def test_hand_off_of_one_function_is_followed_by_no_action_for_another():
    made = reports.build_case_report("gap-50")
    actions = [action for action in made.roadmap.actions if action.topic == "hand-offs"]
    title = make_message("hand-offs.weak", function="HR", channel="Phone", score=10)

    chosen = find_following_action(build_source_of("gap-50"), actions, title)

    assert {action.function_name for action in actions} == {"Marketing", "HR"}
    assert chosen.function_name == "HR"
    assert find_following_action(build_source_of("gap-50"), [actions[0]], title) is None


def build_source_of(case):
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1")
    return build_source(reports.load_shipped_questionnaire(), reports.score_case(case), details)
