"""An anonymous survey over HTTP: one browser, one code, and what is said to everybody else."""

import logging
import re

import pytest
from sqlalchemy import func, select

from assessment.storage import tables
from assessment.web.log import Lines
from tests.web import people
from tests.web.people import Person

CODE = re.compile(r'personal-code">([A-Z2-7-]+)<')
WITHDRAWAL = re.compile(r'withdraw-code">([A-Z2-7-]+)<')


@pytest.fixture
def links(database_url: str) -> dict[str, str]:
    return people.prepare(database_url, confidentiality="anonymous")


@pytest.fixture
async def other(app, links: dict[str, str]):
    """The practitioner's other browser."""
    async with people.browser(app) as client:
        yield Person(client, links["practitioner"], "practitioner")


async def _begin(person: Person) -> str:
    """Press the button as a browser does, and note the code."""
    entered = await person.post(person.link, people.hidden((await person.get(person.link)).text))
    assert entered.headers["location"] == "/survey/code"
    match = CODE.search((await person.get("/survey/code")).text)
    assert match
    return match[1]


async def test_the_start_page_says_what_follows_before_anything_begins(visitor: Person):
    text = (await visitor.get(visitor.link)).text

    assert "nothing in the database ties them to your invitation" in text
    assert "To go on elsewhere you need a code" in text
    assert "on any device, with the same link" not in text


async def test_opening_the_link_changes_nothing(visitor: Person, database_url: str):
    for _ in range(3):
        await visitor.get(visitor.link)

    with people.reading(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.mark)) == 0


async def test_the_code_is_shown_first_and_whenever_this_browser_asks(visitor: Person):
    code = await _begin(visitor)

    again = (await visitor.get("/survey/code")).text

    assert code in again
    assert "/survey/code" in (await visitor.get(f"/survey/{visitor.first}")).text


async def test_a_second_press_of_the_button_gives_the_same_code(visitor: Person):
    form = people.hidden((await visitor.get(visitor.link)).text)
    await visitor.post(visitor.link, form)
    first = (await visitor.get("/survey/code")).text
    visitor.client.cookies.clear()

    again = await visitor.post(visitor.link, form)

    assert again.headers["location"] == "/survey/code"
    assert (await visitor.get("/survey/code")).text == first


async def test_another_browser_is_told_why_and_comes_in_by_the_code(visitor: Person, other: Person):
    code = await _begin(visitor)
    await visitor.answer(visitor.first, "2")

    refused = await other.enter()
    looked = await other.get(other.link)
    entered = await other.post(other.link, {"code": code.lower()})
    resumed = await other.get("/survey")

    assert refused.status_code == 409
    assert "used in another browser" in refused.text
    assert "used in another browser" in looked.text
    assert entered.headers["location"] == "/survey"
    assert resumed.headers["location"] == f"/survey/{visitor.pages[1][0].id}"


async def test_a_wrong_code_is_named_and_kept_in_its_field(visitor: Person, other: Person):
    await _begin(visitor)

    answer = await other.post(other.link, {"code": "ABCD<b>"})

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'value="ABCD&lt;b&gt;"' in answer.text


async def test_the_same_browser_goes_on_by_the_link(visitor: Person):
    await _begin(visitor)

    looked = await visitor.get(visitor.link)
    entered = await visitor.enter()

    assert "Go on" in looked.text
    assert entered.headers["location"] == "/survey"


async def test_answers_are_given_sent_and_withdrawn_as_ever(visitor: Person, database_url: str):
    await _begin(visitor)
    await visitor.answer(visitor.first, "3")
    saved = await visitor.save(visitor.items(visitor.pages[1][0].id)[0], "1", section=visitor.pages[1][0].id)
    await visitor.post("/survey/check", await visitor.form("/survey/check"))
    match = WITHDRAWAL.search((await visitor.get("/survey/sent")).text)
    assert match

    await visitor.post("/withdraw", {"code": match[1]})

    assert "Saved <time" in saved.text
    assert "14:03" in saved.text
    with people.reading(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.answer)) == 0
        assert session.scalar(select(func.count()).select_from(tables.mark)) == 2


async def test_how_long_a_page_took_is_known_without_a_moment(visitor: Person, clock, database_url: str):
    await _begin(visitor)
    form = await visitor.form(f"/survey/{visitor.first}")
    clock.now = people.NOW.replace(minute=4)

    await visitor.post(f"/survey/{visitor.first}", form | dict.fromkeys(visitor.items(visitor.first), "2"))

    with people.reading(database_url) as session:
        row = session.execute(select(tables.section_time)).one()
    assert row.seconds == 60
    assert row.shown_at == people.NOW.replace(hour=0, minute=0)


@pytest.mark.parametrize("shown", ["", "x", "-1", "9" * 40, "99999999999", "１２３"])  # noqa: RUF001
async def test_a_damaged_moment_costs_nothing(visitor: Person, shown: str):
    await _begin(visitor)

    answer = await visitor.answer(visitor.first, "2", shown=shown)

    assert answer.status_code == 303


async def test_the_log_names_nobody(visitor: Person, other: Person, links, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    code = await _begin(visitor)
    await visitor.answer(visitor.first, "2")
    await other.enter()
    await other.post(other.link, {"code": code})
    response = (await visitor.form(f"/survey/{visitor.first}"))["response"]

    written = "\n".join(Lines().format(record) for record in caplog.records if record.name.startswith("assessment"))

    secrets = (links["practitioner"], "i-practitioner", response, code, *visitor.client.cookies.values())
    assert written
    assert [each for each in secrets if each in written] == []


async def test_someone_else_at_the_same_browser_gets_a_page_of_their_own(visitor: Person, links: dict[str, str]):
    await _begin(visitor)
    leader = Person(visitor.client, links["leader"], "leader")

    await _begin(leader)
    back = await visitor.get(visitor.link)

    assert "used in another browser" in back.text
