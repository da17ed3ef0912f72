"""A real server process and a real browser; what the browser complains of fails the test."""

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from sqlalchemy import insert, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing, reopening
from assessment.storage import tables
from tests.browser import page_checks
from tests.web import people
from tests.web.server_forks import ServerForks

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
START_SECONDS = 60
PATIENCE = 20_000  # milliseconds; on a busy machine everything takes its time
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


class Server:
    """One server process over one database."""

    forks: ServerForks  # of this test process, made by the fixture `_server_forks`

    def __init__(self, url: str, folder: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ASSESSMENT_")},
            "ASSESSMENT_DATA": str(folder),
            "ASSESSMENT_DATABASE_URL": url,
            "ASSESSMENT_PUBLIC_URL": self.url,
            "ASSESSMENT_SECRET": people.SECRET,
        }
        self.factory = "app"
        self.process_id: int | None = None

    def start(self) -> None:
        self.process_id = self.forks.start_server(self.factory, self.port, self.environment)
        for _ in range(START_SECONDS * 10):
            assert self.forks.is_running(self.process_id), "The server ended at its start: see above."
            try:
                if httpx.get(f"{self.url}/livez").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError(f"The server did not come up at {self.url}.")

    def stop(self) -> None:
        if self.process_id is not None:
            self.forks.stop_server(self.process_id)
            self.process_id = None


@pytest.fixture(scope="session", autouse=True)
def _server_forks() -> Iterator[None]:
    """Import the program once for all servers: a server of its own per test would import it each time."""
    Server.forks = ServerForks()
    yield
    Server.forks.close()


class Survey:
    """An open assessment of the test's own, on a server that tests share."""

    def __init__(self, server: Server, name: str, links: dict[str, str]) -> None:
        self.server, self.name, self.links, self.url = server, name, links, server.url
        self.database = server.environment["ASSESSMENT_DATABASE_URL"]

    def link(self, role: str = "practitioner") -> str:
        return f"{self.url}/s/{self.links[role]}"

    def answers(self) -> dict[str, str]:
        """Return stored answers by item."""
        answer, response = tables.answer, tables.response
        with people.open_read_session(self.database) as session:
            rows = session.execute(
                select(answer.c.item_id, answer.c.value)
                .join(response, response.c.id == answer.c.response_id)
                .where(response.c.assessment_id == self.name)
            )
            return {row.item_id: row.value for row in rows}

    def change(self, **values: Any) -> None:
        with people.open_write_session(self.database) as session:
            session.execute(update(tables.assessment).where(tables.assessment.c.id == self.name).values(**values))

    def add_colleagues(self, count: int = 14) -> None:
        """Have others send the same answers as the one response that is held, so that figures are shown."""
        answer, response = tables.answer, tables.response
        with people.open_write_session(self.database) as session:
            like = session.execute(select(response).where(response.c.assessment_id == self.name)).mappings().one()
            mine = session.execute(select(answer).where(answer.c.response_id == like["id"])).mappings().all()
            own = {"invitation_id": None, "draft_number": None, "code_hash": None, "state": "sent"}
            for number in range(count):
                name = f"{self.name}-{number:02}"
                session.execute(insert(response).values(dict(like) | own | {"id": name}))
                session.execute(insert(answer), [dict(row) | {"response_id": name} for row in mine])

    def close(self) -> None:
        with people.open_write_session(self.database) as session:
            closing.close_assessment(session, AssessmentKey("w", self.name), people.NOW, without_results=True)

    def reopen(self) -> None:
        with people.open_write_session(self.database) as session:
            reopening.reopen_assessment(session, AssessmentKey("w", self.name), people.NOW)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all surveys: starting takes longer than answering."""
    folder = tmp_path_factory.mktemp("shared")
    server = Server(f"sqlite:///{folder / 'assessment.sqlite3'}", folder)
    with people.open_migrated_session(server.environment["ASSESSMENT_DATABASE_URL"]) as session:
        people.add_workspace(session)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make_survey(shared: Server) -> Callable[..., Survey]:
    def make(**changes: Any) -> Survey:
        name = secrets.token_hex(6)
        with people.open_write_session(shared.environment["ASSESSMENT_DATABASE_URL"]) as session:
            return Survey(shared, name, people.add_survey(session, name, **changes))

    return make


@pytest.fixture
def survey(make_survey: Callable[..., Survey]) -> Survey:
    """An open assessment in confidence."""
    return make_survey()


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[Server]:
    """An open assessment, served."""
    people.prepare_database(sqlite_url)
    server = Server(sqlite_url, tmp_path)
    server.start()
    yield server
    server.stop()


class RunningBrowsers:
    """Playwright and its browsers of this process, by arguments: to start them takes a second for each module."""

    def __init__(self) -> None:
        self._playwright: Playwright | None = None
        self._browsers: dict[tuple[str, ...], Browser] = {}

    @contextmanager
    def borrow(self, program: Path, *arguments: str) -> Iterator[Browser]:
        """Lend the browser with these arguments; what the borrower opened is closed afterwards."""
        expect.set_options(timeout=PATIENCE)
        if self._playwright is None:
            self._playwright = sync_playwright().start()
        if arguments not in self._browsers:
            launch = self._playwright.chromium.launch
            self._browsers[arguments] = launch(executable_path=program, args=[*ARGUMENTS, *arguments])
        browser = self._browsers[arguments]
        yield browser
        for context in browser.contexts:
            context.close()

    def stop(self) -> None:
        for browser in self._browsers.values():
            browser.close()
        self._browsers.clear()
        if self._playwright is not None:
            self._playwright.stop()
            self._playwright = None


BROWSERS = RunningBrowsers()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop the browsers before a module without any: while Playwright runs, no other test has a loop of its own."""
    yield
    if nextitem is None or (nextitem.path != item.path and not _uses_browser(nextitem)):
        BROWSERS.stop()


def _uses_browser(item: pytest.Item) -> bool:
    names: list[str] = getattr(item, "fixturenames", [])
    return "browser" in names and item.path.is_relative_to(Path(__file__).parent)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with BROWSERS.borrow(chromium) as browser:
        yield browser


@pytest.fixture
def complaints() -> list[str]:
    """Messages of the browser's console; tests that expect some remove them."""
    return []


@pytest.fixture
def open_browser(browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own: other cookies, another screen, with or without JavaScript."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**({"viewport": PHONE} | options))
        contexts.append(context)
        context.set_default_timeout(2 * PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Axe finds nothing, and nothing is wider than the screen."""

    def check(page: Page) -> None:
        assert page_checks.find_violations(page) == []

    return check


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
