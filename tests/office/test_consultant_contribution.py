"""The consultant's changes are in every format: order, words, owner, status, comment, moderated scores."""

from io import BytesIO

import pypdf
import pytest
from msgspec.structs import replace

from assessment.domain import report
from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report import ReportDetails
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION, RESPONDENT_EDITION
from assessment.domain.report.comments import Comments, ModerationInput, add_comments
from assessment.domain.report.details import ActionEdit, FindingEdit
from assessment.i18n import get_translator
from assessment.pdf import render_report
from tests import reports
from tests.office import office_files

CASE = "plain-24"
BARE = ReportDetails("Norden", "Autumn", reports.DATE, "1")


@pytest.fixture(scope="module")
def contribution():
    """The first action reworded, the second left out, the third moved to the top; HR moderated."""
    first, second, third = (advice.id for advice in reports.score_case(CASE).advice[:3])
    comments = Comments(
        actions={
            first: ActionEdit(
                title="Look at ten cases",
                owner="Marta Reyes",
                due="2027-03-31",
                note="Agreed on 3 May.",
                status=ActionStatus.UNDER_WAY,
                baseline="2 of 10",
                goal="8 of 10",
            )
        },
        order=(third, first),
        dropped={second: "Secret reason."},
        moderations=(ModerationInput("functions.hr", 91.5, "The policy came after the close."),),
    )
    questionnaire = reports.load_shipped_questionnaire()
    details = add_comments(BARE, comments, questionnaire, reports.score_case(CASE), "en", None)
    return (first, second, third), details


def build(details):
    return report.build_report(reports.load_shipped_questionnaire(), reports.score_case(CASE), details)


def test_roadmap_follows_the_order_and_leaves_out_what_was_dropped(contribution):
    (first, second, third), details = contribution
    computed = build(BARE).roadmap

    roadmap = build(details).roadmap

    assert [action.id for action in roadmap.actions][:2] == [third, first]
    assert second not in {action.id for action in (*roadmap.actions, *roadmap.further)}
    assert sum(action.part == "now" for action in roadmap.actions) == computed.first - 1
    assert [action.place for action in roadmap.actions] == list(range(1, len(roadmap.actions) + 1))


def test_forecasts_of_the_computed_plan_are_left_out_of_a_changed_one(contribution):
    _, details = contribution

    changed = build(details)

    assert build(BARE).target_paths.prospects
    assert changed.target_paths.prospects == ()
    assert changed.answer.expected == ()


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx", "pdf"])
def test_every_format_prints_the_contribution(contribution, ending):
    (_, second, _), details = contribution
    left_out = reports.load_shipped_questionnaire().text("en").rules[second].title
    if ending == "pdf":
        content = render_report(build(details), "en", FULL_EDITION)
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    else:
        content = office_files.render_with_details(CASE, ending, details)
        text = " ".join(office_files.list_file_texts(ending, content))
    text = " ".join(text.split())

    for words in ("Look at ten cases", "Marta Reyes", "under way", "91.5"):
        assert words in text, words
    assert "The policy came after the close." in text
    assert "Agreed on 3 May." in text
    if ending != "pptx":  # it stands in the notes of the roadmap, which slides have as speaker notes
        assert left_out in text
    assert "Secret reason." not in text


def test_board_edition_prints_owner_and_both_values(contribution):
    _, details = contribution

    content = render_report(build(details), "en", BOARD_EDITION)

    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())
    assert all(words in text for words in ("Look at ten cases", "Marta Reyes", "91.5"))


def test_reordered_actions_of_the_first_step_take_its_dates(contribution):
    (first, _, third), details = contribution

    actions = {action.id: action for action in build(details).roadmap.actions}

    assert actions[third].starts_now
    assert str(actions[first].until) == "2027-03-31"
    assert actions[first].effect.baseline == "2 of 10"


def test_details_without_changes_encode_as_before():
    details = add_comments(BARE, Comments(), reports.load_shipped_questionnaire(), reports.score_case(CASE), "en", None)

    assert details == BARE


@pytest.fixture(scope="module")
def finding_changes():
    """The first computed finding reworded and commented, the second left out, the last moved to the top."""
    stated = build(BARE).answer.stated
    first, second, last = stated[0].id, stated[1].id, stated[-1].id
    comments = Comments(
        finding_edits={first: FindingEdit("Two towns, two rules", "Agreed on 3 May.")},
        finding_order=(last, first),
        dropped_findings={second: "Secret reason."},
        remarks={"heatmap": "Look at the lower left."},
    )
    details = add_comments(BARE, comments, reports.load_shipped_questionnaire(), reports.score_case(CASE), "en", None)
    return (first, second, last), details


def test_changed_findings_are_reworded_reordered_and_left_out(finding_changes):
    (first, second, last), details = finding_changes

    answer = build(details).answer

    assert [finding.id for finding in answer.stated][:2] == [last, first]
    assert answer.findings[1].values == {"text": "Two towns, two rules"}
    assert second not in {finding.id for finding in answer.stated}
    assert [finding.id for finding in answer.dropped] == [second]
    assert answer.actions


def test_decision_names_actions_even_if_every_finding_is_left_out():
    ids = [finding.id for finding in build(BARE).answer.stated]
    comments = Comments(dropped_findings=dict.fromkeys([*ids, *list_all_finding_ids()], "No."))
    details = add_comments(BARE, comments, reports.load_shipped_questionnaire(), reports.score_case(CASE), "en", None)

    answer = build(details).answer

    assert answer.stated == ()
    assert answer.actions
    assert answer.decision.id == "decision.actions"


def list_all_finding_ids():
    """List ids of findings until none is computed any more."""
    dropped = []
    while stated := build(replace(BARE, dropped_findings=tuple(dropped))).answer.stated:
        dropped += [finding.id for finding in stated]
    return dropped


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx", "pdf", "board.pdf", "respondents.pdf"])
def test_every_format_prints_changed_findings(finding_changes, ending):
    (first, second, _), details = finding_changes
    words = get_translator("en")
    computed = {finding.id: words.render_message(finding.computed) for finding in build(BARE).answer.stated}
    audience, _, kind = ending.rpartition(".")
    if kind == "pdf":
        content = render_report(build(details), "en", audience or FULL_EDITION)
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    else:
        content = office_files.render_with_details(CASE, ending, details)
        text = " ".join(office_files.list_file_texts(ending, content))
    text = " ".join(text.split())

    assert "Two towns, two rules" in text
    assert "Secret reason." not in text
    if audience != RESPONDENT_EDITION:
        assert f"“{computed[first]}”" in text
        assert f"The consultant left out this computed finding: “{computed[second]}”." in text
        assert "Agreed on 3 May." in text


def list_slide_texts(details):
    return " ".join(office_files.list_file_texts("pptx", office_files.render_with_details(CASE, "pptx", details)))


def test_slides_show_texts_and_notes_of_the_consultant(contribution, finding_changes):
    (_, details), (_, changed) = contribution, finding_changes

    texts = [list_slide_texts(each) for each in (details, changed)]

    assert "Agreed on 3 May." in texts[0]
    assert "The policy came after the close." in texts[0]
    assert "Look at the lower left." in texts[1]
