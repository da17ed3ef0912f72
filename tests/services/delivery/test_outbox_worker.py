"""The worker: each mail once, whatever fails."""

import asyncio
import re

import pytest

from assessment.services.delivery import mail_states, mailings, queued_mailings, unsubscription
from assessment.services.delivery.outbox_worker import LEASE, MAX_ATTEMPTS, RETRY_DELAYS, OutboxWorker
from assessment.services.delivery.smtp_client import MailServerError
from assessment.services.people import people_invitations
from assessment.services.survey.survey_links import find_link
from assessment.storage import assessments, tables
from tests.services.delivery.conftest import PUBLIC_URL

ADDRESSES = ("ann@example.org", "ben@example.org", "cem@example.org")


async def test_queued_invitations_are_mailed_once_with_a_link_each(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)

    queued = delivery.do(mailings.queue_invitations, delivery.clock.now)
    while await worker.work_once():
        pass

    links = [re.search(rf"{PUBLIC_URL}/s/(\S+)", each.text).group(1) for each in mailbox.received]
    assert queued.shown_count == 3
    assert mailbox.addresses == sorted(ADDRESSES)
    assert len(set(links)) == 3
    assert delivery.states() == ["sent"] * 3
    with delivery.world.reading() as session:
        assert {find_link(session, each).row.email for each in links} == set(ADDRESSES)


async def test_finished_mail_has_no_payload_and_no_link(delivery, worker):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    queued = delivery.rows()

    await worker.work_once()

    assert all(b"example.org" not in row.payload for row in queued)
    assert [row.payload for row in delivery.rows()] == [None] * 3


async def test_mailed_invitation_shows_the_day(delivery, worker):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    await worker.work_once()

    states = delivery.do(mail_states.load_mail_states)
    assert {(each.state, each.mailed_on) for each in states.values()} == {("mailed", delivery.clock.now.date())}
    assert delivery.do(mailings.queue_invitations, delivery.clock.now).shown_count == 0


async def test_cancelled_mails_are_not_sent_and_can_be_queued_again(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)
    mailing = delivery.do(mailings.queue_invitations, delivery.clock.now, undo=queued_mailings.UNDO_WINDOW)

    assert await worker.work_once() == 0
    with delivery.world.writing() as session:
        cancelled = queued_mailings.cancel_queued(session, delivery.world.alice, mailing.id, delivery.clock.now)
    delivery.clock.pass_by(minutes=5)
    assert await worker.work_once() == 0

    assert cancelled.shown_count == 0
    assert mailbox.received == []
    assert [row.payload for row in delivery.rows()] == [None] * 3
    assert delivery.do(mailings.preview_invitations) == 3


async def test_refused_recipient_is_shown_and_others_get_their_mail(delivery, worker, mailbox):
    mailbox.refuse_recipient = lambda address: "550 No such user" if address.startswith("ben") else None
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    await worker.work_once()

    states = delivery.do(mail_states.load_mail_states)
    refused = next(each.invitation for each in delivery.invited if each.invitation.email.startswith("ben"))
    assert (states[refused.id].state, states[refused.id].code) == ("refused", 550)
    assert mailbox.addresses == ["ann@example.org", "cem@example.org"]


async def test_temporary_refusal_is_retried_with_backoff(delivery, worker, mailbox):
    mailbox.refuse_recipient = lambda _: "451 Greylisted"
    delivery.open(ADDRESSES[0])
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    await worker.work_once()
    assert await worker.work_once() == 0
    mailbox.refuse_recipient = lambda _: None
    delivery.clock.pass_by(seconds=61)
    await worker.work_once()

    assert mailbox.addresses == [ADDRESSES[0]]
    assert delivery.states() == ["sent"]


async def test_mail_that_is_always_deferred_fails_in_the_end(delivery, worker, mailbox):
    mailbox.refuse_data = lambda _: "452 Full"
    delivery.open(ADDRESSES[0])
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    for delay in (*RETRY_DELAYS, RETRY_DELAYS[0]):
        await worker.work_once()
        delivery.clock.now += delay

    assert len(mailbox.attempts) == len(RETRY_DELAYS) + 1
    assert delivery.states() == ["failed"]


@pytest.mark.parametrize("stage", ["refuse_recipient", "refuse_data"])
async def test_recipient_with_a_code_about_the_server_keeps_no_other_mail_back(delivery, worker, mailbox, stage):
    setattr(mailbox, stage, lambda address: "530 Sign in first" if address == "eva@elsewhere.example" else None)
    delivery.open(*ADDRESSES, "eva@elsewhere.example")
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    await worker.work_once()
    others = mailbox.addresses
    for delay in RETRY_DELAYS:
        delivery.clock.now += delay
        await worker.work_once()

    assert others == sorted(ADDRESSES)
    assert mailbox.addresses == sorted(ADDRESSES)
    assert mailbox.attempts.count("eva@elsewhere.example") == MAX_ATTEMPTS
    assert delivery.states() == ["failed", "sent", "sent", "sent"]


async def test_server_that_refuses_everyone_uses_up_few_attempts(delivery, worker, mailbox):
    mailbox.refuse_recipient = lambda _: "530 Sign in first"
    addresses = [f"person-{number}@example.org" for number in range(6)]
    delivery.open(*addresses)
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    with pytest.raises(MailServerError):
        await worker.work_once()
    attempts = sorted(row.attempts for row in delivery.rows())
    mailbox.refuse_recipient = lambda _: None
    delivery.clock.now += RETRY_DELAYS[0]
    await worker.work_once()

    assert attempts == [0, 0, 0, 1, 1, 1]
    assert mailbox.addresses == addresses


async def test_unreachable_server_leaves_mails_queued(delivery, mail, clock, mailbox):
    from msgspec.structs import replace  # noqa: PLC0415

    from tests.containers import find_free_port  # noqa: PLC0415

    worker = OutboxWorker(delivery.engine, replace(mail, smtp_url=f"smtp://127.0.0.1:{find_free_port()}"), clock)
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)

    with pytest.raises(MailServerError):
        await worker.work_once()

    assert delivery.states() == ["queued"] * 3
    assert {row.attempts for row in delivery.rows()} == {0}


async def test_refused_sender_keeps_mails_queued(delivery, worker, mailbox):
    mailbox.refuse_sender = lambda _: "550 Not yours"
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    with pytest.raises(MailServerError):
        await worker.work_once()

    assert delivery.states() == ["queued"] * 3


async def test_claimed_mails_of_a_dead_worker_are_sent_after_their_lease(delivery, worker, mail, mailbox):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    dead = OutboxWorker(delivery.engine, mail, delivery.clock)
    assert len(dead._claim()) == 3

    assert await worker.work_once() == 0
    delivery.clock.now += LEASE
    while await worker.work_once():
        pass

    assert mailbox.addresses == sorted(ADDRESSES)


async def test_worker_without_a_lease_does_not_overwrite_the_outcome(delivery, worker, mail, mailbox):
    delivery.open(ADDRESSES[0])
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    slow = OutboxWorker(delivery.engine, mail, delivery.clock)
    claimed = slow._claim()[0]
    delivery.clock.now += LEASE
    await worker.work_once()

    is_stored = slow._finish(claimed, "failed", None)

    assert not is_stored
    assert delivery.states() == ["sent"]


async def test_two_workers_send_each_mail_once(delivery, mail, mailbox, clock):
    addresses = [f"person-{number}@example.org" for number in range(60)]
    delivery.open(*addresses)
    delivery.do(mailings.queue_invitations, clock.now)
    workers = [OutboxWorker(delivery.engine, mail, clock) for _ in range(3)]

    async def drain(worker):
        while await worker.work_once():
            pass

    await asyncio.gather(*map(drain, workers))

    assert mailbox.addresses == sorted(addresses)


async def test_rate_limits_all_workers_together(delivery, mail, mailbox, clock):
    from msgspec.structs import replace  # noqa: PLC0415

    slow = replace(mail, mails_per_minute=2)
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    workers = [OutboxWorker(delivery.engine, slow, clock) for _ in range(2)]

    first = [await worker.work_once() for worker in workers]
    clock.pass_by(seconds=61)
    second = [await worker.work_once() for worker in workers]

    assert (first, second) == ([2, 0], [1, 0])


async def test_mail_to_a_revoked_person_is_cancelled_before_sending(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    delivery.do(people_invitations.revoke_invitation, delivery.invited[0].invitation.id, delivery.clock.now)

    await worker.work_once()

    assert mailbox.addresses == ["ben@example.org", "cem@example.org"]
    assert delivery.states() == ["cancelled", "sent", "sent"]


async def test_slow_server_gets_each_mail_once(delivery, worker, mailbox):
    import time  # noqa: PLC0415

    mailbox.before_reply = lambda: time.sleep(0.3)
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)

    await worker.work_once()

    assert mailbox.addresses == sorted(ADDRESSES)


async def test_worker_that_is_stopped_releases_what_it_has_not_begun(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    stopping = asyncio.Event()
    mailbox.before_reply = stopping.set

    await worker.work_once(stopping)

    assert len(mailbox.received) == 1
    assert delivery.states() == ["queued", "queued", "sent"]


async def test_run_ends_when_stopped(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    stopping = asyncio.Event()
    running = asyncio.create_task(worker.run(stopping))

    async with asyncio.timeout(20):
        while len(mailbox.received) < 3:  # noqa: ASYNC110 - the server is in another thread
            await asyncio.sleep(0.05)
        stopping.set()
        await running

    assert delivery.states() == ["sent"] * 3


async def test_unsubscribed_person_gets_no_reminder(delivery, worker, mailbox, clock):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    await worker.work_once()
    token = re.search(r"/s/(\S+)", mailbox.find(ADDRESSES[0])[0].text).group(1)
    with delivery.world.writing() as session:
        unsubscription.unsubscribe_person(session, token, clock.now)
    clock.pass_by(days=3)

    delivery.do(mailings.queue_reminders, clock.now)
    await worker.work_once()

    assert [len(mailbox.find(each)) for each in ADDRESSES] == [1, 2, 2]
    assert delivery.count_unsubscribed() == 1
    assert {row.revision for row in delivery.rows(tables.invitation)} == {1}


async def test_revoking_people_does_not_show_who_wants_no_more_mails(delivery, worker, mailbox, clock):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    await worker.work_once()
    token = re.search(r"/s/(\S+)", mailbox.find(ADDRESSES[0])[0].text).group(1)
    with delivery.world.writing() as session:
        unsubscription.unsubscribe_person(session, token, clock.now)

    counts = []
    for linked in delivery.invited:
        delivery.do(people_invitations.revoke_invitation, linked.invitation.id, clock.now)
        clock.pass_by(hours=1)
        counts.append(delivery.count_unsubscribed())

    assert counts == [1, 1, 1]


async def test_unsubscribing_changes_no_number_within_the_hour(delivery, worker, mailbox, clock):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, clock.now)
    await worker.work_once()
    token = re.search(r"/s/(\S+)", mailbox.find(ADDRESSES[0])[0].text).group(1)
    before = delivery.count_unsubscribed()
    with delivery.world.writing() as session:
        unsubscription.unsubscribe_person(session, token, clock.now)

    at_once = delivery.count_unsubscribed()
    clock.pass_by(hours=1)
    later = delivery.count_unsubscribed()

    assert (before, at_once, later) == (0, 0, 1)


async def test_unsubscribed_person_is_mailed_the_invitation_again_and_no_results(delivery, worker, mailbox, clock):
    delivery.open(*ADDRESSES, share_results=True)
    delivery.do(mailings.queue_invitations, clock.now)
    await worker.work_once()
    token = re.search(r"/s/(\S+)", mailbox.find(ADDRESSES[0])[0].text).group(1)
    with delivery.world.writing() as session:
        unsubscription.unsubscribe_person(session, token, clock.now)
    person = next(row.id for row in delivery.rows(tables.invitation) if row.email == ADDRESSES[0])

    delivery.do(mailings.queue_invitations, clock.now, ids=[person])
    await worker.work_once()
    delivery.do(
        lambda session, *key: mailings.queue_results(session, assessments.find_assessment(session, *key), clock.now)
    )

    with delivery.world.writing() as session:
        session.execute(tables.assessment.update().values(state="closed", closed_on=clock.now.date()))
    again = [len(mailbox.find(each)) for each in ADDRESSES]
    await worker.work_once()

    assert again == [2, 1, 1]
    assert [len(mailbox.find(each)) for each in ADDRESSES] == [2, 2, 2]


async def test_person_whose_mail_is_queued_is_not_queued_again(delivery, worker, mailbox):
    delivery.open(*ADDRESSES)
    delivery.do(mailings.queue_invitations, delivery.clock.now)
    everyone = [each.invitation.id for each in delivery.invited]

    again = delivery.do(mailings.queue_invitations, delivery.clock.now, everyone)
    await worker.work_once()

    assert again.shown_count == 0
    assert mailbox.addresses == sorted(ADDRESSES)


async def test_idle_worker_takes_no_write_lock(delivery, worker, monkeypatch):
    delivery.open(*ADDRESSES)
    monkeypatch.setattr("assessment.storage.database.write_session", None)

    assert await worker.work_once() == 0
    worker._queue_due_and_purge()
