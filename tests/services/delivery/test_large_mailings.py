"""Large mailings: recipients are stored at once, their mails in batches; nobody is mailed twice or left out."""

from collections import Counter

import pytest

from assessment.services.delivery import mail_queue, mail_states, mailings, queued_mailings
from assessment.storage import database, tables
from assessment.storage.people import personal_data

ADDRESSES = [f"p{number}@example.org" for number in range(7)]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(mail_queue, "BATCH_SIZE", 3)
    monkeypatch.setattr(database, "WRITE_PAUSE_SECONDS", 0)


@pytest.fixture
def queued(delivery):
    delivery.open(*ADDRESSES)
    return delivery.do(mailings.queue_invitations, delivery.clock.now)


async def send_all(worker):
    while await worker.work_once():
        pass


async def test_large_mailing_is_sent_once_to_each_person(delivery, worker, mailbox, queued):
    before = len(delivery.rows()), len(delivery.rows(tables.mailing_recipient))

    await send_all(worker)

    assert before == (0, len(ADDRESSES))
    assert queued.shown_count == len(ADDRESSES)
    assert Counter(mailbox.addresses) == Counter(ADDRESSES)
    assert delivery.rows(tables.mailing_recipient) == []


async def test_interrupted_mailing_is_continued_without_a_second_mail(
    delivery, mail, worker, mailbox, queued, monkeypatch
):
    real, added = mail_queue._add_mails, []

    def die_in_the_second_batch(*values):
        real(*values)
        added.append(values)
        if len(added) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mail_queue, "_add_mails", die_in_the_second_batch)
        with pytest.raises(KeyboardInterrupt):
            mail_queue.queue_waiting_mails(delivery.engine, mail)
    left = len(delivery.rows(tables.mailing_recipient))

    await send_all(worker)

    assert left == len(ADDRESSES) - 3
    assert Counter(mailbox.addresses) == Counter(ADDRESSES)


@pytest.mark.usefixtures("queued")
def test_waiting_recipients_count_as_queued(delivery):
    again = delivery.do(mailings.queue_invitations, delivery.clock.now)
    chosen = delivery.do(
        mailings.queue_invitations, delivery.clock.now, [each.invitation.id for each in delivery.invited]
    )

    assert (again.shown_count, chosen.shown_count, delivery.do(mailings.preview_invitations)) == (0, 0, 0)
    with delivery.world.reading() as session:
        states = mail_states.load_mail_states(session, delivery.held.key)
        few = mail_states.load_mail_states_of(session, delivery.world.alice, [delivery.invited[0].invitation])
    assert {state.state for state in (*states.values(), *few.values())} == {"queued"}


async def test_mails_are_cancelled_while_some_recipients_wait(delivery, mail, worker, mailbox, queued, monkeypatch):
    steps = iter([False, True])
    mail_queue.queue_waiting_mails(delivery.engine, mail, lambda: next(steps))
    listed = delivery.do(queued_mailings.list_mailings, delivery.clock.now)

    with delivery.world.writing() as session:
        cancelled = queued_mailings.cancel_queued(session, delivery.world.alice, queued.id, delivery.clock.now)
    await send_all(worker)

    assert [entry.can_cancel for entry in listed] == [True]
    assert cancelled.shown_count == 0
    assert mailbox.addresses == []
    assert delivery.do(mailings.preview_invitations) == len(ADDRESSES)


async def test_recipient_erased_while_waiting_is_not_mailed(delivery, worker, mailbox, queued):
    erased = delivery.invited[0].invitation
    with delivery.world.writing() as session:
        personal_data.erase_invitation(session, delivery.world.alice, erased.id)
    waiting = {row.invitation_id for row in delivery.rows(tables.mailing_recipient)}

    await send_all(worker)

    assert erased.id not in waiting
    assert {*mailbox.addresses} == {*ADDRESSES} - {erased.email}


def test_links_are_made_in_the_order_of_random_ids(delivery, mail, queued, monkeypatch):
    order = []
    real = mail_queue.make_outbox_row

    def note(mail, mailing, invitation_id, *rest):
        order.append(invitation_id)
        return real(mail, mailing, invitation_id, *rest)

    monkeypatch.setattr(mail_queue, "make_outbox_row", note)

    mail_queue.queue_waiting_mails(delivery.engine, mail)

    assert len(order) == queued.shown_count
    assert order == sorted(order)


@pytest.mark.usefixtures("queued")
def test_broken_mailing_does_not_delay_others(delivery, mail, monkeypatch):
    delivery.open("q1@example.org", "q2@example.org", "q3@example.org", "q4@example.org", title="Other")
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    broken = min(row.mailing_id for row in delivery.rows(tables.mailing_recipient))
    real = mail_queue._queue_batch

    def fail(session, mail, key, mailing_id):
        if mailing_id == broken:
            raise ValueError(mailing_id)
        return real(session, mail, key, mailing_id)

    monkeypatch.setattr(mail_queue, "_queue_batch", fail)

    mail_queue.queue_waiting_mails(delivery.engine, mail)

    assert {row.mailing_id for row in delivery.rows(tables.mailing_recipient)} == {broken}
