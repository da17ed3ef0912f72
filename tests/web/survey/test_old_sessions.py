"""Responses begun before each browser had a draft of its own: old cookies and old codes still work."""

import pytest
from sqlalchemy import func, insert, select

from assessment.services.auth import tokens
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

TOKEN = "T" * 43
WITHDRAWAL = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"


@pytest.fixture(params=["confidential", "anonymous"])
def confidentiality(request) -> str:
    return request.param


@pytest.fixture
def links(database_url: str, confidentiality: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=confidentiality)


@pytest.fixture
def old(visitor: Person, database_url: str, links: dict[str, str], confidentiality: str) -> Person:
    """Someone who had answered one question when the program was upgraded."""
    is_anonymous = confidentiality == "anonymous"
    with people.open_write_session(database_url) as session:
        session.execute(
            insert(tables.response).values(
                id="old",
                workspace_id="w",
                assessment_id="a",
                invitation_id=None if is_anonymous else "i-practitioner",
                draft_number=None if is_anonymous else 1,
                role="practitioner",
                functions="customer-service;marketing",
                language="en",
                state="started",
                code_hash=tokens.hash_legacy_code(tokens.derive_long_code(TOKEN)) if is_anonymous else None,
            )
        )
        session.execute(
            insert(tables.respondent_session).values(
                cookie_hash=tokens.hash_token(TOKEN), workspace_id="w", response_id="old"
            )
        )
        session.execute(
            insert(tables.answer).values(
                response_id="old",
                item_id="CS-P1",
                workspace_id="w",
                value="2",
                reason="",
                evidence="",
                sequence=1,
                saved_at=people.NOW,
            )
        )
    visitor.client.cookies.set("respondent", TOKEN)
    if is_anonymous:
        visitor.client.cookies.set("link", links["practitioner"])
    return visitor


def read_states(url: str) -> list[str]:
    with people.open_read_session(url) as session:
        return sorted(session.scalars(select(tables.response.c.state)))


async def test_old_cookie_opens_saves_and_sends_its_answers(old: Person, database_url: str):
    page = await old.get(f"/survey/{old.first}")
    saved = await old.answer(old.first, "3")
    sent = await old.send()
    thanks = await old.get("/survey/sent")

    assert people.count_chosen(page.text) == 1
    assert saved.status_code == 303
    assert sent.headers["location"] == "/survey/sent"
    assert "Your answers are sent" in thanks.text
    assert read_states(database_url) == ["sent"]


async def test_old_browser_continues_with_a_code_at_its_link(old: Person):
    asked = await old.get(old.link)
    entered = await old.enter("continue")
    code = await old.code()

    assert "Are they yours?" in asked.text
    assert entered.headers["location"] == "/survey?begun=1"
    assert code


async def test_old_browser_shows_its_code_before_finish(old: Person, app, links: dict[str, str]):
    code = await old.code("/survey/finish")
    await old.finish()

    moved = await old.move(code)
    page = await old.get(f"/survey/{old.first}")

    assert moved.status_code == 303
    assert people.count_chosen(page.text) == 1


async def test_link_of_an_old_draft_shows_nothing_in_another_browser(old: Person, app, links: dict[str, str]):
    async with people.open_client(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        await other.enter()
        page = await other.get(f"/survey/{other.first}")

    assert people.count_chosen(page.text) == 0


@pytest.mark.parametrize("confidentiality", ["anonymous"])
async def test_old_code_of_an_anonymous_draft_moves_it_with_its_link(old: Person, app, links: dict[str, str]):
    async with people.open_client(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        await other.move(tokens.derive_long_code(TOKEN))
        page = await other.get(f"/survey/{other.first}")

    assert people.count_chosen(page.text) == 1


@pytest.mark.parametrize("state", ["sent"])
async def test_old_withdrawal_code_withdraws_with_the_link(old: Person, app, links, database_url: str, state: str):
    with people.open_write_session(database_url) as session:
        session.execute(tables.response.update().values(state=state, withdraw_hash=tokens.hash_legacy_code(WITHDRAWAL)))

    async with people.open_client(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        await other.move(WITHDRAWAL, then="withdraw")
        await other.withdraw()

    assert read_states(database_url) == ["withdrawn"]
    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.answer)) == 0
