"""A mail that can't be prepared, or that ends its worker: it fails alone, and the others are sent."""

import pytest
from sqlalchemy import update

from assessment.services.delivery import mail_preparation, mailings
from assessment.services.delivery.mail_preparation import MAX_ATTEMPTS, MailPreparation
from assessment.services.delivery.outbox_worker import LEASE, OutboxWorker
from assessment.storage import database, tables

ADDRESSES = ("ann@example.org", "ben@example.org", "cem@example.org")


async def work_until_idle(worker):
    while await worker.work_once():
        pass


@pytest.fixture
def queued(delivery):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    return delivery


async def test_mail_that_cannot_be_prepared_fails_and_the_others_are_sent(queued, worker, mailbox, monkeypatch):
    build = MailPreparation._build_message

    def build_or_break(self, context, claimed, payload, minutes):
        if payload.recipient == ADDRESSES[1]:
            raise ZeroDivisionError
        return build(self, context, claimed, payload, minutes)

    monkeypatch.setattr(MailPreparation, "_build_message", build_or_break)

    await work_until_idle(worker)

    assert mailbox.addresses == [ADDRESSES[0], ADDRESSES[2]]
    assert queued.states() == ["failed", "sent", "sent"]


def expire_leases(queued, mail, attempts=None):
    """Leave the mails as a worker that was killed: begun, and their lease over."""
    OutboxWorker(queued.engine, mail, queued.clock)._claim()
    if attempts is not None:
        first = min(row.id for row in queued.rows())
        with database.write_session(queued.engine) as session:
            session.execute(update(tables.outbox).where(tables.outbox.c.id == first).values(attempts=attempts))
    queued.clock.now += LEASE


async def test_mails_of_a_killed_worker_are_claimed_one_by_one(queued, worker, mail):
    expire_leases(queued, mail)

    claimed = [await worker.work_once() for _ in range(4)]

    assert claimed == [1, 1, 1, 0]
    assert queued.states() == ["sent"] * 3


async def test_mail_that_was_begun_too_often_fails_alone(queued, worker, mail, mailbox, monkeypatch):
    expire_leases(queued, mail, MAX_ATTEMPTS)
    prepared = []
    prepare = MailPreparation.prepare_mail
    monkeypatch.setattr(
        mail_preparation.MailPreparation, "prepare_mail", lambda *given: prepared.append(given[1]) or prepare(*given)
    )

    await work_until_idle(worker)

    assert (len(prepared), len(mailbox.addresses)) == (2, 2)
    assert queued.states() == ["failed", "sent", "sent"]
