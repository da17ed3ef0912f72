"""The pages about clients in a real browser: accessible, narrow and wide, by keyboard, without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assessment.services.assessments import client_organisations
from assessment.storage import database
from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.page_checks import fits_screen
from tests.web import people
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LONG_NAME = "Donaudampfschifffahrtsgesellschaft und Verkehrsbetriebe mit beschränkter Haftung"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    world = World(sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def client(world: World) -> str:
    with database.write_session(world.engine) as session:
        return client_organisations.create_organisation(session, world.home, LONG_NAME, people.NOW).id


@pytest.fixture
def console(world: World, client: str, sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    assert world.closed
    assert client
    server = Server(sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


def _sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/console")
    page.locator("#email").fill("alice@example.org")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.locator(".who")).to_be_attached()


@pytest.mark.parametrize("path", ["clients", "assessments/{open}/people"])
def test_list_is_sorted_on_a_phone_by_links_that_can_be_seen(
    console: Server, world: World, open_browser: OpenBrowser, path: str
):
    page = open_browser(viewport=PHONE)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/{path.format(open=world.open)}")
    links = page.locator("thead a")

    heights = links.evaluate_all("all => all.map((e) => e.getBoundingClientRect().height)")
    links.first.click()

    assert min(heights) >= 44
    page.wait_for_url("**sort=**")
    assert fits_screen(page)


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": PHONE, "color_scheme": "light", "locale": "de"},
        {"viewport": PHONE, "color_scheme": "dark", "locale": "fr"},
        {"viewport": DESK, "color_scheme": "light", "locale": "es"},
        {"viewport": DESK, "color_scheme": "dark", "locale": "en"},
    ],
    ids=lambda options: options["locale"],
)
def test_pages_of_clients_are_accessible_and_fit_the_screen(
    console: Server, world: World, client: str, open_browser: OpenBrowser, assert_accessible, options: dict
):
    page = open_browser(**options)
    _sign_in(page, console)
    pages = (
        *("clients", "clients?sort=level", "clients?q=nobody", "clients/new", f"clients/{world.organisation}"),
        *(f"clients/{client}", f"clients/{client}/edit", f"clients/{client}/erase"),
        *(f"assessments/{world.draft}", f"assessments/{world.draft}/delete", f"assessments/{world.closed}"),
        *("workspace", "benchmarks"),
    )

    for path in pages:
        page.goto(f"{console.url}/console/{path}")
        assert_accessible(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_client_is_archived_and_restored_by_keyboard(
    console: Server, client: str, open_browser: OpenBrowser, *, javascript: bool
):
    page = open_browser(viewport=DESK, java_script_enabled=javascript)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/clients/{client}")

    press_tab_until(page, page.get_by_role("button", name="Archive the client"))
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("Nothing is deleted.")
    press_tab_until(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")

    expect(page.locator("#done")).to_contain_text("The client is back.")
    assert page.url == f"{console.url}/console/clients/{client}"
    page.reload()
    expect(page.locator("#done")).to_have_count(0)


def test_client_is_erased_after_its_name_was_typed(
    console: Server, client: str, open_browser: OpenBrowser, complaints: list[str]
):
    page = open_browser(viewport=PHONE, java_script_enabled=False)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/clients/{client}")

    page.get_by_role("link", name="Erase…").click()
    page.get_by_role("button", name="Erase the client").click()
    expect(page.get_by_role("alert")).to_contain_text("This is not the name of the client.")
    complaints.clear()  # the browser reports the status 422
    page.get_by_label("Type the name of the client").fill(LONG_NAME.upper())
    page.get_by_role("button", name="Erase the client").click()

    expect(page.locator("#done")).to_contain_text("The client is erased")
    expect(page.get_by_role("link", name=LONG_NAME)).to_have_count(0)


def press_tab_until(page: Page, target: Locator) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("The Tab key does not get there.")
