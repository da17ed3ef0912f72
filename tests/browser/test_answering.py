"""A network that fails only sometimes, reloads, and dead ends: on a phone, with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from assessment.storage import tables
from tests.browser.conftest import Survey
from tests.browser.page_checks import fits_screen
from tests.browser.respondent import (
    BOTH,
    SAVED,
    choose_rung,
    enter_survey,
    fill_section,
    find_status,
    press_continue,
    read_chosen_rungs,
)
from tests.web import people

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LONG = "Donaudampfschifffahrtsgesellschaft" * 12
URL = "https://intranet.example.org/" + "a-long-path-without-a-place-to-break" * 8
ITEM = "CS-P1"


def fail_posts(page: Page) -> Callable[[], None]:
    """Let no form arrive, while the browser believes that it is online; returns what ends this."""

    def fail(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route("**/survey/**", fail)
    return lambda: page.unroute("**/survey/**", fail)


@BOTH
def test_language_switch_in_the_middle_of_a_section_keeps_what_was_chosen(
    survey: Survey, open_browser: OpenBrowser, *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    choose_rung(page, 0, 4)
    choose_rung(page, 1, 2)

    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")

    assert list(read_chosen_rungs(page).values()) == ["4", "2"]
    expect(page.get_by_role("button", name="Weiter")).to_be_visible()


def test_continue_offline_stays_on_the_page_until_the_network_is_back(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    enter_survey(page, survey)
    end = fail_posts(page)
    fill_section(page)

    press_continue(page)
    expect(page.locator("#offline")).to_contain_text("the server can’t be reached")
    expect(page.get_by_text("Section 1 of 9")).to_be_visible()
    answers = read_chosen_rungs(page)
    end()
    press_continue(page)

    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    assert survey.answers() == answers
    complaints.clear()


@pytest.mark.parametrize("code", [500, 503, 429])
def test_continue_stays_on_the_page_if_the_server_fails(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], code: int
):
    page = open_browser()
    enter_survey(page, survey)
    page.route(
        "**/survey/**",
        lambda route: route.fulfill(status=code) if route.request.method == "POST" else route.continue_(),
    )
    choose_rung(page, 0, 3)

    press_continue(page)

    expect(page.locator("#offline")).to_contain_text("the server can’t be reached")
    assert read_chosen_rungs(page) == {ITEM: "3"}
    page.on("dialog", lambda dialog: dialog.accept())
    complaints.clear()


def test_reload_offline_keeps_answers_and_reasons(survey: Survey, open_browser: OpenBrowser, complaints: list[str]):
    page = open_browser()
    page.on("dialog", lambda dialog: dialog.accept())
    enter_survey(page, survey)
    end = fail_posts(page)
    choose_rung(page, 1, 4)
    question = page.locator(".question").first
    question.get_by_label("Does not apply").check()
    question.get_by_label("Why does it not apply?").press_sequentially("Another team does it")

    page.reload()

    expect(question.get_by_label("Why does it not apply?")).to_have_value("Another team does it")
    assert read_chosen_rungs(page) == {ITEM: "na", "CS-R1": "4"}
    end()
    expect(find_status(page, 0)).to_have_text(SAVED, timeout=60_000)
    expect(find_status(page, 1)).to_have_text(SAVED, timeout=60_000)
    assert survey.answers() == {ITEM: "na", "CS-R1": "4"}
    complaints.clear()


def test_typed_reason_is_saved_without_leaving_the_field(survey: Survey, open_browser: OpenBrowser):
    page = open_browser()
    enter_survey(page, survey)
    question = page.locator(".question").first
    question.get_by_label("Does not apply").check()
    expect(find_status(page, 0)).to_have_text(SAVED)

    with page.expect_response(lambda answer: "Another" in (answer.request.post_data or "")):
        question.get_by_label("Why does it not apply?").press_sequentially("Another")
    page.reload()

    expect(question.get_by_label("Why does it not apply?")).to_have_value("Another")


def test_finish_on_this_device_clears_the_session_storage(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser()
    page.on("dialog", lambda dialog: dialog.accept())
    enter_survey(page, survey)
    end = fail_posts(page)
    choose_rung(page, 0, 3)
    expect(find_status(page, 0)).to_have_text("Not saved, trying again")
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    end()
    page.goto(f"{survey.url}/survey/finish")

    page.get_by_role("button", name="Finish on this device").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Finished on this device")
    assert ITEM in kept
    assert page.evaluate("sessionStorage.length") == 0
    complaints.clear()


@BOTH
def test_back_after_a_missed_question_works(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    choose_rung(page, 0, 2)
    press_continue(page)
    expect(page).to_have_title(re.compile("^Error: "))
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()

    page.go_back()
    expect(page.get_by_text("Section 1 of 9")).to_be_visible()
    page.go_back()

    expect(page.get_by_text("Section 1 of 9")).to_be_visible()
    expect(page.locator(".question .ladder :checked")).to_have_count(5)


@BOTH
def test_change_link_returns_to_the_changed_answer_and_requires_nothing_else(
    survey: Survey, open_browser: OpenBrowser, *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    choose_rung(page, 1, 2)
    press_continue(page)
    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    page.goto(f"{survey.url}/survey/check")
    page.locator("#answer-CS-R1").get_by_role("link").click()
    page.locator("#question-CS-R1 .ladder label").nth(4).click()

    press_continue(page)

    page.wait_for_url("**/survey/check#answer-CS-R1")
    expect(page.locator("#answer-CS-R1")).to_be_in_viewport()
    assert survey.answers() == {"CS-R1": "4"}


@BOTH
def test_second_survey_in_one_browser_is_explained_and_keeps_answers(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    first = open_browser(java_script_enabled=javascript)
    first.on("dialog", lambda dialog: dialog.accept())
    enter_survey(first, survey)
    second = first.context.new_page()
    enter_survey(second, survey, "leader")
    fill_section(first)
    if javascript:
        expect(find_status(first, 0)).to_contain_text("another survey was opened in this browser")

    press_continue(first)
    expect(first.get_by_role("heading", level=1)).to_have_text("Another survey is open in this browser")
    assert fits_screen(first)
    assert survey.answers() == {}
    first.get_by_role("button", name="Save my answers").click()

    expect(first.get_by_text("Section 2 of 9")).to_be_visible()
    assert len(survey.answers()) == 5
    complaints.clear()


@BOTH
def test_browser_that_blocks_cookies_gets_an_explanation(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)

    def drop_cookies(route: Route) -> None:
        headers = {name: value for name, value in route.request.headers.items() if name != "cookie"}
        answer = route.fetch(headers=headers, max_redirects=0)
        page.context.clear_cookies()  # fetching has stored them
        kept = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(status=answer.status, headers=kept, body=answer.body())

    page.route("**/s/**", drop_cookies)
    page.goto(survey.link())
    page.get_by_role("button", name="Start").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your browser blocks cookies")
    assert fits_screen(page)
    complaints.clear()


@BOTH
def test_invitation_revoked_while_answering_is_explained(
    survey: Survey, open_browser: OpenBrowser, *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    with people.open_write_session(survey.database) as session:
        session.execute(
            update(tables.invitation)
            .where(tables.invitation.c.assessment_id == survey.name)
            .values(revoked_on=people.NOW.date())
        )
    fill_section(page)

    press_continue(page)

    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    expect(page.get_by_text("you can finish and send")).to_be_visible()


@BOTH
@pytest.mark.parametrize("word", [LONG, URL])
def test_long_words_and_urls_do_not_widen_pages(
    make_survey: Callable[..., Survey], open_browser: OpenBrowser, word: str, *, javascript: bool
):
    survey = make_survey(title=word[:200], asker=word[:200])
    page = open_browser(java_script_enabled=javascript)
    page.goto(survey.link())
    widths = [fits_screen(page)]
    enter_survey(page, survey)
    for question in range(page.locator(".question").count()):
        page.locator(".question").nth(question).get_by_label("Does not apply").check()
        page.locator(".question").nth(question).get_by_label("Why does it not apply?").fill(word[:400])
    widths.append(fits_screen(page))

    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    for path in ("check", "finish", "withdraw"):
        page.goto(f"{survey.url}/survey/{path}")
        widths.append(fits_screen(page))
    page.goto(f"{survey.url}/survey/check")
    page.get_by_role("button", name="Send my answers").first.click()
    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    page.locator("details summary").last.click()
    widths.append(fits_screen(page))

    assert widths == [True] * len(widths)


@BOTH
def test_link_with_text_behind_it_opens_the_survey(survey: Survey, open_browser: OpenBrowser, *, javascript: bool):
    page = open_browser(java_script_enabled=javascript)
    for tail in (".", ")", ">", ",", " ", "%20", "\u00a0", "%C2%A0", "\u200b", ")."):
        page.goto(f"{survey.link()}{tail}")

        expect(page.get_by_role("button", name="Start")).to_be_visible()
        assert fits_screen(page)
    page.get_by_role("button", name="Start").click()

    expect(page.get_by_text("Section 1 of 9")).to_be_visible()


@BOTH
def test_functions_changed_while_answering_are_explained_and_lead_to_the_first_open_section(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    here = page.url
    with people.open_write_session(survey.database) as session:
        session.execute(
            update(tables.response).where(tables.response.c.assessment_id == survey.name).values(functions="hr")
        )
    fill_section(page)
    if javascript:
        expect(find_status(page, 0)).to_contain_text("is not asked of you any more")
        expect(page.locator("h1")).to_have_count(1)  # no page inside the page

    press_continue(page)

    expect(page).not_to_have_url(here)
    expect(page.get_by_text("Section 1 of")).to_be_visible()
    assert fits_screen(page)
    assert survey.answers() == {}
    complaints.clear()
