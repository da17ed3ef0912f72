"""The link after the close: thanks, and the published figures where the consultant shares them."""

import pytest
from sqlalchemy import insert, select, update

from assessment.services import closing
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

FIGURES = 5


@pytest.fixture
def close(database_url: str):
    """Others answer, then the survey closes: fourteen colleagues, so that some figures are shown."""

    def act(*, shares: bool) -> None:
        with people.writing(database_url) as session:
            mine = session.execute(select(tables.answer)).mappings().all()
            like = session.execute(select(tables.response)).mappings().first()
            for number in range(14):
                name = f"colleague-{number:02}"
                session.execute(
                    insert(tables.response).values(
                        dict(like) | {"id": name, "invitation_id": None, "draft_number": None, "code_hash": None}
                    )
                )
                session.execute(
                    insert(tables.answer),
                    [dict(row) | {"response_id": name, "value": str(1 + number % 3)} for row in mine],
                )
            session.execute(update(tables.response).values(state="sent"))
            session.execute(update(tables.assessment).values(share_results=shares))
            closing.close(session, "w", "a", people.NOW)

    return act


async def _some_answers(person: Person) -> None:
    for page in person.pages[:3]:
        await person.answer(page[0].id, "3")


async def test_link_of_unshared_results_says_closed_and_no_more(alice: Person, close):
    await _some_answers(alice)
    close(shares=False)

    looked = await alice.get(alice.link)

    assert "This survey has closed" in looked.text
    assert "<strong>" not in looked.text


async def test_link_of_shared_results_shows_the_published_figures_alone(alice: Person, close):
    await _some_answers(alice)
    close(shares=True)

    text = (await alice.get(alice.link)).text

    assert text.count("<strong>50</strong>") > FIGURES
    assert "<strong>75</strong>" not in text
    assert "fewer than 6 answers" in text or "(15 answers)" in text


async def test_only_what_was_released_is_shown(alice: Person, close, database_url: str):
    """The page knows the release and one's own answers: change the others', and nothing changes."""
    await _some_answers(alice)
    close(shares=True)
    before = (await alice.get(alice.link)).text
    with people.writing(database_url) as session:
        answer = tables.answer
        session.execute(update(answer).where(answer.c.response_id.like("colleague%")).values(value="0"))

    assert (await alice.get(alice.link)).text == before


async def test_link_before_the_close_shows_no_results(alice: Person, database_url: str):
    await _some_answers(alice)
    with people.writing(database_url) as session:
        session.execute(update(tables.assessment).values(share_results=True))

    text = (await alice.client.get(f"{alice.link}?empty=1")).text

    assert "After the close, your link shows the published results" in text
    assert "(15 answers)" not in text


async def test_link_after_the_close_looks_the_same_to_all_and_opens_no_answers(
    alice: Person, bob: Person, close, app, links
):
    await _some_answers(alice)
    close(shares=True)
    async with people.browser(app) as client:
        staff = Person(client, links["practitioner"], "practitioner")

        stranger, own = await staff.get(staff.link), await alice.get(alice.link)
        entered = await staff.enter()

    assert stranger.text == own.text
    assert entered.headers["location"] == alice.link
    assert [(await alice.get(path)).status_code for path in ("/survey", "/survey/sent", "/survey/check")] == [401] * 3
    assert (await bob.get("/survey")).status_code == 401


async def test_link_after_a_close_without_a_release_says_closed(visitor: Person, database_url: str):
    with people.writing(database_url) as session:
        session.execute(
            update(tables.assessment).values(state="closed", closed_on=people.NOW.date(), share_results=True)
        )

    assert "This survey has closed" in (await visitor.get(visitor.link)).text
