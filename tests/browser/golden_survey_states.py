"""Pages of the survey next to the way through it: other browsers, lost sessions, withdrawals, dead links."""

from playwright.sync_api import Page

from tests.browser.golden_pages import GoldenPages
from tests.browser.golden_states import Show, find_neighbours
from tests.browser.respondent import answer_all_sections, choose_rung, fill_section, press_continue


def show_path(path: str) -> Show:
    return lambda pages, page: _open(page, f"{pages.server.url}{path}")


def _open(page: Page, address: str) -> None:
    page.goto(address)


def start_survey(pages: GoldenPages, page: Page, link: str = "") -> str:
    """Begin with a link of one's own; return it."""
    link = link or find_neighbours(pages).take_link()
    page.goto(link)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/survey/*")
    return link


def save_section(pages: GoldenPages, page: Page, link: str = "") -> str:
    """Answer the first section; return the link."""
    link = start_survey(pages, page, link)
    fill_section(page)
    press_continue(page)
    page.get_by_text("Section 2 of").wait_for()
    return link


def send_answers(pages: GoldenPages, page: Page, link: str = "") -> str:
    link = start_survey(pages, page, link)
    answer_all_sections(page)
    page.get_by_role("button", name="Send my answers").first.click()
    page.get_by_role("heading", name="Your answers are sent").wait_for()
    return link


def open_stranger(page: Page) -> Page:
    """Open another browser, as of another device."""
    assert page.context.browser
    return page.context.browser.new_context(locale="en-GB", timezone_id="UTC").new_page()


def show_not_open(pages: GoldenPages, page: Page) -> None:
    page.goto(find_neighbours(pages).draft_link)


def show_closed(pages: GoldenPages, page: Page) -> None:
    page.goto(find_neighbours(pages).closed_link)


def show_revoked(pages: GoldenPages, page: Page) -> None:
    page.goto(find_neighbours(pages).make_revoked_link())


def show_code_form(pages: GoldenPages, page: Page) -> None:
    page.goto(find_neighbours(pages).take_link())
    page.get_by_role("link", name="Started in another browser?").click()


def show_role_form(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{find_neighbours(pages).take_link()}/role")


def show_unsubscribe(pages: GoldenPages, page: Page) -> None:
    page.goto(f"{find_neighbours(pages).take_link()}/unsubscribe")


def show_unsubscribed(pages: GoldenPages, page: Page) -> None:
    show_unsubscribe(pages, page)
    page.locator("main form button").first.click()
    page.wait_for_url("**/unsubscribed")


def show_occupied(pages: GoldenPages, page: Page) -> None:
    page.goto(save_section(pages, page))


def show_finish(pages: GoldenPages, page: Page) -> None:
    save_section(pages, page)
    page.goto(f"{pages.server.url}/survey/finish")


def show_forget(pages: GoldenPages, page: Page) -> None:
    save_section(pages, page)
    page.context.clear_cookies(name="respondent")
    page.goto(f"{pages.server.url}/survey/finish")


def show_withdraw(pages: GoldenPages, page: Page) -> None:
    save_section(pages, page)
    page.goto(f"{pages.server.url}/survey/withdraw")


def show_conflicts(pages: GoldenPages, page: Page) -> None:
    """Two windows of one browser with two answers."""
    start_survey(pages, page)
    second = page.context.new_page()
    second.goto(page.url)
    fill_section(second)
    press_continue(second)
    second.get_by_text("Section 2 of").wait_for()
    fill_section(page)
    choose_rung(page, 0, 4)
    press_continue(page)
    page.get_by_role("heading", name="Answered in two windows").wait_for()


def show_resume(pages: GoldenPages, page: Page) -> None:
    save_section(pages, page)
    fill_section(page)
    page.context.clear_cookies()
    page.evaluate("document.querySelector('form').submit()")
    page.get_by_label("Your link").wait_for()


def show_other_survey(pages: GoldenPages, page: Page) -> None:
    """A form of one link after another was opened in the same browser."""
    save_section(pages, page)
    second = page.context.new_page()
    start_survey(pages, second)
    page.evaluate("document.querySelector('form').submit()")
    page.get_by_role("heading", name="Another survey is open in this browser").wait_for()


def move_to_stranger(pages: GoldenPages, page: Page) -> Page:
    """Go on in another browser by link and code; return its page."""
    link = save_section(pages, page)
    page.goto(f"{pages.server.url}/survey/finish")
    code = page.locator(".own-code").text_content() or ""
    stranger = open_stranger(page)
    stranger.goto(link)
    stranger.get_by_role("link", name="Started in another browser?").click()
    stranger.get_by_label("Your code").fill(code)
    stranger.get_by_role("button", name="Continue here").click()
    stranger.get_by_text("Section 2 of").wait_for()
    return stranger


def show_moved(pages: GoldenPages, page: Page) -> None:
    move_to_stranger(pages, page)
    page.goto(f"{pages.server.url}/survey")
    page.get_by_role("button", name="That wasn’t me").wait_for()


def show_set_aside(pages: GoldenPages, page: Page) -> None:
    """The browser that has moved answers which were not its own: page and stranger change places."""
    stranger = open_stranger(page)
    link = save_section(pages, stranger)
    stranger.goto(f"{pages.server.url}/survey/finish")
    code = stranger.locator(".own-code").text_content() or ""
    page.goto(link)
    page.get_by_role("link", name="Started in another browser?").click()
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Continue here").click()
    page.get_by_text("Section 2 of").wait_for()
    stranger.goto(f"{pages.server.url}/survey")
    stranger.get_by_role("button", name="That wasn’t me").click()
    stranger.get_by_role("button", name="Start").wait_for()
    page.goto(f"{pages.server.url}/survey")
    page.get_by_role("heading", name="These answers were set aside").wait_for()


def show_sent_elsewhere(pages: GoldenPages, page: Page) -> None:
    link = start_survey(pages, page)
    answer_all_sections(page)
    send_answers(pages, open_stranger(page), link)
    page.get_by_role("button", name="Send my answers").first.click()
    page.get_by_role("heading", name="Answers were already sent").wait_for()


SURVEY_STATES: dict[str, Show] = {
    "survey-lost": show_path("/survey"),
    "survey-cookies-blocked": show_path("/survey?begun=1"),
    "survey-finished": show_path("/finished"),
    "survey-withdrawn": show_path("/withdraw/done"),
    "survey-withdraw-by-code": show_path("/withdraw"),
    "survey-unknown": show_path("/s/nothing"),
    "survey-untied": show_path("/survey/problem?kind=untied"),
    "survey-other-link": show_path("/survey/problem?kind=other-link"),
    "survey-not-open": show_not_open,
    "survey-closed": show_closed,
    "survey-revoked": show_revoked,
    "survey-code": show_code_form,
    "survey-role": show_role_form,
    "survey-unsubscribe": show_unsubscribe,
    "survey-unsubscribed": show_unsubscribed,
    "survey-occupied": show_occupied,
    "survey-finish": show_finish,
    "survey-forget": show_forget,
    "survey-withdraw": show_withdraw,
    "survey-conflicts": show_conflicts,
    "survey-resume": show_resume,
    "survey-other-survey": show_other_survey,
    "survey-moved": show_moved,
    "survey-set-aside": show_set_aside,
    "survey-sent-elsewhere": show_sent_elsewhere,
}
