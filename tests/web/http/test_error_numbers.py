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


async def test_client_that_is_gone_before_the_end_of_its_body_is_no_error_of_the_server(tmp_path, log):
    app = create_app(read_settings({"ASSESSMENT_DATA": str(tmp_path / "data")}))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/console/sign-in", "raw_path": b"/console/sign-in", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"origin", b"http://127.0.0.1:8000"), (b"content-length", b"900"),
                    (b"content-type", b"application/x-www-form-urlencoded")],
        "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    received = iter([{"type": "http.request", "body": b"email=kim", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return next(received)

    async def send(_message):
        pass

    async with app.lifespan():
        await app(scope, receive, send)

    lines = [line for line in log() if line.get("route") == "/console/sign-in"]
    assert [(line["logger"], line.get("status")) for line in lines] == [("assessment.access", 400)]
