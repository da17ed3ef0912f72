"""The link after a survey was closed and opened again: one goes on, and is told what still counts."""

from html import unescape

import pytest
from sqlalchemy import insert, select, update

from assessment.services import closing, reopening
from assessment.storage import bases, tables
from tests.web import people
from tests.web.people import Person

COLLEAGUES = 14


@pytest.fixture
def opened_again(database_url: str):
    """Fourteen others have answered what one has and sent it; the survey closes, and opens again."""

    def act() -> None:
        with people.writing(database_url) as session:
            mine = session.execute(select(tables.answer)).mappings().all()
            like = session.execute(select(tables.response)).mappings().first()
            for number in range(COLLEAGUES):
                name = f"colleague-{number:02}"
                own = {
                    "id": name,
                    "invitation_id": None,
                    "draft_number": None,
                    "code_hash": None,
                    "withdraw_hash": None,
                    "state": "sent",
                }
                session.execute(insert(tables.response).values(dict(like) | own))
                values = {"response_id": name, "value": str(1 + number % 3)}
                session.execute(insert(tables.answer), [dict(row) | values for row in mine])
            closing.close(session, "w", "a", people.NOW)
            reopening.reopen(session, "w", "a", people.NOW)

    return act


def close(database_url: str) -> None:
    with people.writing(database_url) as session:
        closing.close(session, "w", "a", people.NOW)


async def read(person: Person, path: str) -> str:
    return unescape((await person.get(path)).text)


async def everything(person: Person) -> None:
    for page in person.pages:
        await person.answer(page[0].id, "2")


async def send(person: Person) -> None:
    await person.post("/survey/check", await person.form("/survey/check"))


async def test_answers_are_opened_by_link_and_code_and_may_be_changed_and_sent(alice: Person, opened_again):
    await alice.answer(alice.first, "3")
    code = await alice.code()
    opened_again()

    entered = await alice.move(code)
    found = await read(alice, f"/survey/{alice.first}")
    saved = await alice.save(alice.items(alice.first)[0], "4", sequence=9)
    await send(alice)

    assert entered.headers["location"] == "/survey?begun=1"
    assert people.chosen(found) == len(alice.items(alice.first))
    assert saved.status_code == 200
    assert "Your answers are sent" in await read(alice, "/survey/sent")


async def test_sent_answers_stay_sent(alice: Person, opened_again):
    await alice.answer(alice.first, "3")
    await send(alice)
    code = await alice.code("/survey/sent")
    opened_again()

    await alice.move(code)
    answer = await alice.get(f"/survey/{alice.first}")

    assert answer.headers["location"] == "/survey/sent?again=1"


async def test_the_start_page_says_that_a_few_answers_may_not_count(alice: Person, opened_again):
    before = await read(alice, alice.link)
    await alice.answer(alice.first, "3")
    opened_again()

    after = await read(alice, alice.link)

    assert "Results were published once already" in after
    assert "at least 6 people’s answers are new or changed" in after
    assert "Results that are published stay as they are." in after
    assert "published" not in before


async def test_withdrawal_after_a_release_leaves_the_start_page(alice: Person, opened_again, database_url: str):
    """Otherwise anyone with a link could watch for one person's withdrawal (method 6.11)."""
    await alice.answer(alice.first, "3")
    opened_again()
    before = await read(alice, alice.link)
    with people.writing(database_url) as session:
        bases.forget(session, "w", "a")

    assert await read(alice, alice.link) == before
    assert "at least 6 people’s answers" in before


async def test_where_names_stand_beside_answers_every_answer_counts(alice: Person, opened_again, database_url: str):
    await alice.answer(alice.first, "3")
    with people.writing(database_url) as session:
        session.execute(update(tables.assessment).values(confidentiality="attributable"))
    opened_again()

    text = await read(alice, alice.link)

    assert "Results were published once already" not in text
    assert "Results that are published stay as they are." in text


async def test_link_after_a_close_without_new_results_says_that_the_earlier_ones_stand(
    alice: Person, bob: Person, opened_again, database_url: str
):
    await everything(alice)
    opened_again()
    await bob.enter()
    await everything(bob)
    await send(bob)
    close(database_url)

    for person in (alice, bob):
        text = await read(person, person.link)
        assert "The earlier results stand" in text
