"""The survey on a phone in each language, printed, in forced colours, and with a title of another script."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from unicodedata import normalize

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from assessment.i18n.translator import get_translator
from tests.browser.conftest import PHONE, Survey
from tests.browser.page_checks import fits_screen
from tests.browser.respondent import (
    BOTH,
    answer_all_sections,
    choose_rung,
    enter_survey,
    fill_section,
    press_continue,
)
from tests.web.people import load_shipped_questionnaire

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
SHORT_PHONE = 640  # height
HEBREW = "רשתות חברתיות בעבודה"
FORCED_STYLES = """[...document.querySelectorAll(".choice")].slice(0, 2)
    .map(each => getComputedStyle(each).outlineStyle)
    .concat([".steps li:last-child", ".button"].map(
        name => getComputedStyle(document.querySelector(name)).borderTopStyle))"""


def open_start_page(page: Page, survey: Survey, language: str) -> None:
    """Open the link and choose the language in the foot, as a reader does."""
    page.goto(survey.link())
    if language != page.locator("html").get_attribute("lang"):
        page.get_by_role("link", name=LANGUAGES[language], exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@EACH_LANGUAGE
def test_practitioner_answers_on_a_phone_in_each_language(
    survey: Survey, open_browser: OpenBrowser, assert_accessible: Callable[[Page], None], language: str
):
    page = open_browser(viewport=PHONE)
    translator, texts = get_translator(language), load_shipped_questionnaire().text(language)
    open_start_page(page, survey, language)
    assert_accessible(page)
    page.get_by_role("button", name=translator.gettext("Start"), exact=True).click()
    page.wait_for_url("**/survey/*")
    read: list[str] = []

    while "/survey/check" not in page.url:
        here = page.url
        assert fits_screen(page)
        for question in range(page.locator(".question").count()):
            choose_rung(page, question, question % 5)
            read.append(page.locator(".question .ladder :checked").nth(question).get_attribute("name") or "")
        page.get_by_role("button", name=translator.gettext("Continue"), exact=True).click()
        page.wait_for_url(lambda url, here=here: url != here)
    assert_accessible(page)
    shown = page.locator(".summary dt").all_inner_texts()
    page.get_by_role("button", name=translator.gettext("Send my answers")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(translator.gettext("Your answers are sent. Thank you."))
    assert_accessible(page)

    assert shown == [texts.items[item].text for item in read]
    assert survey.answers().keys() == set(read)
    expect(page.locator("html")).to_have_attribute("lang", language)


@EACH_LANGUAGE
@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous", "attributable"])
def test_start_button_needs_no_scrolling_in_any_language(
    make_survey: Callable[..., Survey], open_browser: OpenBrowser, confidentiality: str, language: str
):
    page = open_browser(viewport=PHONE)
    open_start_page(page, make_survey(confidentiality=confidentiality), language)

    box = page.locator("form.start button").bounding_box()

    assert box
    assert box["y"] + box["height"] <= SHORT_PHONE


@EACH_LANGUAGE
def test_start_button_of_a_reopened_survey_needs_no_scrolling(survey: Survey, open_browser: OpenBrowser, language: str):
    page = open_browser()
    enter_survey(page, survey, "staff")
    fill_section(page)
    press_continue(page)
    expect(page.get_by_text("Section 2 of")).to_be_visible()
    survey.add_colleagues()
    survey.close()
    survey.reopen()
    newcomer = open_browser(viewport=PHONE)
    open_start_page(newcomer, survey, language)

    box = newcomer.locator("form.start button").bounding_box()

    expect(newcomer.locator(".notice.warn")).to_be_visible()
    assert box
    assert box["y"] + box["height"] <= SHORT_PHONE


@BOTH
def test_printed_sent_page_contains_the_answers(survey: Survey, open_browser: OpenBrowser, *, javascript: bool):
    page = open_browser(java_script_enabled=javascript)
    enter_survey(page, survey, "leader")
    answer_all_sections(page)
    page.get_by_role("button", name="Send my answers").first.click()
    page.wait_for_url("**/survey/sent")
    answers: list[str] = page.locator(".summary dd").evaluate_all("each => each.map(one => one.textContent.trim())")

    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages]
    printed = " ".join(normalize("NFKC", " ".join(sheets)).split())  # ligatures to letters

    assert len(answers) > 10
    assert [answer for answer in answers if answer not in printed] == []
    assert "Finish on this device" not in printed


def test_forced_colours_show_choice_progress_and_buttons_by_lines(survey: Survey, open_browser: OpenBrowser):
    page = open_browser(forced_colors="active")
    enter_survey(page, survey)
    choose_rung(page, 0, 0)

    styles: list[str] = page.evaluate(FORCED_STYLES)

    assert styles == ["solid", "none", "solid", "solid"]


def test_title_in_a_script_from_right_to_left_is_set_from_the_right(
    make_survey: Callable[..., Survey], open_browser: OpenBrowser
):
    survey = make_survey(title=HEBREW)
    page = open_browser()
    directions: list[Any] = []

    page.goto(survey.link())
    directions.append(page.evaluate("getComputedStyle(document.querySelector('h1')).direction"))
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    choose_rung(page, 0, 1)
    page.wait_for_load_state("networkidle")
    page.goto(survey.link())
    expect(page.get_by_text("This browser has answers for this link")).to_be_visible()
    directions.append(page.evaluate("getComputedStyle(document.querySelector('h1')).direction"))

    assert directions == ["rtl", "rtl"]
    assert fits_screen(page)
