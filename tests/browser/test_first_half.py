"""First half of an assessment in a real browser with a mail server: create, people, send, live, remind, close."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import astuple
from playwright.sync_api import Locator, Page, expect

from assessment.storage import database, tables
from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.keyboard import Keyboard
from tests.browser.page_checks import fits_screen
from tests.smtp_server import Mailbox, run_smtp_server, wait_until
from tests.web import people
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

LINES = "Ann Lee, ann@example.org, leader, marketing\nKim Berg, kim@example.org, practitioner, hr"
WORKER = "from assessment.cli import main; main()"
WIDTH_OF_TABLE = "caption => Math.round(caption.offsetWidth / caption.parentElement.offsetWidth)"
SCREENS = {"phone": PHONE, "desk": DESK}


class Case(Struct, frozen=True):
    """Browser of a consultant, and the pages that they use."""

    database: str
    screen: str
    scripts: str
    hand: str


CASES = [
    *(Case(*case, "keyboard") for case in product(("sqlite", "postgresql"), SCREENS, ("scripts", "no scripts"))),
    Case("postgresql", "phone", "no scripts", "mouse"),
]


@pytest.fixture(params=CASES, ids=lambda case: " ".join(astuple(case)))
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param
    return case


@pytest.fixture
def url(case: Case, request: pytest.FixtureRequest) -> str:
    name = "migrated_sqlite_url" if case.database == "sqlite" else "migrated_postgres_url"
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


def _change_mails(world: World, **values: Any) -> None:
    """Let time pass for mails, not for the session."""
    with database.write_session(world.engine) as session:
        session.execute(
            tables.outbox.update().where(tables.outbox.c.payload.is_not(None)).values(not_before=people.NOW)
        )
        if values:
            session.execute(tables.invitation.update().where(tables.invitation.c.mailed_on.is_not(None)).values(values))
            session.execute(tables.people_summary.delete())


class Mouse:
    """The same acts as `Keyboard`, with the mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, wanted: Locator) -> None:
        wanted.click()

    def write(self, wanted: Locator, text: str) -> None:
        wanted.fill(text)

    def write_date(self, wanted: Locator, day: date) -> None:
        wanted.fill(day.isoformat())

    def tick(self, wanted: Locator) -> None:
        wanted.check()


class FirstHalf:
    """Actions of the consultant in one browser, step by step."""

    def __init__(self, page: Page, hand: Keyboard | Mouse, world: World, mailbox: Mailbox) -> None:
        self.page, self.hand, self.world, self.mailbox = page, hand, world, mailbox

    def press(self, name: str) -> None:
        self.hand.press(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str) -> None:
        self.hand.press(self.page.get_by_role("link", name=name).first)

    def write(self, label: str, text: str) -> None:
        self.hand.write(self.page.get_by_label(label), text)

    def sign_in(self) -> None:
        self.write("Email", "alice@example.org")
        self.write("Password", PASSWORD)
        self.press("Sign in")
        expect(self.page.get_by_role("heading", name="Assessments", exact=True)).to_be_visible()

    def create(self) -> None:
        self.follow("New assessment")
        self.write("Name of the new client", "Northwind")
        self.write("Title", "Spring wave")
        self.press("Create assessment")
        self.follow("Invite people")
        self.write("One person per line", LINES)
        self.press("Check these lines")
        self.press("Add 2 people")
        expect(self.page.locator("#done")).to_contain_text("The people are added.")

    def open(self) -> None:
        self.follow("Spring wave")
        self.press("Open for answers")
        expect(self.page.locator("#done")).to_contain_text("The assessment is open.")

    def send(self) -> None:
        """Send the invitations, take them back, and send them again."""
        page = self.page
        self.follow("Send 2 invitations…")
        self.press("Send 2 invitations")
        expect(page.locator("#queued")).to_be_visible()
        self.hand.press(page.locator("#undo"))
        expect(page.locator("#done")).to_have_text("Undone: nothing was sent.")
        self.press("Send 2 invitations")
        self.wait_for_mails(2)

    def extend(self) -> None:
        page = self.page
        assert page.locator(".stacks caption").first.evaluate(WIDTH_OF_TABLE) == 1  # not squeezed on the phone
        expect(page.get_by_role("heading", name="0 of 2 have sent their answers")).to_be_visible()
        self.hand.write_date(page.get_by_label("Closing date"), datetime.now(UTC).date() + timedelta(days=20))
        self.press("Set the date")
        expect(page.locator("#done")).to_contain_text("The closing date is moved.")
        expect(page.locator(".times")).to_contain_text("Closes by itself")

    def remind(self) -> None:
        _change_mails(self.world, mailed_on=datetime.now(UTC).date() - timedelta(days=3))
        self.follow("Remind or plan mails…")
        self.press("Remind now (2 people)")
        self.wait_for_mails(4)

    def mail_one_again(self) -> None:
        page = self.page
        self.write("Name or address", "KIM")
        self.press("Search")
        expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
        self.hand.tick(page.get_by_label("Select Kim Berg"))
        self.press("Mail them the invitation")
        self.wait_for_mails(5)

    def close(self) -> None:
        page = self.page
        self.follow("Close early…")
        self.press("Close survey without responses")
        self.press("Close survey without results")
        expect(page.get_by_role("heading", name="Closed without results")).to_be_visible()

    def wait_for_mails(self, number: int) -> None:
        expect(self.page.locator("#queued")).to_be_visible()
        _change_mails(self.world)
        wait_until(lambda: len(self.mailbox.received) == number)

    def read_mailed_link(self, address: str) -> str:
        link = re.search(r"http://127\.0\.0\.1:\d+/s/\S+", self.mailbox.find(address)[0].text)
        assert link is not None
        return link[0]


def test_first_half_is_done_from_the_browser(
    case: Case,
    console: Server,
    world: World,
    mailbox: Mailbox,
    open_browser: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    complaints: list[str],
):
    has_scripts = case.scripts == "scripts"
    page = open_browser(viewport=SCREENS[case.screen], java_script_enabled=has_scripts)
    check = assert_accessible if has_scripts else _check_width
    hand = Keyboard(page) if case.hand == "keyboard" else Mouse(page)
    consultant = FirstHalf(page, hand, world, mailbox)

    page.goto(f"{console.url}/console")
    consultant.sign_in()
    consultant.create()
    check(page)
    path = page.url.partition("/people")[0]
    consultant.open()
    consultant.send()
    check(page)
    page.goto(f"{path}/live")
    check(page)
    consultant.extend()
    consultant.remind()
    page.goto(f"{path}/people")
    consultant.mail_one_again()
    check(page)
    page.goto(consultant.read_mailed_link("kim@example.org"))
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.goto(f"{path}/live")
    consultant.close()
    complaints.clear()  # the first close is refused

    assert mailbox.addresses == ["ann@example.org"] * 2 + ["kim@example.org"] * 3


def _check_width(page: Page) -> None:
    """Check that nothing runs off the screen; axe needs scripts."""
    assert fits_screen(page)
