"""Pages on real databases: the app, an open assessment, and those who answer it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from tests.web import people
from tests.web.people import Clock, Person


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """Each test begins with a migrated database."""
    return migrated_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(database_url: str) -> dict[str, str]:
    """An open assessment, and a link for each role."""
    return people.prepare_database(database_url)


@pytest.fixture
async def app(database_url: str, links: dict[str, str], tmp_path: Path, clock: Clock) -> AsyncIterator[Litestar]:
    assert links
    async with people.serve_app(database_url, tmp_path, clock) as app:
        yield app


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with people.open_client(app) as client:
        yield client


@pytest.fixture
async def alice(client: httpx.AsyncClient, links: dict[str, str]) -> Person:
    """A practitioner who has opened the survey."""
    person = Person(client, links["practitioner"], "practitioner")
    await person.enter()
    return person


@pytest.fixture
async def bob(app: Litestar, links: dict[str, str]) -> AsyncIterator[Person]:
    """A leader in the same assessment, in a browser of his own."""
    async with people.open_client(app) as client:
        person = Person(client, links["leader"], "leader")
        await person.enter()
        yield person


@pytest.fixture
async def visitor(client: httpx.AsyncClient, links: dict[str, str]) -> Person:
    """A practitioner who holds the link and has opened nothing yet."""
    return Person(client, links["practitioner"], "practitioner")
