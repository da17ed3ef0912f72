"""Mails to consultants and clients: once they are sent nothing of them stays, and they go with what they name."""

import pytest
from sqlalchemy import select, update

from assessment.services.assessments import client_erasure, closing
from assessment.services.auth import password_resets
from assessment.services.auth import users as accounts
from assessment.services.delivery import mailings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.services.people import response_import
from assessment.storage import tables
from assessment.storage.delivery import mailings as stored_mailings
from assessment.storage.delivery import outbox

OWNER, PASSWORD = "anna@agency.example", "turnip glacier envelope"
CANARY = "Canary Household Goods"


@pytest.fixture
def owner(world, now):
    with world.writing() as session:
        return accounts.add_user(session, world.alice, OWNER, PASSWORD, now)


async def drain(worker):
    while await worker.work_once():
        pass


def forget(worker, clock):
    clock.pass_by(minutes=3)
    worker._queue_due_and_purge()


def request_resets(world, clock, number, address):
    for _ in range(number):
        with world.writing() as session:
            password_resets.request_reset(session, address, "en", clock.now)


@pytest.mark.usefixtures("owner")
async def test_hundred_password_resets_leave_no_row(world, delivery, worker, clock, mailbox):
    request_resets(world, clock, 50, OWNER)
    request_resets(world, clock, 50, "stranger@elsewhere.example")

    await drain(worker)
    before = len(delivery.rows(tables.mailing))
    forget(worker, clock)

    assert (before, len(mailbox.received)) == (100, 1)  # only the newest link of a user works
    assert (delivery.rows(tables.mailing), delivery.rows()) == ([], [])


@pytest.mark.usefixtures("owner")
async def test_mails_to_consultants_that_are_still_queued_stay(world, delivery, worker, clock):
    request_resets(world, clock, 1, OWNER)
    await drain(worker)
    request_resets(world, clock, 1, OWNER)
    with world.writing() as session:
        session.execute(update(tables.outbox).where(tables.outbox.c.state == "queued").values(not_before=clock.now))

    forget(worker, clock)

    assert len(delivery.rows(tables.mailing)) == len(delivery.rows()) == 1


async def test_mailings_to_respondents_stay_with_their_assessment(delivery, worker, clock):
    delivery.open("ann@example.org")
    delivery.do(mailings.queue_invitations, clock.now)
    await drain(worker)

    forget(worker, clock)

    assert [row.kind for row in delivery.rows(tables.mailing)] == ["invitation"]


@pytest.fixture
def closed(world, request, now, owner, mail):
    """A closed assessment of the canary, whose owner was notified."""
    assert owner
    assert mail
    golden = (request.config.rootpath / "tests" / "golden" / "plain-24.csv").read_text("utf-8")
    with world.writing() as session:
        session.execute(update(tables.organisation).values(name=CANARY))
    survey = world.open(title=CANARY)
    with world.writing() as session:
        response_import.import_responses(session, survey.key, golden, now)
    with world.writing() as session:
        closing.close_assessment(session, survey.key, now, without_results=True)
        closing.notify_owners(session, survey.key, now, has_results=True)
    return survey


def find_canaries(world):
    with world.reading() as session:
        return {
            table.name
            for table in tables.metadata.sorted_tables
            for row in session.execute(select(table))
            if CANARY in str(row)
        }


def erase(world, now):
    with world.writing() as session:
        client_erasure.erase_client(session, world.alice, world.organisation, now)


def test_queued_mail_about_an_erased_client_is_deleted_with_it(world, delivery, now, closed):
    before = find_canaries(world)

    erase(world, now)

    assert closed
    assert "mailing" in before
    assert find_canaries(world) == set()
    assert (delivery.rows(tables.mailing), delivery.rows()) == ([], [])


async def test_sent_mail_about_an_erased_client_is_deleted_with_it(world, worker, now, closed):
    await drain(worker)

    erase(world, now)

    assert closed
    assert find_canaries(world) == set()


async def test_mail_to_consultants_is_sent_and_not_listed_as_one_to_respondents(world, worker, mailbox, closed):
    with world.reading() as session:
        listed = stored_mailings.list_mailings(session, closed.key)

    await drain(worker)

    assert listed == ()
    assert mailbox.addresses == [OWNER]
    assert CANARY in mailbox.received[0].text


async def test_mutant_that_deletes_rows_of_the_outbox_alone_leaves_the_texts(
    world, delivery, worker: OutboxWorker, clock, owner, monkeypatch
):
    monkeypatch.setattr(outbox, "ASSESSMENT_MAIL_KINDS", tuple(outbox.MailKind))
    request_resets(world, clock, 3, OWNER)
    await drain(worker)

    forget(worker, clock)

    assert owner
    assert len(delivery.rows(tables.mailing)) == 3
