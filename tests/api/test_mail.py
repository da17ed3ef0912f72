"""deliver: mail, …/invitations/send and …/invitations/remind, with a real SMTP server."""

import asyncio
import re
from datetime import timedelta

import pytest

from assessment.services.delivery import mail_settings
from assessment.services.delivery.outbox_worker import OutboxWorker
from assessment.settings import Settings
from assessment.storage import database, tables
from tests.api import api_steps
from tests.api.conftest import SECRET
from tests.smtp_server import run_smtp_server

PUBLIC_URL = "http://127.0.0.1:8000"
KIM = {"email": "kim@example.org", "name": "Kim", "role": "leader", "functions": ["hr"], "deliver": "mail"}
LEE = {"email": "lee@example.org", "name": "Lee", "role": "staff", "functions": ["hr"], "deliver": "mail"}


@pytest.fixture
def mailbox():
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def settings(database_url, tmp_path, mailbox):
    return Settings(
        data=tmp_path, database_url=database_url, public_url=PUBLIC_URL, secret=SECRET, smtp_url=mailbox.url
    )


@pytest.fixture
def deliver(engine, settings, clock):
    """Work the outbox until all is finished: on SQLite next to the server's own worker."""

    async def work():
        worker = OutboxWorker(engine, mail_settings.make_mail_settings(settings), clock)
        async with asyncio.timeout(30):
            while await worker.work_once() or count_unfinished(engine):  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)

    return work


async def test_mailed_invitation_shows_its_link_to_nobody(alice):
    assessment = await api_steps.create_open_assessment(alice)

    made = await api_steps.invite_people(alice, assessment, KIM)
    link = await alice.post(f"/assessments/{assessment}/invitations/{made[0]['id']}/links")

    assert (made[0]["deliver"], made[0]["link"], made[0]["mailed_on"]) == ("mail", None, None)
    assert link.status_code == 409


async def test_mail_delivery_without_address_is_refused(alice):
    assessment = await api_steps.create_open_assessment(alice)

    answer = await alice.post(f"/assessments/{assessment}/invitations", json=[KIM | {"email": None}])

    assert answer.status_code == 422


async def test_sent_invitation_arrives_and_opens_the_survey(alice, visit, deliver, mailbox, clock):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM, LEE)

    queued = await alice.post(f"/assessments/{assessment}/invitations/send")
    await deliver()
    again = await alice.post(f"/assessments/{assessment}/invitations/send", json={})

    listed = (await alice.get(f"/assessments/{assessment}/invitations")).json()["data"]
    link = re.search(rf"{PUBLIC_URL}/s/\S+", mailbox.find("kim@example.org")[0].text).group(0)
    assert (queued.status_code, queued.json(), again.json()) == (202, {"queued": 2}, {"queued": 0})
    assert [each["mailed_on"] for each in listed] == [clock.now.date().isoformat()] * 2
    page = await visit().get(link)
    assert page.status_code == 200
    assert "k•••@example.org" in page.text


async def test_chosen_people_are_mailed_again(alice, deliver, mailbox):
    assessment = await api_steps.create_open_assessment(alice)
    kim, _ = await api_steps.invite_people(alice, assessment, KIM, LEE)
    await alice.post(f"/assessments/{assessment}/invitations/send", json={})
    await deliver()

    queued = await alice.post(f"/assessments/{assessment}/invitations/send", json={"ids": [kim["id"]]})
    await deliver()

    assert queued.json() == {"queued": 1}
    assert [len(mailbox.find(each["email"])) for each in (KIM, LEE)] == [2, 1]


async def test_handed_out_invitation_is_not_mailed(alice):
    assessment = await api_steps.create_open_assessment(alice)
    by_hand = (await api_steps.invite_people(alice, assessment, api_steps.STAFF))[0]

    chosen = await alice.post(f"/assessments/{assessment}/invitations/send", json={"ids": [by_hand["id"]]})
    absent = await alice.post(f"/assessments/{assessment}/invitations/send", json={"ids": ["absent"]})

    assert (chosen.status_code, absent.status_code) == (422, 404)


async def test_draft_assessment_mails_nobody(alice):
    assessment = (await api_steps.create_draft(alice))["id"]

    answer = await alice.post(f"/assessments/{assessment}/invitations/send", json={})

    assert answer.status_code == 409


async def test_reminder_returns_the_number_that_shows_nobody(alice, deliver, mailbox, clock, engine):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM, LEE)
    await alice.post(f"/assessments/{assessment}/invitations/send", json={})
    await deliver()

    early = await alice.post(f"/assessments/{assessment}/invitations/remind")
    clock.now += timedelta(days=3)
    queued = await alice.post(f"/assessments/{assessment}/invitations/remind")
    await deliver()

    assert early.headers["retry-after"] == str(3 * 24 * 3600 - 12 * 3600)
    assert (queued.status_code, queued.json()) == (202, {"queued": 2})
    assert [len(mailbox.find(each["email"])) for each in (KIM, LEE)] == [2, 2]


async def test_replacement_of_a_mailed_person_has_no_link(alice, deliver):
    assessment = await api_steps.create_open_assessment(alice)
    kim = (await api_steps.invite_people(alice, assessment, KIM))[0]

    made = await alice.post(
        f"/assessments/{assessment}/invitations/{kim['id']}/replacement", json={"email": "k@example.org"}
    )

    assert (made.status_code, made.json()["deliver"], made.json()["link"]) == (201, "mail", None)


async def test_repeated_send_under_one_key_queues_once(alice, engine):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM)
    headers = {"Idempotency-Key": "once"}

    first = await alice.post(f"/assessments/{assessment}/invitations/send", json={}, headers=headers)
    second = await alice.post(f"/assessments/{assessment}/invitations/send", json={}, headers=headers)

    assert first.json() == second.json() == {"queued": 1}
    with engine.connect() as connection:
        assert len(connection.execute(tables.outbox.select()).all()) == 1


async def test_strangers_and_readers_can_not_send(alice, bob, charlie):
    assessment = await api_steps.create_open_assessment(alice)
    path = f"/assessments/{assessment}/invitations"

    for action in ("send", "remind"):
        assert (await charlie.post(f"{path}/{action}", json={})).status_code == 404
        assert (await bob("write:assessments").post(f"{path}/{action}", json={})).status_code == 403


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"])
async def test_mailed_link_ignores_host_headers(alice, deliver, mailbox, header):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM)

    await alice.post(f"/assessments/{assessment}/invitations/send", json={}, headers={header: "evil.example"})
    await deliver()

    assert f"{PUBLIC_URL}/s/" in mailbox.received[0].text
    assert b"evil.example" not in mailbox.received[0].content


async def test_unsubscribe_page_asks_first_and_changes_on_post_only(alice, visit, deliver, mailbox, clock, engine):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM, LEE)
    await alice.post(f"/assessments/{assessment}/invitations/send", json={})
    await deliver()
    header = mailbox.find("kim@example.org")[0].message["List-Unsubscribe"].strip("<>")
    stranger = visit()

    page = await stranger.get(header)
    before = count_unsubscribed(engine)
    done = await stranger.post(header, headers={"Origin": PUBLIC_URL}, follow_redirects=True)
    other_site = await stranger.post(header, headers={"Origin": "https://evil.example"})
    unknown = await stranger.get(f"{PUBLIC_URL}/s/unknown/unsubscribe")

    assert (page.status_code, before, count_unsubscribed(engine)) == (200, 0, 1)
    assert "<form" in page.text
    assert done.status_code == 200
    assert "no more reminders" in done.text
    assert (other_site.status_code, unknown.status_code) == (403, 404)


def count_unsubscribed(engine):
    return count_rows(engine, tables.invitation, tables.invitation.c.unsubscribed_on.is_not(None))


def count_unfinished(engine):
    return count_rows(engine, tables.outbox, tables.outbox.c.payload.is_not(None))


def count_rows(engine, table, condition):
    with engine.connect() as connection:
        return len(connection.execute(table.select().where(condition)).all())


async def test_server_on_sqlite_sends_by_itself_and_on_postgresql_leaves_it_to_workers(alice, mailbox, engine, visit):
    assessment = await api_steps.create_open_assessment(alice)
    await api_steps.invite_people(alice, assessment, KIM)

    await alice.post(f"/assessments/{assessment}/invitations/send", json={})
    for _ in range(100 if database.is_sqlite(engine) else 30):
        await asyncio.sleep(0.1)
        if mailbox.received:
            break

    assert mailbox.addresses == (["kim@example.org"] if database.is_sqlite(engine) else [])
