"""Each page of the console shows one primary button; where a link or a mail has ended, words say what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, DESK, PATIENCE
from tests.browser.golden_pages import CONSOLE_PAGES, FORM_PAGES, STRANGER_PAGES, GoldenPages
from tests.browser.golden_states import CONSOLE_STATES

pytestmark = pytest.mark.browser

FILLED = "main .button:not(.second):not(.danger):not(.mail-body *):visible"
DANGEROUS = "main .button.danger:visible"
WITHOUT_BUTTON = {  # what to do there is outside of the page
    "report-link-gone",  # a reader without an account asks the person who gave the link
    "letters",  # the letters are printed by the browser
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[GoldenPages]:
    pages = GoldenPages(tmp_path_factory.mktemp("actions"), migrated_file)
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    context.set_default_timeout(2 * PATIENCE)
    yield context.new_page()
    context.close()


def list_primary_buttons(page: Page) -> list[str]:
    """Return the texts of the filled buttons; of a page that only asks for consent, those of the red one."""
    filled = page.locator(FILLED).all_inner_texts()
    return filled or page.locator(DANGEROUS).all_inner_texts()


@pytest.mark.parametrize("name", [*CONSOLE_PAGES, *STRANGER_PAGES, *FORM_PAGES, *CONSOLE_STATES])
def test_page_has_one_primary_action(pages: GoldenPages, page: Page, name: str):
    if name in FORM_PAGES:
        pages.show_form_page(page, name)
    elif name in CONSOLE_STATES:
        CONSOLE_STATES[name](pages, page)
    else:
        pages.show_console_page(page, name)

    page.wait_for_load_state("load")
    buttons = list_primary_buttons(page)

    assert len(buttons) == (0 if name in WITHOUT_BUTTON else 1), buttons
