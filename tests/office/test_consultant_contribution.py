"""What the consultant changed stands in every format: order, words, owner, status, comment, moderated scores."""

from io import BytesIO

import pypdf
import pytest

from assessment.domain import report
from assessment.domain.closed_sets import ActionStatus
from assessment.domain.report import ReportDetails
from assessment.domain.report.audiences import BOARD_EDITION, FULL_EDITION
from assessment.domain.report.comments import Comments, ModerationInput, add_comments
from assessment.domain.report.details import ActionEdit
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
    if ending != "pptx":  # slides have no room for reasons and comments
        assert "The policy came after the close." in text
        assert "Agreed on 3 May." in text
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
