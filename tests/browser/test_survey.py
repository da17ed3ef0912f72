"""The survey in a real browser: with and without JavaScript, on a phone and on a desk, light and dark."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessment.storage import tables
from tests.browser.conftest import DESK, PHONE, Server
from tests.web import people

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}  # as wide as a desk at 400%
OpenBrowser = Callable[..., Page]
SAVED = re.compile(r"Saved \d\d:\d\d")


def _enter(page: Page, server: Server, role: str = "practitioner") -> None:
    page.goto(f"{server.url}/s/link-of-the-{role}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")


def _continue(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def _choose(page: Page, question: int, rung: int) -> None:
    page.locator(".question").nth(question).locator(".ladder label").nth(rung).click()


def _fill(page: Page) -> None:
    for question in range(page.locator(".question").count()):
        _choose(page, question, question % 5)


def _answers(server: Server) -> dict[str, str]:
    with people.reading(server.environment["ASSESSMENT_DATABASE_URL"]) as session:
        answer = tables.answer
        return {row.item_id: row.value for row in session.execute(select(answer.c.item_id, answer.c.value))}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_leader_answers_sends_and_sees_a_copy(server: Server, open_browser: OpenBrowser, *, javascript: bool):
    page = open_browser(java_script_enabled=javascript)
    _enter(page, server, "leader")

    while "/survey/check" not in page.url:
        here = page.url
        _fill(page)
        _continue(page)
        page.wait_for_url(lambda url, here=here: url != here)
    expect(page.get_by_text("You have answered everything")).to_be_visible()
    page.get_by_role("button", name="Send my answers").click()

    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    expect(page.locator(".withdraw-code")).to_have_text(re.compile(r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$"))
    assert len(_answers(server)) == 16


def test_each_change_is_saved_and_says_so(server: Server, open_browser: OpenBrowser):
    page = open_browser()
    _enter(page, server)

    _choose(page, 0, 2)

    expect(page.locator(".question").first.get_by_role("status")).to_have_text(SAVED)
    assert _answers(server) == {"CS-P1": "2"}


def test_quick_changes_end_with_the_last_one(server: Server, open_browser: OpenBrowser):
    page = open_browser()
    _enter(page, server)

    for rung in (0, 1, 2, 3, 4, 1):
        _choose(page, 0, rung)

    expect(page.locator(".question").first.get_by_role("status")).to_have_text(SAVED)
    page.wait_for_load_state("networkidle")
    assert _answers(server) == {"CS-P1": "1"}


def test_without_a_network_answers_wait_and_are_saved_when_it_is_back(
    server: Server, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    _enter(page, server)

    page.context.set_offline(True)
    _choose(page, 0, 3)
    _choose(page, 1, 4)
    expect(page.locator(".question").first.get_by_role("status")).to_have_text("Not saved, trying again")
    page.context.set_offline(False)

    expect(page.locator(".question").nth(0).get_by_role("status")).to_have_text(SAVED, timeout=15_000)
    expect(page.locator(".question").nth(1).get_by_role("status")).to_have_text(SAVED, timeout=15_000)
    assert _answers(server) == {"CS-P1": "3", "CS-R1": "4"}
    assert complaints
    complaints.clear()


def test_a_server_that_restarts_costs_no_answer(server: Server, open_browser: OpenBrowser, complaints: list[str]):
    page = open_browser()
    _enter(page, server)
    server.stop()
    _choose(page, 0, 3)
    expect(page.locator(".question").first.get_by_role("status")).to_have_text("Not saved, trying again")

    server.start()

    expect(page.locator(".question").first.get_by_role("status")).to_have_text(SAVED, timeout=20_000)
    assert _answers(server) == {"CS-P1": "3"}
    complaints.clear()


def test_a_lost_session_keeps_the_answer_and_goes_on_by_the_link(
    server: Server, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    _enter(page, server)
    page.context.clear_cookies()
    _choose(page, 0, 3)
    status = page.locator(".question").first.get_by_role("status")
    expect(status).to_contain_text("Your answers are kept on this page")

    other = page.context.new_page()
    other.goto(f"{server.url}/s/link-of-the-practitioner")
    other.get_by_role("button", name="Go on").click()
    other.wait_for_url("**/survey/*")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(status).to_have_text(SAVED)
    assert _answers(server) == {"CS-P1": "3"}
    complaints.clear()


def test_leaving_with_an_unsaved_answer_asks_first(server: Server, open_browser: OpenBrowser, complaints: list[str]):
    page = open_browser()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    _enter(page, server)

    page.context.set_offline(True)
    _choose(page, 0, 3)
    expect(page.locator(".question").first.get_by_role("status")).to_have_text("Not saved, trying again")
    page.goto("about:blank")

    assert asked == ["beforeunload"]
    complaints.clear()


def test_a_second_window_is_told_what_the_first_one_says(
    server: Server, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    _enter(page, server)
    second = page.context.new_page()
    second.goto(page.url)
    _choose(page, 0, 4)
    _choose(page, 0, 3)
    expect(page.locator(".question").first.get_by_role("status")).to_have_text(SAVED)
    page.wait_for_load_state("networkidle")

    _choose(second, 0, 0)

    status = second.locator(".question").first.get_by_role("status")
    expect(status).to_contain_text("another window")
    expect(status).to_contain_text("They fall under the same goals")
    assert _answers(server) == {"CS-P1": "3"}
    complaints.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_missing_is_named_and_can_be_skipped(
    server: Server, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    _enter(page, server)
    _choose(page, 0, 2)

    _continue(page)
    expect(page).to_have_title(re.compile("^Error: "))
    if javascript:
        expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").first.click()
    expect(page.locator("#CS-R1")).to_be_in_viewport()
    page.get_by_role("button", name="Skip for now").click()

    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    complaints.clear()


def test_back_always_works_and_keeps_answers(server: Server, open_browser: OpenBrowser):
    page = open_browser()
    _enter(page, server)
    _fill(page)
    _continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()

    page.go_back()

    expect(page.get_by_text("Section 1 of 9")).to_be_visible()
    expect(page.locator(".question :checked")).to_have_count(5)


def test_the_reason_and_the_evidence_stay_out_of_the_way(server: Server, open_browser: OpenBrowser):
    page = open_browser()
    _enter(page, server)
    first = page.locator(".question").first
    reason, evidence = first.get_by_label("Why does it not apply?"), first.locator("details")
    expect(reason).to_be_hidden()
    expect(evidence).to_be_hidden()

    first.get_by_text("Does not apply", exact=True).click()
    expect(reason).to_be_visible()
    _choose(page, 0, 4)

    expect(reason).to_be_hidden()
    expect(evidence).to_be_visible()


def test_the_keyboard_alone_is_enough(server: Server, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    page.goto(f"{server.url}/s/link-of-the-leader")
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
    page.get_by_role("button", name="Send my answers").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", PHONE), ("dark", DESK), ("light", NARROW)], ids=["phone", "dark", "narrow"]
)
def test_every_page_and_state_is_accessible(
    server: Server,
    open_browser: OpenBrowser,
    assert_accessible: Callable[[Page], None],
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    page = open_browser(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")

    page.goto(f"{server.url}/s/link-of-the-leader")
    assert_accessible(page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    assert_accessible(page)
    _choose(page, 0, 4)
    page.locator(".question").nth(1).get_by_text("Does not apply", exact=True).click()
    page.locator("details summary").first.click()
    expect(page.locator(".question").first.get_by_role("status")).to_have_text(SAVED)
    assert_accessible(page)
    page.context.set_offline(True)
    _choose(page, 2, 1)
    expect(page.locator(".question").nth(2).get_by_role("status")).to_have_text("Not saved, trying again")
    assert_accessible(page)
    page.context.set_offline(False)
    expect(page.locator(".question").nth(2).get_by_role("status")).to_have_text(SAVED, timeout=15_000)
    _continue(page)
    expect(page.locator("#errors")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{server.url}/survey/check")
    assert_accessible(page)
    page.goto(f"{server.url}/survey/withdraw")
    assert_accessible(page)
    page.goto(f"{server.url}/survey/check")
    page.get_by_role("button", name="Send my answers").click()
    page.locator("details summary").click()
    assert_accessible(page)
    page.goto(f"{server.url}/survey")
    assert_accessible(page)
    page.goto(f"{server.url}/withdraw")
    page.get_by_label("Your code").fill("nothing")
    page.get_by_role("button").click()
    expect(page.locator("#errors")).to_be_focused()
    assert_accessible(page)
    for path in ("/s/nothing", "/nowhere", "/withdraw/done"):
        page.goto(f"{server.url}{path}")
        assert_accessible(page)
    complaints.clear()


def test_labels_are_large_enough_for_a_thumb(server: Server, open_browser: OpenBrowser):
    page = open_browser()
    _enter(page, server)

    heights = page.evaluate("[...document.querySelectorAll('.choice')].map(each => each.offsetHeight).filter(Boolean)")

    assert min(heights) >= 44
