"""The two pages that a supervisor asks: is it up, can it serve."""

from datetime import UTC, datetime

import httpx
import pytest

from assessment.app import create_app
from assessment.settings import read
from assessment.storage import database, schema


@pytest.fixture
def settings(tmp_path):
    return read({"ASSESSMENT_DATA": str(tmp_path / "data")})


async def ask(settings, path):
    app = create_app(settings)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.public_url) as client,
    ):
        return await client.get(path)


async def test_it_is_up_whatever_the_database_is_like(settings):
    answer = await ask(settings, "/livez")

    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_it_can_not_serve_before_the_database_is_migrated(settings):
    answer = await ask(settings, "/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "schema": "empty", "disk": "ok"}


async def test_it_can_serve_once_the_database_is_migrated(settings):
    engine = database.connect(settings.database_url)
    schema.migrate(engine, datetime(2026, 11, 2, tzinfo=UTC))
    engine.dispose()

    answer = await ask(settings, "/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "schema": "current", "disk": "ok"}
    assert str(settings.data) not in answer.text
