"""The survey in a real browser: with and without JavaScript, on a phone and on a desk, light and dark."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, Server, Survey
from tests.browser.respondent import (
    SAVED,
    choose_rung,
    enter_code,
    enter_survey,
    fill_section,
    find_status,
    press_continue,
    read_code,
)

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]


@pytest.mark.parametrize("javascript", [True, False])
def test_leader_answers_sends_and_sees_a_copy(survey: Survey, open_browser: OpenBrowser, *, javascript: bool):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey, "leader")

    while "/survey/check" not in page.url:
        here = page.url
        fill_section(page)
        press_continue(page)
        page.wait_for_url(lambda url, here=here: url != here)
    expect(page.get_by_text("You have answered everything")).to_be_visible()
    page.get_by_role("button", name="Send my answers").first.click()

    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    expect(page.locator(".own-code")).to_have_text(re.compile(r"^[A-Z2-9]{4}(-[A-Z2-9]{4}){2}$"))
    assert len(survey.answers()) == 16


def test_each_change_is_saved_and_confirmed(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)

    choose_rung(page, 0, 2)

    expect(find_status(page, 0)).to_have_text(SAVED)
    assert survey.answers() == {"CS-P1": "2"}


def test_quick_changes_save_the_last_one(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)

    for rung in (0, 1, 2, 3, 4, 1):
        choose_rung(page, 0, rung)

    expect(find_status(page, 0)).to_have_text(SAVED)
    page.wait_for_load_state("networkidle")
    assert survey.answers() == {"CS-P1": "1"}


def test_offline_answers_are_saved_when_the_network_is_back(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey)

    page.context.set_offline(True)
    choose_rung(page, 0, 3)
    choose_rung(page, 1, 4)
    expect(find_status(page, 0)).to_have_text("Not saved, trying again")
    page.context.set_offline(False)

    expect(find_status(page, 0)).to_have_text(SAVED, timeout=15_000)
    expect(find_status(page, 1)).to_have_text(SAVED, timeout=15_000)
    assert survey.answers() == {"CS-P1": "3", "CS-R1": "4"}
    assert complaints
    complaints.clear()


def test_server_restart_loses_no_answer(server: Server, open_browser: OpenBrowser, complaints: list[str]):
    survey = Survey(server, "a", {"practitioner": "link-of-the-practitioner"})
    page = open_browser()
    enter_survey(page, survey)
    server.stop()
    choose_rung(page, 0, 3)
    expect(find_status(page, 0)).to_have_text("Not saved, trying again")

    server.start()

    expect(find_status(page, 0)).to_have_text(SAVED, timeout=20_000)
    assert survey.answers() == {"CS-P1": "3"}
    complaints.clear()


def test_lost_session_keeps_the_answer_and_resumes_by_the_link(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey)
    choose_rung(page, 1, 2)
    expect(find_status(page, 1)).to_have_text(SAVED)
    code = read_code(page, survey)
    page.context.clear_cookies()
    choose_rung(page, 0, 3)
    told = find_status(page, 0)
    expect(told).to_contain_text("Your answers are kept on this page")

    other = page.context.new_page()
    enter_code(other, survey, code)
    other.wait_for_url("**/survey/*")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(told).to_have_text(SAVED)
    assert survey.answers() == {"CS-P1": "3", "CS-R1": "2"}
    complaints.clear()


def test_offline_notice_disappears_when_the_network_is_back(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)
    told = page.locator("#offline")

    page.context.set_offline(True)
    page.get_by_role("button", name="Continue").click()
    expect(told).to_contain_text("You are offline")
    page.context.set_offline(False)

    expect(told).to_have_text("")


def test_leaving_with_an_unsaved_answer_asks_for_confirmation(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    enter_survey(page, survey)

    page.context.set_offline(True)
    choose_rung(page, 0, 3)
    expect(find_status(page, 0)).to_have_text("Not saved, trying again")
    page.goto("about:blank")

    assert asked == ["beforeunload"]
    complaints.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_unanswered_questions_are_listed_and_can_be_skipped(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    choose_rung(page, 0, 2)

    press_continue(page)
    expect(page).to_have_title(re.compile("^Error: "))
    if javascript:
        expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").first.click()
    expect(page.locator("#CS-R1")).to_be_in_viewport()
    page.get_by_role("button", name="Skip for now").click()

    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    complaints.clear()


def test_back_keeps_answers(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()

    page.go_back()

    expect(page.get_by_text("Section 1 of 9")).to_be_visible()
    expect(page.locator(".question :checked")).to_have_count(5)


def test_reason_and_evidence_fields_are_hidden_until_needed(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)
    first = page.locator(".question").first
    reason, evidence = first.get_by_label("Why does it not apply?"), first.locator("details")
    expect(reason).to_be_hidden()
    expect(evidence).to_be_hidden()

    first.get_by_text("Does not apply", exact=True).click()
    expect(reason).to_be_visible()
    choose_rung(page, 0, 4)

    expect(reason).to_be_hidden()
    expect(evidence).to_be_visible()


def test_keyboard_alone_completes_the_survey(survey: Survey, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    page.goto(survey.link("leader"))
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey/*")

    while "/survey/check" not in page.url:
        here = page.url
        page.locator("main").focus()
        for _ in range(60):
            page.keyboard.press("Tab")
            kind = page.evaluate("document.activeElement.type || document.activeElement.tagName")
            if kind == "radio" and not page.evaluate("document.activeElement.checked"):
                page.keyboard.press("Space")
            elif kind == "submit":
                page.keyboard.press("Enter")
                break
        page.wait_for_url(lambda url, here=here: url != here)
    page.get_by_role("button", name="Send my answers").last.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()


def test_start_button_is_visible_without_scrolling_on_a_phone(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    page.goto(survey.link("staff"))

    box = page.get_by_role("button", name="Start").bounding_box()

    assert box
    assert box["y"] + box["height"] <= 640


def test_consultant_with_all_links_cannot_see_or_change_a_response(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    """Before, while and after someone answers, in browsers of their own."""

    def look(expected: int) -> None:
        consultant = open_browser()
        consultant.goto(survey.link())
        consultant.get_by_role("button", name="Start").click()
        consultant.wait_for_url("**/survey/*")
        expect(consultant.locator(".question :checked")).to_have_count(0)
        choose_rung(consultant, 1, 4)
        expect(find_status(consultant, 1)).to_have_text(SAVED)
        consultant.goto(f"{survey.url}/survey/withdraw")
        consultant.get_by_role("button", name="Delete my answers").click()
        expect(consultant.get_by_role("heading", name="Your answers are deleted")).to_be_visible()
        assert len(survey.answers()) == expected

    look(0)
    page = open_browser()
    enter_survey(page, survey)
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    look(5)
    page.goto(f"{survey.url}/survey/check")
    page.get_by_role("button", name="Send my answers").first.click()
    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    look(5)
    consultant = open_browser()
    enter_survey(consultant, survey)
    choose_rung(consultant, 1, 4)
    expect(find_status(consultant, 1)).to_have_text(SAVED)
    consultant.goto(f"{survey.url}/survey/check")
    consultant.get_by_role("button", name="Send my answers").first.click()

    expect(consultant.get_by_role("heading", level=1)).to_have_text("Answers were already sent with this invitation")
    assert len(survey.answers()) == 5  # theirs is to the same question, and adds no item
    complaints.clear()


def test_finish_on_a_shared_computer_leaves_no_data(survey: Survey, open_browser: OpenBrowser, complaints: list[str]):
    page = open_browser()
    enter_survey(page, survey)
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()

    page.get_by_role("link", name="Finish on this device").click()
    expect(page.locator(".own-code")).to_be_visible()
    page.get_by_role("button", name="Finish on this device").click()
    expect(page.get_by_role("heading", name="Finished on this device")).to_be_visible()
    page.go_back()
    page.go_back()

    expect(page.locator(".question")).to_have_count(0)
    assert [each for each in page.context.cookies() if each["name"] != "language"] == []
    page.goto(survey.link())
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    complaints.clear()


def test_labels_have_large_touch_targets(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)

    heights = page.evaluate("[...document.querySelectorAll('.choice')].map(each => each.offsetHeight).filter(Boolean)")

    assert min(heights) >= 44
