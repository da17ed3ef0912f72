"""First half of an assessment in a real browser with a mail server: create, people, send, live, remind, close."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from assessment.storage import database, tables
from tests.browser.conftest import DESK, PHONE, Server
from tests.smtp_server import Mailbox, run_smtp_server, wait_until
from tests.web import people
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

LINES = "Ann Lee, ann@example.org, leader, marketing\nKim Berg, kim@example.org, practitioner, hr"
WORKER = "from assessment.cli import main; main()"
TABS = 80


@pytest.fixture(params=["sqlite desk", "postgresql phone"])
def case(request: pytest.FixtureRequest) -> str:
    """Both databases and both screens in two runs: JavaScript at the desk, none on the phone."""
    name: str = request.param
    return name


@pytest.fixture
def url(case: str, request: pytest.FixtureRequest) -> str:
    name = "migrated_sqlite_url" if case.startswith("sqlite") else "migrated_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def world(url: str) -> Iterator[World]:
    world = World(url)
    yield world
    world.engine.dispose()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def console(world: World, url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Server]:
    """A server that can send mail; on PostgreSQL a worker sends it."""
    server = Server(url, tmp_path)
    server.environment["ASSESSMENT_SMTP_URL"] = mailbox.url
    server.start()
    worker = None
    if not database.is_sqlite(world.engine):
        worker = subprocess.Popen([sys.executable, "-c", WORKER, "work"], env=server.environment)
    yield server
    if worker is not None:
        worker.terminate()
        worker.wait(timeout=15)
    server.stop()


def _sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/console")
    page.get_by_label("Email").fill("alice@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()


def _change_mails(world: World, **values: Any) -> None:
    """Let time pass for mails, not for the session."""
    with database.write_session(world.engine) as session:
        session.execute(
            tables.outbox.update().where(tables.outbox.c.payload.is_not(None)).values(not_before=people.NOW)
        )
        if values:
            session.execute(tables.invitation.update().where(tables.invitation.c.mailed_on.is_not(None)).values(values))
            session.execute(tables.people_summary.delete())


def _press_tab_until(page: Page, target: Locator) -> None:
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("The Tab key does not get there.")


class FirstHalf:
    """What the consultant does in one browser, step by step."""

    def __init__(self, page: Page, world: World, mailbox: Mailbox, *, uses_keyboard: bool) -> None:
        self.page, self.world, self.mailbox, self.uses_keyboard = page, world, mailbox, uses_keyboard

    def press(self, name: str) -> None:
        """Press a button: with the Tab key and Enter, or with the mouse."""
        button = self.page.get_by_role("button", name=name)
        if self.uses_keyboard:
            _press_tab_until(self.page, button)
            self.page.keyboard.press("Enter")
        else:
            button.click()

    def create(self) -> None:
        page = self.page
        page.get_by_role("link", name="New assessment").click()
        page.get_by_label("Name of the new organisation").fill("Northwind")
        page.get_by_label("Title").fill("Spring wave")
        self.press("Create assessment")
        page.get_by_role("link", name="Invite people").first.click()
        page.get_by_label("One person per line").fill(LINES)
        self.press("Check these lines")
        self.press("Add 2 people")
        expect(page.locator("#done")).to_contain_text("The people are added.")

    def send(self) -> None:
        self.page.get_by_role("link", name="Spring wave").click()
        self.press("Open for answers")
        self.page.get_by_role("link", name="Send the invitations…").click()
        self.press("Send 2 invitations")
        self.wait_for_mails(2)

    def extend(self) -> None:
        page = self.page
        expect(page.get_by_role("heading", name="0 of 2 have sent their answers")).to_be_visible()
        page.get_by_label("Closing date").fill((datetime.now(UTC) + timedelta(days=20)).date().isoformat())
        self.press("Set the date")
        expect(page.locator("#done")).to_contain_text("The closing date is moved.")
        expect(page.locator(".times")).to_contain_text("Closes by itself")

    def remind(self) -> None:
        _change_mails(self.world, mailed_on=datetime.now(UTC).date() - timedelta(days=3))
        self.page.get_by_role("link", name="Remind, plan or stop mails").click()
        self.press("Remind now (2 people)")
        self.wait_for_mails(4)

    def mail_one_again(self) -> None:
        page = self.page
        page.get_by_label("Name or address").fill("KIM")
        self.press("Search")
        expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
        page.get_by_label("Select Kim Berg").check()
        self.press("Mail them the invitation")
        self.wait_for_mails(5)

    def close(self) -> None:
        page = self.page
        page.get_by_role("link", name="Close early…").click()
        page.get_by_label("Yes, close it").check()
        self.press("Close the survey")
        page.get_by_label("Yes, close it without results").check()
        self.press("Close the survey")
        expect(page.get_by_role("heading", name="Closed without results")).to_be_visible()

    def wait_for_mails(self, number: int) -> None:
        expect(self.page.locator("#queued")).to_be_visible()
        _change_mails(self.world)
        wait_until(lambda: len(self.mailbox.received) == number)


def test_first_half_is_done_from_the_browser(
    case: str,
    console: Server,
    world: World,
    mailbox: Mailbox,
    open_browser: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    complaints: list[str],
):
    is_desk = case.endswith("desk")
    page = open_browser(viewport=DESK if is_desk else PHONE, java_script_enabled=is_desk)
    check = assert_accessible if is_desk else _check_width
    _sign_in(page, console)
    consultant = FirstHalf(page, world, mailbox, uses_keyboard=is_desk)

    consultant.create()
    path = page.url.partition("/people")[0]
    check(page)
    consultant.send()
    page.goto(f"{path}/live")
    check(page)
    consultant.extend()
    consultant.remind()
    page.goto(f"{path}/people")
    consultant.mail_one_again()
    page.goto(f"{path}/live")
    consultant.close()
    complaints.clear()  # the first close is refused

    assert mailbox.addresses == ["ann@example.org"] * 2 + ["kim@example.org"] * 3


def _check_width(page: Page) -> None:
    """Check that nothing runs off the phone; what needs a script is checked at the desk."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
