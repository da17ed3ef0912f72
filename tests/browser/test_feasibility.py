"""Page "What can be shown" in a real browser: phone and desktop, without JavaScript, by keyboard."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    """A draft with too few people for several figures."""
    world = World(sqlite_url)
    world.invite(world.draft, "practitioner", 8)
    yield world
    world.engine.dispose()


@pytest.fixture
def console(world: World, sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """The console, served."""
    assert world.draft
    server = Server(sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


def _sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/console")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_expected_response_is_changed_by_keyboard(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    complaints: list[str],
    viewport: dict[str, int],
    *,
    javascript: bool,
):
    page = open_browser(viewport=viewport, java_script_enabled=javascript)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.draft}")
    page.get_by_role("link", name="See what can be shown, and whom to invite").click()
    expect(page.get_by_text("Marketing: everything")).to_be_visible()

    field = page.get_by_label("How many of 100 people do you expect to answer?")
    field.fill("0")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Give a whole number from 1 to 100.")
    field.fill("80")
    field.press("Enter")

    expect(page.get_by_text("6 answers expected")).to_be_visible()
    expect(page.get_by_text("Marketing: everything")).to_have_count(0)
    complaints[:] = [each for each in complaints if "422" not in each]  # of the wrong number


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_about_hidden_figures_are_accessible(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
    scheme: str,
):
    page = open_browser(viewport=viewport, color_scheme=scheme)
    _sign_in(page, console)
    for path in (world.draft, f"{world.draft}/feasibility", f"{world.open}/close"):
        page.goto(f"{console.url}/console/assessments/{path}")
        expect(page.get_by_text(re.compile("hidden")).first).to_be_visible()
        assert_accessible(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_close_that_would_show_nothing_asks_again(
    console: Server, world: World, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    page = open_browser(viewport=PHONE, java_script_enabled=javascript)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/close")
    expect(page.get_by_role("heading", name="What will be hidden")).to_be_visible()

    page.get_by_role("button", name="Close survey").click()
    page.get_by_role("button", name="Close survey without results").click()

    expect(page.get_by_role("heading", name="Closed without results")).to_be_visible()
    complaints[:] = [each for each in complaints if "422" not in each]
