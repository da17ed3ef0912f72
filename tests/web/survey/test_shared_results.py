"""The link after the close: thanks, and the published figures where the consultant shares them."""

from html import unescape

import pytest
from sqlalchemy import insert, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

FIGURES = 5


@pytest.fixture
def close(database_url: str):
    """Others answer, then the survey closes: fourteen colleagues, so that some figures are shown."""

    def act(*, shares: bool) -> None:
        with people.open_write_session(database_url) as session:
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
            # The colleagues have no invitation, so the forecast before the close expects no figure.
            closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)

    return act


async def _add_answers(person: Person) -> None:
    for page in person.pages[:3]:
        await person.answer(page[0].id, "3")


async def test_link_without_shared_results_shows_only_closed(alice: Person, close):
    await _add_answers(alice)
    close(shares=False)

    looked = await alice.get(alice.link)

    assert "This survey has closed" in looked.text
    assert "<strong>" not in looked.text


async def test_link_with_shared_results_shows_only_released_figures(alice: Person, close):
    await _add_answers(alice)
    close(shares=True)

    text = (await alice.get(alice.link)).text

    assert text.count("<strong>50</strong>") > FIGURES
    assert "<strong>75</strong>" not in text
    assert "fewer than 6 answers" in text or "(15 answers)" in text


async def test_shared_results_show_only_the_release(alice: Person, close, database_url: str):
    """The page knows the release and one's own answers: change the others', and nothing changes."""
    await _add_answers(alice)
    close(shares=True)
    before = (await alice.get(alice.link)).text
    with people.open_write_session(database_url) as session:
        answer = tables.answer
        session.execute(update(answer).where(answer.c.response_id.like("colleague%")).values(value="0"))

    assert (await alice.get(alice.link)).text == before


async def test_link_before_the_close_shows_no_results(alice: Person, database_url: str):
    await _add_answers(alice)
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(share_results=True))

    text = (await alice.client.get(f"{alice.link}?empty=1")).text

    assert "After the close, your link shows the published results" in text
    assert "(15 answers)" not in text


async def test_link_after_the_close_shows_the_same_page_to_everyone(alice: Person, bob: Person, close, app, links):
    await _add_answers(alice)
    close(shares=True)
    async with people.open_client(app) as client:
        staff = Person(client, links["practitioner"], "practitioner")

        stranger, own = await staff.get(staff.link), await alice.get(alice.link)
        entered = await staff.enter()

    assert stranger.text == own.text
    assert entered.headers["location"] == alice.link
    own_pages = [await alice.get(path) for path in ("/survey", "/survey/sent", "/survey/check")]
    assert ["This survey has closed" in page.text for page in own_pages] == [True] * 3
    assert ["It falls under the same goals" in page.text for page in own_pages] == [False] * 3
    assert "This survey has closed" in (await bob.get("/survey")).text


async def test_link_after_a_close_without_release_shows_closed(visitor: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        session.execute(
            update(tables.assessment).values(state="closed", closed_on=people.NOW.date(), share_results=True)
        )

    assert "This survey has closed" in (await visitor.get(visitor.link)).text


@pytest.mark.parametrize("links", ["confidential", "anonymous", "attributable"], indirect=True)
async def test_continue_on_a_page_that_outlived_the_close_says_that_the_survey_has_closed(alice: Person, end):
    """The close ends the session; the browser's own cookie still knows the link."""
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")
    end()

    plain = await alice.post(f"/survey/{alice.first}", form)
    script = await alice.post(f"/survey/{alice.first}", form, **{"HX-Request": "true"})
    shown = unescape((await alice.get(plain.headers["location"])).text)

    assert plain.headers["location"] == script.headers["location"] == "/survey"
    assert "This survey has closed" in shown
    assert "Anna Berg" in shown
    assert "lost your session" not in shown


async def test_answer_that_a_script_saves_after_the_close_is_refused_with_the_reason(alice: Person, end):
    item = alice.items(alice.first)[0]
    form = await alice.form(f"/survey/{alice.first}") | {item: "3", f"{item}:sequence": "0.40000.1"}
    end()

    refused = await alice.post(f"/survey/answers/{item}", form, **{"HX-Request": "true"})

    assert refused.status_code == 409
    assert "The survey has closed, so this change is not saved" in refused.text


async def test_finish_after_the_close_leaves_nothing_in_the_browser(alice: Person, end):
    form = await alice.form("/survey/finish")
    end()

    answer = await alice.post("/survey/finish", form)

    assert answer.headers["location"] == "/finished"
    assert dict(alice.client.cookies) == {}


async def test_browser_whose_survey_is_open_reads_that_the_session_is_lost(alice: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        session.execute(tables.respondent_session.delete())

    answer = await alice.get("/survey")

    assert answer.status_code == 401
    assert "We’ve lost your session" in unescape(answer.text)


@pytest.fixture
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=getattr(request, "param", "confidential"))


@pytest.fixture
def end(database_url: str):
    """Close the survey as its consultant does, without results."""

    def act() -> None:
        with people.open_write_session(database_url) as session:
            closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)

    return act
