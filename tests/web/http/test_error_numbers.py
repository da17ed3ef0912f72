"""The number on an error page leads to the log, which has the place of the error and not its text."""

import json
import logging
import re

import httpx
import pytest

from assessment.app import create_app
from assessment.services.operations import readiness
from assessment.settings import read_settings
from assessment.web.http import json_logs

CANARY = "kim.canary@example.org"


@pytest.fixture
def log(caplog):
    """Lines of the log as the program writes them."""
    caplog.set_level(logging.INFO)

    def read():
        return [json.loads(json_logs.JsonFormatter().format(record)) for record in caplog.records]

    return read


async def test_number_of_error_page_is_in_the_log_without_the_text_of_the_error(tmp_path, monkeypatch, log):
    def fail(*_arguments):
        raise RuntimeError(CANARY)

    monkeypatch.setattr(readiness, "check_readiness", fail)
    app = create_app(read_settings({"ASSESSMENT_DATA": str(tmp_path / "data")}))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client,
    ):
        page = await client.get("/readyz")

    number = page.headers["x-request-id"]
    lines = [line for line in log() if line.get("request") == number]
    assert page.status_code == 500
    assert re.search(rf"\b{number}\b", page.text)
    assert {(line["logger"], line.get("error")) for line in lines} == {
        ("assessment.failures", "RuntimeError"),
        ("assessment.access", None),
    }
    assert any("test_error_numbers.py" in place for line in lines for place in line.get("places", []))
    assert CANARY not in json.dumps(log()) + page.text
