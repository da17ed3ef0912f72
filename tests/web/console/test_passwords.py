"""Passwords by mail: forgotten ones, and the first one of someone invited; by a real mail server on loopback."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assessment.services.auth import members, password_resets
from assessment.storage import database, tables
from tests.web import people
from tests.web.console.conftest import PASSWORD, send_all

ALICE, NOBODY = "alice@example.org", "nobody@example.org"
NEW = "copper window seven geese"
LINK = re.compile(rf"{re.escape(people.URL)}(/console/password/[\w-]{{43}})\s")
TOKEN = re.compile(r'(name="_token" value=")[^"]*')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def send_form(visitor, path, **fields):
    return await visitor.client.post(path, data=fields, headers=people.OWN_PAGE)


async def request_link(visitor, worker, clock, mailbox):
    await send_form(visitor, "/console/forgot", email=ALICE)
    await send_all(worker, clock)
    return LINK.search(mailbox.find(ALICE)[-1].text)[1]


def count_rows(world, table):
    with database.read_session(world.engine) as session:
        return session.scalar(select(func.count()).select_from(table))


async def test_mailed_link_sets_a_new_password_once_and_ends_all_sessions(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        alice, stranger = come("alice"), come()
        link = await request_link(stranger, worker, clock, mailbox)
        looked = await stranger.get(link)
        answer = await send_form(stranger, link, new_password=NEW, repeated_password=NEW)
        confirmed = [(await stranger.get(answer.headers["location"])).text for _ in range(2)]
        signed_in = await send_form(stranger, "/console/sign-in", email=ALICE, password=NEW)
        old = await send_form(come(), "/console/sign-in", email=ALICE, password=PASSWORD)
        again = await send_form(come(), link, new_password=f"{NEW} two", repeated_password=f"{NEW} two")
        home = await alice.get("/console")

    assert (looked.status_code, answer.status_code, signed_in.status_code) == (200, 303, 303)
    assert answer.headers["location"] == "/console/sign-in"
    assert ["Your password is set." in page for page in confirmed] == [True, False]
    assert (old.status_code, again.status_code) == (401, 404)
    assert home.headers["location"].startswith("/console/sign-in")


async def test_answer_and_rows_are_the_same_for_an_unknown_address(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        answers, rows = [], []
        for address in (ALICE, NOBODY):
            before = count_rows(world, tables.outbox), count_rows(world, tables.account_token)
            visitor = come()
            answer = await send_form(visitor, "/console/forgot", email=address)
            page = await visitor.get(answer.headers["location"])
            assert "a mail with a link is on its way" in page.text
            answers.append((answer.status_code, answer.headers["location"], TOKEN.sub(r"\1", page.text)))
            after = count_rows(world, tables.outbox), count_rows(world, tables.account_token)
            rows.append((after[0] - before[0], after[1] - before[1]))
        await send_all(worker, clock)

    assert answers[0] == answers[1]
    assert rows[0] == rows[1] == (1, 1)
    assert mailbox.addresses == [ALICE]


async def test_link_expires_after_an_hour(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        link = await request_link(come(), worker, clock, mailbox)
        clock.now += timedelta(hours=1)
        page = await come().get(link)
        answer = await send_form(come(), link, new_password=NEW, repeated_password=NEW)

    assert (page.status_code, answer.status_code) == (404, 404)


async def test_weak_or_different_passwords_keep_the_link(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        stranger = come()
        link = await request_link(stranger, worker, clock, mailbox)
        weak = await send_form(stranger, link, new_password="password2026", repeated_password="password2026")
        different = await send_form(stranger, link, new_password=NEW, repeated_password=f"{NEW}!")
        answer = await send_form(stranger, link, new_password=NEW, repeated_password=NEW)

    assert (weak.status_code, different.status_code, answer.status_code) == (422, 422, 303)


async def test_fourth_request_in_a_quarter_of_an_hour_mails_nothing(world, mail_app, worker, clock, mailbox):
    async with mail_app() as come:
        answers = [await send_form(come(), "/console/forgot", email=ALICE) for _ in range(4)]
        queued = count_rows(world, tables.outbox)
        await send_all(worker, clock)

    assert {answer.headers["location"] for answer in answers} == {"/console/forgot"}
    assert queued == 3
    assert len(mailbox.received) <= queued  # a newer link ends the earlier ones, and their mails are dropped


async def test_page_without_a_mail_server_names_the_command(world, running):
    async with running() as come:
        page = await come().get("/console/forgot")
        answer = await send_form(come(), "/console/forgot", email=ALICE)

    assert "assessment user password" in page.text
    assert answer.status_code == 200
    assert count_rows(world, tables.outbox) == 0


async def test_sign_in_page_links_to_the_reset(world, running):
    async with running() as come:
        page = await come().get("/console/sign-in")

    assert 'href="/console/forgot"' in page.text


async def test_invited_user_chooses_a_password_and_signs_in(world, mail_app, worker, clock, mailbox):
    with database.write_session(world.engine) as session:
        link = members.add_member(session, world.home, "erin@example.org", "editor", clock.now)
        password_resets.mail_set_up_link(session, world.home, "Berg Consulting", link, "en", clock.now)

    async with mail_app() as come:
        await send_all(worker, clock)
        mail = mailbox.find("erin@example.org")[0]
        stranger = come()
        await send_form(stranger, LINK.search(mail.text)[1], new_password=NEW, repeated_password=NEW)
        signed_in = await send_form(stranger, "/console/sign-in", email="erin@example.org", password=NEW)

    assert mail.message["subject"] == "Your access to the assessments of Berg Consulting"
    assert signed_in.status_code == 303
