"""The link after the close: thanks, and the published figures where the consultant shares them."""

import httpx
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


async def test_the_link_says_thanks_and_no_more(alice: Person, close):
    await _some_answers(alice)
    close(shares=False)

    looked = await alice.get(alice.link)
    refused = await alice.get("/survey/results")

    assert "Thank you for your answers" in looked.text
    assert "See the results" not in looked.text
    assert refused.status_code == 403


async def test_one_s_own_answers_stand_beside_the_published_figures(alice: Person, close):
    await _some_answers(alice)
    close(shares=True)

    looked = await alice.get(alice.link)
    entered = await alice.enter()
    text = (await alice.get("/survey/results")).text

    assert "See the results" in looked.text
    assert entered.headers["location"] == "/survey/results"
    assert text.count("You:") > FIGURES
    assert "<strong>75</strong>" in text
    assert "<strong>50</strong>" in text
    assert "fewer than 6 answers" in text or "(15 answers)" in text


async def test_only_what_was_released_is_shown(alice: Person, close, database_url: str):
    """The page knows the release and one's own answers: change the others', and nothing changes."""
    await _some_answers(alice)
    close(shares=True)
    await alice.enter()
    before = (await alice.get("/survey/results")).text
    with people.writing(database_url) as session:
        answer = tables.answer
        session.execute(update(answer).where(answer.c.response_id.like("colleague%")).values(value="0"))

    assert (await alice.get("/survey/results")).text == before


async def test_before_the_close_there_are_no_results(alice: Person, database_url: str):
    await _some_answers(alice)
    with people.writing(database_url) as session:
        session.execute(update(tables.assessment).values(share_results=True))

    assert (await alice.get("/survey/results")).status_code == 403
    assert "After the close you can see the published results" in (await alice.get(alice.link)).text


async def test_who_has_withdrawn_or_never_begun_sees_none(
    alice: Person, visitor: Person, bob: Person, close, app, links
):
    await _some_answers(alice)
    await bob.post("/survey/withdraw", await bob.form("/survey/withdraw"))
    close(shares=True)

    async with people.browser(app) as client:
        staff = Person(client, links["staff"], "staff")
        refused = await staff.enter()

    assert refused.status_code == 409


async def test_the_sent_page_leads_to_the_results(alice: Person, close):
    await _some_answers(alice)
    close(shares=True)

    answer: httpx.Response = await alice.get("/survey/sent")

    assert 'href="/survey/results"' in answer.text
