"""Advice that only a target needs, forecasts, goals, strengths and bounds: what their sentences state."""

from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.report import ReportDetails
from assessment.i18n import get_translator
from tests import reports


def test_action_only_for_a_target_does_not_ask_for_what_is_usual_practice():
    """In large-200 "Same service goals" scores 85, and only the target level needs advice on its dimension."""
    roadmap = reports.build_case_report("large-200").roadmap

    (only_for_target,) = roadmap.further

    assert only_for_target.id == "same-service-goals"
    assert only_for_target.title == "Take Purpose one step further (Customer service)"
    assert only_for_target.why == ""
    assert get_translator().render_message(only_for_target.about).startswith("No figure calls for this")
    assert only_for_target.steps[0] == "Read how the next level of this dimension is described"


def test_action_only_for_a_target_keeps_its_title_where_practice_is_not_usual_yet():
    further = reports.build_case_report("weighted-30").roadmap.further

    assert [action.title for action in further] == [
        "Solve problems where customers raise them",
        "Allow the same refunds and promises on every channel",
    ]


def test_hand_offs_state_shares_of_contacts_where_they_differ():
    notes = reports.build_case_report("weighted-30", unsuppressed=True).hand_offs.notes

    texts = get_translator().render_messages(notes)

    assert texts[-3].endswith(": Email 40%, Phone 30%, Web 10%, In person 20% and Post 0%.")
    assert texts[-2].endswith(": Email 60%, Phone 0%, Web 40%, In person 0% and Post 0%.")
    assert texts[-1] == "A channel without contacts is shown, but doesn’t count and is never framed."
    assert not [note for note in reports.build_case_report("risk-36").hand_offs.notes if "contact" in note.id]


def test_assumed_scores_name_the_higher_one_where_a_target_needs_it():
    """A target of 80 or more is level 5, which no score of 75 reaches."""
    result = reports.score_case("risk-36")
    functions = dict(result.functions)
    functions["hr"] = replace(functions["hr"], target=80.0)
    details = ReportDetails("Norden", "Autumn", reports.DATE, "1")
    made = report.build_report(reports.load_shipped_questionnaire(), replace(result, functions=functions), details)

    texts = get_translator().render_messages(made.target_paths.notes)

    assert texts[0].startswith(
        "Assumed: what a piece of advice is about rises to 75 of 100, or 100 where the target is level 5, and"
    )


def test_note_names_what_stays_below_target_with_all_advice():
    texts = get_translator().render_messages(reports.build_case_report("risk-36").target_paths.notes)

    assert "Even with all advice the whole, Customer service, Marketing and HR stay below their target scores." in texts


def test_goal_of_embedding_is_where_the_outlook_calls_it_reached():
    made = reports.build_case_report("gap-50")
    action = next(action for action in made.roadmap.actions if action.id == "move-into-functions")

    assert get_translator().render_message(action.effect.wanted) == "75 or more"


def test_strengths_say_which_functions_are_left_out_because_answers_diverge():
    title = get_translator().render_message(reports.build_case_report("sparse-40").strengths.title)

    assert title.endswith("; Customer service and HR are left out, because answers diverge")


def test_strength_names_what_was_asked_and_is_usual_practice():
    """The text of its level also describes what nobody was asked."""
    strengths = reports.build_case_report("large-200").answer.strengths

    texts = get_translator().render_messages(strengths)

    assert texts[0] == "People in Marketing (75.0): “Next to experience”"


def test_average_gap_is_a_lower_bound_where_a_gap_is_one():
    section = reports.build_case_report("over-controlled-28").perception_gap

    size, signed = (key.figure for key in section.key_figures[:2])

    assert (size.bound, signed.bound) == ("at least", "at least")
    assert reports.build_case_report("risk-36").perception_gap.key_figures[0].figure.bound is None
