"""Accounts on a server without mail: the link is shown to the owner; axe on pages that follow a form."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assessment.storage import database, tables
from tests.browser.account_steps import NEW_PASSWORD, PASSWORD, WORKSPACE, Steps, drop_refusals
from tests.browser.conftest import DESK, PHONE, Server
from tests.web.console.conftest import World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]


@pytest.fixture
def world(migrated_sqlite_url: str) -> Iterator[World]:
    world = World(migrated_sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def console(world: World, migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """The console, served."""
    assert world.key_id
    server = Server(migrated_sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_link_of_an_added_user_is_shown_once_and_can_be_renewed(
    console: Server, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool
):
    way = "script" if javascript else "plain"
    alice, eve = (Steps(open_browser(java_script_enabled=javascript), console.url, way) for _ in range(2))
    alice.sign_in("alice@example.org", PASSWORD)
    alice.open(f"{WORKSPACE}/users")
    alice.write("Email", "eve@example.org")
    alice.press("Add and show the link")
    field = alice.page.get_by_role("textbox", name="Link for eve@example.org")
    first = field.input_value()
    alice.open(f"{WORKSPACE}/users")
    expect(field).to_have_count(0)
    alice.follow("eve@example.org")
    alice.press("Make a new link")
    expect(field).to_be_visible()
    if javascript:
        expect(field).to_be_focused()

    eve.open(first)
    expect(eve.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    eve.open(field.input_value())
    eve.write("New password", NEW_PASSWORD)
    eve.write("New password again", NEW_PASSWORD)
    eve.press("Set the password")
    eve.expect_notice("Your password is set.")
    eve.sign_in("eve@example.org", NEW_PASSWORD)

    eve.expect_signed_in()
    drop_refusals(complaints)


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["light", "dark"])
def test_pages_after_forms_are_accessible(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    assert_accessible: Callable[[Page], None],
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    """Pages that are reached by a GET are in the tests of pictures, with axe at each width and in each scheme."""
    page = open_browser(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    alice = Steps(page, console.url, "script")
    alice.sign_in("alice@example.org", NEW_PASSWORD)
    alice.expect_error("Email or password is wrong.")
    assert_accessible(page)
    alice.sign_in("alice@example.org", PASSWORD)
    alice.expect_signed_in()
    forms = {
        "/users": "Add and show the link",
        "/keys": "Make and show the key",
        "/account": "Change the password",
        "/account/second-step": "Turn on two-step sign-in",
    }
    for path, button in forms.items():
        alice.open(f"{WORKSPACE}{path}")
        alice.press(button)
        expect(page.locator("#errors")).to_be_focused()
        assert_accessible(page)
    alice.open(WORKSPACE)
    alice.write("Time zone", "Mars/Olympus")
    alice.press("Save the settings")
    alice.expect_error("time zone")
    assert_accessible(page)

    alice.open(f"{WORKSPACE}/users")
    alice.write("Email", "eve@example.org")
    alice.press("Add and show the link")
    expect(page.get_by_role("textbox", name="Link for eve@example.org")).to_be_focused()
    assert_accessible(page)
    alice.open(f"{WORKSPACE}/keys/{world.key_id}")
    alice.press("Replace and show the new key")
    expect(page.get_by_role("textbox", name="The new key")).to_be_focused()
    assert_accessible(page)
    with database.write_session(world.engine) as session:
        session.execute(tables.audit_entry.update().values(actor="charlie@example.org"))
    alice.open(f"{WORKSPACE}/audit/check")
    expect(page.get_by_role("heading", name="The log was altered")).to_be_visible()
    assert_accessible(page)
    drop_refusals(complaints)
