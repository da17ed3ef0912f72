"""A survey whose invitations are mailed: a consultant in the console, the outbox worker, and people with mailboxes."""

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from sqlalchemy import func, select

from assessment.services.auth import user_sessions
from assessment.services.delivery import mail_settings
from assessment.services.delivery.mail_settings import make_mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.delivery.queued_mailings import UNDO_WINDOW
from assessment.services.operations import audit_trail
from assessment.storage import database, tables
from tests.smtp_server import Mailbox, run_smtp_server
from tests.web import people
from tests.web.console.conftest import Visitor, World
from tests.web.people import Clock, Person

FUNCTIONS = "Customer service, Marketing"
DOMAIN = "northwind.example"
LINK = re.compile(rf"{re.escape(people.URL)}(/s/[\w-]{{43}})\s")
UNSUBSCRIBE = re.compile(rf"{re.escape(people.URL)}(/s/[\w-]{{43}}/unsubscribe)\s")
INVITATIONS = re.compile(r'name="number" value="(\d+)"')
VARIED = {"1": "10", "3": "32", "4": "43"}  # answers by place; all alike would be left out as careless
SECONDS = 60


class MailedSurvey:
    """One assessment; each act of the consultant is a request of the console with a new sign-in."""

    def __init__(
        self, world: World, app: Litestar, worker: OutboxWorker, mailbox: Mailbox, clock: Clock, **values: Any
    ) -> None:
        self.world, self.app, self.worker, self.mailbox, self.clock = world, app, worker, mailbox, clock
        self.id: str = world.assessment("Autumn wave", **values)
        self.path = f"/console/assessments/{self.id}"
        self._choices = {item.id: item.options[0] for item in people.load_shipped_questionnaire().items if item.options}

    @asynccontextmanager
    async def sign_in(self) -> AsyncIterator[Visitor]:
        """Let the consultant come; the session begins now, since sessions end while the clock moves on."""
        user = user_sessions.AuthenticatedUser(self.world.ids["alice"], self.world.home)
        with database.write_session(self.world.engine) as session:
            cookie = user_sessions.begin_session(session, user, self.clock.now)
        async with people.open_client(self.app) as client:
            client.cookies.set("console", cookie)
            yield Visitor(client)

    async def act(self, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Send a form of the console; fails unless it succeeds."""
        async with self.sign_in() as alice:
            response = await alice.post(f"{self.path}/{path}", form)
        assert response.status_code == 303, response.text
        return response

    async def get_page(self, path: str) -> str:
        async with self.sign_in() as alice:
            response = await alice.get(f"{self.path}{path}")
        assert response.status_code == 200
        return str(response.text)

    async def invite(self, *addresses: str, deliver: str = "mail", role: str = "staff") -> None:
        """Add people to the list; without delivery by mail, the address is only a name."""
        lines = "\n".join(f"{address}, {address}, {role}, {FUNCTIONS}" for address in addresses)
        await self.act("people/lines", {"lines": lines, "sure": "yes", "deliver": deliver})

    async def open(self, *addresses: str, role: str = "staff") -> None:
        """Invite people by mail, open, send the invitations, and wait until they have arrived."""
        if addresses:
            await self.invite(*addresses, role=role)
        await self.act("open")
        await self.send_invitations()

    async def send_invitations(self) -> None:
        number = INVITATIONS.search(await self.get_page("/mails"))
        assert number is not None
        await self.act("mails/invitations", {"number": number[1]})
        await self.deliver()

    async def remind(self, days: int = 3) -> None:
        """Let days pass, press the reminder button, and wait until the mails have arrived."""
        self.clock.now += timedelta(days=days)
        await self.act("mails/reminders")
        await self.deliver()

    async def close(self, **form: str) -> None:
        await self.act("close", {"sure": "yes", **form})
        await self.deliver()

    async def deliver(self) -> None:
        """Work the outbox until no mail waits; on SQLite the server's own worker takes part."""
        self.clock.now += UNDO_WINDOW + timedelta(seconds=1)
        async with asyncio.timeout(SECONDS):
            while await self.worker.work_once() or self.count_waiting():  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.02)

    def count_waiting(self) -> int:
        waiting = tables.outbox.c.payload.is_not(None)
        with database.read_session(self.world.engine) as session:
            return session.scalar(select(func.count()).select_from(tables.outbox).where(waiting)) or 0

    def find_link(self, address: str, number: int = -1) -> str:
        """Return the path of the link in a mail to this address; the last one unless a number is given."""
        found = LINK.search(self.mailbox.find(address)[number].text)
        assert found is not None
        return found[1]

    def find_unsubscribe_link(self, address: str) -> str:
        found = UNSUBSCRIBE.search(self.mailbox.find(address)[-1].text)
        assert found is not None
        return found[1]

    async def export_links(self) -> list[str]:
        """Return the paths of the links that the consultant prints, one for each person without a link."""
        async with self.sign_in() as alice:
            response = await alice.post(f"{self.path}/people/links", {"who": "without", "as": "file"})
        rows = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        return [row["link"].removeprefix(people.URL) for row in rows]

    @asynccontextmanager
    async def open_browser(self, link: str, role: str = "staff") -> AsyncIterator[Person]:
        """Open a browser of its own for the person of this link."""
        async with people.open_client(self.app) as client:
            yield make_person(client, link, role)

    async def answer_all_sections(self, person: Person, value: str = "3") -> None:
        """Answer everything, at a pace and with differences that are not taken for carelessness."""
        for page in person.pages:
            section = page[0].id
            form = await person.form(f"/survey/{section}")
            self.clock.now += timedelta(minutes=1)
            answers = {
                item: self._choices.get(item) or VARIED[value][place % 2]
                for place, item in enumerate(person.items(section))
            }
            response = await person.post(f"/survey/{section}", form | answers)
            assert response.headers["location"] != f"/survey/{section}"

    async def answer_and_send(self, person: Person, value: str = "3") -> httpx.Response:
        """Start, answer everything and send; return the page after sending."""
        await person.enter()
        await self.answer_all_sections(person, value)
        return await person.follow(await person.send())

    def read_states(self) -> list[str]:
        """Return the state of each response, sorted."""
        own = tables.response.c.assessment_id == self.id
        with database.read_session(self.world.engine) as session:
            return sorted(session.scalars(select(tables.response.c.state).where(own)))

    def read_answers(self) -> set[tuple[Any, ...]]:
        """Return all that is stored of each response with answers."""
        answer, response = tables.answer, tables.response
        columns = (response.c.id, response.c.state, answer.c.item_id, answer.c.value, answer.c.reason)
        joined = select(*columns).join(answer, answer.c.response_id == response.c.id)
        with database.read_session(self.world.engine) as session:
            return {tuple(row) for row in session.execute(joined.where(response.c.assessment_id == self.id))}


def make_person(client: httpx.AsyncClient, link: str, role: str = "staff") -> Person:
    return Person(client, link.removeprefix("/s/"), role)


@contextmanager
def run_mail_server(
    world: World, url: str, folder: Path, clock: Clock
) -> Iterator[tuple[Mailbox, OutboxWorker, Litestar]]:
    """Run an SMTP server on loopback, with a worker that sends to it and an app of the same settings."""
    with run_smtp_server() as mailbox:
        settings = people.make_settings(url, folder, smtp_url=mailbox.url)
        mail = make_mail_settings(settings)
        assert mail is not None
        mail_settings.attach_mail(world.engine, mail)
        audit_trail.attach_secret(world.engine, settings.secret)
        worker = OutboxWorker(world.engine, mail, clock, poll_seconds=0.01)
        yield mailbox, worker, people.make_app(url, folder, clock, smtp_url=mailbox.url)


class MailedSurveys:
    """Makes surveys on one running server."""

    def __init__(self, world: World, app: Litestar, worker: OutboxWorker, mailbox: Mailbox, clock: Clock) -> None:
        self._parts = (world, app, worker, mailbox, clock)
        self.clock = clock

    def make(self, **values: Any) -> MailedSurvey:
        return MailedSurvey(*self._parts, **values)


@asynccontextmanager
async def run_mailed_surveys(url: str, folder: Path) -> AsyncIterator[MailedSurveys]:
    """Run a server that can send mail, on a database that has the schema."""
    world, clock = World(url), Clock()
    try:
        with run_mail_server(world, url, folder, clock) as (mailbox, worker, app):
            async with people.run_app(app):
                yield MailedSurveys(world, app, worker, mailbox, clock)
    finally:
        world.engine.dispose()
