"""Five ways through a survey that must end well for the person: many at one computer, late, without the code, ..."""

from contextlib import asynccontextmanager
from html import unescape

import pytest
from litestar import Litestar
from sqlalchemy import select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import people_invitations
from assessment.services.people.people_invitations import Invitee
from assessment.storage import answer_loader, tables
from tests.web import people
from tests.web.people import Person

BY_MAIL = 40
BY_LETTER = 20
FUNCTIONS = ("customer-service", "marketing")


@asynccontextmanager
async def open_client(app: Litestar, link: str):
    async with people.open_client(app) as client:
        yield Person(client, link, "staff")


def invite_people(url: str, count: int) -> list[str]:
    catalogue = people.load_catalogue()
    guests = [Invitee(role="staff", functions=FUNCTIONS, email=f"p{number}@example.org") for number in range(count)]
    with people.open_write_session(url) as session:
        made = people_invitations.invite_people(session, AssessmentKey("w", "a"), guests, catalogue, people.NOW)
    return [each.token for each in made]


def read_states(url: str) -> list[str]:
    with people.open_read_session(url) as session:
        return sorted(session.scalars(select(tables.response.c.state)))


async def answer_all_sections(person: Person, value: str = "3") -> None:
    for page in person.pages:
        await person.answer(page[0].id, value)


@pytest.mark.slow
async def test_sixty_people_with_twenty_on_a_shared_computer_send_sixty_responses(
    app: Litestar, links, database_url: str
):
    tokens = invite_people(database_url, BY_MAIL + BY_LETTER)
    for token in tokens[:BY_MAIL]:
        async with open_client(app, token) as person:
            await person.enter()
            await person.answer(person.first, "3")
            assert (await person.send()).status_code == 303

    async with people.open_client(app) as office:
        for token in tokens[BY_MAIL:]:
            person = Person(office, token, "staff")
            looked = await person.get(person.link)
            await person.enter()
            page = await person.get(f"/survey/{person.first}")
            await person.answer(person.first, "2")
            await person.send()
            thanks = (await person.get("/survey/sent")).text
            await person.finish()
            left = dict(office.cookies)

            assert ">Start<" in looked.text
            assert people.count_chosen(page.text) == 0
            assert "Your answers are sent" in thanks
            assert people.CODE.search(thanks)
            assert left == {}

    assert read_states(database_url) == ["sent"] * (BY_MAIL + BY_LETTER)


async def test_person_at_an_unfinished_shared_computer_can_start_empty(app: Litestar, links, database_url: str):
    async with people.open_client(app) as office:
        first = Person(office, links["staff"], "staff")
        await first.enter()
        await first.answer(first.first, "4")
        second = Person(office, links["leader"], "leader")

        looked = await second.get(second.link)
        await second.enter()
        page = await second.get(f"/survey/{second.first}")
        await second.answer(second.first, "1")
        await second.send()

    assert ">Start<" in looked.text
    assert people.count_chosen(page.text) == 0
    assert read_states(database_url) == ["sent", "started"]


async def test_late_person_gets_an_explanation(app: Litestar, links, clock, database_url: str):
    async with open_client(app, links["staff"]) as person:
        await person.enter()
        await person.answer(person.first, "3")
        form = await person.form("/survey/check")
        with people.open_write_session(database_url) as session:
            session.execute(update(tables.assessment).values(closes_at=clock.now))

        too_late = await person.post("/survey/check", form)
        shown = await person.get(too_late.headers["location"])
        looked = unescape((await person.get(person.link)).text)

    assert "This survey has closed" in shown.text
    assert "This survey has closed" in looked
    assert "counted" not in looked
    assert "Anna Berg" in looked
    assert read_states(database_url) == ["started"]


async def test_person_with_lost_code_starts_again_and_is_counted_once(app: Litestar, links, database_url: str):
    async with open_client(app, links["staff"]) as lost:
        await lost.enter()
        await answer_all_sections(lost, "1")
    async with open_client(app, links["staff"]) as again:
        asked = await again.get(f"{again.link}/code")
        await again.enter()
        await answer_all_sections(again, "3")
        sent = await again.send()

    with people.open_write_session(database_url) as session:
        asked_of = people.load_shipped_questionnaire()
        counted = answer_loader.load_answers(session, AssessmentKey("w", "a"), asked_of).select_counted(
            asked_of.scoring.submitted_share
        )
    assert "Start again" in asked.text
    assert sent.headers["location"] == "/survey/sent"
    assert len(counted) == 1
    assert "3" in {str(value) for value in counted.values[0]}


@pytest.mark.parametrize("links", ["anonymous"], indirect=True)
async def test_anonymous_person_reopens_the_link_and_sends_once(app: Litestar, links, database_url: str):
    """A reminder goes to everyone: anyone who has sent is told so, and nothing is counted twice."""
    async with open_client(app, links["staff"]) as person:
        await person.enter()
        await person.answer(person.first, "3")
        await person.send()
        reminded = await person.get(person.link)
        await person.finish()
    async with open_client(app, links["staff"]) as later:
        await later.enter()
        await later.answer(later.first, "2")
        refused = await later.send()
        second = unescape((await later.get(refused.headers["location"])).text)

    assert "Answers were sent from this browser" in reminded.text
    assert "Answers were already sent with this invitation" in second
    assert "Was that you?" in second
    assert read_states(database_url) == ["sent", "started"]


async def test_assistant_who_tries_the_link_first_does_not_block_the_person(app: Litestar, links, database_url: str):
    async with open_client(app, links["leader"]) as assistant:
        await assistant.get(assistant.link)
        await assistant.enter()
        await assistant.get(f"/survey/{assistant.first}")
    async with people.open_client(app) as client:
        leader = Person(client, links["leader"], "leader")
        await leader.enter()
        await answer_all_sections(leader)
        sent = await leader.send()

    assert sent.headers["location"] == "/survey/sent"
    assert read_states(database_url) == ["sent", "started"]


async def test_assistant_who_sent_first_is_visible_to_the_person(app: Litestar, links):
    async with people.open_client(app) as first, people.open_client(app) as second:
        assistant, leader = Person(first, links["leader"], "leader"), Person(second, links["leader"], "leader")
        await assistant.enter()
        await assistant.answer(assistant.first, "4")
        await assistant.send()
        await leader.enter()
        await leader.answer(leader.first, "1")

        answer = await leader.send()
        refused = unescape((await leader.get(answer.headers["location"])).text)
        kept = await leader.get(f"/survey/{leader.first}")
        await assistant.withdraw()
        sent = await leader.send()

    assert "They were sent earlier. The first" in refused
    assert "20 November" not in refused  # anyone who holds the link is not told when
    assert people.count_chosen(kept.text) == len(leader.items(leader.first))
    assert sent.headers["location"] == "/survey/sent"


@pytest.fixture
def links(request: pytest.FixtureRequest, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=getattr(request, "param", "confidential"))
