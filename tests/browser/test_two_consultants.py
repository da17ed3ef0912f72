"""Two consultants edit findings and roadmap at once: a conflict shows both versions, and either can be kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESK, PATIENCE, PHONE, Server
from tests.web.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser

EXPECTED = re.compile("409")  # the browser reports a refused request


class Desk(NamedTuple):
    """Two consultants with a page each, on a server of one database; `complaints` of the browser."""

    alice: Page
    dora: Page
    path: str
    complaints: list[str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One server and two pages for each database: the tests change the size of the pages."""
    folder = tmp_path_factory.mktemp("two")
    if request.param == "sqlite":
        yield from serve(f"sqlite:///{folder / 'assessment.sqlite3'}", browser, folder)
    else:
        with request.getfixturevalue("postgres_pool").borrow_database() as url:
            yield from serve(url, browser, folder)


def serve(url: str, browser: Browser, folder: Path) -> Iterator[Desk]:
    world, server = World(url), Server(url, folder)
    path = f"{server.url}/console/assessments/{world.closed}/roadmap"
    server.start()
    complaints: list[str] = []
    pages = [open_page(browser, server, f"{name}@example.org", complaints) for name in ("alice", "dora")]
    yield Desk(*pages, path, complaints)
    for page in pages:
        page.context.close()
    server.stop()
    world.engine.dispose()


def open_page(browser: Browser, server: Server, address: str, complaints: list[str]) -> Page:
    context = browser.new_context()
    context.set_default_timeout(2 * PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server.url}/console")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def type_into(page: Page, field: str, text: str) -> None:
    """Open the part of the first such field, and type; leaving the field saves it."""
    entry = page.locator(field).first
    part = page.locator("li.plan-action").filter(has=page.locator(field)).first
    if not entry.is_visible():
        part.locator("summary").click()
    entry.fill(text)
    entry.blur()


def find_line(page: Page, text: str) -> Locator:
    """Return the line of a form that says what became of it."""
    return page.locator(".saved-line").filter(has_text=text)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    "field",
    ["[name^='finding_edits:'][name$=':text']", "[name^='actions:'][name$=':owner']"],
    ids=["finding", "action"],
)
def test_conflict_shows_both_versions_and_either_can_be_kept(desk, assert_accessible, size, field):
    alice, dora, path, complaints = desk
    for page in (alice, dora):
        page.set_viewport_size(size)
        page.goto(path)

    first, second, third = (f"{name} {size['width']}" for name in ("Anna’s", "Dora’s", "Anna’s later"))  # new each time
    type_into(alice, field, first)
    expect(find_line(alice, "by alice@example.org")).to_be_visible()
    type_into(dora, field, second)
    conflict = find_line(dora, "Nothing was saved")
    expect(conflict).to_contain_text(f"Yours: {second}")
    expect(conflict).to_contain_text(f"Stored now: {first}")
    expect(conflict).to_contain_text("alice@example.org")
    assert_accessible(dora)
    conflict.get_by_role("button", name="Keep mine").click()
    expect(find_line(dora, "by dora@example.org")).to_be_visible()

    type_into(alice, field, third)
    conflict = find_line(alice, "Nothing was saved")
    expect(conflict).to_contain_text(f"Stored now: {second}")
    conflict.get_by_role("link", name="Use the other version").click()
    expect(alice).to_have_url(re.compile(r"revision=\d+#"))
    expect(alice.locator(field).first).to_have_value(second)

    assert [text for text in complaints if not EXPECTED.search(text)] == []
