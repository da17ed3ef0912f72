"""The link and the start page: it promises what is set, and changes nothing."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import assessment_setup
from assessment.services.assessments.assessment_fields import AssessmentPatch
from assessment.services.auth import workspaces
from assessment.services.people import people_invitations
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

COUNTED = (tables.response, tables.respondent_session, tables.section_time, tables.answer)


def _count_rows(url: str) -> int:
    with people.open_read_session(url) as session:
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in COUNTED)


async def test_opening_the_link_repeatedly_writes_nothing(visitor: Person, database_url: str):
    for _ in range(3):
        await visitor.client.get(visitor.link)
        await visitor.client.head(visitor.link)

    assert _count_rows(database_url) == 0


async def test_start_page_shows_sender_duration_and_closing_date(visitor: Person):
    text = (await visitor.get(visitor.link)).text

    for words in ("Anna Berg", "Harbour &amp; Reed", "12 December 2026", "at least half"):
        assert words in text
    assert re.search(r"\d to \d+ minutes", text)


async def test_confidential_start_page_promises_the_minimum_group(visitor: Person):
    text = (await visitor.get(visitor.link)).text

    assert "We only show results for groups of six or more" in text
    assert "no consultant can open your answers" in text


HANDED_OUT = (
    "The person who gave you this link can use it before you. If they send first, their answers stand in your place, "
    "and you will see it when you send. They cannot open what you answered."
)
MAILED = (
    "This link was mailed to a•••@example.org. Not your mailbox? Anyone who reads it can use the link before you, and "
    "can find out whether you have sent."
)
DEVICE = (
    "Until you press Finish on this device, anyone who uses this browser can read, change, send or delete your answers."
)


FIRST_SENT = "If they send first, their answers stand in your place, and you will see it when you send."


def read_visible_text(page: str) -> str:
    """Return a page without what has to be opened first."""
    return unescape(re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL))


async def test_link_that_was_handed_out_says_who_can_use_it(visitor: Person):
    text = read_visible_text((await visitor.get(visitor.link)).text)

    assert HANDED_OUT in text
    assert DEVICE in text
    assert "mailed to" not in text


async def test_start_page_names_the_number_of_further_links_and_the_latest_day(visitor: Person, database_url: str):
    before = unescape((await visitor.get(visitor.link)).text)
    with people.open_write_session(database_url) as session:
        people_invitations.create_link(
            session, AssessmentKey("w", "a"), "i-practitioner", people.NOW + timedelta(days=1)
        )

    after = unescape((await visitor.get(visitor.link)).text)

    assert "A further link" not in before
    assert "A further link to this survey was made for you on 21 November 2026." in after
    assert "If answers are sent with it before yours, they stand in your place." in after


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
async def test_link_that_was_mailed_names_the_mailbox_but_not_the_address(
    visitor: Person, database_url: str, confidentiality: str
):
    mailed = {"deliver": "mail", "email": "anna.berg@example.org"}
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(confidentiality=confidentiality))
        session.execute(update(tables.invitation).where(tables.invitation.c.role == "practitioner").values(mailed))

    text = read_visible_text((await visitor.get(visitor.link)).text)

    assert MAILED in text
    assert FIRST_SENT in text
    assert DEVICE in text
    assert "anna.berg" not in text
    assert "The person who gave you this link" not in text


async def test_mailed_link_where_names_are_attached_says_that_anyone_with_it_sees_the_answers(
    visitor: Person, database_url: str
):
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(confidentiality="attributable"))
        session.execute(update(tables.invitation).values(deliver="mail", email="anna.berg@example.org"))

    text = read_visible_text((await visitor.get(visitor.link)).text)

    assert "Anyone with this link can read, change, send and delete these answers" in text
    assert MAILED not in text


@pytest.mark.parametrize(
    ("changes", "promised"),
    [
        ({"minimum_group": 8}, "groups of nine or more"),
        ({"confidentiality": "anonymous"}, "nothing in the database ties them to your invitation"),
        ({"confidentiality": "attributable"}, "Your name is attached to your answers"),
        ({"mode": "consensus"}, "You answer for your function together"),
    ],
)
async def test_promise_uses_the_minimum_group_setting(
    sqlite_url: str, tmp_path: Path, changes: dict[str, object], promised: str
):
    links = people.prepare_database(sqlite_url, **changes)
    app = people.make_app(sqlite_url, tmp_path)

    async with app.lifespan(), people.open_client(app) as client:
        text = (await client.get(f"/s/{links['staff']}")).text

    assert promised in text


async def test_start_exchanges_the_link_for_a_cookie(visitor: Person):
    answer = await visitor.enter()

    assert answer.status_code == 303
    assert answer.headers["location"] == "/survey?begun=1"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_cookies_have_host_prefix_with_tls(sqlite_url: str, tmp_path: Path):
    links = people.prepare_database(sqlite_url)
    app = people.make_app(sqlite_url, tmp_path, public_url="https://survey.example.org")

    async with app.lifespan(), people.open_client(app) as client:
        answer = await client.post(f"/s/{links['staff']}", headers={"Origin": "https://survey.example.org"})

    assert answer.headers["set-cookie"].startswith("__Host-respondent=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_unknown_link_gets_an_explanation(client):
    answer = await client.get("/s/no-such-link")

    assert answer.status_code == 404
    assert "This link doesn’t work" in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "draft"}, "has not opened yet"),
        ({"state": "closed", "closed_on": people.NOW.date()}, "This survey has closed"),
    ],
)
async def test_link_before_opening_or_after_the_close_shows_the_state(
    sqlite_url: str, tmp_path: Path, changes: dict[str, object], words: str
):
    links = people.prepare_database(sqlite_url, **changes)
    app = people.make_app(sqlite_url, tmp_path)

    async with app.lifespan(), people.open_client(app) as client:
        looked = await client.get(f"/s/{links['staff']}")
        entered = await client.post(f"/s/{links['staff']}", headers=people.OWN_PAGE)

    assert words in looked.text
    assert entered.headers["location"] == f"/s/{links['staff']}"


@pytest.mark.parametrize(("minimum_group", "share"), [(3, "1 of 20"), (5, "1 of 100"), (8, "1 of 100")])
async def test_start_page_says_in_how_many_tests_an_answer_was_worked_out(
    sqlite_url: str, tmp_path: Path, minimum_group: int, share: str
):
    links = people.prepare_database(sqlite_url, minimum_group=minimum_group)
    app = people.make_app(sqlite_url, tmp_path)

    async with app.lifespan(), people.open_client(app) as client:
        text = (await client.get(f"/s/{links['staff']}")).text

    assert f"an answer could be worked out all the same in fewer than {share} made-up organisations" in text


async def test_start_page_shows_the_closing_date_and_time_zone_that_hold(visitor: Person, database_url: str):
    before = unescape((await visitor.get(visitor.link)).text)
    with people.open_write_session(database_url) as session:
        workspaces.set_time_zone(session, "w", "Pacific/Auckland", people.NOW)
    moved = unescape((await visitor.get(visitor.link)).text)
    with people.open_write_session(database_url) as session:
        patch = AssessmentPatch(closes_on=None)
        assessment_setup.update_assessment(
            session, AssessmentKey("w", "a"), patch, people.load_catalogue(), now=people.NOW
        )
    removed = unescape((await visitor.get(visitor.link)).text)

    assert "the date can be moved or removed: this page shows the current date" in before
    assert "12 December 2026 (time zone Pacific/Auckland)" in moved
    assert "There’s no closing date yet." in removed
