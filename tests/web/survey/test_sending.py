"""Check, send, withdraw."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Person


async def _send_survey(person: Person) -> str:
    await person.answer(person.first, "3")
    await person.send()
    code = await person.code("/survey/sent")
    assert code
    return code


def _count_answers(url: str) -> int:
    with people.open_read_session(url) as session:
        return session.scalar(select(func.count()).select_from(tables.answer)) or 0


async def test_sending_shows_thanks_a_copy_and_the_code(alice: Person):
    await alice.answer(alice.first, "3")

    sent = await alice.post("/survey/check", await alice.form("/survey/check"))
    thanks = await alice.get(sent.headers["location"])

    assert sent.headers["location"] == "/survey/sent"
    assert people.CODE.search(thanks.text)
    assert "It falls under the same goals as phone and email" in thanks.text


async def test_sent_page_before_sending_redirects_to_the_survey(alice: Person):
    answer = await alice.get("/survey/sent")

    assert answer.headers["location"] == "/survey"


async def test_sent_answers_can_be_withdrawn_in_the_same_browser(alice: Person, database_url: str):
    await _send_survey(alice)

    answer = await alice.withdraw()

    assert answer.headers["location"] == "/withdraw/done"
    assert _count_answers(database_url) == 0
    assert (await alice.get("/survey/sent")).status_code == 401
    assert ">Start<" in (await alice.get(alice.link)).text


async def test_link_and_code_withdraw_from_any_browser(alice: Person, app, links, database_url: str):
    code = await _send_survey(alice)

    async with people.open_client(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        asked = await other.post("/withdraw", {"link": f" {people.URL}{alice.link}. ", "code": code.lower()})
        kept = _count_answers(database_url)
        await other.withdraw()

    assert asked.headers["location"] == "/survey/withdraw"
    assert kept > 0
    assert _count_answers(database_url) == 0


@pytest.mark.parametrize("form", [{}, {"link": "nonsense"}, {"code": '"><script>alert(1)</script>'}])
async def test_code_without_link_withdraws_nothing(alice: Person, database_url: str, form: dict[str, str]):
    code = await _send_survey(alice)

    answer = await alice.follow(await alice.post("/withdraw", {"code": code} | form))

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert _count_answers(database_url) > 0


async def test_unsent_answers_can_be_withdrawn(alice: Person, database_url: str):
    await alice.answer(alice.first, "3")

    await alice.withdraw()

    assert _count_answers(database_url) == 0
    assert ">Start<" in (await alice.get(alice.link)).text


async def test_sending_twice_shows_already_sent(alice: Person):
    await alice.answer(alice.first, "3")
    form = await alice.form("/survey/check")
    await alice.post("/survey/check", form)

    again = await alice.post("/survey/check", form)

    assert again.headers["location"] == "/survey/sent?again=1"


async def test_sending_twice_with_the_old_cookie_shows_the_sent_answers(alice: Person):
    """As a double click does, or a lost answer: the new cookies never arrived."""
    await alice.answer(alice.first, "3")
    form = await alice.form("/survey/check")
    old = dict(alice.client.cookies)
    await alice.post("/survey/check", form)
    alice.client.cookies.clear()
    for name, value in old.items():
        alice.client.cookies.set(name, value)

    again = await alice.post("/survey/check", form)

    assert again.headers["location"] == "/survey/sent?again=1"
    assert "You had already sent" in (await alice.get("/survey/sent?again=1")).text


async def test_empty_draft_is_not_sent_and_does_not_block_others(alice: Person, database_url: str):
    sent = await alice.post("/survey/check", await alice.form("/survey/check"))

    assert (sent.status_code, sent.headers["location"]) == (303, "/survey")
    with people.open_read_session(database_url) as session:
        assert session.scalars(select(tables.response.c.state)).all() == ["started"]


async def test_old_cookie_opens_nothing_an_hour_after_sending(alice: Person, clock):
    await alice.answer(alice.first, "3")
    form = await alice.form("/survey/check")
    old = dict(alice.client.cookies)
    await alice.post("/survey/check", form)
    clock.now += timedelta(minutes=61)
    new = (await alice.get("/survey/sent")).status_code
    alice.client.cookies.clear()
    for name, value in old.items():
        alice.client.cookies.set(name, value)

    assert new == 401
    assert (await alice.get("/survey/sent")).status_code == 401
    assert (await alice.get("/survey/check")).status_code == 401
