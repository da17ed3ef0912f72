"""A consultant who has every mail: nothing of a response is shown, changed or deleted, before, during and after it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessment.services.auth import user_sessions
from assessment.storage import database, tables
from assessment.storage.row_packing import KEY_SEPARATOR, ROW_SEPARATOR
from tests.browser.conftest import DESK, Server
from tests.browser.respondent import SAVED, choose_rung, fill_section, find_status, press_continue
from tests.smtp_server import Mailbox, run_smtp_server, wait_until
from tests.web import people
from tests.web.console.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OpenBrowser = Callable[..., Page]
KIM = "kim@northwind.example"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/s/[\w-]{43}(?=\s)")
ALREADY_SENT = "Answers were already sent with this invitation"
REVOKED = "This invitation was withdrawn"
ATTACKS = 5


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    world = World(sqlite_url)
    yield world
    world.engine.dispose()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def server(world: World, sqlite_url: str, tmp_path: Path, mailbox: Mailbox) -> Iterator[Server]:
    assert world.draft
    server = Server(sqlite_url, tmp_path)
    server.environment["ASSESSMENT_SMTP_URL"] = mailbox.url
    server.start()
    yield server
    server.stop()


class Consultant:
    """A consultant with the console and the mailbox of a respondent."""

    def __init__(
        self, world: World, server: Server, mailbox: Mailbox, open_browser: OpenBrowser, confidentiality: str
    ) -> None:
        self.world, self.server, self.mailbox, self.open_browser = world, server, mailbox, open_browser
        self.id = world.opened("Autumn wave", confidentiality=confidentiality, closes_on=None)
        self.path = f"{server.url}/console/assessments/{self.id}"
        self.unsubscribe_texts: list[str] = []
        self.page = open_browser(viewport=DESK)
        user = user_sessions.AuthenticatedUser(world.ids["alice"], world.home)
        with database.write_session(world.engine) as session:
            cookie = user_sessions.begin_session(session, user, datetime.now(UTC))
        self.page.context.add_cookies([{"name": "console", "value": cookie, "url": server.url}])

    def press(self, path: str, button: str) -> None:
        """Press a button that queues a mail to Kim, and wait for the mail."""
        before = len(self.mailbox.find(KIM))
        self.page.goto(f"{self.path}/{path}")
        self.page.get_by_role("button", name=button).first.click()
        expect(self.page.locator("#queued")).to_be_visible()
        with database.write_session(self.world.engine) as session:
            session.execute(tables.outbox.update().values(not_before=people.NOW))
        wait_until(lambda: len(self.mailbox.find(KIM)) > before)

    def invite(self) -> None:
        self.page.goto(f"{self.path}/people")
        self.page.get_by_label("One person per line").fill(f"Kim Berg, {KIM}, practitioner, marketing")
        self.page.get_by_role("button", name="Check these lines").click()
        self.page.get_by_role("button", name="Add 1 person").click()
        self.press("mails", "Send 1 invitation")

    def remind(self) -> None:
        """Remind three days after the invitation."""
        day = datetime.now(UTC).date() - timedelta(days=3)
        with database.write_session(self.world.engine) as session:
            session.execute(tables.invitation.update().values(mailed_on=day))
            session.execute(tables.people_summary.delete())
        self.press("mails", "Remind now")

    def list_links(self) -> list[str]:
        return [link for mail in self.mailbox.find(KIM) for link in LINK.findall(mail.text)]

    def read_answers(self) -> set[tuple[Any, ...]]:
        """Return what is stored of every response with answers."""
        answer, response = tables.answer, tables.response
        columns = (response.c.id, response.c.state, answer.c.item_id, answer.c.value, answer.c.sequence)
        with database.read_session(self.world.engine) as session:
            rows = session.execute(select(*columns).join(answer, answer.c.response_id == response.c.id))
            return {tuple(row) for row in rows}

    def read_packed_answers(self) -> set[tuple[Any, ...]]:
        """Return what is stored of every response after the close of an anonymous survey, without sequence numbers."""
        response = tables.response
        columns = (response.c.id, response.c.state, response.c.packed_answers)
        with database.read_session(self.world.engine) as session:
            packed = session.execute(select(*columns).where(response.c.packed_answers.is_not(None))).all()
        rows = [
            (id_, state, row.split(KEY_SEPARATOR)) for id_, state, text in packed for row in text.split(ROW_SEPARATOR)
        ]
        return {(id_, state, *cells[:2]) for id_, state, cells in rows}

    def attack(self) -> None:
        """Use each link in a browser of its own: read, answer, delete, stop the mails; compare what is stored."""
        before = self.read_answers()
        for link in self.list_links():
            page = self.open_browser()
            self._read_unsubscribe_page(page, link)
            page.goto(link)
            assert page.locator(":checked").count() == 0
            if page.get_by_role("heading", name=REVOKED).count():
                page.context.close()
                continue
            page.get_by_role("button", name="Start").click()
            page.wait_for_url("**/survey/*")
            assert page.locator(".question :checked").count() == 0, "a link showed an answer"
            choose_rung(page, 1, 4)
            expect(find_status(page, 1)).to_have_text(SAVED)
            page.goto(f"{self.server.url}/survey/withdraw")
            page.get_by_role("button", name="Delete my answers").click()
            expect(page.get_by_role("heading", name="Your answers are deleted")).to_be_visible()
            page.context.close()
        assert self.read_answers() == before

    def replace_person(self) -> None:
        """Move Kim to another role, and mail the new invitation."""
        self.page.goto(f"{self.path}/people")
        self.page.get_by_role("link", name="Replace").first.click()
        self.page.get_by_label("Staff").check()
        self.page.get_by_role("button", name="Replace the invitation").click()
        self.page.wait_for_url("**/people*")
        self.press("mails", "Send 1 invitation")

    def revoke_person(self) -> None:
        self.page.goto(f"{self.path}/people")
        self.page.locator("a[href$='/revoke']").first.click()
        self.page.get_by_role("button", name="Revoke the invitation").click()
        self.page.wait_for_url("**/people*")

    def reopen(self) -> None:
        self.page.goto(f"{self.path}/reopen")
        self.page.get_by_role("button", name="Open it again").click()
        self.page.wait_for_url(lambda url: not url.endswith("/reopen"))

    def read_pages(self) -> list[str]:
        """Return what the console shows of the assessment: its page, people, live numbers and mails."""
        texts = []
        for path in ("", "/people", "/live", "/mails"):
            self.page.goto(f"{self.path}{path}")
            texts.append(self.page.locator("main").inner_text())
        return texts

    def _read_unsubscribe_page(self, page: Page, link: str) -> None:
        """Store what the page shows and what it answers to the button, without the link itself."""
        page.goto(f"{link}/unsubscribe")
        text = page.locator("main").inner_text()
        page.get_by_role("button", name="Stop the mails").click()
        page.wait_for_url("**/unsubscribed")
        self.unsubscribe_texts.append(f"{text}\n{page.locator('main').inner_text()}")
        with database.write_session(self.world.engine) as session:  # so that later mails come all the same
            session.execute(tables.invitation.update().values(unsubscribed_on=None))

    def try_to_send(self, link: str) -> Page:
        """Answer one question by a link, and send."""
        page = self.open_browser()
        page.goto(link)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/survey/*")
        choose_rung(page, 1, 4)
        expect(find_status(page, 1)).to_have_text(SAVED)
        page.goto(f"{self.server.url}/survey/check")
        page.get_by_role("button", name="Send my answers").first.click()
        return page


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
def test_consultant_with_every_mail_cannot_see_change_or_delete_a_response(
    world: World,
    server: Server,
    mailbox: Mailbox,
    open_browser: OpenBrowser,
    complaints: list[str],
    confidentiality: str,
):
    consultant = Consultant(world, server, mailbox, open_browser, confidentiality)
    consultant.invite()
    consultant.attack()
    kim = open_browser()
    kim.goto(consultant.list_links()[0])
    expect(kim.get_by_text("k•••@northwind.example")).to_have_count(1)
    kim.get_by_role("button", name="Start").click()
    kim.wait_for_url("**/survey/*")
    fill_section(kim)
    press_continue(kim)
    expect(kim.get_by_text("Section 2 of")).to_be_visible()
    begun = consultant.read_answers()
    consultant.remind()
    consultant.attack()
    shown = consultant.read_pages()
    kim.goto(f"{server.url}/survey/check")
    kim.get_by_role("button", name="Send my answers").first.click()
    expect(kim.get_by_role("heading", name="Your answers are sent")).to_be_visible()
    sent = consultant.read_answers()
    assert consultant.read_pages() == shown  # within the hour, no number and no mail shows that someone has sent
    consultant.press("people", "Mail it again")
    consultant.attack()
    refused = consultant.try_to_send(consultant.list_links()[-1])
    expect(refused.get_by_role("heading", level=1)).to_have_text(ALREADY_SENT)
    consultant.replace_person()
    consultant.attack()
    after = consultant.read_answers()
    close_assessment(consultant.page, consultant.path)
    for link in consultant.list_links():
        stranger = open_browser()
        stranger.goto(link)
        expect(stranger.get_by_role("heading", level=1)).to_have_text("This survey has closed")
        assert stranger.locator(":checked").count() == 0
        stranger.context.close()
    if confidentiality == "confidential":  # an anonymous one stays closed
        consultant.reopen()
        consultant.attack()
        consultant.revoke_person()
        consultant.attack()

    assert len(begun) == len(sent) > 0
    assert {row[2:] for row in begun} == {row[2:] for row in sent}
    assert sent <= after
    if confidentiality == "confidential":
        assert after <= consultant.read_answers()
    else:
        assert {row[:4] for row in after} <= consultant.read_packed_answers()
    assert set(consultant.unsubscribe_texts) == {consultant.unsubscribe_texts[0]}
    assert len(consultant.unsubscribe_texts) >= sum(range(ATTACKS))
    complaints.clear()


def test_mutant_server_whose_links_open_answers_is_caught(
    world: World, server: Server, mailbox: Mailbox, open_browser: OpenBrowser, complaints: list[str]
):
    server.stop()
    server.factory, server.environment["MUTANT"] = "mutant", "links open answers"
    server.start()
    consultant = Consultant(world, server, mailbox, open_browser, "confidential")
    consultant.invite()
    kim = open_browser()
    kim.goto(consultant.list_links()[0])
    kim.get_by_role("button", name="Start").click()
    kim.wait_for_url("**/survey/*")
    choose_rung(kim, 0, 3)
    expect(find_status(kim, 0)).to_have_text(SAVED)

    with pytest.raises(AssertionError, match="a link showed an answer"):
        consultant.attack()

    complaints.clear()


def close_assessment(page: Page, path: str) -> None:
    """Close; the page asks again, because one response gives no results."""
    page.goto(f"{path}/close")
    page.get_by_role("button", name=re.compile("^Close survey (?!without results)")).click()
    page.get_by_role("button", name="Close survey without results").click()
    page.wait_for_url(lambda url: not url.endswith("/close"))
