"""Every page and state of the survey, for those who see little, hear it read, use keys alone or enlarge it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Survey
from tests.browser.page_checks import fits_screen
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
)

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
Check = Callable[[Page], None]
NARROW = {"width": 320, "height": 640}
ENLARGED = {"width": 320, "height": 256}  # what is left of 1280 by 1024 at 400%


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["light", "dark"])
def test_pages_of_an_open_survey_are_accessible(
    survey: Survey,
    open_browser: OpenBrowser,
    assert_accessible: Check,
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    page = open_browser(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")

    page.goto(survey.link("leader"))
    assert_accessible(page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    choose_rung(page, 0, 4)
    page.locator(".question").nth(1).get_by_text("Does not apply", exact=True).click()
    page.locator("details summary").first.click()
    expect(find_status(page, 0)).to_have_text(SAVED)
    page.context.set_offline(True)
    choose_rung(page, 2, 1)
    expect(find_status(page, 2)).to_have_text(UNSAVED)
    press_continue(page)
    expect(page.locator("#offline")).to_contain_text("You are offline")
    assert_accessible(page)
    page.context.set_offline(False)
    expect(find_status(page, 2)).to_have_text(SAVED)
    press_continue(page)
    expect(page.locator("#errors")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{survey.url}/survey/check")
    assert_accessible(page)
    page.goto(f"{survey.url}/survey/withdraw")
    assert_accessible(page)
    page.goto(f"{survey.url}/survey/check")
    page.get_by_role("button", name="Send my answers").first.click()
    page.locator("details summary").first.click()
    assert_accessible(page)
    page.goto(f"{survey.url}/survey/finish")
    assert_accessible(page)
    page.goto(survey.link("leader"))
    assert_accessible(page)
    page.goto(f"{survey.url}/survey")
    expect(page.get_by_text("You had already sent your answers")).to_be_visible()
    assert_accessible(page)
    page.goto(f"{survey.url}/withdraw")
    page.get_by_label("Your code").fill("nothing")
    page.get_by_role("button").click()
    expect(page.locator("#errors")).to_be_focused()
    assert_accessible(page)
    for path in ("/s/nothing", "/nowhere", "/withdraw/done", "/finished"):
        page.goto(f"{survey.url}{path}")
        assert_accessible(page)
    complaints.clear()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["light", "dark"])
def test_pages_of_an_anonymous_survey_and_its_end_are_accessible(
    make_survey: Callable[..., Survey],
    open_browser: OpenBrowser,
    assert_accessible: Check,
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    survey = make_survey(confidentiality="anonymous", share_results=True)
    page = open_browser(viewport=viewport, color_scheme=scheme)

    page.goto(survey.link("staff"))
    assert_accessible(page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    fill_section(page)
    press_continue(page)
    stranger = open_browser(viewport=viewport, color_scheme=scheme)
    enter_code(stranger, survey, "ABCD", "staff")
    expect(stranger.locator("#errors")).to_be_focused()
    assert_accessible(stranger)
    page.context.clear_cookies()
    page.evaluate("document.querySelector('form').submit()")
    expect(page.get_by_label("Your link")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Save my answers and go on").click()
    expect(page.locator("#errors")).to_be_focused()
    assert_accessible(page)
    page.goto(f"{survey.url}/survey/check")
    assert_accessible(page)
    survey.close()
    stranger.goto(survey.link("staff"))
    assert_accessible(stranger)
    complaints.clear()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["light", "dark"])
def test_pages_after_the_close_are_accessible(
    make_survey: Callable[..., Survey],
    open_browser: OpenBrowser,
    assert_accessible: Check,
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    survey = make_survey(share_results=True)
    page = open_browser(viewport=viewport, color_scheme=scheme)
    enter_survey(page, survey, "staff")
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of")).to_be_visible()
    survey.add_colleagues()
    survey.close()

    press_continue(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("This survey has closed")
    assert_accessible(page)
    page.goto(survey.link("staff"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Results")
    expect(page.locator(".summary strong").first).to_be_visible()
    assert_accessible(page)
    page.goto(make_survey(state="draft").link())
    assert_accessible(page)
    complaints.clear()


@pytest.mark.parametrize("viewport", [NARROW, ENLARGED], ids=["320-px", "400%"])
def test_narrow_or_zoomed_pages_do_not_overflow_and_work(
    survey: Survey, open_browser: OpenBrowser, viewport: dict[str, int]
):
    page = open_browser(viewport=viewport, device_scale_factor=4 if viewport is ENLARGED else 1)
    for path in _visit_pages(page, survey):
        assert fits_screen(page), path

    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()


def _visit_pages(page: Page, survey: Survey) -> Iterator[str]:
    page.goto(survey.link("staff"))
    yield "start"
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    yield "section"
    answer_all_sections(page)
    yield "check"
    page.get_by_role("button", name="Send my answers").first.click()
    page.wait_for_url("**/survey/sent")
    yield "sent"


def test_focus_follows_the_reading_order_and_stays_visible(survey: Survey, open_browser: OpenBrowser):
    page = open_browser(viewport=ENLARGED)
    enter_survey(page, survey)
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of 9")).to_be_visible()
    seen: list[int] = []

    for _ in range(60):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const at = document.activeElement, box = (at.closest(".choice") || at).getBoundingClientRect();
                const order = [...document.querySelectorAll("a, button, input, summary")].indexOf(at);
                return {order, shown: box.bottom > 0 && box.top < innerHeight, kind: at.type || at.tagName};
            }"""
        )
        assert place["shown"], place
        seen.append(place["order"])
        if place["kind"] == "submit":
            break

    assert seen == sorted(seen)
    assert len(seen) > 5


def test_saves_and_errors_are_announced_to_screen_readers(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str]
):
    """The regions stand on the page before they are filled, or nobody would hear of it."""
    page = open_browser()
    enter_survey(page, survey)
    regions = page.get_by_role("status")
    assert regions.count() == page.locator(".question, .comment").count() + 1
    page.evaluate("window.first = document.querySelector('.question [role=status]')")
    expect(find_status(page, 0)).to_have_text("")

    choose_rung(page, 0, 2)

    expect(find_status(page, 0)).to_have_text(SAVED)
    assert page.evaluate("window.first === document.querySelector('.question [role=status]')")
    assert page.evaluate("document.activeElement.name") == "CS-P1"

    press_continue(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile(r"^Error: .* Section 1 of 9, about \d+ minutes left$"))
    described = page.locator("fieldset.faulty").first.get_attribute("aria-describedby")
    expect(page.locator(f"#{described}")).to_contain_text("Choose an answer")
    complaints.clear()


def test_reduced_motion_disables_animations(survey: Survey, open_browser: OpenBrowser):
    page = open_browser(reduced_motion="reduce")
    enter_survey(page, survey)

    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter(each => {
            const style = getComputedStyle(each);
            return parseFloat(style.transitionDuration) > 0.01 || parseFloat(style.animationDuration) > 0.01
                || style.scrollBehavior === "smooth";
        }).map(each => each.tagName)"""
    )

    assert moving == []


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    ("confidentiality", "promise"),
    [
        ("confidential", "Nobody in your organisation and no consultant can open your answers."),
        ("anonymous", "nothing in the database ties them to your invitation"),
        ("attributable", "Your name is attached to your answers"),
    ],
)
def test_start_page_shows_all_information_and_one_button(
    make_survey: Callable[..., Survey],
    open_browser: OpenBrowser,
    confidentiality: str,
    promise: str,
    *,
    javascript: bool,
):
    page = open_browser(java_script_enabled=javascript)

    page.goto(make_survey(confidentiality=confidentiality).link())

    page.locator("details summary").click()
    text = page.locator("main").inner_text()
    counts = "only answers that you send" if confidentiality == "anonymous" else "at least half"
    for words in (promise, "Anna Berg", "minutes", "12 December 2026", counts, "withdraw"):
        assert words in text
    expect(page.get_by_role("button")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_each_section_has_four_to_eight_unanswered_questions(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey)
    counts = []

    while "/survey/check" not in page.url:
        assert page.locator(".question :checked").count() == 0
        assert page.locator("table").count() == 0
        counts.append(page.locator("fieldset.question > legend").count())
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Skip for now").wait_for()
        here = page.url
        page.get_by_role("button", name="Skip for now").click()
        page.wait_for_url(lambda url, here=here: url != here)

    assert len(counts) == 9
    assert set(counts) <= set(range(4, 9))
    complaints.clear()


@pytest.mark.parametrize("javascript", [True, False])
def test_change_link_returns_to_the_check_page_and_sent_survey_shows_its_state(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey, "staff")
    answer_all_sections(page)

    page.get_by_role("link", name="Change").first.click()
    choose_rung(page, 0, 4)
    press_continue(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    page.get_by_role("button", name="Send my answers").first.click()
    expect(page.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    page.go_back()

    expect(page.get_by_text("You had already sent your answers")).to_be_visible()
    complaints.clear()
