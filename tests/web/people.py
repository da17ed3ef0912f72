"""An assessment in a real database, and people who answer it through the real app."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import msgspec
from litestar import Litestar
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from assessment.app import Application, create_app
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey import routing
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.auth import tokens
from assessment.settings import Settings
from assessment.storage import database, schema, tables
from tests.applications import borrow_app

NOW = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
SECRET = "kJ3vX9qLm2TzR8wYb5NcP7dHs4FgA6eU"
URL = "http://127.0.0.1:8000"
UNCOMPRESSED = {"Accept-Encoding": "identity"}  # packing and unpacking each page takes a twentieth of the time
OWN_PAGE = {"Origin": URL}
CODE = re.compile(r'own-code">([2-9A-Z]{4}(?:-[2-9A-Z]{4})+)<')
HIDDEN = re.compile(r'name="(?P<name>[^"]+)"\s+value="(?P<value>[^"]*)"')


@contextmanager
def open_read_session(url: str) -> Iterator[Session]:
    """Look into the database, and leave nothing open."""
    with _open_engine(url) as engine, database.read_session(engine) as session:
        yield session


@contextmanager
def open_write_session(url: str) -> Iterator[Session]:
    """Change something behind the app's back."""
    with _open_engine(url) as engine, database.write_session(engine) as session:
        yield session


@contextmanager
def open_migrated_session(url: str) -> Iterator[Session]:
    """Lay the schema down, and go on with it."""
    with _open_engine(url) as engine:
        schema.migrate_schema(engine, NOW)
    with open_write_session(url) as session:
        yield session


@contextmanager
def _open_engine(url: str) -> Iterator[Engine]:
    engine = database.make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def make_settings(url: str, folder: Path, public_url: str = URL, **more: Any) -> Settings:
    return Settings(data=folder, database_url=url, public_url=public_url, secret=SECRET, **more)


def load_catalogue() -> QuestionnaireCatalogue:
    return QuestionnaireCatalogue([find_shipped_folder()])


@cache
def load_shipped_questionnaire() -> Questionnaire:
    return load_catalogue().get("social-media-integration")


def prepare_database(url: str, **changes: Any) -> dict[str, str]:
    """Lay down one open assessment with one invitation of each role; return a link's token by role."""
    with open_migrated_session(url) as session:
        return seed_survey(session, **changes)


def seed_survey(session: Session, **changes: Any) -> dict[str, str]:
    add_workspace(session)
    return add_survey(session, **changes)


def add_workspace(session: Session) -> None:
    """One workspace with a client and a published questionnaire."""
    asked = load_shipped_questionnaire()

    def add(table: Any, **values: Any) -> None:
        session.execute(table.insert().values(**values))

    add(tables.workspace, id="w", name="Berg Consulting", created_at=NOW)
    add(tables.organisation, id="o", workspace_id="w", name="Harbour & Reed", created_at=NOW)
    add(
        tables.published_questionnaire,
        id=asked.id,
        version=asked.version,
        digest=asked.digest,
        content=msgspec.json.encode(asked),
    )


def add_survey(session: Session, name: str = "a", **changes: Any) -> dict[str, str]:
    """One more assessment under this id, with an invitation of each role; return a link's token by role."""
    asked = load_shipped_questionnaire()
    links: dict[str, str] = {}
    end = "" if name == "a" else f"-{name}"

    def add(table: Any, **values: Any) -> None:
        session.execute(table.insert().values(**values))

    add(tables.assessment, **(_build_assessment(asked) | {"id": name} | changes))
    for position, role in enumerate(role.id for role in asked.roles):
        links[role] = f"link-of-the-{role}{end}"
        functions = ";".join(function.id for function in asked.functions[:2])
        add(
            tables.invitation,
            id=f"i-{role}{end}",
            workspace_id="w",
            assessment_id=name,
            position=position,
            role=role,
            functions=functions,
            created_on=NOW.date(),
            revision=1,
        )
        add(
            tables.invitation_link,
            token_hash=tokens.hash_token(links[role]),
            workspace_id="w",
            invitation_id=f"i-{role}{end}",
            created_on=NOW.date(),
        )
    return links


def _build_assessment(asked: Questionnaire) -> dict[str, Any]:
    return {
        "id": "a",
        "workspace_id": "w",
        "organisation_id": "o",
        "title": "Social media, autumn 2026",
        "asker": "Anna Berg",
        "language": "en",
        "questionnaire_id": asked.id,
        "questionnaire_version": asked.version,
        "questionnaire_digest": asked.digest,
        "state": "open",
        "confidentiality": "confidential",
        "mode": "survey",
        "minimum_group": 5,
        "weights": {},
        "targets": {},
        "contacts": {},
        "importance": {},
        "closes_on": date(2026, 12, 12),
        "share_results": False,
        "in_benchmarks": False,
        "opened_on": NOW.date(),
        "created_at": NOW,
        "revision": 1,
    }


class Person:
    """Somebody with a browser, as far as HTTP can see it."""

    def __init__(self, client: httpx.AsyncClient, link: str, role: str) -> None:
        self.client = client
        self.link = f"/s/{link}"
        asked = load_shipped_questionnaire()
        functions = [function.id for function in asked.functions[:2]]
        self.pages = routing.build_survey_pages(asked, role, functions)

    @property
    def first(self) -> str:
        return self.pages[0][0].id

    def items(self, section: str) -> list[str]:
        page = next(page for page in self.pages if page[0].id == section)
        return [item for part in page for item in part.items]

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, data: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, data=data or {}, headers=OWN_PAGE | headers)

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Return the page that a form redirects to."""
        assert answer.status_code == 303
        return await self.get(answer.headers["location"])

    async def enter(self, choice: str = "") -> httpx.Response:
        return await self.post(self.link, {"choice": choice} if choice else {})

    async def code(self, path: str = "/survey/check") -> str:
        """The code as a page shows it; empty where it shows none."""
        found = CODE.search((await self.get(path)).text)
        return found[1] if found else ""

    async def move(self, code: str, **data: str) -> httpx.Response:
        """Enter the code on the page of the link."""
        return await self.post(f"{self.link}/code", {"code": code, **data})

    async def send(self) -> httpx.Response:
        return await self.post("/survey/check", await self.form("/survey/check"))

    async def withdraw(self) -> httpx.Response:
        return await self.post("/survey/withdraw", await self.form("/survey/withdraw"))

    async def finish(self) -> httpx.Response:
        return await self.post("/survey/finish", await self.form("/survey/finish"))

    async def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page's form."""
        return read_hidden_fields((await self.get(path)).text)

    async def answer(self, section: str, value: str = "3", **changes: str) -> httpx.Response:
        """Fill a section in as a plain form and press Continue."""
        form = await self.form(f"/survey/{section}")
        return await self.post(f"/survey/{section}", form | dict.fromkeys(self.items(section), value) | changes)

    async def save(self, item: str, value: str, sequence: int = 1, section: str = "", **changes: str) -> httpx.Response:
        """Save one answer as a script does, on a page that was loaded just now and has changed it so many times."""
        form = await self.form(f"/survey/{section or self.first}")
        form |= {item: value, f"{item}:sequence": f"{form.get(f'{item}:sequence', '0.40000')}.{sequence}"} | changes
        return await self.post(f"/survey/answers/{item}", form, **{"HX-Request": "true"})


def count_chosen(text: str) -> int:
    """How many radio buttons are on."""
    return len(re.findall(r"<input type=\"radio\"[^>]*\schecked\b", text))


def read_hidden_fields(text: str) -> dict[str, str]:
    fields = re.findall(r'<input type="hidden"[^>]*>', text)
    found = (HIDDEN.search(field) for field in fields)
    return {match["name"]: match["value"] for match in found if match}


def open_client(app: Litestar) -> httpx.AsyncClient:
    """One browser: cookies of its own; an error of the app is an answer, as on a real server."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=URL, headers=UNCOMPRESSED)


@asynccontextmanager
async def run_app(app: Litestar) -> AsyncIterator[None]:
    """Start and stop the app in a task of its own: fixtures begin and end in different ones."""
    ready, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await over.wait()

    task = asyncio.create_task(live())
    await ready.wait()
    yield
    over.set()
    await task


@asynccontextmanager
async def serve_app(
    url: str, folder: Path, clock: Clock | None = None, public_url: str = URL, **more: Any
) -> AsyncIterator[Application]:
    """Run an application of the test's own; its routes are shared with other tests."""
    with borrow_app(make_settings(url, folder, public_url, **more), clock or Clock()) as app:
        async with run_app(app):
            yield app


def make_app(url: str, folder: Path, clock: Clock | None = None, public_url: str = URL, **more: Any) -> Litestar:
    return create_app(make_settings(url, folder, public_url, **more), clock or Clock())
