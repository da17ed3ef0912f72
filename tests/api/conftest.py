"""The API as programs meet it: the real application, on each database, and the keys of three people.

Alice owns a workspace and holds every scope. Bob works in the same one with a key that lacks the scope
in question. Charlie belongs to another workspace and must get nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import Engine

from assessment.app import Application
from assessment.services.auth import api_keys, users
from assessment.services.auth.api_keys import NewApiKey
from assessment.services.bulk.bulk_worker import BulkWorker
from assessment.settings import Settings
from assessment.storage import database
from tests.applications import borrow_app

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-a-test-secret"
HOME = "http://127.0.0.1:8000"


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """Each test begins with a migrated database."""
    return migrated_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, database_url=database_url, public_url=HOME, secret=SECRET)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Application]:
    with borrow_app(settings, clock) as app:
        yield app


@pytest.fixture
def engine(app: Application) -> Engine:
    return app.components.engine


@pytest.fixture
def new_key(engine: Engine) -> Callable[..., NewApiKey]:
    """Makes a key in the workspace of that name."""

    def make(workspace: str, *scopes: str, **span: timedelta) -> NewApiKey:
        with database.write_session(engine) as session:
            home = users.find_or_create_workspace(session, workspace, NOON)
            return api_keys.add_key(session, home, "test", scopes or api_keys.SCOPES, NOON, secret=SECRET, **span)

    return make


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """Run the application in a task of its own: it must end in the one that began it."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            begun.set()
            await over.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live())
        await begun.wait()
        try:
            yield
        finally:
            over.set()


@pytest.fixture
async def visit(app: Litestar) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Opens a client of the running application, with a key or without."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(app))

        def client(key: NewApiKey | None = None) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {key.text}"} if key else {}
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            opened = httpx.AsyncClient(transport=transport, base_url=f"{HOME}/api/v1", headers=headers)
            stack.push_async_callback(opened.aclose)
            return opened

        yield client


@pytest.fixture
def alice(visit, new_key) -> httpx.AsyncClient:
    return visit(new_key("alices"))


@pytest.fixture
def bob(visit, new_key) -> Callable[..., httpx.AsyncClient]:
    """Bob, whose key holds every scope but those named."""

    def lacking(*scopes: str) -> httpx.AsyncClient:
        return visit(new_key("alices", *(scope for scope in api_keys.SCOPES if scope not in scopes)))

    return lacking


@pytest.fixture
def charlie(visit, new_key) -> httpx.AsyncClient:
    return visit(new_key("charlies"))


@pytest.fixture
def nobody(visit) -> httpx.AsyncClient:
    return visit()


@pytest.fixture
def worker(app: Application, clock: Clock, engine: Engine) -> BulkWorker:
    """A worker that runs only when a test calls it; the application's own would be faster."""
    app.components.bulk_worker = None
    return BulkWorker(engine, app.components.catalogue, SECRET, clock)
