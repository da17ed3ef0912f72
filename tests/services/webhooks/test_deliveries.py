"""Deliveries to a real receiver that fails in more than ten ways, and what becomes of each."""

import asyncio
import json
from datetime import timedelta

import pytest

from assessment.domain.closed_sets import DeliveryState
from assessment.errors import ConflictError, NotFoundError
from assessment.services.webhooks import delivery_log, delivery_worker, subscriptions
from assessment.services.webhooks.http_delivery import MAX_RETRY_AFTER
from assessment.services.webhooks.signatures import build_headers
from tests.services.conftest import SECRET
from tests.services.webhooks import receiver as replies
from tests.services.webhooks.receiver import respond, run_receiver

RETRY_DELAYS = delivery_worker.RETRY_DELAYS
FAILURES = {
    "refuses": (respond(500), 500, "status"),
    "is not there": (respond(404), 404, "status"),
    "is busy": (respond(503, "Retry-After: 3"), 503, "status"),
    "redirects": (respond(302, "Location: https://example.org/"), 302, "redirect"),
    "redirects for good": (respond(308, "Location: https://example.org/"), 308, "redirect"),
    "never replies": (replies.reply_never, None, "timeout"),
    "sends drops": (replies.reply_by_drops, None, "timeout"),
    "hangs up": (replies.hang_up, None, "connection"),
    "talks nonsense": (replies.reply_with_nonsense, None, "connection"),
    "sends huge headers": (replies.reply_with_huge_headers, None, "connection"),
}


def load(body):
    return json.loads(body)


async def test_delivery_is_signed_and_thin(hooks):
    async with run_receiver() as receiver:
        new = hooks.add(receiver.url)
        hooks.queue("an-assessment")

        claimed = await hooks.worker.work_once()

    (line, headers, body), (delivery,) = receiver.requests[0], hooks.log(new.webhook.id)
    assert (claimed, line, len(receiver.requests)) == (1, "POST /hook HTTP/1.1", 1)
    assert load(body) == {
        "type": "assessment.closed",
        "timestamp": "2026-03-02T09:30:15Z",
        "data": {"assessment": "an-assessment"},
    }
    assert headers | build_headers([new.secret], delivery.event_id, hooks.now, body) == headers
    assert headers["content-type"] == "application/json"
    assert (delivery.state, delivery.status_code, delivery.attempts) == ("delivered", 204, 1)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_proxy_setting_is_not_read(hooks, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()

    assert [delivery.state for delivery in hooks.log(webhook_id)] == ["delivered"]


@pytest.mark.parametrize("way", FAILURES)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_receiver_that_fails_is_asked_again(hooks, way):
    reply, status, problem = FAILURES[way]
    async with run_receiver(reply) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()
        first = hooks.log(webhook_id)[0]
        receiver.reply = respond(200)
        hooks.pass_by(seconds=5)
        again = await hooks.worker.work_once()

    assert (first.state, first.status_code, first.problem) == ("queued", status, problem)
    assert first.not_before - first.attempted_at == RETRY_DELAYS[0]
    assert again == 1
    assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1
    (last,) = hooks.log(webhook_id)
    assert (last.state, last.attempts, last.problem) == ("delivered", 2, None)


async def test_receiver_that_is_not_running_is_asked_again(hooks):
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
    hooks.queue()

    await hooks.worker.work_once()

    (delivery,) = hooks.log(webhook_id)
    assert (delivery.state, delivery.problem) == ("queued", "connection")


async def test_untrusted_certificate_is_refused(hooks, tmp_path):
    async with run_receiver(tls=replies.make_untrusted_certificate(tmp_path)) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()

    (delivery,) = hooks.log(webhook_id)
    assert (delivery.state, delivery.problem, receiver.requests) == ("queued", "certificate", [])


async def test_reply_without_end_is_cut_off_and_counts(hooks):
    async with run_receiver(replies.reply_without_end) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()

    assert hooks.log(webhook_id)[0].state == "delivered"


async def test_gone_ends_the_subscription(hooks):
    async with run_receiver(respond(410)) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        await hooks.worker.work_once()
        hooks.queue()

        again = await hooks.worker.work_once()

    assert (again, len(receiver.requests)) == (0, 1)
    assert hooks.find(webhook_id).ended_at == hooks.now
    assert [delivery.state for delivery in hooks.log(webhook_id)] == ["failed"]


async def test_gone_receiver_cancels_queued_deliveries(hooks):
    async with run_receiver(respond(410)) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        for _ in range(delivery_worker.BATCH_SIZE_BY_WEBHOOK + 1):
            hooks.queue()

        await hooks.worker.work_once()
        await hooks.worker.work_once()

    states = [delivery.state for delivery in hooks.log(webhook_id)]
    assert states.count("cancelled") == 1
    assert len(receiver.requests) == delivery_worker.BATCH_SIZE_BY_WEBHOOK


async def test_retries_end_after_three_days(hooks):
    async with run_receiver(respond(500)) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        begun = hooks.now

        for delay in (timedelta(0), *RETRY_DELAYS):
            hooks.now += delay
            await hooks.worker.work_once()
            delivery = hooks.log(webhook_id)[0]

    assert timedelta(days=3) <= hooks.now - begun <= timedelta(days=3, hours=6)
    assert (delivery.state, delivery.attempts, len(receiver.requests)) == ("failed", 10, 10)
    assert delivery.finished_at == hooks.now


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("value", "delay"),
    [("120", timedelta(minutes=2)), ("9999999", MAX_RETRY_AFTER), ("0", RETRY_DELAYS[0]), ("soon", RETRY_DELAYS[0]),
     ("Mon, 02 Mar 2026 09:40:15 GMT", timedelta(minutes=10))],
)  # fmt: skip
async def test_busy_receiver_sets_the_delay(hooks, value, delay):
    async with run_receiver(respond(429, f"Retry-After: {value}")) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()

    delivery = hooks.log(webhook_id)[0]
    assert delivery.not_before - hooks.now == delay


async def test_slow_receiver_does_not_delay_others(hooks):
    async with run_receiver(replies.reply_never) as slow, run_receiver() as quick:
        hooks.add(slow.url)
        for _ in range(2 * delivery_worker.BATCH_SIZE):
            hooks.queue()
        hooks.pass_by(seconds=1)
        webhook_id = hooks.add(quick.url).webhook.id
        hooks.queue()

        await hooks.worker.work_once()

    assert [delivery.state for delivery in hooks.log(webhook_id)] == ["delivered"]
    assert len(slow.requests) == delivery_worker.BATCH_SIZE_BY_WEBHOOK


async def test_two_workers_deliver_each_event_once(hooks):
    async with run_receiver() as receiver:
        hooks.add(receiver.url)
        for _ in range(6):
            hooks.queue()
        workers = [hooks.worker, hooks.make_worker()]

        for _ in range(3):
            await asyncio.gather(*(worker.work_once() for worker in workers))

    assert len(receiver.requests) == len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 6


async def test_lease_of_killed_worker_expires(hooks):
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        assert len(hooks.make_worker()._claim()) == 1

        at_once = await hooks.worker.work_once()
        hooks.now += delivery_worker.LEASE
        later = await hooks.worker.work_once()

    assert (at_once, later, hooks.log(webhook_id)[0].attempts) == (0, 1, 2)


async def test_delivery_that_is_cut_off_does_not_count_as_attempt(hooks):
    async with run_receiver(replies.reply_never) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        work = asyncio.create_task(hooks.worker.work_once())
        await receiver.arrived.wait()

        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    delivery = hooks.log(webhook_id)[0]
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 0)


async def test_rotated_secret_overlaps_with_the_previous_one(hooks):
    async with run_receiver() as receiver:
        before = hooks.add(receiver.url)
        with hooks.world.writing() as session:
            after = subscriptions.rotate_secret(
                session, hooks.world.alice, before.webhook.id, hooks.now, secret=SECRET, overlap=timedelta(hours=1)
            )
        hooks.queue()
        await hooks.worker.work_once()
        hooks.pass_by(hours=1)
        hooks.queue()
        await hooks.worker.work_once()

    signed, expected = [], []
    for moment, (_, headers, body) in zip((hooks.now - timedelta(hours=1), hooks.now), receiver.requests, strict=True):
        signed.append(headers["webhook-signature"].split())
        both = (build_headers([new.secret], headers["webhook-id"], moment, body) for new in (after, before))
        expected.append([each["webhook-signature"] for each in both])
    assert signed == [expected[0], expected[1][:1]]


async def test_replay_sends_the_same_event_once_more(hooks):
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        await hooks.worker.work_once()
        first = hooks.log(webhook_id)[0]

        with hooks.world.writing() as session:
            delivery_log.replay_delivery(session, hooks.world.alice, webhook_id, first.id, hooks.now)
        await hooks.worker.work_once()

    (_, first_headers, first_body), (_, again_headers, again_body) = receiver.requests
    assert (first_headers["webhook-id"], first_body) == (again_headers["webhook-id"], again_body)
    assert [delivery.state for delivery in hooks.log(webhook_id)] == ["delivered", "delivered"]


async def test_replay_to_receiver_that_is_gone_is_refused(hooks):
    async with run_receiver(respond(410)) as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        await hooks.worker.work_once()

    with pytest.raises(ConflictError), hooks.world.writing() as session:
        delivery_log.replay_delivery(session, hooks.world.alice, webhook_id, hooks.log(webhook_id)[0].id, hooks.now)


async def test_secret_of_another_server_is_reported(hooks):
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        hooks.worker._settings = delivery_worker.WebhookSettings("another secret of the server")

        await hooks.worker.work_once()

    delivery = hooks.log(webhook_id)[0]
    assert (delivery.state, delivery.problem, receiver.connections) == ("queued", "secret", 0)


async def test_finished_deliveries_are_deleted_after_a_month(hooks):
    async with run_receiver() as receiver:
        webhook_id = hooks.add(receiver.url).webhook.id
        hooks.queue()
        await hooks.worker.work_once()
        hooks.pass_by(days=31)
        hooks.queue()

        await hooks.worker._maintain()

    assert [delivery.state for delivery in hooks.log(webhook_id)] == ["queued"]


def test_deleted_webhook_is_gone_with_its_log(hooks):
    webhook_id = hooks.add("https://example.org/hook").webhook.id
    hooks.queue()

    with hooks.world.writing() as session:
        subscriptions.delete_webhook(session, hooks.world.alice, webhook_id, hooks.now)

    assert hooks.log(webhook_id) == ()
    with pytest.raises(NotFoundError):
        hooks.find(webhook_id)
