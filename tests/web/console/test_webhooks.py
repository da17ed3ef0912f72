"""Webhooks in the settings area: owners add, replace, replay and delete."""

import re

from sqlalchemy import select, update

from assessment.storage import database, tables
from tests.web import people

PATH = "/console/workspace/webhooks"
FORM = {"url": "https://hooks.example.org/assessment", "events": ["assessment.opened", "assessment.closed"]}


def find_webhooks(world):
    with database.read_session(world.engine) as session:
        return session.execute(select(tables.webhook)).all()


async def test_added_webhook_shows_its_secret_once(running, world):
    async with running() as come:
        owner = come("alice")
        added = await owner.post(PATH, FORM)
        (webhook,) = find_webhooks(world)

        again, listed = await owner.get(f"{PATH}/{webhook.id}"), await owner.get(PATH)

    assert added.status_code == 200
    assert re.search(r'value="whsec_[\w+/=]{44}"', added.text)
    assert "whsec_" not in again.text
    assert FORM["url"] in listed.text


async def test_wrong_address_is_shown_again_with_the_reason(running, world):
    async with running() as come:
        owner = come("alice")
        answer = await owner.post(PATH, FORM | {"url": "http://127.0.0.1/"})

    assert answer.status_code == 422
    assert "http://127.0.0.1/" in answer.text
    assert "https://" in answer.text
    assert find_webhooks(world) == []


async def test_secret_is_replaced(running, world):
    async with running() as come:
        owner = come("alice")
        await owner.post(PATH, FORM)
        (before,) = find_webhooks(world)

        rotated = await owner.post(f"{PATH}/{before.id}/rotate", {"overlap": "24"})

    (after,) = find_webhooks(world)
    assert "whsec_" in rotated.text
    assert (after.previous_secret, after.secret == before.secret) == (before.secret, False)


async def test_delivery_is_shown_and_replayed(running, world):
    async with running() as come:
        owner = come("alice")
        await owner.post(PATH, FORM)
        (webhook,) = find_webhooks(world)
        world.opened("Another wave")
        with database.write_session(world.engine) as session:
            session.execute(
                update(tables.webhook_delivery).values(
                    state="failed", problem="timeout", attempts=10, finished_at=people.NOW
                )
            )
            delivery_id = session.scalar(select(tables.webhook_delivery.c.id))

        page = await owner.get(f"{PATH}/{webhook.id}")
        replayed = await owner.post(f"{PATH}/{webhook.id}/deliveries/{delivery_id}/replay")

    assert "the receiver took too long" in page.text
    assert (replayed.status_code, replayed.headers["location"]) == (303, f"{PATH}/{webhook.id}")
    with database.read_session(world.engine) as session:
        assert len(session.execute(select(tables.webhook_delivery)).all()) == 2


async def test_deleted_webhook_is_gone(running, world):
    async with running() as come:
        owner = come("alice")
        await owner.post(PATH, FORM)
        (webhook,) = find_webhooks(world)

        answer = await owner.post(f"{PATH}/{webhook.id}/delete")

    assert (answer.status_code, find_webhooks(world)) == (303, [])
