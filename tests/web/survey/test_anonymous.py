"""An anonymous survey over HTTP: no moments, no names in the log, and what the pages say of it."""

import logging

import pytest
from sqlalchemy import func, select

from assessment.storage import tables
from assessment.web.http.json_logs import JsonFormatter
from tests.web import people
from tests.web.people import Person


@pytest.fixture
def links(database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality="anonymous")


@pytest.fixture
async def other(app, links: dict[str, str]):
    """The practitioner's other browser."""
    async with people.open_client(app) as client:
        yield Person(client, links["practitioner"], "practitioner")


async def _start_survey(person: Person) -> None:
    """Press the button as a browser does."""
    entered = await person.post(person.link, people.read_hidden_fields((await person.get(person.link)).text))
    assert entered.headers["location"] == "/survey?begun=1"


async def test_start_page_explains_anonymity_before_the_start(visitor: Person):
    text = (await visitor.get(visitor.link)).text

    assert "nothing in the database ties them to your invitation" in text
    assert "only answers that you send are counted" in text
    assert "We store how long each page takes" in text
    assert "No time of day and no address is stored" in text
    assert "at least half" not in text


async def test_opening_the_link_writes_nothing(visitor: Person, database_url: str):
    for _ in range(3):
        await visitor.get(visitor.link)

    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.mark)) == 0


async def test_anonymous_answers_are_saved_sent_and_withdrawn(visitor: Person, database_url: str):
    await _start_survey(visitor)
    await visitor.answer(visitor.first, "3")
    saved = await visitor.save(visitor.items(visitor.pages[1][0].id)[0], "1", section=visitor.pages[1][0].id)
    await visitor.send()
    with people.open_read_session(database_url) as session:
        marks = session.scalar(select(func.count()).select_from(tables.mark))

    await visitor.withdraw()

    assert "Saved <time" in saved.text
    assert "14:03" in saved.text
    with people.open_read_session(database_url) as session:
        assert session.scalar(select(func.count()).select_from(tables.answer)) == 0
        assert session.scalar(select(func.count()).select_from(tables.mark)) == 0
    assert marks == 1


async def test_person_sends_after_a_robot_has_opened_the_link_and_submitted_its_form(
    visitor: Person, other: Person, database_url: str
):
    for _ in range(3):
        await other.get(other.link)
        await _start_survey(other)

    await _start_survey(visitor)
    for page in visitor.pages:
        await visitor.answer(page[0].id, "3")
    sent = await visitor.send()

    assert sent.headers["location"] == "/survey/sent"
    with people.open_read_session(database_url) as session:
        states = [*session.scalars(select(tables.response.c.state))]
    assert states.count("sent") == 1


async def test_anonymous_duration_is_stored_without_timestamps(visitor: Person, clock, database_url: str):
    await _start_survey(visitor)
    form = await visitor.form(f"/survey/{visitor.first}")
    clock.now = people.NOW.replace(minute=4)

    await visitor.post(f"/survey/{visitor.first}", form | dict.fromkeys(visitor.items(visitor.first), "2"))

    with people.open_read_session(database_url) as session:
        row = session.execute(select(tables.section_time)).one()
    assert row.seconds == 60
    assert row.shown_at == people.NOW.replace(hour=0, minute=0)


@pytest.mark.parametrize("shown", ["", "x", "-1", "9" * 40, "99999999999", "１２３"])  # noqa: RUF001
async def test_malformed_timestamp_is_ignored(visitor: Person, shown: str):
    await _start_survey(visitor)

    answer = await visitor.answer(visitor.first, "2", shown=shown)

    assert answer.status_code == 303


async def test_access_log_identifies_nobody(visitor: Person, other: Person, links, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    await _start_survey(visitor)
    await visitor.answer(visitor.first, "2")
    code = await visitor.code()
    await other.enter()
    await other.move(code)
    await visitor.enter("me")
    await visitor.enter()
    response = (await visitor.form(f"/survey/{visitor.first}"))["response"]

    written = "\n".join(
        JsonFormatter().format(record) for record in caplog.records if record.name.startswith("assessment")
    )

    secrets = (links["practitioner"], "i-practitioner", response, code, *visitor.client.cookies.values())
    assert written
    assert [each for each in secrets if each in written] == []


def _lose_key(person: Person) -> None:
    """Remove the cookie that ties the draft to its link; the session stays."""
    for name in [each for each in person.client.cookies if each.startswith("r-")]:
        del person.client.cookies[name]


def _stored(url: str) -> tuple[list[str], int]:
    with people.open_read_session(url) as session:
        states = sorted(session.scalars(select(tables.response.c.state)))
        return states, session.scalar(select(func.count()).select_from(tables.mark)) or 0


async def test_draft_whose_key_is_lost_is_sent_after_the_link_is_opened_again(visitor: Person, database_url: str):
    await _start_survey(visitor)
    await visitor.answer(visitor.first, "3")
    _lose_key(visitor)

    refused = await visitor.follow(await visitor.send())
    asked = await visitor.get(visitor.link)
    await visitor.enter("continue")
    sent = await visitor.send()

    assert refused.status_code == 409
    assert "Open your link again" in refused.text
    assert "Yes: go on" in asked.text
    assert sent.headers["location"] == "/survey/sent"
    assert _stored(database_url) == (["sent"], 1)


async def test_withdrawal_without_the_key_leaves_no_mark_behind(visitor: Person, other: Person, database_url: str):
    """Otherwise the link would refuse the person's next answers as sent already, for good."""
    await _start_survey(visitor)
    await visitor.answer(visitor.first, "3")
    await visitor.send()
    _lose_key(visitor)

    refused = await visitor.follow(await visitor.withdraw())
    kept = _stored(database_url)
    await visitor.enter("continue")
    await visitor.withdraw()
    await _start_survey(other)
    await other.answer(other.first, "2")
    sent = await other.send()

    assert refused.status_code == 409
    assert "Open your link again" in refused.text
    assert kept == (["sent"], 1)
    assert sent.headers["location"] == "/survey/sent"
    assert _stored(database_url) == (["sent", "withdrawn"], 1)


async def test_session_without_its_key_belongs_to_no_other_persons_link(visitor: Person, links: dict[str, str]):
    await _start_survey(visitor)
    await visitor.answer(visitor.first, "3")
    _lose_key(visitor)

    looked = await visitor.get(f"/s/{links['staff']}")

    assert ">Start<" in looked.text
    assert "Are they yours?" not in looked.text
