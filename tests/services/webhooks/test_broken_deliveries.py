"""A delivery that can't be sent, or that ends its worker: it fails alone, and the others are delivered."""

import pytest
from sqlalchemy import update

from assessment.services.webhooks import delivery_worker
from assessment.services.webhooks.delivery_worker import MAX_ATTEMPTS
from assessment.storage import tables
from tests.services.webhooks.receiver import run_receiver


class BreakingSender:
    """Raises for one receiver what nobody expects; the others get their events."""

    def __init__(self, plain, broken):
        self.plain, self.broken = plain, broken

    async def send_request(self, request, now):
        if request.url == self.broken:
            raise ZeroDivisionError
        return await self.plain.send_request(request, now)


async def test_delivery_that_raises_is_retried_and_the_others_are_delivered(hooks):
    async with run_receiver() as receiver:
        broken = hooks.add(f"{receiver.url}/broken").webhook
        good = hooks.add(receiver.url).webhook
        hooks.queue()

        await hooks.make_worker(sender=BreakingSender(hooks.worker._sender, broken.url)).work_once()

    assert [(each.state, each.attempts) for each in hooks.log(broken.id)] == [("queued", 1)]
    assert [each.state for each in hooks.log(good.id)] == ["delivered"]


@pytest.mark.parametrize("attempts", [MAX_ATTEMPTS - 1, MAX_ATTEMPTS])
async def test_delivery_that_was_begun_too_often_fails(hooks, attempts):
    async with run_receiver() as receiver:
        webhook = hooks.add(receiver.url).webhook
        hooks.queue()
        assert len(hooks.make_worker()._claim()) == 1
        with hooks.world.writing() as session:
            session.execute(update(tables.webhook_delivery).values(attempts=attempts))
        hooks.now += delivery_worker.LEASE

        await hooks.worker.work_once()

    expected = ("delivered", 1) if attempts < MAX_ATTEMPTS else ("failed", 0)
    assert (hooks.log(webhook.id)[0].state, len(receiver.requests)) == expected


async def test_deliveries_of_a_killed_worker_are_claimed_one_by_one(hooks):
    async with run_receiver() as receiver:
        webhook = hooks.add(receiver.url).webhook
        for _ in range(3):
            hooks.queue()
        assert len(hooks.make_worker()._claim()) == 3
        hooks.now += delivery_worker.LEASE

        claimed = [await hooks.worker.work_once() for _ in range(4)]

    assert claimed == [1, 1, 1, 0]
    assert {each.state for each in hooks.log(webhook.id)} == {"delivered"}
