"""Hostile texts of users in a real browser: nothing runs or is loaded from elsewhere, no rule of CSP is broken."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jinja2.runtime
import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, Page, Route

from tests import applications
from tests.browser.conftest import DESK
from tests.trust.conftest import Place
from tests.trust.test_user_texts import PageReader, list_payloads
from tests.web import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
PAYLOADS = 400 if SOAK else 40
EVERY = 1 if SOAK else 6  # of the pages that are opened
LISTENER = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  broken.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
Pages = dict[str, httpx.Response]


@pytest.fixture(scope="module")
def fetch_pages(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Pages]]:
    """Fetch all pages with a text everywhere, in a thread: Playwright has the loop of this one."""
    folder = tmp_path_factory.mktemp("texts")
    shutil.copy(migrated_file, folder / "assessment.sqlite3")
    place = Place(f"sqlite:///{folder / 'assessment.sqlite3'}")
    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(PageReader, place, folder).result()
        yield lambda text: threads.submit(asyncio.run, reader.fetch(text, EVERY)).result()
    place.engine.dispose()


class Watcher:
    """Opens pages in the browser as the program has answered them, and notes what must not happen."""

    def __init__(self, page: Page, pages: Pages) -> None:
        self.page, self.pages = page, pages
        self.shown: httpx.Response | None = None
        self.found: list[str] = []
        page.add_init_script(LISTENER)
        page.route("**/*", self._answer)
        page.on("dialog", lambda dialog: (self.found.append("dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.found.append(str(error)))

    def open_pages(self) -> int:
        """Open the pages, and return their number."""
        names = sorted(name for name in self.pages if not name.startswith("/static/"))
        for name in names:
            self.shown = self.pages[name]
            self.page.goto(f"{people.URL}{self.shown.url.raw_path.decode()}")
            self.page.mouse.move(300, 300)
            self.found += [f"{name}: {broken}" for broken in self.page.evaluate("broken")]
        return len(names)

    def _answer(self, route: Route) -> None:
        request = route.request
        if not request.url.startswith(f"{people.URL}/"):
            self.found.append(f"request to {request.url}")
            route.abort()
            return
        answer = self.pages.get(urlsplit(request.url).path)
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            answer = self.shown
        if answer is None:
            route.fulfill(status=404)
            return
        left_out = ("content-length", "content-encoding", "set-cookie")
        headers = {name: value for name, value in answer.headers.items() if name not in left_out}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


def watch_pages(browser: Browser, pages: Pages) -> tuple[int, list[str]]:
    """Return how many pages were opened, and what went wrong."""
    context = browser.new_context(viewport=DESK)
    watcher = Watcher(context.new_page(), pages)
    count = watcher.open_pages()
    context.close()
    return count, watcher.found


def test_texts_of_users_run_nothing_in_a_browser(browser: Browser, fetch_pages: Callable[[str], Pages]):
    pages = fetch_pages(" ".join(list_payloads()[:PAYLOADS]))

    count, found = watch_pages(browser, pages)

    print(f"{PAYLOADS} texts on {count} pages: {len(found)} violations")  # noqa: T201
    assert count >= (60 if SOAK else 10)
    assert found == []


def test_mutant_without_escaping_breaks_rules_in_a_browser(
    browser: Browser, fetch_pages: Callable[[str], Pages], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(applications, "_idle_apps", [])  # no other test may use this application
    with monkeypatch.context() as patch:
        patch.setattr(jinja2.runtime, "escape", Markup)
        pages = fetch_pages("<img src=x onerror=alert(1)><script>alert(1)</script>")

    _, found = watch_pages(browser, pages)

    assert any("script-src" in each for each in found)
