"""Dead ends: each page explains what happened and what to do."""

from html import unescape

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.errors import LockedError
from assessment.services.people import invitation_changes
from assessment.services.people.invitation_changes import InvitationPatch
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

ITEM = "CS-P1"


async def test_browser_that_blocks_cookies_gets_an_explanation_after_start(visitor: Person, app: Litestar):
    entered = await visitor.enter()
    async with people.open_client(app) as blocking:
        page = await blocking.get(entered.headers["location"])

    assert page.status_code == 401
    assert "Your browser blocks cookies" in page.text


async def test_browser_with_cookies_gets_no_explanation_about_blocking(visitor: Person, client: httpx.AsyncClient):
    entered = await visitor.enter()
    client.cookies.set("respondent", "gone")

    page = await visitor.get(entered.headers["location"])

    assert page.status_code == 401
    assert "<h1>Your browser blocks cookies" not in page.text


async def test_link_works_again_once_the_browser_accepts_cookies(visitor: Person, client: httpx.AsyncClient):
    await visitor.enter()
    client.cookies.clear()

    await visitor.enter()
    page = await visitor.get(f"/survey/{visitor.first}")

    assert page.status_code == 200
    assert people.count_chosen(page.text) == 0


async def start_second_survey(alice: Person, links: dict[str, str]) -> Person:
    other = Person(alice.client, links["leader"], "leader")
    await other.enter()
    return other


async def test_second_survey_in_one_browser_is_explained_and_mixes_no_answers(alice: Person, links: dict[str, str]):
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")
    other = await start_second_survey(alice, links)

    refused = await alice.follow(await alice.post(f"/survey/{alice.first}", form))

    assert refused.status_code == 403
    assert "Another survey is open in this browser" in refused.text
    assert "lost your session" not in refused.text
    assert people.count_chosen((await other.get(f"/survey/{other.first}")).text) == 0


async def test_second_survey_in_one_browser_loses_no_answer_of_the_first(alice: Person, links: dict[str, str]):
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")
    await start_second_survey(alice, links)
    refused = await alice.follow(await alice.post(f"/survey/{alice.first}", form))

    answer = await alice.post("/survey/resume", people.read_hidden_fields(refused.text))

    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    assert people.count_chosen((await alice.get(f"/survey/{alice.first}")).text) == len(alice.items(alice.first))


@pytest.mark.parametrize("page", ["check", "withdraw"])
async def test_form_of_the_first_survey_does_not_send_or_withdraw_the_second(
    alice: Person, links: dict[str, str], database_url: str, page: str
):
    form = await alice.form(f"/survey/{page}")
    await start_second_survey(alice, links)

    refused = await alice.follow(await alice.post(f"/survey/{page}", form))
    back = await alice.post("/survey/resume", people.read_hidden_fields(refused.text))

    assert "Another survey is open in this browser" in refused.text
    assert back.headers["location"] == "/survey/check"
    with people.open_read_session(database_url) as session:
        assert set(session.scalars(select(tables.response.c.state))) == {"started"}


async def test_survey_of_another_browser_is_not_resumed(alice: Person, bob: Person):
    form = await alice.form(f"/survey/{alice.first}") | {"section": alice.first, ITEM: "3"}

    answer = await bob.follow(await bob.post("/survey/resume", form))

    assert answer.status_code == 422


async def test_survey_of_an_invitation_revoked_while_answering_can_be_sent(alice: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(revoked_on=people.NOW.date()))

    page = unescape((await alice.get(f"/survey/{alice.first}")).text)
    answered = await alice.answer(alice.first)
    sent = await alice.send()

    assert "This invitation was withdrawn on 20 November 2026. You had begun before, so you can finish" in page
    assert (answered.status_code, sent.headers["location"]) == (303, "/survey/sent")


async def test_start_after_a_revocation_shows_the_explanation(visitor: Person, database_url: str):
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(revoked_on=people.NOW.date()))

    answer = await visitor.enter()
    page = await visitor.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "This invitation was withdrawn" in page.text


async def test_functions_of_an_open_invitation_cannot_change(alice: Person, database_url: str):
    with people.open_write_session(database_url) as session, pytest.raises(LockedError):
        invitation_changes.update_invitation(
            session,
            AssessmentKey("w", "a"),
            "i-practitioner",
            InvitationPatch(functions=("hr",)),
            people.load_catalogue(),
            people.NOW,
        )

    page = await alice.get(f"/survey/{alice.first}")
    assert page.status_code == 200
