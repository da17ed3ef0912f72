"""Consistent wording of a report: nothing promised that another page denies, no figure in two forms."""

import pytest
from msgspec.structs import replace

from assessment.domain import display, report
from assessment.domain.report import ReportDetails
from assessment.i18n import get_translator
from tests import reports

WORDS = get_translator("en")


def build_report_of(result):
    return report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden"))


def list_findings(made):
    """Everything that the answer page calls a finding: those with an action, then the others."""
    return (*made.answer.findings, *made.answer.also)


def without_scores(case):
    """A worked case in which neither the whole nor a function has a score, and no rule has fired."""
    result = reports.score_case(case)
    functions = {name: replace(found, score=None, level=None) for name, found in result.functions.items()}
    return replace(result, functions=functions, overall=replace(result.overall, score=None, level=None), advice=())


def test_title_and_first_finding_name_the_same_contested_functions_with_score_or_without():
    made = reports.build_case_report("sparse-40")

    silent = next(part for part in made.functions if part.level_score.figure.value is None)

    assert reports.score_case("sparse-40").functions[silent.id].contested
    assert made.answer.title.values["functions"] == (silent.name, "HR")
    assert {place.values["function"] for place in made.answer.rows[0].finding.values["places"]} == {silent.name, "HR"}
    assert "note.contested" not in {note.id for note in silent.notes}


def test_function_out_of_scope_is_not_called_partial():
    made = reports.build_case_report("out-of-scope-30")

    out = next(part for part in made.functions if part.title.id == "function.out-of-scope")

    assert reports.score_case("out-of-scope-30").functions[out.id].partial
    assert "note.partial" not in {note.id for note in out.notes}


def test_imbalance_names_both_cut_points():
    said = WORDS.render_message(reports.build_case_report("weighted-30").targets.balance)

    assert "15.8 points apart (flagged from 20), the lowest at 55.3% of the highest (flagged under 60%)" in said


def test_worst_hand_off_is_the_same_figure_everywhere():
    made = reports.build_case_report("risk-36")

    because = [WORDS.render_message(fired.text) for action in made.roadmap.actions for fired in action.fired]

    assert (
        "Weakest hand-off of Customer service, Email, Phone and Web: 10 or less (up to 25, action is needed)" in because
    )
    assert "Email" in WORDS.render_message(made.hand_offs.title)
    assert WORDS.render_message(made.hand_offs.title).endswith("at 10 or less")


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"CS": (40, 5, 40)}, "The weakest hand-off is Phone in Customer service, at 5"),
        ({"CS": (5, 5, 40)}, "The weakest hand-offs are Email and Phone in Customer service, at 5"),
        (
            {"CS": (5, 40, 40), "HR": (5, 40, 40)},
            "The weakest hand-offs are Email in Customer service and Email in HR, at 5",
        ),
        ({"CS": (5, 5, 40), "HR": (5, 5, 40)}, "4 hand-offs share the lowest score, 5"),
    ],
)
def test_tied_lowest_hand_offs_are_named_or_counted(scores, expected):
    result = reports.score_case("gap-50")
    functions = {
        name: replace(found, hand_off=replace(found.hand_off, rows=rows(found.hand_off.rows, scores)))
        for name, found in result.functions.items()
    }

    made = build_report_of(replace(result, functions=functions))

    assert WORDS.render_message(made.hand_offs.title) == expected


def rows(found, scores):
    """Hand-off rows with these scores for email, phone and web; the others, and other functions, are high."""
    channels = ("email", "phone", "web")
    return {
        item: replace(
            row, bound=None, score=dict(zip(channels, scores.get(item[:2], ()), strict=False)).get(item[5:], 80)
        )
        for item, row in found.items()
    }


def test_key_figure_without_finding_is_explained():
    loud, quiet = (reports.build_case_report(case).answer for case in ("risk-36", "gap-50"))

    notes = WORDS.render_messages(loud.notes)

    assert any(
        note.startswith("Embedding: how far the work is a normal part of the functions, here “A sh") for note in notes
    )
    assert "Balance: the lowest function as a percentage of the highest." in notes
    assert "note.embedding" not in {note.id for note in quiet.notes}


def test_action_titles_in_sentences_are_quoted():
    result = reports.score_case("gap-50")
    advice = tuple(replace(one, part="now") for one in result.advice if one.id == "influencer-protocol")
    made = build_report_of(replace(result, advice=advice))

    said = {
        language: get_translator(language).render_message(made.answer.decision) for language in ("en", "de", "fr", "es")
    }

    titles = [action.title for action in made.answer.actions]
    assert any("," in title for title in titles)
    assert all(f"“{title}”" in said["en"] for title in titles)
    assert all(f"„{title}“" in said["de"] for title in titles)
    assert all(f"«\N{NARROW NO-BREAK SPACE}{title}\N{NARROW NO-BREAK SPACE}»" in said["fr"] for title in titles)
    assert all(f"«{title}»" in said["es"] for title in titles)


def test_report_without_scores_does_not_claim_that_no_action_is_needed():
    made = build_report_of(without_scores("small-9"))

    following = [WORDS.render_message(one) for one in made.summary.next_steps]

    assert WORDS.render_message(made.roadmap.title) == "Too little is known yet to advise any action"
    assert following == [
        "There were too few answers to propose an action; the organisation decides whether to ask more people."
    ]
    assert made.answer.decision.id == "decision.ask-more"


def test_single_action_is_written_in_singular():
    result = reports.score_case("gap-50")
    made = build_report_of(replace(result, advice=result.advice[:1]))

    assert WORDS.render_message(made.summary.next_steps[-1]).startswith("The organisation is asked to name one person")
    assert "each of them" not in WORDS.render_message(made.summary.next_steps[-1])
    assert WORDS.render_message(made.answer.decision).startswith(
        "Approve this action to start now, with one person’s name"
    )


def test_embedding_is_among_the_findings():
    said = [WORDS.render_message(one) for one in list_findings(reports.build_case_report("gap-50"))]

    assert said[-1] == (
        "Embedding is at 37.8 of 100, “An internal service”. "
        "On the whole, social media work is more separate from the functions than part of them."
    )


def test_flagged_balance_puts_functions_first_among_the_findings():
    """Without a flag the same sentence is a quiet one."""
    result = reports.score_case("gap-50")
    indices = replace(result.indices, balance=replace(result.indices.balance, flagged=False))

    flagged, calm = (
        [one.values["finding"].id if one.id == "finding.with-action" else one.id for one in report.answer.also]
        for report in (build_report_of(one) for one in (result, replace(result, indices=indices)))
    )

    assert flagged[-2:] == ["functions.leads", "embedding.apart"]
    assert "functions.leads" not in calm


def test_dimension_low_in_every_function_precedes_neutral_findings():
    made = reports.build_case_report("weighted-30")

    found = [one.id for one in made.answer.findings]

    assert found == ["heatmap.low-in-all", "functions.two", "finding.item-below"]


def test_two_functions_are_compared_in_one_sentence():
    made = reports.build_case_report("out-of-scope-30")
    result = reports.score_case("out-of-scope-30")
    sure = {name: replace(part, half_width=2.0) for name, part in result.functions.items()}

    ahead = build_report_of(replace(result, functions=sure))

    unsure = "The functions score from 70.1 to 76.2, with no clear first or last"
    assert unsure in WORDS.render_messages(list_findings(made))
    assert "Customer service (76.2) is ahead of Marketing (70.1)" in WORDS.render_messages(list_findings(ahead))


def test_contested_report_asks_for_one_decision_first():
    made = reports.build_case_report("contested-60")

    assert [action.id for action in made.answer.actions] == ["calibrate-first"]
    assert made.answer.decision.id == "decision.settle"
    assert made.roadmap.starting[0].id == "calibrate-first"


def test_goal_of_action_that_starts_now_is_dated_from_the_close():
    made = reports.build_case_report("gap-50")

    goals = {
        action.horizon: WORDS.render_message(action.goal) for action in made.roadmap.actions if action.part == "now"
    }
    later = [WORDS.render_message(action.goal) for action in made.roadmap.actions if action.part == "next"]

    assert goals[0].endswith("goal: 50 or more by 30 November 2026.")
    assert all(" by " in goal.partition("goal:")[2] for goal in later)
    assert "begins on 2 February 2027" in " ".join(WORDS.render_messages(made.roadmap.notes))


def goals_of(result, date=reports.DATE):
    made = report.build_report(reports.load_shipped_questionnaire(), result, ReportDetails("Norden", date=date))
    return {action.id: WORDS.render_message(action.goal) for action in made.roadmap.actions}


def test_goal_of_a_gap_starts_from_the_average_gap_that_its_indicator_names():
    goals = goals_of(reports.score_case("gap-50"))

    assert goals["evidence-meeting"] == "Average size of gap: 34.2 today; goal: less than 15 by 30 November 2026."


def test_goal_of_a_gap_starts_from_the_widest_where_the_average_is_below_the_cut():
    result = reports.score_case("gap-50")
    gap = replace(result.indices.perception_gap, score=12.0)

    goals = goals_of(replace(result, indices=replace(result.indices, perception_gap=gap)))

    assert goals["evidence-meeting"].startswith(
        "In this report, “Gap between leaders and practitioners on People”: 40 today; goal: less than 15"
    )


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((80.0, 70.0, 20.0), "Score of the lowest function: 20.0 today; goal: more than 60.0 by 2 May 2027."),
        ((40.0, 30.0, 19.0), "Score of the lowest function: 19.0 today; goal: 24.0 or more by 2 May 2027."),
    ],
)
def test_goal_of_balance_is_a_score_of_the_lowest_function(scores, expected):
    result = reports.score_case("gap-50")
    functions = {
        name: replace(part, score=score) for (name, part), score in zip(result.functions.items(), scores, strict=True)
    }

    assert goals_of(replace(result, functions=functions))["pair-functions"] == expected


def test_goal_of_an_indicator_that_is_not_measured_names_the_figure_of_the_report():
    made = reports.build_case_report("gap-50")

    goals = {action.id: WORDS.render_message(action.goal) for action in made.roadmap.actions}

    assert goals["hand-over-clock"] == (
        "In this report, “Questions reach service”: 25 today; goal: 50 or more by 30 November 2026."
    )
    assert goals["move-into-functions"].startswith("Embedding: 37.8 today")
    assert "note.baseline" in {note.id for note in made.roadmap.notes}


def test_next_step_has_next_level_of_its_dimension_as_goal():
    made = reports.build_case_report("contested-60")

    step = next(action for action in made.roadmap.actions if action.id == "next-step-marketing")

    assert step.title == "Take Purpose one step further (Marketing)"
    assert WORDS.render_message(step.goal) == "Purpose in Marketing: 62.5 today; goal: 75 or more by 2 May 2027."
    assert [WORDS.render_message(fired.text) for fired in step.fired] == ["Score of Marketing: 69.6, below 75"]


def test_action_needed_only_for_target_path_is_in_roadmap():
    made = reports.build_case_report("risk-36")

    further = {action.title: action.place for action in made.roadmap.further}
    steps = {step.title: step.place for row in made.target_paths.rows for step in row.steps}

    assert further
    assert further.items() <= steps.items()
    assert all(action.part == "target" and not action.fired for action in made.roadmap.further)


def test_report_contains_prospects_of_advice():
    made = reports.build_case_report("gap-50")
    whole = reports.score_case("gap-50").prospects[-1]

    row = made.target_paths.prospects[0]

    assert (row.name, whole.function) == ("", None)
    score = display.round_figure(whole.all_advice.score, display.RoundingScale(1))
    level = f"level\N{NO-BREAK SPACE}{whole.all_advice.level}"
    assert WORDS.render_message(row.all_advice) == f"{score} ({level})"


def test_goal_agreement_states_numbers_of_answers():
    figures = {
        WORDS.render_message(key.label): key for key in reports.build_case_report("gap-50").perception_gap.key_figures
    }

    assert WORDS.render_message(figures["Agreement on purpose"].meaning) == "15 leaders, 10 practitioners"


def test_average_gap_is_shown_with_gap_by_chance():
    notes = WORDS.render_messages(reports.build_case_report("gap-50").perception_gap.notes)

    assert "Average size of gap: at these numbers of people, chance alone would give about 7.5 points." in notes


def test_embedding_at_floor_is_shown_as_ten_or_less():
    result = reports.score_case("gap-50")
    floor = replace(result.indices.embedding, score=10.0, class_="profession")

    made = build_report_of(replace(result, indices=replace(result.indices, embedding=floor)))

    assert WORDS.format_figure(made.outlook.embedding) == "10 or less"
    assert "Embedding is at 10 or less of 100" in " ".join(WORDS.render_messages(list_findings(made)))


def test_several_contested_functions_are_all_named():
    result = reports.score_case("contested-60")
    functions = {name: replace(part, contested=True) for name, part in result.functions.items()}

    made = report.build_report(
        reports.load_shipped_questionnaire(), replace(result, functions=functions), ReportDetails("Norden")
    )

    settling = next(action for action in made.roadmap.actions if action.id == "calibrate-first")
    assert WORDS.render_message(settling.about) == "Answers diverge in Customer service, Marketing and HR."


def test_because_of_contested_functions_shows_the_agreement_of_each():
    made = reports.build_case_report("contested-60")

    settling = next(action for action in made.roadmap.actions if action.id == "calibrate-first")

    assert [WORDS.render_message(fired.text) for fired in settling.fired] == [
        f"Agreement among the people asked in {name}: 0.40, below 0.5"
        for name in ("Customer service", "Marketing", "HR")
    ]


def test_because_of_provisional_functions_shows_the_coverage_of_each_lowest_first():
    result = reports.score_case("sparse-40")
    shares = {"customer-service": 0.55, "marketing": 0.7, "hr": 0.51}
    functions = {name: replace(part, coverage=shares[name]) for name, part in result.functions.items()}

    made = build_report_of(replace(result, functions=functions))

    asking = next(action for action in made.roadmap.actions if action.id == "complete-coverage")
    assert [WORDS.render_message(fired.text) for fired in asking.fired] == [
        "Coverage of HR: 51%, below 60%",
        "Coverage of Customer service: 55%, below 60%",
    ]


@pytest.mark.parametrize("case", reports.CASES)
def test_all_advice_note_names_excluded_actions(case):
    made = reports.build_case_report(case)

    left_out = [note for note in made.target_paths.notes if note.id == "note.all-advice"]

    assert [note.values["count"] for note in left_out] == [len(made.roadmap.further)] * bool(made.roadmap.further)


def test_goal_of_next_step_is_at_most_the_target():
    made = reports.build_case_report("floor-40")

    steps = [WORDS.render_message(action.goal) for action in made.roadmap.actions if action.id.startswith("next-step")]

    assert not any("80 or more" in goal for goal in steps)


def test_that_averages_look_calm_is_said_of_the_first_urgent_action_only():
    notes = [note.id for note in reports.build_case_report("risk-36").roadmap.notes]

    assert [note for note in notes if note.startswith("note.urgent")] == [
        "note.urgent",
        "note.urgent-too",
        "note.urgent-too",
    ]
