"""A section sent without a session: what was chosen stays on a page, and is saved once link and code are given."""

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing
from assessment.storage import tables
from assessment.web.survey.handlers import lost_session
from tests.web import people
from tests.web.people import Person

ANSWERED = "3"


async def build_section_form(person: Person) -> dict[str, str]:
    return await person.form(f"/survey/{person.first}") | dict.fromkeys(person.items(person.first), ANSWERED)


async def send_without_session(person: Person) -> dict[str, str]:
    """Delete the cookie, press Continue; return the hidden fields of the page that comes."""
    form = await build_section_form(person)
    person.client.cookies.clear()
    answer = await person.follow(await person.post(f"/survey/{person.first}", form))
    assert answer.status_code == 401
    return people.read_hidden_fields(answer.text)


def count_answers(url: str) -> int:
    with people.open_read_session(url) as session:
        return session.scalar(select(func.count()).select_from(tables.answer)) or 0


@pytest.mark.parametrize("shape", ["http://127.0.0.1:8000{link}", "{link}?x=1", " {link} ", "{link}."])
async def test_link_without_code_saves_the_section_in_a_new_draft_of_the_same_person(
    alice: Person, database_url: str, shape: str
):
    kept = await send_without_session(alice)
    nothing = count_answers(database_url)

    answer = await alice.post("/survey/resume", kept | {"link": shape.format(link=alice.link)})

    assert (nothing, count_answers(database_url)) == (0, len(alice.items(alice.first)))
    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    assert (await alice.get(answer.headers["location"])).status_code == 200
    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.response)) == 2


async def test_link_and_code_save_the_section_in_its_response(alice: Person, database_url: str):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    kept = await send_without_session(alice)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link, "code": code})

    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    with people.open_read_session(database_url) as session:
        assert set(session.scalars(select(tables.answer.c.value))) == {ANSWERED}
        assert session.scalar(select(func.count()).select_from(tables.response)) == 1


async def test_mutant_that_does_not_carry_the_form_loses_the_answers(
    alice: Person, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lost_session, "MAX_FIELDS", 0)
    kept = await send_without_session(alice)

    await alice.post("/survey/resume", kept | {"link": alice.link})

    assert count_answers(database_url) == 0


async def test_answers_saved_elsewhere_are_shown_as_conflicts(alice: Person):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    form = await build_section_form(alice)
    await alice.answer(alice.first, "2")
    alice.client.cookies.clear()
    kept = people.read_hidden_fields((await alice.follow(await alice.post(f"/survey/{alice.first}", form))).text)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link, "code": code})
    shown = await alice.get(answer.headers["location"])

    assert answer.headers["location"] == f"/survey/conflicts/{alice.first}"
    assert shown.text.count('name="mine"') == len(alice.items(alice.first))


async def test_wrong_code_keeps_the_answers(alice: Person, database_url: str):
    kept = await send_without_session(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": alice.link, "code": "ABCD"}))

    assert answer.status_code == 422
    assert people.read_hidden_fields(answer.text) == kept
    assert count_answers(database_url) == 0


async def test_code_of_another_response_moves_nothing(alice: Person, links: dict[str, str], database_url: str, app):
    await alice.answer(alice.first, "1")
    code = await alice.code()
    async with people.open_client(app) as client:
        other = Person(client, links["practitioner"], "practitioner")
        await other.enter()
        kept = await send_without_session(other)

        answer = await other.follow(await other.post("/survey/resume", kept | {"link": alice.link, "code": code}))

    assert answer.status_code == 409
    assert (await alice.code()) == code


async def test_form_is_saved_after_another_link_was_opened(alice: Person, links: dict[str, str], database_url: str):
    form = await build_section_form(alice)
    await alice.post(f"/s/{links['leader']}")

    sent = await alice.follow(await alice.post(f"/survey/{alice.first}", form))
    answer = await alice.post("/survey/resume", people.read_hidden_fields(sent.text) | {"link": alice.link})

    assert sent.status_code == 403
    assert answer.status_code == 303
    assert count_answers(database_url) == len(alice.items(alice.first))


async def test_link_of_another_person_saves_nothing_and_starts_no_session(
    alice: Person, links: dict[str, str], database_url: str
):
    kept = await send_without_session(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": f"/s/{links['leader']}"}))

    assert answer.status_code == 409
    assert "These answers were given by another link" in answer.text
    assert people.read_hidden_fields(answer.text) == kept
    assert count_answers(database_url) == 0
    assert [*alice.client.cookies] == ["form"]
    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.response)) == 1


@pytest.mark.parametrize("link", ["", "nonsense", "https://evil.example/s/" + "x" * 43])
async def test_unknown_link_keeps_the_answers(alice: Person, link: str):
    kept = await send_without_session(alice)

    answer = await alice.follow(await alice.post("/survey/resume", kept | {"link": link}))

    assert answer.status_code == 422
    assert people.read_hidden_fields(answer.text) == kept


async def test_resume_after_the_close_shows_closed(alice: Person, database_url: str):
    kept = await send_without_session(alice)
    with people.open_write_session(database_url) as session:
        closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)

    answer = await alice.post("/survey/resume", kept | {"link": alice.link})

    assert "This survey has closed" in (await alice.get(answer.headers["location"])).text
    assert count_answers(database_url) == 0


async def test_resume_from_another_site_is_refused(app: Litestar, alice: Person):
    kept = await send_without_session(alice)

    asked = await alice.client.post(f"/survey/{alice.first}", data=kept, headers={"Origin": "https://evil.example"})
    sent = await alice.client.post("/survey/resume", data=kept, headers={"Sec-Fetch-Site": "cross-site"})

    assert (asked.status_code, sent.status_code) == (403, 403)


async def test_resume_page_escapes_the_form(alice: Person):
    alice.client.cookies.clear()

    form = {'"><script>alert(1)</script>': '"><b hx-get="/x">'}
    answer = await alice.follow(await alice.post(f"/survey/{alice.first}", form))

    assert "<script>alert" not in answer.text
    assert "<b hx-get" not in answer.text
