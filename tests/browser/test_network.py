"""A network that loses, doubles and reorders; cookies that go; other devices: no answer is lost, none is misfiled."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Request, Route, expect

from assessment.domain.survey.closing_time import make_closing_mark
from tests.browser.conftest import Survey
from tests.browser.respondent import (
    SAVED,
    UNSAVED,
    answer_all_sections,
    choose_rung,
    enter_code,
    enter_survey,
    fill_section,
    find_status,
    press_continue,
    read_chosen_rungs,
    read_code,
)

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
SAVES = "**/survey/answers/*"


class BadNetwork:
    """Loses every third save or its answer, delivers every other one twice, and an old one again after each."""

    def __init__(self, page: Page) -> None:
        self.earlier: list[Request] = []
        self.count = self.lost = self.doubled = self.late = 0
        page.route(SAVES, self.pass_on)

    def pass_on(self, route: Route) -> None:
        self.count += 1
        if self.count % 3 == 1:
            if self.count % 2:
                route.fetch()  # it arrives, and the answer to it does not
            self.lost += 1
            route.abort()
            return
        answer = route.fetch()
        if self.count % 2:
            answer = route.fetch()
            self.doubled += 1
        for old in self.earlier[-3:]:
            route.fetch(url=old.url, headers=old.headers, post_data=old.post_data)
            self.late += 1
        self.earlier.append(route.request)
        route.fulfill(response=answer)


def test_lost_duplicate_and_late_saves_end_with_the_answers_on_the_page(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey)
    network = BadNetwork(page)

    for rung in (0, 3, 1):
        for question in range(3):
            choose_rung(page, question, rung + question % 2)
    for question in range(3):
        expect(find_status(page, question)).to_have_text(SAVED, timeout=60_000)

    assert survey.answers() == read_chosen_rungs(page)
    assert min(network.lost, network.doubled, network.late) > 0
    complaints.clear()


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
@pytest.mark.parametrize("moment", ["choosing", "continuing"])
def test_deleted_cookie_loses_no_answer(
    make_survey: Callable[..., Survey],
    open_browser: OpenBrowser,
    complaints: list[str],
    confidentiality: str,
    moment: str,
):
    survey = make_survey(confidentiality=confidentiality)
    page = open_browser()
    page.on("dialog", lambda dialog: dialog.accept())
    enter_survey(page, survey)
    choose_rung(page, 1, 2)
    expect(find_status(page, 1)).to_have_text(SAVED)
    code = read_code(page, survey)
    page.context.clear_cookies()
    choose_rung(page, 0, 3)
    expect(find_status(page, 0)).to_contain_text("Your answers are kept on this page")
    if moment == "continuing":
        press_continue(page)
        expect(page.locator("#offline")).to_contain_text("Open your link again")

    other = page.context.new_page()
    enter_code(other, survey, code)
    other.wait_for_url("**/survey/*")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect(find_status(page, 0)).to_have_text(SAVED)
    assert survey.answers() == {"CS-P1": "3", "CS-R1": "2"}
    complaints.clear()


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
def test_deleted_cookie_without_javascript_loses_no_answer(
    make_survey: Callable[..., Survey], open_browser: OpenBrowser, complaints: list[str], confidentiality: str
):
    survey = make_survey(confidentiality=confidentiality)
    page = open_browser(java_script_enabled=False)
    enter_survey(page, survey)
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    code = read_code(page, survey)
    fill_section(page)
    page.context.clear_cookies()
    press_continue(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are kept on this page")
    page.get_by_label("Your link").fill(survey.link())
    page.get_by_label("Your code").fill(code)

    page.get_by_role("button", name="Save my answers and go on").click()

    expect(page.get_by_text("Section 3 of 9")).to_be_visible()
    assert len(survey.answers()) > 5
    complaints.clear()


def test_cookie_deleted_before_sending_returns_to_the_same_page(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey, "staff")
    answer_all_sections(page)
    held = survey.answers()
    code = read_code(page, survey)
    page.context.clear_cookies()
    page.get_by_role("button", name="Send my answers").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We’ve lost your session")

    enter_code(page, survey, code, "staff")

    expect(page.get_by_role("button", name="Send my answers").first).to_be_visible()
    assert survey.answers() == held
    complaints.clear()


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
@pytest.mark.parametrize("javascript", [True, False])
def test_code_continues_the_survey_on_another_device(
    make_survey: Callable[..., Survey],
    open_browser: OpenBrowser,
    complaints: list[str],
    confidentiality: str,
    *,
    javascript: bool,
):
    survey = make_survey(confidentiality=confidentiality)
    phone = open_browser(java_script_enabled=javascript)
    enter_survey(phone, survey)
    fill_section(phone)
    press_continue(phone)
    expect(phone.get_by_text("Section 2 of 9")).to_be_visible()
    code = read_code(phone, survey)

    desk = open_browser(java_script_enabled=javascript)
    enter_code(desk, survey, "ABCD")
    expect(desk).to_have_title(re.compile("^Error:"))
    enter_code(desk, survey, code.lower().replace("-", " "))
    expect(desk.get_by_text("Section 2 of 9")).to_be_visible()
    desk.get_by_role("link", name="Back").click()
    expect(desk.locator(".question :checked")).to_have_count(5)
    phone.goto(f"{survey.url}/survey")

    expect(phone.get_by_role("heading", level=1)).to_have_text("Your answers were moved to another browser")
    phone.get_by_role("button", name="That wasn’t me").click()
    expect(phone.get_by_role("button", name="Start")).to_be_visible()
    desk.goto(f"{survey.url}/survey")
    expect(desk.get_by_role("heading", level=1)).to_have_text("These answers were set aside")
    complaints.clear()


def test_continue_during_a_close_that_fails_loses_no_answer(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey)
    address = page.url
    page.route(SAVES, lambda route: route.abort())  # so only Continue could save it
    choose_rung(page, 0, 3)
    expect(find_status(page, 0)).to_contain_text(UNSAVED)
    survey.change(closes_at=make_closing_mark(datetime.now(UTC)))
    press_continue(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("This survey has closed")
    survey.change(closes_at=None)
    page.unroute(SAVES)

    page.goto(address)

    expect(find_status(page, 0)).to_have_text(SAVED)
    assert survey.answers() == {"CS-P1": "3"}
    complaints.clear()
