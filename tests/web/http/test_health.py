"""The two pages that a supervisor asks: is it up, can it serve."""

from datetime import UTC, datetime

import httpx
import pytest

from assessment.app import create_app
from assessment.settings import read_settings
from assessment.storage import database, schema


@pytest.fixture
def settings(tmp_path):
    return read_settings({"ASSESSMENT_DATA": str(tmp_path / "data")})


async def send_request(settings, path):
    app = create_app(settings)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.public_url) as client,
    ):
        return await client.get(path)


async def test_livez_is_ok_without_a_database(settings):
    answer = await send_request(settings, "/livez")

    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_readyz_fails_before_migration(settings):
    answer = await send_request(settings, "/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "schema": "empty",
        "disk": "ok",
        "writes": "unknown",
        "jobs": "unknown",
    }


async def test_readyz_is_ok_after_migration(settings):
    engine = database.make_engine(settings.database_url)
    schema.migrate_schema(engine, datetime(2026, 11, 2, tzinfo=UTC))
    engine.dispose()

    answer = await send_request(settings, "/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "schema": "current",
        "disk": "ok",
        "writes": "ok",
        "jobs": "ok",
    }
    assert str(settings.data) not in answer.text
