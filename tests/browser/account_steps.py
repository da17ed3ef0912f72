"""A consultant's steps in the forms of accounts, taken in three ways, and the server that the flows share."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from assessment.services.auth import api_keys, user_sessions, users
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.storage import database
from tests import oidc_provider
from tests.browser.conftest import DESK, PHONE, Server
from tests.browser.keyboard import Keyboard
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.smtp_server import Mailbox, run_smtp_server, wait_until
from tests.web import people

OpenBrowser = Callable[..., Page]
WORKSPACE = "/console/workspace"
PASSWORD = "lantern harbour violet 7"
NEW_PASSWORD = "copper meadow lantern 9"
WAYS: dict[str, dict[str, Any]] = {
    "script": {"viewport": DESK},
    "plain": {"viewport": PHONE, "java_script_enabled": False},
    "keyboard": {"viewport": DESK},
}
LINK = re.compile(r"https?://\S+")


class Steps:
    """Steps in one browser. By keyboard, every stop on the way must have a visible focus."""

    def __init__(self, page: Page, url: str, way: str) -> None:
        self.page, self.url, self.way = page, url, way
        self.keyboard = Keyboard(page) if way == "keyboard" else None

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.url}{path}")

    def write(self, label: str, text: str) -> None:
        self._write(self.page.get_by_label(label, exact=True), text)

    def write_in_form(self, button: str, label: str, text: str) -> None:
        """Write into the field of the form that has this button; another form has a field of the same name."""
        form = self.page.locator("form").filter(has=self.page.get_by_role("button", name=button))
        self._write(form.get_by_label(label, exact=True), text)

    def press(self, button: str | re.Pattern[str]) -> None:
        self._activate(self.page.get_by_role("button", name=button).first)

    def follow(self, link: str) -> None:
        self._activate(self.page.get_by_role("link", name=link).first)

    def tick(self, label: str) -> None:
        box = self.page.get_by_label(label, exact=True)
        if self.keyboard:
            self.keyboard.tick(box)
        else:
            box.click()

    def choose(self, label: str) -> None:
        """Choose a radio button; the Tab key reaches its group, and the arrows go through it."""
        radio = self.page.get_by_label(label, exact=True)
        if not self.keyboard:
            radio.check()
            return
        self.keyboard.to(self.page.get_by_role("radio", checked=True))
        for _ in range(self.page.get_by_role("radio").count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def select(self, label: str, option: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        if self.keyboard:
            self.keyboard.to(field)
            self.page.keyboard.type(option.split(maxsplit=1)[0])
        else:
            field.select_option(label=option)
        expect(field.locator("option:checked")).to_have_text(option)

    def upload(self, label: str, name: str, content: bytes) -> None:
        field = self.page.get_by_label(label, exact=True)
        file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        if not self.keyboard:
            field.set_input_files(file)
            return
        with self.page.expect_file_chooser() as chooser:
            self.keyboard.press(field)
        chooser.value.set_files(file)

    def download(self, link: str) -> bytes:
        with self.page.expect_download() as download:
            self.follow(link)
        return Path(download.value.path()).read_bytes()

    def sign_in(self, email: str, password: str) -> None:
        self.open("/console/sign-in")
        self.write("Email", email)
        self.write("Password", password)
        self.press("Sign in")

    def enter_code(self, code: str) -> None:
        self.write("Code", code)
        self.press("Sign in")

    def expect_notice(self, text: str) -> None:
        expect(self.page.locator("#done")).to_contain_text(text)

    def expect_error(self, text: str) -> None:
        """Check that the summary of errors has this text, and with a script also the focus."""
        summary = self.page.locator("#errors")
        expect(summary).to_contain_text(text)
        if self.way != "plain":
            expect(summary).to_be_focused()

    def expect_signed_in(self) -> None:
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def expect_signed_out(self) -> None:
        """Load the page again; a browser whose session was ended gets the form to sign in."""
        self.page.reload()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    def find_row(self, text: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=text)

    def _write(self, field: Locator, text: str) -> None:
        if self.keyboard:
            self.keyboard.write(field, text)
        else:
            field.fill(text)

    def _activate(self, wanted: Locator) -> None:
        if self.keyboard:
            self.keyboard.press(wanted)
        else:
            wanted.click()


class Office:
    """A workspace of one test: Alice owns it."""

    def __init__(self, console: "AccountConsole") -> None:
        self.console, self.id = console, token_hex(4)
        self.name = f"Office {self.id}"
        with database.write_session(console.engine) as session:
            self.workspace_id = users.find_or_create_workspace(session, self.name, datetime.now(UTC))
        self.user_ids: dict[str, str] = {}
        self.key_id = ""
        self.alice = self.add_user("alice", "owner")

    def add_user(self, name: str, role: str) -> str:
        """Add a user with `PASSWORD`; return the address."""
        address = f"{name}@{self.id}.example"
        with database.write_session(self.console.engine) as session:
            now = datetime.now(UTC) - timedelta(minutes=1)
            self.user_ids[address] = users.add_user(session, self.workspace_id, address, PASSWORD, now, role=role)
        return address

    def add_key(self) -> None:
        now = datetime.now(UTC) - timedelta(minutes=1)
        with database.write_session(self.console.engine) as session:
            key = api_keys.add_key(session, self.workspace_id, "Dashboard", ["read:scores"], now, secret=people.SECRET)
        self.key_id = key.id

    def start_session(self, address: str, page: Page, browser: str = "") -> None:
        """Sign a browser in without the form."""
        user = AuthenticatedUser(self.user_ids[address], self.workspace_id)
        with database.write_session(self.console.engine) as session:
            token = user_sessions.begin_session(session, user, datetime.now(UTC), browser=browser)
        page.context.add_cookies([{"name": "console", "value": token, "url": self.console.server.url}])


class AccountConsole:
    """One server for all flows of a module, with a mail server and a provider to sign in with."""

    def __init__(self, server: Server, engine: Engine, mailbox: Mailbox, issuer: str) -> None:
        self.server, self.engine, self.mailbox, self.issuer = server, engine, mailbox, issuer

    def wait_for_link(self, address: str, count: int = 1) -> str:
        """Return the link of the newest mail to an address, once it has got so many."""
        wait_until(lambda: len(self.mailbox.find(address)) >= count)
        links = LINK.findall(self.mailbox.find(address)[-1].text)
        assert len(links) == 1
        return links[0]


@contextmanager
def run_account_console(database_url: str, folder: Path) -> Iterator[AccountConsole]:
    engine = database.make_engine(database_url)
    with run_smtp_server() as mailbox, oidc_provider.run_provider() as issuer:
        server = Server(database_url, folder)
        provider = {"ISSUER": issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "NAME": "Berg Login"}
        server.environment |= {f"ASSESSMENT_OIDC_{name}": value for name, value in provider.items()}
        server.environment["ASSESSMENT_SMTP_URL"] = mailbox.url
        server.start()
        yield AccountConsole(server, engine, mailbox, issuer)
        server.stop()
    engine.dispose()


def drop_refusals(complaints: list[str]) -> None:
    """Drop what the browser itself notes of answers with a status of 4xx, which these flows provoke."""
    complaints[:] = [each for each in complaints if "responded with a status of 4" not in each]
