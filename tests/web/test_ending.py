"""Check, send, withdraw."""

import re

from sqlalchemy import func, select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

CODE = re.compile(r'withdraw-code">([A-Z2-7-]+)<')


async def _send(person: Person) -> str:
    await person.answer(person.first, "3")
    await person.post("/survey/check", await person.form("/survey/check"))
    match = CODE.search((await person.get("/survey/sent")).text)
    assert match
    return match[1]


def _answers(url: str) -> int:
    with people.reading(url) as session:
        return session.scalar(select(func.count()).select_from(tables.answer)) or 0


async def test_sending_leads_to_thanks_a_copy_and_a_code(alice: Person):
    await alice.answer(alice.first, "3")

    sent = await alice.post("/survey/check", await alice.form("/survey/check"))
    thanks = await alice.get(sent.headers["location"])

    assert sent.headers["location"] == "/survey/sent"
    assert CODE.search(thanks.text)
    assert "It falls under the same goals as phone and email" in thanks.text


async def test_the_thanks_page_before_sending_leads_back(alice: Person):
    answer = await alice.get("/survey/sent")

    assert answer.headers["location"] == "/survey"


async def test_the_code_withdraws_what_was_sent(alice: Person, database_url: str):
    code = await _send(alice)

    answer = await alice.post("/withdraw", {"code": code.lower()})

    assert answer.headers["location"] == "/withdraw/done"
    assert _answers(database_url) == 0
    assert "You have withdrawn your answers" in (await alice.get("/survey/sent")).text


async def test_a_wrong_code_withdraws_nothing(alice: Person, database_url: str):
    await _send(alice)

    answer = await alice.post("/withdraw", {"code": '"><script>alert(1)</script>'})

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert _answers(database_url) > 0


async def test_answers_can_be_withdrawn_before_sending(alice: Person, database_url: str):
    await alice.answer(alice.first, "3")

    await alice.post("/survey/withdraw", await alice.form("/survey/withdraw"))

    assert _answers(database_url) == 0
    assert "You have withdrawn your answers" in (await alice.get(alice.link)).text


async def test_sending_twice_says_already_sent(alice: Person):
    form = await alice.form("/survey/check")
    await alice.post("/survey/check", form)

    again = await alice.post("/survey/check", form)

    assert again.headers["location"] == "/survey/sent?again=1"
