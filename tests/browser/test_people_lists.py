"""A list is uploaded and checked in a real browser, on a phone and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.page_checks import fits_screen
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

LIST = """Name;E-Mail;Rolle;Bereich
Ann Lee;ann@x.example;Kapitän;HR
Kim Berg;kim@x,example;Teamlead;Marketing
Pat;ann@x.example;Staff;HR
"""


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    world = World(sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def console(world: World, sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    assert world.open
    server = Server(sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize(("javascript", "screen"), [(True, DESK), (False, PHONE)])
def test_uploaded_list_is_corrected_and_added(
    world: World,
    console: Server,
    open_browser: Callable[..., Page],
    complaints: list[str],
    tmp_path: Path,
    *,
    javascript: bool,
    screen: dict[str, int],
) -> None:
    page = open_browser(viewport=screen, java_script_enabled=javascript)
    page.goto(f"{console.url}/console")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="cp1252")
    page.goto(f"{console.url}/console/assessments/{world.open}/people")
    page.get_by_label("List of people").set_input_files(file)
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("alert")).to_contain_text("role not recognised: “Kapitän”")
    assert [each for each in complaints if "422" not in each] == []
    complaints.clear()
    assert fits_screen(page)

    page.get_by_label("Role: “Kapitän”").select_option(label="Leader")
    page.get_by_label("Line 3, Kim Berg").fill("kim@x.example")
    page.get_by_role("button", name="Check again").first.click()
    expect(page.get_by_role("heading", name="Add 2 people?")).to_be_visible()
    page.get_by_role("button", name="Add 2 people").click()

    expect(page.get_by_text("The people are added.")).to_be_visible()
    assert [each.email for each in world.invited(world.open)[3:]] == ["ann@x.example", "kim@x.example"]
