"""The page of results on a phone: folded, never cut without a sign, whole on paper; with and without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.page_checks import fits_screen
from tests.office.word_templates import write_template
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LINES_OF_NUMBERS = """
[...document.querySelectorAll("td.number")].flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), broken = [];
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest(".why")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    if (new Set([...range.getClientRects()].map((line) => line.top)).size > 1) broken.push(cell.textContent.trim());
  }
  return broken;
})
"""
TALL_ROWS = """
[...document.querySelectorAll(":is(#heatmap, #targets, #gap, #hand-offs) tbody tr")]
  .filter((row) => row.offsetHeight > 105).map((row) => row.textContent.trim().slice(0, 60))
"""
ALL_OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, World]]:
    """One server for the module: the last test alone changes anything."""
    folder = tmp_path_factory.mktemp("results")
    url = f"sqlite:///{folder / 'assessment.sqlite3'}"
    world, server = World(url), Server(url, folder)
    assert world.closed
    server.start()
    yield server, world
    server.stop()
    world.engine.dispose()


@pytest.fixture
def open_results(results: tuple[Server, World], open_browser: OpenBrowser) -> Callable[..., Page]:
    server, world = results

    def open_page(**options: object) -> Page:
        page = open_browser(**({"viewport": PHONE} | options))
        page.goto(f"{server.url}/console")
        page.get_by_label("Email").fill("alice@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto(f"{server.url}/console/assessments/{world.closed}/results")
        return page

    return open_page


@pytest.mark.parametrize("javascript", [True, False])
def test_link_at_the_top_opens_its_section(open_results: Callable[..., Page], *, javascript: bool):
    page = open_results(java_script_enabled=javascript)
    verdicts = page.locator("#gap table")
    expect(verdicts).to_be_hidden()

    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Leaders and practitioners").click()

    expect(verdicts).to_be_visible()
    expect(page.locator("details:has(> #gap) > summary")).to_be_in_viewport()


def test_script_opens_the_section_if_the_browser_does_not(open_results: Callable[..., Page]):
    page = open_results()

    page.evaluate("history.replaceState(null, '', '#hand-offs'); dispatchEvent(new HashChangeEvent('hashchange'))")

    expect(page.locator("#hand-offs table")).to_be_visible()
    expect(page.locator("#hand-offs")).to_be_focused()


def test_results_page_is_short_enough_for_a_phone(open_results: Callable[..., Page]):
    page = open_results()

    # Some 9,000 pixels: how long the dates of the plan are differs from day to day.
    assert page.evaluate("document.documentElement.scrollHeight") < 9_500


def test_tables_do_not_wrap_numbers_or_stretch_rows(open_results: Callable[..., Page]):
    page = open_results()
    page.evaluate(ALL_OPEN)

    broken, tall = page.evaluate(LINES_OF_NUMBERS), page.evaluate(TALL_ROWS)

    assert broken == []
    assert tall == []


def test_overflowing_table_fades_and_scrolls_by_keyboard(open_results: Callable[..., Page]):
    page = open_results()
    table = page.get_by_role("region", name="Scores of functions by dimension, with interval and number of people")

    masks = [table.evaluate("e => getComputedStyle(e).getPropertyValue('--after')")]
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=table.element_handle())
    table.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
    page.wait_for_function("e => getComputedStyle(e).getPropertyValue('--after') === '0px'", arg=table.element_handle())

    assert masks != ["0px"]
    assert table.evaluate("e => getComputedStyle(e).outlineStyle") != "none"


@pytest.mark.parametrize("javascript", [True, False])
def test_print_opens_all_sections(open_results: Callable[..., Page], *, javascript: bool):
    page = open_results(java_script_enabled=javascript)
    steps = page.locator(".further .advice dl")
    expect(steps.first).to_be_hidden()

    page.emulate_media(media="print")

    assert steps.count() > 0
    for each in (steps.last, page.locator("#functions h3").last, page.locator("#gap table")):
        expect(each).to_be_visible()


def test_contribution_is_written_published_and_read_without_script(open_results: Callable[..., Page]):
    page = open_results(java_script_enabled=False)
    page.get_by_role("link", name="Findings and roadmap").click()
    page.get_by_label("Summary on the answer page").fill("Two shifts walked.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    assert fits_screen(page)

    page.set_viewport_size(DESK)
    page.get_by_role("link", name="Publish and share").click()
    page.get_by_role("button", name="Publish the report as it is now").click()
    page.locator("summary", has_text="Make a link").click()
    page.get_by_role("button", name="Make the link").click()
    page.goto(page.get_by_label("Link to the report").input_value())

    expect(page.get_by_role("link", name="Full report")).to_be_visible()
    expect(page.get_by_role("link", name="Board edition")).to_have_count(0)


def test_own_template_says_that_its_file_is_being_made_and_downloads_it(
    open_results: Callable[..., Page], complaints: list[str]
):
    page = open_results(viewport=DESK)
    page.goto(page.url.replace("/results", "/word-template"))
    choice, button = page.get_by_label("Word template (.docx)"), page.get_by_role("button", name="Fill in the template")
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    choice.set_input_files({"name": "ours.docx", "mimeType": mime, "buffer": write_template("{{ title }}")})
    with page.expect_download() as download:
        button.click()
        expect(page.get_by_text("The download starts by itself.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Your file is ready")).to_be_visible()
    expect(page.get_by_text("The download starts by itself.")).to_be_hidden()

    assert download.value.suggested_filename.endswith(".docx")
    choice.set_input_files({"name": "ours.docx", "mimeType": mime, "buffer": write_template("{{ nobody }}")})
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_text("There is no field nobody.").first).to_be_visible()
    assert len(complaints) == 1
    assert "422" in complaints.pop()  # the browser logs it: the script asked for the page
