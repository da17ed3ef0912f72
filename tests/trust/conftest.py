"""Everyone who could come, on each database: insiders of two workspaces, respondents, holders of keys."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from assessment.services import entering, inviting, keys, organising
from assessment.services.inviting import Guest
from assessment.storage import database, tables
from tests.web import people
from tests.web.console.conftest import World

SCOPES = tuple(keys.SCOPES)


class Place(World):
    """The console's world, with respondents and keys."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url
        self.links = [each.token for each in self.invite(self.open, "practitioner", 3)]
        with database.writing(self.engine) as session:
            self.charlies_organisation = organising.create(session, self.elsewhere, "Next door", people.NOW).id

    def opened(self, title: str, **values: object) -> str:
        """Open an assessment without a closing date: servers in processes of their own go by the real clock."""
        return super().opened(title, **{"closes_on": None} | values)

    def enter(self, link: str) -> str:
        """Begin to answer; return the cookie."""
        with database.writing(self.engine) as session:
            return entering.enter(session, link).cookie

    def key(self, workspace: str, *scopes: str, revoked: bool = False, span: timedelta = timedelta(days=30)) -> str:
        """Make a key; return its text."""
        with database.writing(self.engine) as session:
            made = keys.add_key(session, workspace, "k", scopes, people.NOW, secret=people.SECRET, lasts=span)
            if revoked:
                keys.revoke(session, workspace, made.id, people.NOW)
        return made.text

    def outsider(self) -> str:
        """Somebody with a live session whose membership has ended."""
        cookie = self.session_of("charlie")
        with database.writing(self.engine) as session:
            session.execute(tables.membership.delete().where(tables.membership.c.user_id == self.ids["charlie"]))
        return cookie

    def revoked_respondent(self) -> str:
        """Somebody who had begun when the invitation was revoked."""
        with database.writing(self.engine) as session:
            guests = [Guest(role="practitioner", functions=("marketing",), name="Gone")]
            made = inviting.invite(session, self.home, self.open, guests, self.library, people.NOW)[0]
        cookie = self.enter(made.token)
        with database.writing(self.engine) as session:
            inviting.revoke(session, self.home, self.open, made.invitation.id, people.NOW)
        return cookie


@pytest.fixture
def database_url(migrated_url: str) -> str:
    """What is tested here begins with the schema in its place."""
    return migrated_url


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    place = Place(database_url)
    yield place
    place.engine.dispose()


@pytest.fixture
def clock() -> people.Clock:
    return people.Clock()


@pytest.fixture
async def app(place: Place, tmp_path: Path, clock: people.Clock) -> AsyncIterator[Litestar]:
    app = people.make(place.url, tmp_path, clock)
    async with people.running(app):
        yield app


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with people.browser(app) as client:
        yield client
