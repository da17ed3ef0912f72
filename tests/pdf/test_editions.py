"""Editions: as long as they say, from one computation, with the same figures to the digit."""

import io
import re
from functools import cache

import pytest
from pypdf import PdfReader

from assessment.domain import report
from assessment.domain.report import ReportDetails, ScoreModeration
from assessment.domain.report.audiences import list_audiences
from assessment.i18n import get_translator
from assessment.pdf import render_report
from tests import reports

SHORT = {"board": 2, "respondents": 1}


@cache
def read_text(case, audience, *, unsuppressed=False):
    content = reports.render_case(case, audience, unsuppressed=unsuppressed)
    return tuple(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def join_lines(pages):
    return " ".join(" ".join(pages).split())


@pytest.mark.parametrize("case", reports.CASES)
def test_leaders_and_practitioners_come_before_roles_in_four_years(case):
    text = join_lines(read_text(case, "full")[3:])

    assert 0 < text.index("Leaders and practitioners") < text.index("Roles in four years")


def test_class_and_its_meaning_are_parted_by_a_colon():
    text = join_lines(read_text("risk-36", "full"))

    assert "Critical: On average" in text
    assert "A shared tool: On the whole" in text


@pytest.mark.parametrize("audience", SHORT)
@pytest.mark.parametrize("case", reports.CASES)
def test_short_edition_has_exact_page_count(case, audience):
    assert len(read_text(case, audience)) == SHORT[audience]


@pytest.mark.parametrize("case", ["gap-50", "risk-36", "plain-24"])
def test_playbook_has_3_to_5_pages(case):
    for part in reports.build_case_report(case).functions:
        assert 3 <= len(read_text(case, f"function:{part.id}")) <= 5


@pytest.mark.parametrize("audience", ["full", *SHORT])
@pytest.mark.parametrize("case", reports.CASES)
def test_level_chart_states_the_figures_of_the_result(case, audience):
    made, pages = reports.build_case_report(case), read_text(case, audience)
    translator = get_translator("en")

    found = next((page for page in pages if "The whole\n" in page), "")

    if all(row.figure.value is None for row in (made.answer.overall, *made.answer.functions)):
        assert "The whole\n–" not in found
        assert "An item is shown once 6 people or more" in join_lines(pages) or audience == "respondents"
        return
    assert f"The whole\n{translator.format_figure(made.answer.overall.figure)}" in found
    for row in made.answer.functions:
        assert f"{row.name}\n{translator.format_figure(row.figure)}" in found


def test_playbook_of_contested_function_shows_its_own_agreement_alone():
    for part in reports.build_case_report("contested-60").functions:
        text = join_lines(read_text("contested-60", f"function:{part.id}"))

        assert f"Agreement among the people asked in {part.name}: 0.40, below 0.5" in text
        assert text.count("Agreement among the people asked in") == text.count(f"people asked in {part.name}: 0.40")
        assert "is decided first" not in text


@pytest.mark.parametrize("case", ["gap-50", "risk-36"])
def test_playbook_contains_only_its_own_function(case):
    made = reports.build_case_report(case)

    for part in made.functions:
        pages = read_text(case, f"function:{part.id}")
        for row in part.dimensions:
            assert f"{row.name}\n{get_translator('en').format_figure(row.figure)}" in pages[0]
        for action in part.actions:
            assert action.title in join_lines(pages)
            assert all(step in join_lines(pages) for step in action.steps)
        others = {one.level_score.figure.value for one in made.functions} - {part.level_score.figure.value}
        assert not [score for score in others if f"Score\n{score}" in pages[0]]


@pytest.mark.parametrize("audience", ["full", "board", "respondents"])
@pytest.mark.parametrize("case", reports.CASES)
def test_every_printed_decimal_is_a_report_figure(case, audience):
    made = reports.build_case_report(case)
    known = set(re.findall(r"\d+\.\d+", str(made)))

    printed = set(re.findall(r"(?<![\d.])\d+\.\d(?![\d.])", join_lines(read_text(case, audience))))

    assert printed - known == set()


def test_audiences_are_playbooks_and_three_editions():
    made, result = reports.build_case_report("gap-50"), reports.score_case("gap-50")

    offered = list_audiences(reports.load_shipped_questionnaire(), result)

    assert offered == ("full", "board", *(f"function:{part.id}" for part in made.functions), "respondents")


def test_unknown_audience_is_refused():
    with pytest.raises(ValueError, match="everybody"):
        render_report(reports.build_case_report("gap-50"), audience="everybody")


@pytest.mark.parametrize("audience", ["full", "board", "respondents"])
def test_edition_is_deterministic_and_numbers_its_pages(audience):
    made = reports.build_case_report("gap-50")

    content = render_report(made, audience=audience)

    reader = PdfReader(io.BytesIO(content))
    assert render_report(made, audience=audience) == content
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in reader.pages[-1].extract_text()
    assert reader.outline


def test_respondents_edition_explains_protection_and_next_steps():
    text = join_lines(read_text("risk-36", "respondents"))

    assert "What the answers of 34 people show" in text
    assert "Results are shown only for groups of 6 people or more." in text
    first = ("Keep an experienced colleague within reach", "Put in writing what people may decide alone")
    assert f"The first actions proposed: “{first[0]}”, “{first[1]}”" in text


def test_board_edition_asks_for_a_decision():
    pages = read_text("risk-36", "board")

    assert "The decision asked for" in pages[1]
    assert "8 actions would lift the whole from level 3 to level 4." in join_lines(pages)


def test_board_edition_contains_remarks_and_moderated_scores():
    details = ReportDetails(
        "Norden",
        remarks={"answer": "We walked two shifts."},
        moderations=(ScoreModeration("Norden", 49.1, 55.0, "The new rota came after the close."),),
    )
    made = report.build_report(reports.load_shipped_questionnaire(), reports.score_case("risk-36"), details)

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(render_report(made, audience="board"))).pages]

    assert len(pages) == SHORT["board"]
    assert "We walked two shifts." in pages[0]
    assert "Norden: 55.0, computed 49.1" in pages[0]


def test_playbook_lists_actions_of_all_functions():
    made = reports.build_case_report("risk-36")
    read = join_lines(read_text("risk-36", f"function:{made.functions[-1].id}"))

    (pinned, _) = [action for action in made.roadmap.actions if action.pinned and action.function is None]

    assert "In the roadmap for all functions" in read
    assert pinned.title in read
    assert pinned.owner in read


def test_playbook_of_contested_result_names_the_first_decision():
    made = reports.build_case_report("contested-60")
    (doubt,) = [action for action in made.roadmap.actions if action.topic == "quality"]

    named = [doubt.title in join_lines(read_text("contested-60", f"function:{part.id}")) for part in made.functions]

    assert named == [True, True, True]


@pytest.mark.parametrize("audience", ["board", "function:hr"])
def test_edition_without_figures_asks_for_a_decision(audience):
    made, translator = reports.build_case_report("small-9"), get_translator("en")

    assert translator.render_message(made.answer.decision) in join_lines(read_text("small-9", audience))


def read_edition(details, audience, case="risk-36"):
    made = report.build_report(reports.load_shipped_questionnaire(), reports.score_case(case), details)
    return [page.extract_text() for page in PdfReader(io.BytesIO(render_report(made, audience=audience))).pages]


def test_respondents_sheet_has_no_notice_for_the_board():
    details = ReportDetails("Norden", confidentiality="For the board only")

    (sheet,) = read_edition(details, "respondents")

    assert "For the board only" not in sheet
    assert "For the board only" in read_edition(details, "board")[0]


def test_playbook_shows_in_full_the_pinned_actions_that_its_head_owns():
    made = reports.build_case_report("risk-36")
    pinned = [
        action for action in made.roadmap.actions if action.pinned and "customer-service" in action.owner_functions
    ]

    text = join_lines(read_text("risk-36", "function:customer-service"))

    assert [action.id for action in pinned] == ["experienced-cover", "authority-limits", "escalation"]
    assert all(step in text for action in pinned for step in action.steps)


@pytest.mark.parametrize("audience", ["full", "function:hr"])
def test_count_of_hidden_figures_is_that_of_the_edition(audience):
    suppressed = reports.score_case("risk-36").suppressed
    expected = len(suppressed) if audience == "full" else sum(path.startswith("functions.hr.") for path in suppressed)

    assert f"{expected} figures are hidden in this report" in join_lines(read_text("risk-36", audience))
    assert 0 < sum(path.startswith("functions.hr.") for path in suppressed) < len(suppressed)


def test_moderated_value_stands_next_to_the_measured_one():
    details = ReportDetails(
        "Norden",
        moderations=(
            ScoreModeration("Customer service", 28.4, 35.0, "The new rota came after the close."),
            ScoreModeration("HR · People", 45.0, 55.0, "Two recruiters joined."),
        ),
    )

    pages = read_edition(details, "full")

    assert "moderated 35.0" in pages[1]
    (heatmap,) = [page for page in pages if page.startswith("Where practice is strong")]
    assert "[55.0]" in heatmap
    assert sum("35.0" in page for page in pages) >= 4


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_owners_belong_to_the_same_functions_in_every_language(language):
    asked, result = reports.load_shipped_questionnaire(), reports.score_case("risk-36")

    english, other = (
        {action.id: action.owner_functions for action in made.roadmap.actions}
        for made in (report.build_report(asked, result, ReportDetails("Norden"), one) for one in ("en", language))
    )

    assert english == other


def test_advice_in_full_has_actions_that_only_a_target_needs():
    text = join_lines(read_text("weighted-30", "full"))

    assert "17 actions, why they matter and how to begin" in text
    assert text.count("to reach the target") >= 4  # two actions, in the roadmap and in the advice
