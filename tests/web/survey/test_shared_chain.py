"""A mailed invitation that is replaced: the person was warned before, and is told on the next page, of every link."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from litestar import Litestar
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import DeliveryMode
from assessment.services.auth import tokens
from assessment.services.delivery import further_links, mail_settings, mailings
from assessment.services.delivery.mail_settings import MailSettings
from assessment.services.operations import audit_trail
from assessment.services.people import invitation_changes, people_invitations
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage import tables
from assessment.storage.delivery import outbox
from tests.web import people
from tests.web.people import Person

REPLACED = (
    "Another invitation has taken its place. "
    "Unless you have sent your answers, the person who has it can answer instead of you."
)
FURTHER = (
    "2 further links to this survey were made for you, the latest on 21 November 2026. "
    "Made by: cara@consult.example. They start empty and can’t open your answers."
)
INVITATION, KEY = "i-practitioner", AssessmentKey("w", "a")
MAIL = MailSettings("smtp://127.0.0.1:1", "assessment@survey.example.org", people.URL, people.SECRET, 10_000)
FIRST = "CS-P1"
MAKER = "cara@consult.example"
WITHDRAWN = "This invitation was withdrawn on 20 November 2026."
CAN_SEND = "You had begun before, so you can finish and send."
ANOTHER = "Another invitation has taken its place."
WHO_ANSWERS = "Unless you have sent your answers, the person who has it can answer instead of you."
STAY = "Your answers are sent and stay."
WARNING = (
    "The person who invites you can replace your invitation with a link of their own and do the same. Your next page "
    "then says so."
)


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


@pytest.fixture(params=["confidential", "anonymous"])
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


def read_page(page: str) -> str:
    """Return the text of a page, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def list_sent_values(database_url: str) -> list[str]:
    """List the values of the first answered item in sent responses."""
    answer, response = tables.answer, tables.response
    query = select(answer.c.value).join(response, response.c.id == answer.c.response_id)
    with people.open_read_session(database_url) as session:
        return list(session.scalars(query.where(response.c.state == "sent", answer.c.item_id == FIRST)))


def set_mailed(database_url: str) -> None:
    """Let the first invitation have been mailed."""
    mailed = {"deliver": "mail", "email": "kim@northwind.example", "mailed_on": people.NOW.date()}
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).where(tables.invitation.c.id == INVITATION).values(mailed))


def replace_invitation(
    database_url: str, replaced: str = INVITATION, now: datetime = people.NOW, **changed: str
) -> str:
    """Replace an invitation; mail or make the link of the new one, whose id is returned."""
    with people.open_write_session(database_url) as session:
        mail_settings.attach_mail(session.get_bind(), MAIL)
        audit_trail.attach_secret(session.get_bind(), people.SECRET)
        audit_trail.set_actor(session, MAKER)
        made = invitation_changes.replace_invitation(
            session, KEY, replaced, InvitationPatch(**changed), people.load_catalogue(), now
        )
        if made.deliver == DeliveryMode.MAIL:
            mailings.queue_invitations(session, KEY, now, [made.id])
            claimed = outbox.claim_mails(session, "worker", now, timedelta(days=9), 20, 10_000)
            further_links.record_claimed(session, claimed, now)
        else:
            people_invitations.create_link(session, KEY, made.id, now)
    return made.id


def add_link(database_url: str, invitation_id: str, token: str) -> str:
    """Give an invitation a link that the test knows, next to the one that was made; return its path."""
    with people.open_write_session(database_url) as session:
        session.execute(
            update(tables.invitation_link)
            .where(tables.invitation_link.c.invitation_id == invitation_id)
            .values(token_hash=tokens.hash_token(token))
        )
    return f"/s/{token}"


@pytest.mark.parametrize("changed", [{"deliver": "link"}, {"email": "spy@evil.example"}], ids=["link", "mail"])
async def test_replaced_mailed_invitation_is_announced_on_the_next_page(
    visitor: Person, database_url: str, changed: dict[str, str]
):
    set_mailed(database_url)
    start = unescape((await visitor.get(visitor.link)).text)
    await visitor.enter()
    await visitor.answer(visitor.first, "2")

    replace_invitation(database_url, **changed)
    page = unescape((await visitor.get("/survey/check")).text)
    of_link = unescape((await visitor.get(visitor.link)).text)

    assert WARNING in start
    assert "A further link to this survey was made for you" in page
    assert "A further link to this survey was made for you" in of_link


@pytest.mark.parametrize("changed", [{"deliver": "link"}, {"email": "spy@evil.example"}], ids=["link", "mail"])
async def test_replaced_invitation_is_announced_to_a_person_who_has_not_begun(
    visitor: Person, database_url: str, changed: dict[str, str]
):
    set_mailed(database_url)
    replace_invitation(database_url, **changed)

    page = unescape((await visitor.get(visitor.link)).text)

    assert REPLACED in page


async def test_revoked_invitation_without_a_replacement_names_none(visitor: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        people_invitations.revoke_invitation(session, KEY, INVITATION, people.NOW)

    page = unescape((await visitor.get(visitor.link)).text)

    assert "This invitation was withdrawn" in page
    assert "has taken its place" not in page


@pytest.mark.parametrize("ways", [("mail", "mail"), ("mail", "link"), ("link", "mail"), ("link", "link")], ids="-".join)
@pytest.mark.parametrize("first", ["mailed", "handed out"])
async def test_start_page_of_a_replacement_names_all_further_links(
    visitor: Person, database_url: str, first: str, ways: tuple[str, str]
):
    if first == "mailed":
        set_mailed(database_url)
    second = replace_invitation(database_url, deliver=ways[0], email="spy@evil.example")
    third = replace_invitation(
        database_url, second, people.NOW + timedelta(days=1), deliver=ways[1], email="lee@northwind.example"
    )
    link = add_link(database_url, third, "link-of-the-third")

    page = read_page((await visitor.get(link)).text)
    await visitor.post(link, {"choice": ""})
    begun = read_page((await visitor.get(link)).text)

    assert FURTHER in page
    assert FURTHER in begun


async def test_start_page_of_the_only_link_names_no_other(visitor: Person, database_url: str):
    handed_out = read_page((await visitor.get(visitor.link)).text)
    set_mailed(database_url)

    mailed = read_page((await visitor.get(visitor.link)).text)

    assert [text for text in (handed_out, mailed) if "further link" in text] == []


async def test_replacement_cannot_send_once_the_person_has_sent(visitor: Person, app: Litestar, database_url: str):
    await visitor.enter()
    await visitor.answer(visitor.first, "2")
    await visitor.send()
    link = add_link(database_url, replace_invitation(database_url), "link-of-the-second")

    async with people.open_client(app) as client:
        other = Person(client, link.removeprefix("/s/"), "practitioner")
        await other.enter()
        await other.answer(other.first, "4")
        refused = await client.get((await other.send()).headers["location"])

    assert "Answers were already sent with this invitation" in unescape(refused.text)
    assert list_sent_values(database_url) == ["2"]


async def test_replacement_sends_first_in_place_of_the_person(visitor: Person, app: Litestar, database_url: str):
    await visitor.enter()
    await visitor.answer(visitor.first, "2")
    link = add_link(database_url, replace_invitation(database_url), "link-of-the-second")

    async with people.open_client(app) as client:
        other = Person(client, link.removeprefix("/s/"), "practitioner")
        await other.enter()
        await other.answer(other.first, "4")
        await other.send()
    late = await visitor.get((await visitor.send()).headers["location"])

    assert "Answers were already sent with this invitation" in unescape(late.text)
    assert CAN_SEND not in read_page(late.text)
    assert f"{WITHDRAWN} {ANOTHER}" in read_page(late.text)
    assert list_sent_values(database_url) == ["4"]


async def test_person_who_has_begun_is_told_on_each_page_that_the_invitation_was_replaced(
    visitor: Person, database_url: str
):
    await visitor.enter()
    begun = read_page((await visitor.get(f"/survey/{visitor.first}")).text)
    replace_invitation(database_url)
    empty = read_page((await visitor.get(visitor.link)).text)
    section = read_page((await visitor.get(f"/survey/{visitor.first}")).text)
    await visitor.answer(visitor.first, "2")
    check, occupied = [read_page((await visitor.get(path)).text) for path in ("/survey/check", visitor.link)]

    notice = f"{WITHDRAWN} {CAN_SEND} {ANOTHER} {WHO_ANSWERS}"

    assert ANOTHER not in begun
    assert [page for page in (empty, section, check, occupied) if notice not in page] == []


async def test_person_who_has_sent_is_told_that_the_invitation_was_replaced_and_answers_stay(
    visitor: Person, database_url: str
):
    await visitor.enter()
    await visitor.answer(visitor.first, "2")
    await visitor.send()
    replace_invitation(database_url)

    pages = [read_page((await visitor.get(path)).text) for path in ("/survey/sent", "/survey/withdraw", visitor.link)]

    assert [page for page in pages if f"{WITHDRAWN} {STAY} {ANOTHER}" not in page] == []
    assert [page for page in pages if CAN_SEND in page or WHO_ANSWERS in page] == []
    assert list_sent_values(database_url) == ["2"]


async def test_person_with_a_revoked_and_not_replaced_invitation_sees_no_other(visitor: Person, database_url: str):
    await visitor.enter()
    await visitor.answer(visitor.first, "2")
    with people.open_write_session(database_url) as session:
        people_invitations.revoke_invitation(session, KEY, INVITATION, people.NOW)
    begun = read_page((await visitor.get("/survey/check")).text)
    await visitor.send()
    sent = read_page((await visitor.get("/survey/sent")).text)

    assert f"{WITHDRAWN} {CAN_SEND}" in begun
    assert f"{WITHDRAWN} {STAY}" in sent
    assert ANOTHER not in begun + sent


async def test_browser_without_the_moved_answers_is_not_told_that_it_can_send(
    visitor: Person, app: Litestar, database_url: str
):
    await visitor.enter()
    await visitor.answer(visitor.first, "2")
    code = await visitor.code()
    async with people.open_client(app) as client:
        other = Person(client, visitor.link.removeprefix("/s/"), "practitioner")
        await other.move(code)
        replace_invitation(database_url)
        pages = [read_page((await visitor.get(path)).text) for path in ("/survey", visitor.link)]
        await other.post("/survey/withdraw", await other.form("/survey/withdraw"))
    deleted = read_page((await visitor.get("/survey")).text)

    assert "There, they were deleted. They do not count." in deleted
    assert "link starts empty" not in deleted
    assert [page for page in pages if f"{WITHDRAWN} {ANOTHER}" not in page or CAN_SEND in page] == []
