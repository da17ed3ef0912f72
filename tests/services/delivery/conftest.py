"""An open assessment with people to mail, and a real SMTP server."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from assessment.services.delivery import mail_settings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.people import people_invitations, progress
from assessment.services.people.people_invitations import Invitee
from assessment.storage import tables
from tests.services.conftest import NOW, SECRET
from tests.smtp_server import run_smtp_server

PUBLIC_URL = "https://survey.example.org"
ANSWERED = "MK-P1"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_by(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mailbox():
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def mail(engine, mailbox):
    mail = MailSettings(mailbox.url, "assessment@survey.example.org", PUBLIC_URL, SECRET, 10_000)
    mail_settings.attach_mail(engine, mail)
    return mail


@pytest.fixture
def worker(engine, mail, clock):
    return OutboxWorker(engine, mail, clock, poll_seconds=0.01)


class Delivery:
    """Actions of a consultant with mail, each in a transaction of its own."""

    def __init__(self, world, clock):
        self.world, self.clock, self.engine = world, clock, world.engine

    def open(self, *addresses, **values):
        held = self.world.open(**values)
        self.invited = self.invite(held, *addresses)
        self.held = held
        return held

    def invite(self, held, *addresses, deliver="mail"):
        people = [
            Invitee(role="practitioner", functions=("marketing",), email=address, name="Kim Berg", deliver=deliver)
            for address in addresses
        ]
        with self.world.writing() as session:
            return people_invitations.invite_people(session, held.key, people, self.world.catalogue, self.clock.now)

    def do(self, act, *values, **options):
        with self.world.writing() as session:
            return act(session, self.held.key, *values, **options)

    def answer(self, address, *, sent=True):
        """Store a sent response of the person of this address."""
        invitation = next(each.invitation for each in self.invited if each.invitation.email == address)
        with self.world.writing() as session:
            session.execute(
                insert(tables.response).values(
                    id=f"r-{invitation.id}",
                    workspace_id=self.world.alice,
                    assessment_id=self.held.id,
                    invitation_id=invitation.id,
                    draft_number=1,
                    role="practitioner",
                    functions="marketing",
                    language="en",
                    state="sent" if sent else "started",
                )
            )

    def count_unsubscribed(self):
        """Number that the page "Mails" shows: of those who wanted no more mails at the last hourly count."""
        progress.refresh_counts(self.engine, self.world.alice, [self.held.id], self.clock.now)
        with self.world.reading() as session:
            return progress.load_unsubscribed(session, self.held.key)

    def rows(self, table=tables.outbox):
        with self.world.reading() as session:
            return session.execute(select(table)).all()

    def states(self):
        return sorted(row.state for row in self.rows())


@pytest.fixture
def delivery(world, clock, mail):
    return Delivery(world, clock)
