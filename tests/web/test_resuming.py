"""A section sent without a session: what was chosen stays on a page, and is saved once link and code are given."""

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from assessment.services import closing
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

ANSWERED = "3"


async def filled(person: Person) -> dict[str, str]:
    return await person.form(f"/survey/{person.first}") | dict.fromkeys(person.items(person.first), ANSWERED)


async def lose_and_send(person: Person) -> dict[str, str]:
    """Delete the cookie, press Continue; return the hidden fields of the page that comes."""
    form = await filled(person)
    person.client.cookies.clear()
    answer = await person.follow(await person.post(f"/survey/{person.first}", form))
    assert answer.status_code == 401
    return people.hidden(answer.text)


def stored(url: str) -> int:
    with people.reading(url) as session:
        return session.scalar(select(func.count()).select_from(tables.answer)) or 0


@pytest.mark.parametrize("shape", ["http://127.0.0.1:8000{link}", "{link}?x=1", " {link} ", "{link}."])
async def test_link_alone_saves_the_section_in_a_new_draft_of_the_same_person(
    alice: Person, database_url: str, shape: str
):
    kept = await lose_and_send(alice)
    nothing = stored(database_url)

    answer = await alice.post("/survey/resume", kept | {"link": shape.format(link=alice.link)})

    assert (nothing, stored(database_url)) == (0, len(alice.items(alice.first)))
    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    assert (await alice.get(answer.headers["location"])).status_code == 200
    with people.reading(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.response)) == 2


async def test_link_and_code_save_the_section_where_it_belongs(alice: Person, database_url: str):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    kept = await lose_and_send(alice)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link, "code": code})

    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    with people.reading(database_url) as session:
        assert set(session.scalars(select(tables.answer.c.value))) == {ANSWERED}
        assert session.scalar(select(func.count()).select_from(tables.response)) == 1


async def test_other_answers_saved_meanwhile_are_shown_next_to_those_of_the_page(alice: Person):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    form = await filled(alice)
    await alice.answer(alice.first, "2")
    alice.client.cookies.clear()
    kept = people.hidden((await alice.follow(await alice.post(f"/survey/{alice.first}", form))).text)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link, "code": code})
    shown = await alice.get(answer.headers["location"])

    assert answer.headers["location"] == f"/survey/conflicts/{alice.first}"
    assert shown.text.count('name="mine"') == len(alice.items(alice.first))


async def test_wrong_code_keeps_the_answers_on_the_page(alice: Person, database_url: str):
    kept = await lose_and_send(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": alice.link, "code": "ABCD"}))

    assert answer.status_code == 422
    assert people.hidden(answer.text) == kept
    assert stored(database_url) == 0


async def test_code_of_other_answers_moves_nothing(alice: Person, links: dict[str, str], database_url: str, app):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    async with people.browser(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        await other.enter()
        kept = await lose_and_send(other)

        answer = await other.follow(await other.post("/survey/resume", kept | {"link": alice.link, "code": code}))

    assert answer.status_code == 409
    assert (await alice.code()) == code


async def test_another_link_opened_in_this_browser_keeps_them_too(
    alice: Person, links: dict[str, str], database_url: str
):
    form = await filled(alice)
    await alice.post(f"/s/{links['leader']}")

    sent = await alice.follow(await alice.post(f"/survey/{alice.first}", form))
    answer = await alice.post("/survey/resume", people.hidden(sent.text) | {"link": alice.link})

    assert sent.status_code == 403
    assert answer.status_code == 303
    assert stored(database_url) == len(alice.items(alice.first))


async def test_link_of_someone_else_saves_nothing_and_lets_nobody_in(
    alice: Person, links: dict[str, str], database_url: str
):
    kept = await lose_and_send(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": f"/s/{links['leader']}"}))

    assert answer.status_code == 409
    assert "These answers were given by another link" in answer.text
    assert people.hidden(answer.text) == kept
    assert stored(database_url) == 0
    assert [*alice.client.cookies] == ["form"]
    with people.reading(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.response)) == 1


@pytest.mark.parametrize("link", ["", "nonsense", "https://evil.example/s/" + "x" * 43])
async def test_a_link_that_leads_nowhere_keeps_the_answers(alice: Person, link: str):
    kept = await lose_and_send(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": link}))

    assert answer.status_code == 422
    assert people.hidden(answer.text) == kept


async def test_after_the_close_it_says_so(alice: Person, database_url: str):
    kept = await lose_and_send(alice)
    with people.writing(database_url) as session:
        closing.close(session, "w", "a", people.NOW, without_results=True)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link})

    assert "This survey has closed" in (await alice.get(answer.headers["location"])).text
    assert stored(database_url) == 0


async def test_another_site_can_neither_show_nor_send_it(app: Litestar, alice: Person):
    kept = await lose_and_send(alice)

    asked = await alice.client.post(f"/survey/{alice.first}", data=kept, headers={"Origin": "https://evil.example"})
    sent = await alice.client.post("/survey/resume", data=kept, headers={"Sec-Fetch-Site": "cross-site"})

    assert (asked.status_code, sent.status_code) == (403, 403)


async def test_what_was_sent_comes_back_as_text_only(alice: Person):
    alice.client.cookies.clear()

    form = {'"><script>alert(1)</script>': '"><b hx-get="/x">'}
    answer = await alice.follow(await alice.post(f"/survey/{alice.first}", form))

    assert "<script>alert" not in answer.text
    assert "<b hx-get" not in answer.text
