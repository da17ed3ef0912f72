"""Actions of a respondent on a page."""

import re

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Survey

SAVED = re.compile(r"Saved \d\d:\d\d")
BOTH = pytest.mark.parametrize("javascript", [True, False])
UNSAVED = "Not saved, trying again"


def enter_survey(page: Page, survey: Survey, role: str = "practitioner") -> None:
    page.goto(survey.link(role))
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")


def press_continue(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def choose_rung(page: Page, question: int, rung: int) -> None:
    page.locator(".question").nth(question).locator(".ladder label").nth(rung).click()


def read_chosen_rungs(page: Page) -> dict[str, str]:
    """Return the chosen value of each item on the page."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.ladder :checked, .apart :checked')]"
        ".map(radio => [radio.name, radio.value]))"
    )
    return found


def fill_section(page: Page) -> None:
    for question in range(page.locator(".question").count()):
        choose_rung(page, question, question % 5)


def find_status(page: Page, question: int) -> Locator:
    return page.locator(".question").nth(question).get_by_role("status")


def answer_all_sections(page: Page) -> None:
    """Answer all that is asked, page after page."""
    while "/survey/check" not in page.url:
        here = page.url
        fill_section(page)
        press_continue(page)
        page.wait_for_url(lambda url, here=here: url != here)


def read_code(page: Page, survey: Survey) -> str:
    """The code as the page shows it on which one finishes; in a window of its own."""
    window = page.context.new_page()
    window.goto(f"{survey.url}/survey/finish")
    code = window.locator(".own-code").text_content() or ""
    window.close()
    return code


def enter_code(page: Page, survey: Survey, code: str, role: str = "practitioner") -> None:
    """Enter the code on the page that the link leads to."""
    page.goto(survey.link(role))
    page.get_by_role("link", name="Started in another browser?").click()
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Continue here").click()
