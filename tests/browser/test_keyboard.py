"""The console by keyboard alone: from nothing to a printed letter and a report; the focus is always seen."""

from collections.abc import Callable, Iterator
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.keyboard import Keyboard
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the module; every test sets up what it needs."""
    folder = tmp_path_factory.mktemp("keyboard")
    url = f"sqlite:///{folder / 'assessment.sqlite3'}"
    world, server = World(url), Server(url, folder)
    server.start()
    yield server
    server.stop()
    world.engine.dispose()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def keys(request: pytest.FixtureRequest, console: Server, open_browser: Callable[..., Page]) -> Keyboard:
    """Alice, signed in."""
    page = open_browser(
        viewport=request.param, accept_downloads=True, permissions=["clipboard-read", "clipboard-write"]
    )
    page.goto(f"{console.url}/console")
    keys = Keyboard(page)
    keys.write(page.get_by_label("Email"), "alice@example.org")
    keys.write(page.get_by_label("Password"), PASSWORD)
    page.keyboard.press("Enter")
    return keys


def _set_up(keys: Keyboard) -> None:
    page = keys.page
    keys.press(keys.link("New assessment"))
    keys.write(page.get_by_label("Name of the new client"), f"Northwind {token_hex(4)}")  # names of clients are unique
    keys.write(page.get_by_label("Title"), "By hand")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    keys.press(keys.link("Invite people"))
    keys.write(page.get_by_label("One person per line"), "Ann, , leader, marketing\nKim, , staff, all")
    keys.press(keys.button("Check these lines"))
    keys.press(keys.button("Add 2 people"))
    expect(page.locator("#done")).to_be_focused()


def _set_up_and_open(keys: Keyboard) -> None:
    _set_up(keys)
    keys.press(keys.link("By hand"))
    keys.press(keys.button("Open for answers"))
    expect(keys.page.locator("#done")).to_be_focused()


def test_keyboard_alone_makes_copies_and_prints_links(keys: Keyboard):
    page = keys.page
    _set_up_and_open(keys)
    keys.press(keys.link("People and links"))

    keys.press(keys.button("Get link for Ann"))
    field = page.get_by_role("textbox", name="Link")
    expect(field).to_be_focused()
    first = field.input_value()
    keys.press(keys.button("Copy"))
    expect(page.locator("#announce")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    keys.press(keys.button("Get link for Kim"))
    expect(page.get_by_role("heading", name="Link for Kim")).to_be_visible()
    expect(page.get_by_role("textbox", name="Link")).to_be_focused()
    keys.press(page.get_by_label("2 people who have no link yet"), "ArrowDown")
    expect(page.get_by_label("Everyone: one more link for each of 2 people")).to_be_checked()
    with page.expect_download() as download:
        keys.press(keys.button("Download links (CSV)"))
    keys.press(keys.button("Print letters with links"))

    assert copied == first
    assert download.value.suggested_filename.endswith("links.csv")
    expect(page.get_by_role("heading", name="2 letters to print")).to_be_visible()
    expect(page.locator(".letter")).to_have_count(2)


def test_keyboard_alone_changes_settings_and_follows_errors_to_fields(keys: Keyboard, complaints: list[str]):
    page = keys.page
    _set_up(keys)
    keys.press(keys.link("By hand"))
    keys.press(keys.link("Settings: title"))
    keys.write(page.get_by_label("Title"), "")
    page.keyboard.press("Delete")
    keys.press(page.get_by_label("Confidential"), "ArrowDown")
    keys.press(keys.button("Save the settings"))

    expect(page.locator("#errors")).to_be_focused()
    keys.press(keys.link("Give the assessment a title."))
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("By hand again")
    keys.press(keys.button("Save the settings"))

    expect(page.locator("#done")).to_be_focused()
    expect(page.get_by_role("heading", name="By hand again")).to_be_visible()
    assert all("422" in each for each in complaints)
    complaints.clear()


def test_keyboard_alone_closes_reads_and_reopens_an_assessment(keys: Keyboard, complaints: list[str]):
    page = keys.page
    _set_up_and_open(keys)

    keys.press(keys.link("Close survey"))
    keys.press(keys.button("Close survey"))
    # Nobody has sent: the close is refused once, and confirmed.
    expect(page.locator("#errors")).to_be_focused()
    complaints[:] = [each for each in complaints if "422" not in each]
    keys.press(keys.button("Close survey without results"))
    expect(page.get_by_role("heading", name="Closed without results")).to_be_visible()
    keys.press(keys.link("Open the survey again"))
    keys.press(keys.button("Open it again"))

    expect(page.locator("#done")).to_be_focused()
    expect(page.get_by_role("link", name="Close survey")).to_be_visible()
    assert all("422" in each for each in complaints)
    complaints.clear()
