"""Two windows of one person: what both changed is shown to choose from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

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
)

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
ITEM = "CS-P1"


def open_second_window(page: Page) -> Page:
    second = page.context.new_page()
    second.goto(page.url)
    return second


@BOTH
@pytest.mark.parametrize(("button", "result"), [("Keep mine", "1"), ("Use the other", "4")])
def test_conflict_between_windows_shows_both_answers_to_choose_from(
    survey: Survey,
    open_browser: OpenBrowser,
    complaints: list[str],
    assert_accessible: Callable[[Page], None],
    button: str,
    result: str,
    *,
    javascript: bool,
):
    first = open_browser(java_script_enabled=javascript)
    enter_survey(first, survey)
    second = open_second_window(first)
    fill_section(first)
    choose_rung(first, 0, 4)
    press_continue(first)
    expect(first.get_by_text("Section 2 of 9")).to_be_visible()
    fill_section(second)
    choose_rung(second, 0, 1)
    if javascript:
        expect(find_status(second, 0)).to_contain_text("you answered this in another window")
        assert survey.answers()[ITEM] == "4"

    press_continue(second)
    expect(second.get_by_role("heading", level=1)).to_have_text("Answered in two windows")
    assert survey.answers()[ITEM] == "4"
    if javascript:
        assert_accessible(second)
    second.get_by_role("button", name=button).click()

    expect(second.get_by_text("Section 2 of 9")).to_be_visible()
    assert survey.answers()[ITEM] == result
    complaints.clear()


def make_long_reason(question: int) -> str:
    """As many letters as the field takes, which hardly compress."""
    return "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(question * 500, question * 500 + 500))


def write_long_reasons(page: Page, count: int = 3) -> None:
    """Answer that the first questions do not apply, with reasons too long for a cookie."""
    for question in range(count):
        place = page.locator(".question").nth(question)
        place.get_by_text("Does not apply", exact=True).click()
        place.get_by_label("Why does it not apply?").fill(make_long_reason(question))


@BOTH
def test_conflict_of_long_reasons_shows_them_to_choose_from(
    survey: Survey, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    first = open_browser(java_script_enabled=javascript)
    enter_survey(first, survey)
    second = open_second_window(first)
    fill_section(first)
    press_continue(first)
    expect(first.get_by_text("Section 2 of 9")).to_be_visible()
    fill_section(second)
    write_long_reasons(second)
    if javascript:
        expect(find_status(second, 2)).to_contain_text("you answered this in another window")

    press_continue(second)
    expect(second.get_by_role("heading", level=1)).to_have_text("Answered in two windows")
    shown = [second.get_by_text(make_long_reason(question)).is_visible() for question in range(3)]
    fits = fits_screen(second)
    second.get_by_role("button", name="Keep mine").first.click()
    for _ in range(2):
        second.get_by_role("button", name="Use the other").first.click()
    expect(second.get_by_text("Section 2 of 9")).to_be_visible()
    second.get_by_role("link", name="Back").click()

    expect(second.get_by_text("Section 1 of 9")).to_be_visible()
    assert (shown, fits) == ([True] * 3, True)
    assert list(survey.answers().values())[:3] == ["na", "1", "2"]
    assert [
        second.locator(".question").nth(number).locator(":checked").get_attribute("value") for number in range(3)
    ] == ["na", "1", "2"]
    if javascript:
        expect(find_status(second, 1)).to_be_empty()
    complaints.clear()


def test_conflict_notice_links_to_both_answers(survey: Survey, open_browser: OpenBrowser, complaints: list[str]):
    first = open_browser()
    enter_survey(first, survey)
    second = open_second_window(first)
    choose_rung(first, 0, 4)
    expect(find_status(first, 0)).to_have_text(SAVED)
    for rung in (0, 1, 2):
        choose_rung(second, 0, rung)
    expect(find_status(second, 0)).to_contain_text("you answered this in another window")
    second.wait_for_load_state("networkidle")

    second.get_by_role("button", name="Compare both answers").click()

    expect(second.get_by_role("heading", level=1)).to_have_text("Answered in two windows")
    second.get_by_role("button", name="Keep mine").click()
    expect(second.get_by_text("Section 1 of 9")).to_be_visible()
    assert survey.answers() == {ITEM: "2"}
    complaints.clear()
