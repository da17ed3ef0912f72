"""Alice owns a workspace, Dora edits it, Bob looks at it, Charlie has another; assessments in each state."""

import re
from contextlib import asynccontextmanager
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect, select

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import OutboxState
from assessment.questionnaires import QuestionnaireCatalogue, find_shipped_folder
from assessment.services.assessments import assessment_setup, client_organisations, closing
from assessment.services.assessments.assessment_fields import AssessmentInput
from assessment.services.auth import api_keys, user_sessions, users
from assessment.services.bulk import bulk_requests
from assessment.services.delivery import mail_settings
from assessment.services.delivery.mail_settings import make_mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.people import people_invitations, response_import
from assessment.services.people.people_invitations import Invitee
from assessment.services.reports import published_reports
from assessment.services.reports.published_reports import Publication
from assessment.services.survey import survey_entry
from assessment.storage import database, tables
from assessment.storage.results import published_reports as stored_reports
from tests.applications import borrow_app
from tests.smtp_server import run_smtp_server
from tests.web import people

PASSWORD = "lantern harbour violet 7"
GOLDEN = Path(__file__).parents[2] / "golden" / "contested-60.csv"
INSTRUMENT = "social-media-integration"
TOKEN = re.compile(r'name="_token" value="([^"]*)"')


class Visitor:
    """Someone with a browser at the console."""

    def __init__(self, client):
        self.client = client

    async def get(self, path, **headers):
        return await self.client.get(path, headers=headers)

    async def token(self, path="/console"):
        """Return the CSRF token of a page."""
        found = TOKEN.search((await self.client.get(path)).text)
        return found[1] if found else ""

    async def post(self, path, data=None, **headers):
        """Send a form as a page of ours would."""
        form = {"_token": await self.token()} | (data or {})
        return await self.client.post(path, data=form, headers=people.OWN_PAGE | headers)


class World:
    """Database that a test of the console begins with."""

    def __init__(self, url):
        self.engine = database.make_engine(url)
        self.catalogue = QuestionnaireCatalogue([find_shipped_folder()])
        with database.write_session(self.engine) as session:
            if not inspect(session.connection()).has_table("workspace"):  # a file of the test's own, without a schema
                tables.metadata.create_all(session.connection())
            self.home = users.find_or_create_workspace(session, "Berg Consulting", people.NOW)
            self.elsewhere = users.find_or_create_workspace(session, "Elsewhere", people.NOW)
            self.ids = {
                "alice": users.add_user(session, self.home, "alice@example.org", PASSWORD, people.NOW),
                "bob": users.add_user(session, self.home, "bob@example.org", PASSWORD, people.NOW, role="viewer"),
                "dora": users.add_user(session, self.home, "dora@example.org", PASSWORD, people.NOW, role="editor"),
                "charlie": users.add_user(session, self.elsewhere, "charlie@example.org", PASSWORD, people.NOW),
            }
            self.organisation = client_organisations.create_organisation(
                session, self.home, "Harbour & Reed", people.NOW
            ).id
            own = client_organisations.create_organisation(session, self.elsewhere, "Charlie's client", people.NOW).id
            new = AssessmentInput(organisation=own, questionnaire=INSTRUMENT, title="Charlie's wave")
            self.charlies = assessment_setup.create_assessment(
                session, self.elsewhere, new, self.catalogue, people.NOW
            ).id
        self.draft = self.assessment("Draft wave")
        self.open = self.opened("Open wave")
        self.invitation = self.invite(self.open, "practitioner", 3)[0].invitation.id

    @cached_property
    def closed(self):
        """An assessment with results; made when a test first asks, for it takes a while."""
        made = self.opened("Closed wave")
        self.close(made)
        return made

    @cached_property
    def published(self):
        """A published report of the closed assessment."""
        key = AssessmentKey(self.home, self.closed)
        with database.write_session(self.engine) as session:
            published_reports.publish_report(session, key, Publication(None, "", people.NOW, user_id=self.ids["alice"]))
            return stored_reports.list_reports(session, key)[0].id

    @cached_property
    def attributable(self):
        """A closed assessment whose raw answers can be exported."""
        made = self.opened("With names", confidentiality="attributable")
        self.close(made)
        return made

    @cached_property
    def importing(self):
        """An open assessment without people, where responses are being taken in."""
        return self.opened("Importing wave")

    @cached_property
    def import_id(self):
        """The import of `importing`."""
        key = AssessmentKey(self.home, self.importing)
        with database.write_session(self.engine) as session:
            return bulk_requests.queue_responses(session, key, [b"respondent"], people.NOW, secret=people.SECRET).id

    @cached_property
    def key_id(self):
        """The id of an API key."""
        with database.write_session(self.engine) as session:
            return api_keys.add_key(
                session, self.home, "Dashboard", ["read:scores"], people.NOW, secret=people.SECRET
            ).id

    def workspace_of(self, name):
        return self.elsewhere if name == "charlie" else self.home

    def assessment(self, title, **values):
        new = {"organisation": self.organisation, "questionnaire": INSTRUMENT, "title": title, "asker": "Anna Berg"}
        with database.write_session(self.engine) as session:
            return assessment_setup.create_assessment(
                session, self.home, AssessmentInput(**new | values), self.catalogue, people.NOW
            ).id

    def late_draft(self, title):
        """A draft that has waited until its closing date was over."""
        made = self.assessment(title)
        yesterday = people.NOW.date() - timedelta(days=1)
        with database.write_session(self.engine) as session:
            session.execute(
                tables.assessment.update().where(tables.assessment.c.id == made).values(closes_on=yesterday)
            )
        return made

    def opened(self, title, **values):
        made = self.assessment(title, **{"closes_on": date(2026, 12, 12)} | values)
        with database.write_session(self.engine) as session:
            assessment_setup.open_assessment(session, AssessmentKey(self.home, made), self.catalogue, people.NOW)
        return made

    def take_in(self, assessment):
        with database.write_session(self.engine) as session:
            response_import.import_responses(
                session, AssessmentKey(self.home, assessment), GOLDEN.read_text(), people.NOW
            )

    def close(self, assessment):
        self.take_in(assessment)
        with database.write_session(self.engine) as session:
            closing.close_assessment(session, AssessmentKey(self.home, assessment), people.NOW)

    def invite(self, assessment, role, count):
        guests = [Invitee(role=role, functions=("marketing",), name=f"Guest {number}") for number in range(count)]
        with database.write_session(self.engine) as session:
            return people_invitations.invite_people(
                session, AssessmentKey(self.home, assessment), guests, self.catalogue, people.NOW
            )

    def enter(self, token):
        with database.write_session(self.engine) as session:
            return survey_entry.enter_survey(session, token).respondent

    def session_of(self, name):
        """Sign someone in without the form; return the cookie."""
        known = user_sessions.AuthenticatedUser(self.ids[name], self.workspace_of(name))
        with database.write_session(self.engine) as session:
            return user_sessions.begin_session(session, known, people.NOW)

    def invited(self, assessment):
        with database.read_session(self.engine) as session:
            return people_invitations.list_invitations(session, AssessmentKey(self.home, assessment)).data

    def held(self, assessment):
        with database.read_session(self.engine) as session:
            return assessment_setup.get_assessment(session, AssessmentKey(self.home, assessment))

    def titles(self):
        with database.read_session(self.engine) as session:
            return [each.title for each in assessment_setup.list_assessments(session, self.home).data]


@pytest.fixture
def world(database_url):
    world = World(database_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def clock():
    return people.Clock()


@pytest.fixture
def running(world, database_url, tmp_path, clock):
    """Opens the app; gives what lets someone come, signed in or not."""

    @asynccontextmanager
    async def run(**settings):
        clients = []

        def come(name=None):
            transport = httpx.ASGITransport(come.app)
            client = httpx.AsyncClient(transport=transport, base_url=people.URL, headers=people.UNCOMPRESSED)
            clients.append(client)
            if name:
                client.cookies.set("console", world.session_of(name))
            return Visitor(client)

        with borrow_app(people.make_settings(database_url, tmp_path, **settings), clock) as come.app:
            async with come.app.lifespan():
                yield come
                for client in clients:
                    await client.aclose()

    return run


@pytest.fixture
def mailbox():
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def mail_app(running, mailbox):
    """The app of a server that can send mail."""
    return lambda: running(smtp_url=mailbox.url)


@pytest.fixture
def worker(world, database_url, tmp_path, clock, mailbox):
    mail = make_mail_settings(people.make_settings(database_url, tmp_path, smtp_url=mailbox.url))
    mail_settings.attach_mail(world.engine, mail)
    return OutboxWorker(world.engine, mail, clock, poll_seconds=0.01)


async def send_all(worker, clock):
    """Send what is queued; the worker of the app itself may have begun with some of it."""
    clock.now += timedelta(seconds=31)
    while await worker.work_once() or _is_sending(worker._engine):
        pass


def _is_sending(engine):
    with database.read_session(engine) as session:
        query = select(tables.outbox.c.id).where(tables.outbox.c.state == OutboxState.SENDING)
        return session.scalar(query.limit(1)) is not None
