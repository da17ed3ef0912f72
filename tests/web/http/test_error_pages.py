"""Error pages: where repeating the request helps, a header says when, as in the API."""

import httpx
import pytest

from assessment.app import create_app
from assessment.errors import (
    ConcurrentChangeError,
    ImportInProgressError,
    NotFoundError,
    TooManyRequestsError,
    UnavailableError,
)
from assessment.services.operations import readiness
from assessment.settings import read_settings


@pytest.mark.parametrize(
    ("error", "status", "seconds"),
    [
        (UnavailableError(), 503, "10"),
        (ConcurrentChangeError(), 409, "1"),
        (ImportInProgressError(), 409, "60"),
        (TooManyRequestsError(retry_after=7), 429, "7"),
        (NotFoundError(), 404, None),
    ],
)
async def test_error_page_says_when_to_try_again(tmp_path, monkeypatch, error, status, seconds):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr(readiness, "check_readiness", fail)
    app = create_app(read_settings({"ASSESSMENT_DATA": str(tmp_path / "data")}))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        page = await client.get("/readyz")

    assert page.headers["content-type"].startswith("text/html")
    assert (page.status_code, page.headers.get("retry-after")) == (status, seconds)
