"""Downloads that take long: a page says how far the file is, with and without htmx."""

import pytest

from assessment.services.reports.render_pool import RenderPool, RenderProgress
from assessment.web.console.handlers import report_progress
from assessment.web.console.handlers.result_pages import results

QUERY = "audience=board&language=en&file_format=docx"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def far(monkeypatch):
    """Make the render pool say how far each file is."""

    def far(**values):
        monkeypatch.setattr(RenderPool, "start", lambda *_: RenderProgress(**values))

    return far


async def test_long_download_redirects_to_a_page_that_says_how_far(world, running, far):
    far(ahead=3)
    async with running() as come:
        visitor = come("alice")

        answer = await visitor.get(f"/console/assessments/{world.closed}/download?{QUERY}")

        page = await visitor.get(answer.headers["location"])
    assert answer.status_code == 303
    assert answer.headers["location"] == report_progress.build_progress_path(world.closed, "board", "en", "docx")
    assert "3 files are made before it" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert 'hx-trigger="every 2s"' in page.text


async def test_ready_file_stops_the_polling_and_is_linked(world, running, far):
    path = report_progress.build_progress_path(world.closed, "board", "en", "docx")
    far(is_ready=True)
    async with running() as come:
        fragment = await come("alice").get(path, **{"HX-Request": "true"})

    assert "hx-trigger" not in fragment.text
    assert "<html" not in fragment.text
    assert f'href="/console/assessments/{world.closed}/download?audience=board' in fragment.text


async def test_short_download_is_the_file_at_once(world, running, monkeypatch):
    monkeypatch.setattr(results, "WAIT_SECONDS", 60.0)  # the machine may be slow
    async with running() as come:
        answer = await come("alice").get(f"/console/assessments/{world.closed}/download?{QUERY}")

    assert answer.status_code == 200
    assert ".docx" in answer.headers["content-disposition"]


async def test_unknown_format_and_edition_have_no_progress_page(world, running):
    path = f"/console/assessments/{world.closed}/download/progress"
    async with running() as come:
        assert (await come("alice").get(f"{path}?file_format=exe")).status_code == 404
        assert (await come("alice").get(f"{path}?audience=nobody")).status_code in (404, 422)
