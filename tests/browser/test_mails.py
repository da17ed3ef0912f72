"""The way of an invitation in a real browser: create, invite, send by mail, undo, read the mail, open its link."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assessment.storage import database, tables
from tests.browser.conftest import DESK, PHONE, Server
from tests.smtp_server import Mailbox, run_smtp_server, wait_until
from tests.web import people
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

OpenBrowser = Callable[..., Page]
LINES = "Ann Lee, ann@example.org, leader, marketing\nKim Berg, kim@example.org, practitioner, hr\nPat, , staff, all"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    world = World(sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def console(world: World, sqlite_url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Server]:
    """The console of a server that can send mail."""
    assert world.draft
    server = Server(sqlite_url, tmp_path)
    server.environment["ASSESSMENT_SMTP_URL"] = mailbox.url
    server.start()
    yield server
    server.stop()


def _sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/console")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()


def _end_undo_window(world: World) -> None:
    """Let queued mails go out now instead of in half a minute."""
    with database.write_session(world.engine) as session:
        session.execute(tables.outbox.update().values(not_before=people.NOW))


@pytest.mark.parametrize(("javascript", "screen"), [(True, DESK), (False, PHONE)])
def test_invitation_is_sent_by_mail_and_its_link_opens_the_survey(
    console: Server, world: World, mailbox: Mailbox, open_browser: OpenBrowser, *, javascript: bool, screen: dict
):
    page = open_browser(viewport=screen, java_script_enabled=javascript)
    _sign_in(page, console)

    page.get_by_role("link", name="New assessment").click()
    page.get_by_label("Name of the new client").fill("Northwind")
    page.get_by_label("Title").fill("Spring wave")
    page.get_by_role("button", name="Create assessment").click()
    page.get_by_role("link", name="Invite people").first.click()
    page.get_by_label("One person per line").fill(LINES)
    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_text("2 people get the link by mail")).to_be_visible()
    page.get_by_role("button", name="Add 3 people").click()
    page.get_by_role("link", name="Spring wave").click()
    page.get_by_role("button", name="Open for answers").click()
    page.get_by_role("link", name=re.compile("Send .+ invitations?…")).click()
    page.get_by_role("button", name="Send 2 invitations").click()
    expect(page.get_by_text("2 invitations queued.")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone: nothing was sent.")).to_be_visible()
    page.get_by_role("button", name="Send 2 invitations").click()
    expect(page.get_by_text("2 invitations queued.")).to_be_visible()
    _end_undo_window(world)
    wait_until(lambda: len(mailbox.received) == 2)
    if not javascript:
        page.get_by_role("link", name="Refresh").click()
    expect(page.locator("#sending")).to_contain_text(re.compile(r"Sent\s*2"))
    link = re.search(r"http://127\.0\.0\.1:\d+/s/\S+", mailbox.find("kim@example.org")[0].text)[0]
    respondent = open_browser(java_script_enabled=javascript)
    respondent.goto(link)

    expect(respondent.get_by_role("heading", name="Spring wave")).to_be_visible()
    assert mailbox.addresses == ["ann@example.org", "kim@example.org"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [PHONE, DESK])
def test_mail_pages_are_accessible_and_fit_the_screen(
    console: Server, world: World, open_browser: OpenBrowser, assert_accessible, screen: dict, scheme: str
):
    page = open_browser(viewport=screen, color_scheme=scheme)
    _sign_in(page, console)
    base = f"{console.url}/console/assessments/{world.open}"
    page.goto(f"{base}/people")
    page.get_by_label("One person per line").fill(LINES)
    page.get_by_role("button", name="Check these lines").click()
    expect(page.get_by_role("button", name="Add 3 people")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Add 3 people").click()
    expect(page.get_by_role("button", name="Add 3 people")).to_have_count(0)
    assert_accessible(page)
    page.goto(f"{base}/mails")
    assert_accessible(page)
    page.get_by_role("button", name="Send 2 invitations").click()
    expect(page.locator("#queued")).to_be_focused()
    page.get_by_role("button", name="Plan these mails").click()
    expect(page.get_by_role("button", name="Plan these mails")).to_have_count(0)
    assert_accessible(page)
    page.goto(f"{base}/mails/texts/reminder")
    page.locator("summary", has_text="Placeholders").click()
    page.locator("summary", has_text="As plain text").click()
    assert_accessible(page)


def test_keyboard_alone_sends_and_undoes(console: Server, world: World, mailbox: Mailbox, open_browser: OpenBrowser):
    page = open_browser(viewport=DESK)
    _sign_in(page, console)
    page.goto(f"{console.url}/console/assessments/{world.open}/people")
    page.get_by_label("One person per line").fill(LINES)
    page.get_by_role("button", name="Check these lines").click()
    page.get_by_role("button", name="Add 3 people").click()
    page.goto(f"{console.url}/console/assessments/{world.open}/mails")

    _press_tab_until(page, page.get_by_role("button", name="Send 2 invitations"))
    page.keyboard.press("Enter")
    expect(page.locator("#queued")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#undo")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#done")).to_have_text("Undone: nothing was sent.")
    assert mailbox.received == []


def _press_tab_until(page: Page, target: Locator) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("The Tab key does not get there.")
