"""Accounts in a real browser: add a user, set the password, two steps, sign-in by a provider; axe on every page."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests import oidc_provider
from tests.browser.conftest import DESK, PHONE, Server
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
NEW_PASSWORD = "copper meadow lantern 9"


@pytest.fixture
def world(migrated_sqlite_url: str) -> Iterator[World]:
    world = World(migrated_sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def console(world: World, migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """The console, served, with a provider to sign in with."""
    assert world.key_id
    with oidc_provider.run_provider() as issuer:
        oidc_provider.set_user(issuer, claims={"email": "bob@example.org", "email_verified": True})
        server = Server(migrated_sqlite_url, tmp_path)
        provider = {"ISSUER": issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "NAME": "Berg Login"}
        server.environment |= {f"ASSESSMENT_OIDC_{name}": value for name, value in provider.items()}
        server.start()
        yield server
        server.stop()


def sign_in(page: Page, server: Server, email: str, password: str) -> None:
    page.goto(f"{server.url}/console/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def enter_code(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(("javascript", "viewport"), [(True, DESK), (False, PHONE)], ids=["script", "plain"])
def test_user_is_added_signs_in_with_two_steps_and_is_removed(
    console: Server, open_browser: OpenBrowser, complaints: list[str], *, javascript: bool, viewport: dict[str, int]
):
    alice = open_browser(viewport=viewport, java_script_enabled=javascript)
    sign_in(alice, console, "alice@example.org", PASSWORD)
    alice.get_by_role("link", name="Settings").click()
    alice.get_by_role("link", name="Users").click()
    alice.get_by_label("Email").fill("eve@example.org")
    alice.get_by_role("button", name="Add and show the link").click()
    link = alice.get_by_role("textbox", name="Link for eve@example.org").input_value()

    eve = open_browser(viewport=viewport, java_script_enabled=javascript)
    eve.goto(link)
    eve.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    eve.get_by_label("New password again").fill(NEW_PASSWORD)
    eve.get_by_role("button", name="Set the password").click()
    expect(eve.get_by_text("Your password is set.")).to_be_visible()
    sign_in(eve, console, "eve@example.org", NEW_PASSWORD)
    eve.get_by_role("link", name="Settings").click()
    eve.get_by_role("link", name="Set it up…").click()
    app = pyotp.TOTP(eve.locator("code.secret").inner_text().replace(" ", ""))
    eve.get_by_label("Code").fill(app.now())
    eve.get_by_label("Current password").fill(NEW_PASSWORD)
    eve.get_by_role("button", name="Turn on two-step sign-in").click()
    recovery_code = eve.locator(".codes code").first.inner_text()
    eve.get_by_role("link", name="I have stored them").click()
    expect(eve.get_by_text("10 recovery codes are left.")).to_be_visible()

    eve.get_by_role("button", name="Sign out").click()
    sign_in(eve, console, "eve@example.org", NEW_PASSWORD)
    enter_code(eve, "000000")
    expect(eve.locator("#errors")).to_be_visible()
    enter_code(eve, app.at(int(time.time()) + 30))
    expect(eve.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()
    eve.get_by_role("button", name="Sign out").click()
    sign_in(eve, console, "eve@example.org", NEW_PASSWORD)
    enter_code(eve, recovery_code)
    expect(eve.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()

    alice.get_by_role("link", name="Users").click()
    alice.get_by_role("link", name="eve@example.org").click()
    alice.get_by_role("link", name="Remove…").click()
    alice.get_by_role("button", name="Remove the user").click()
    expect(alice.get_by_text("The user is removed")).to_be_visible()
    eve.reload()
    expect(eve.get_by_role("heading", name="Sign in")).to_be_visible()
    complaints[:] = [each for each in complaints if "401" not in each]
    assert complaints == []


def test_sign_in_by_the_provider(console: Server, open_browser: OpenBrowser, complaints: list[str]):
    page = open_browser(viewport=PHONE)
    page.goto(f"{console.url}/console/workspace/account")

    page.get_by_role("link", name="Sign in with Berg Login").click()

    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    expect(page.get_by_text("bob@example.org · viewer", exact=True)).to_be_attached()
    assert complaints == []


@pytest.mark.parametrize(("scheme", "viewport"), [("light", PHONE), ("dark", DESK)], ids=["light", "dark"])
def test_pages_of_accounts_are_accessible(
    console: Server,
    world: World,
    open_browser: OpenBrowser,
    assert_accessible: Callable[[Page], None],
    complaints: list[str],
    scheme: str,
    viewport: dict[str, int],
):
    page = open_browser(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{console.url}/console/sign-in")
    assert_accessible(page)
    sign_in(page, console, "alice@example.org", PASSWORD)
    user = f"users/{world.ids['bob']}"
    for path in ("account", "account/second-step", "users", user, f"{user}/remove", "keys", f"keys/{world.key_id}"):
        page.goto(f"{console.url}/console/workspace/{path}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    for path in ("", "/audit", "/audit/check"):
        page.goto(f"{console.url}/console/workspace{path}")
        assert_accessible(page)
    page.goto(f"{console.url}/console/workspace/users")
    page.get_by_label("Email").fill("eve@example.org")
    page.get_by_role("button", name="Add and show the link").click()
    assert_accessible(page)
    link = page.get_by_role("textbox", name="Link for eve@example.org").input_value()
    page.get_by_label("Email").fill("eve@example.org")
    page.get_by_role("button", name="Add and show the link").click()
    expect(page.locator("#errors")).to_be_focused()
    assert_accessible(page)
    for path in (link, f"{link}x", f"{console.url}/console/sign-in/oidc/return"):
        page.goto(path)
        assert_accessible(page)
    complaints.clear()
