"""The function that limits the level is argued on the answer page, also if none of its actions starts now."""

from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
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


def test_decision_says_that_no_first_action_concerns_the_limiting_function():
    made = build_report_limited_by("hr")

    text = get_translator().render_message(made.answer.decision)

    place = made.answer.rows[-1].action.place
    assert text.endswith(f" None of them concerns HR: action {place} is the first that does, and starts next.")
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
