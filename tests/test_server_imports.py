"""Check what a server has not loaded at its start: libraries of migrations, rendering and webhooks, and mappers."""

import os
import subprocess
import sys

HEAVY = (
    "alembic",
    "attr",
    "cryptography",
    "docx",
    "httpcore",
    "httpx",
    "lxml",
    "numpy.random",
    "pebble",
    "pikepdf",
    "pptx",
    "psycopg",
    "pydantic.v1",
    "pygments",
    "reportlab",
    "rich",
    "scipy",
    "segno",
    "xlsxwriter",
    "zxcvbn",
)
START = f"""
import asyncio, sys
from assessment.cli.commands.serve import create_application

async def start_and_check():
    app = create_application()
    sent = []

    async def receive():
        return {{"type": "http.request", "body": b""}}

    async def send(message):
        sent.append(message)

    scope = {{"type": "http", "asgi": {{"version": "3.0"}}, "http_version": "1.1", "method": "GET", "scheme": "http"}}
    scope |= {{"path": "/readyz", "raw_path": b"/readyz", "root_path": "", "query_string": b"", "headers": []}}
    async with app.lifespan():
        await app(scope | {{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}}, receive, send)
    return sent[0]["status"]

print(asyncio.run(start_and_check()), [name for name in {HEAVY} if name in sys.modules])
from sqlmodel import SQLModel
rows = SQLModel.__subclasses__()
print(len(rows) > 40, [row.__name__ for row in rows if hasattr(row, "__mapper__")])
"""


def test_started_server_has_loaded_no_library_that_few_requests_need(migrated_sqlite_url, tmp_path):
    environment = {
        "ASSESSMENT_DATA": str(tmp_path),
        "ASSESSMENT_DATABASE_URL": migrated_sqlite_url,
        "ASSESSMENT_PUBLIC_URL": "http://127.0.0.1:8000",
        "ASSESSMENT_SECRET": "6d0f1b8a5c3e97d24fb18e6a09c7d35bf24e81a7c69d03b5e82f74a1d6c093be",
    }

    started = subprocess.run(
        [sys.executable, "-c", START], check=True, capture_output=True, text=True, env=os.environ | environment
    )

    assert started.stdout.splitlines() == ["200 []", "True []"]
