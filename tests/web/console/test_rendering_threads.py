"""Rendering occupies no thread that serves requests: with one such thread, pages come while a file is made."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from anyio import to_thread

from assessment.domain.assessment import AssessmentKey
from assessment.services.reports import own_templates, share_links
from assessment.services.reports.render_pool import RenderPool
from assessment.services.reports.share_links import NewShareLink
from assessment.storage import database
from tests.office.word_templates import write_template
from tests.web import people
from tests.web.console.test_word_template import upload

PATIENCE = 60.0  # seconds until a request that waits for the other one is given up


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def slow_worker(monkeypatch):
    """Make each rendering last until the test ends it: returns the events of begin and end."""
    begun, ended = threading.Event(), threading.Event()

    def run_slowly(*_):
        begun.set()
        ended.wait(PATIENCE)
        return b"made"

    monkeypatch.setattr(RenderPool, "_run_in_worker", run_slowly)
    yield begun, ended
    ended.set()


def publish(world):
    """Publish the report; returns the path of a file in the console, and of one behind a link."""
    key, report_id = AssessmentKey(world.home, world.closed), world.published
    with database.write_session(world.engine) as session:
        new = NewShareLink(
            note="", audiences=("full",), formats=("pdf", "docx"), password="", recipient="",
            last_day=(people.NOW + timedelta(days=2)).date(), user_id=world.ids["alice"],
        )  # fmt: skip
        link = share_links.create_link(session, key, report_id, new, people.NOW).path
    return f"/console/assessments/{world.closed}/reports/{report_id}/file", f"{link}/full/docx"


@pytest.mark.parametrize("kind", ["report.pdf", "report.xlsx", "download", "charts/level/png", "published", "shared"])
async def test_page_is_served_while_a_direct_link_waits_for_its_file(world, running, slow_worker, kind, monkeypatch):
    begun, ended = slow_worker
    paths = dict(zip(("published", "shared"), publish(world), strict=True))
    path = paths.get(kind, f"/console/assessments/{world.closed}/{kind}")
    monkeypatch.setattr("assessment.web.console.handlers.result_pages.results.WAIT_SECONDS", PATIENCE)
    async with running() as come, asyncio.timeout(PATIENCE):
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # Litestar's
        visitor, other = come("alice"), come("bob")

        waiting = asyncio.create_task(visitor.get(path))
        await to_thread.run_sync(begun.wait, PATIENCE)  # not on the thread that serves requests
        page = await other.get("/console")
        is_waiting = not waiting.done()
        ended.set()
        answer = await waiting

    assert page.status_code == 200
    assert is_waiting
    assert (answer.status_code, answer.content) == (200, b"made")


@pytest.mark.parametrize("page", ["word-template", "slide-template"])
async def test_page_is_served_while_an_own_template_is_filled_in(world, running, page, monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def fill_slowly(_):
        begun.set()
        ended.wait(PATIENCE)
        return own_templates.TemplateOutcome(b"made")

    monkeypatch.setattr(own_templates, "_run_child", fill_slowly)
    path = f"/console/assessments/{world.closed}/{page}"
    async with running() as come, asyncio.timeout(PATIENCE):
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # Litestar's
        visitor, other = come("alice"), come("bob")

        waiting = asyncio.create_task(upload(visitor, path, write_template("{{ title }}")))
        await to_thread.run_sync(begun.wait, PATIENCE)
        answer = await other.get("/console")
        is_waiting = not waiting.done()
        ended.set()
        filled = await waiting

    assert answer.status_code == 200
    assert is_waiting
    assert (filled.status_code, filled.content) == (200, b"made")


async def test_request_that_ends_leaves_the_file_to_others_who_wait(world, running, slow_worker, monkeypatch):
    _, ended = slow_worker
    path = f"/console/assessments/{world.closed}/report.pdf"
    joined = threading.Semaphore(0)
    begin = RenderPool._begin  # the moment at which a request joins the others

    def begin_and_tell(*arguments):
        future = begin(*arguments)
        joined.release()
        return future

    monkeypatch.setattr(RenderPool, "_begin", begin_and_tell)
    async with running() as come, asyncio.timeout(PATIENCE):
        first, second = (asyncio.create_task(come("alice").get(path)) for _ in range(2))
        for _ in range(2):
            await to_thread.run_sync(joined.acquire)
        await asyncio.sleep(0.2)  # both wait for the file by now

        first.cancel()
        await asyncio.wait([first])
        ended.set()
        answer = await second

    assert answer.content == b"made"
