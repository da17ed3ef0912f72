"""A browser with answers: every page offers to finish on this device, and says that a further link was made."""

import re
from datetime import timedelta
from html import unescape

import pytest
from litestar import Litestar

from assessment.domain.assessment import AssessmentKey
from assessment.domain.survey.closing_time import make_closing_mark
from assessment.services.assessments import closing
from assessment.services.auth import tokens
from assessment.storage import assessments, tables
from tests.web import people
from tests.web.people import Clock, Person
from tests.web.survey.test_conflict_page import continue_in_two_windows
from tests.web.survey.test_lost_session import send_without_session

ITEM = "CS-P1"
FINISH = re.compile(r'href="/survey/finish"|action="/survey/finish"|action="/forget"|name="choice" value="finish"')
PROBLEMS = ("stale", "other-link", "damaged", "untied", "lost")
NEW_LINK = "A further link to this survey was made for you on 21 November 2026"
DAY = 24 * 3600


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind of database is enough for what pages say."""
    return migrated_sqlite_url


async def add_link(url: str) -> None:
    with people.open_write_session(url) as session:
        session.execute(
            tables.invitation_link.insert().values(
                token_hash=tokens.hash_token("another-link"),
                workspace_id="w",
                invitation_id="i-practitioner",
                created_on=people.NOW.date() + timedelta(days=1),
            )
        )


def close_survey(url: str) -> None:
    with people.open_write_session(url) as session:
        closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)


def read_form_address(text: str) -> str:
    return re.findall(r'<form method="post" action="([^"]+)"', text)[-1]


def list_link_pages(person: Person) -> list[str]:
    own = ("", "?empty=1", "/code", "/role", "/unsubscribe", "/unsubscribed")
    return [person.link + path for path in own]


async def test_every_page_of_a_browser_with_saved_answers_offers_to_finish(alice: Person, database_url: str):
    await alice.answer(alice.first, "2")
    pages = [f"/survey/{page[0].id}" for page in alice.pages]
    pages += ["/survey/check", "/survey/withdraw", "/withdraw", "/s/no-such-link"]
    pages += list_link_pages(alice)
    pages += [f"/survey/problem?kind={kind}" for kind in PROBLEMS]
    before = {path: await alice.get(path) for path in pages}
    await alice.send()
    sent_pages = ("/survey/sent", "/survey/withdraw", alice.link)
    after = {f"{path} after sending": await alice.get(path) for path in sent_pages}
    close_survey(database_url)
    closed = {f"{path} after the close": await alice.get(path) for path in ("/survey", alice.link)}

    answers = before | after | closed
    assert [path for path, answer in answers.items() if not FINISH.search(answer.text)] == []
    assert {answer.headers["cache-control"] for answer in answers.values()} == {"no-store"}


async def test_browser_without_answers_is_not_asked_to_finish(visitor: Person):
    pages = [visitor.link, f"{visitor.link}/code", f"{visitor.link}/role", "/withdraw", "/finished"]

    assert [path for path in pages if FINISH.search((await visitor.get(path)).text)] == []


async def test_answers_on_the_page_of_a_lost_session_are_forgotten_by_finishing(alice: Person):
    await send_without_session(alice)
    waiting = await alice.get("/survey/resume")
    form = await alice.get("/survey/finish")

    finished = await alice.post(read_form_address(form.text))

    assert FINISH.search(waiting.text)
    assert "This browser opens no answers at the moment" in form.text
    assert finished.headers["location"] == "/finished"
    assert dict(alice.client.cookies) == {}


async def test_closed_survey_can_be_finished_on_the_device(alice: Person, database_url: str):
    await alice.answer(alice.first, "2")
    close_survey(database_url)
    form = await alice.get("/survey/finish")

    finished = await alice.post(read_form_address(form.text))

    assert "This browser opens no answers at the moment" in form.text
    assert finished.headers["location"] == "/finished"
    assert dict(alice.client.cookies) == {}


async def test_next_page_says_that_a_further_link_was_made_until_it_is_dismissed(alice: Person, database_url: str):
    await alice.answer(alice.first, "2")
    pages = [f"/survey/{alice.first}", "/survey/check", "/survey/withdraw", "/survey/finish", *list_link_pages(alice)]
    before = [path for path in pages if NEW_LINK in (await alice.get(path)).text]
    await add_link(database_url)

    silent = [path for path in pages if NEW_LINK not in (await alice.get(path)).text]
    await alice.post("/survey/links", await alice.form("/survey/finish"))
    after = [path for path in pages if NEW_LINK in (await alice.get(path)).text]

    assert (before, silent) == ([], [])
    assert after == [f"{alice.link}?empty=1"]  # the start page: someone else may begin there


async def test_start_page_of_a_begun_survey_says_that_a_further_link_was_made(alice: Person, database_url: str):
    await add_link(database_url)

    text = unescape((await alice.get(alice.link)).text)

    assert NEW_LINK in text
    assert ">Start<" in text


async def test_page_of_answers_sent_elsewhere_says_that_a_further_link_was_made(
    alice: Person, app: Litestar, database_url: str
):
    await alice.answer(alice.first, "2")
    async with people.open_client(app) as client:
        other = Person(client, alice.link.removeprefix("/s/"), "practitioner")
        await other.enter()
        await other.answer(other.first, "3")
        await other.send()
    await add_link(database_url)

    page = await alice.get((await alice.send()).headers["location"])

    assert "Answers were already sent with this invitation" in page.text
    assert NEW_LINK in page.text


async def test_page_of_moved_answers_says_that_a_further_link_was_made(alice: Person, app: Litestar, database_url: str):
    await alice.answer(alice.first, "2")
    code = await alice.code()
    async with people.open_client(app) as client:
        await Person(client, alice.link.removeprefix("/s/"), "practitioner").move(code)
    await add_link(database_url)

    pages = {path: (await alice.get(path)).text for path in ("/survey", alice.link)}

    assert [path for path, text in pages.items() if "That wasn’t me" not in unescape(text)] == []
    assert [path for path, text in pages.items() if NEW_LINK not in text] == []
    assert [path for path, text in pages.items() if not FINISH.search(text)] == []


async def test_start_page_warns_of_invented_people_without_anything_to_open(visitor: Person):
    text = unescape(re.sub(r"<details>.*?</details>", "", (await visitor.get(visitor.link)).text, flags=re.DOTALL))

    assert "The person who invites can also invent people" in text


async def test_typed_answers_leave_the_browser_with_the_close(alice: Person, database_url: str):
    await continue_in_two_windows(alice, **{ITEM: "na", f"{ITEM}:reason": "secret"})
    before = set(alice.client.cookies)
    close_survey(database_url)

    page = await alice.get("/survey")

    assert "This survey has closed" in page.text
    assert before - set(alice.client.cookies) == {"mine"}


async def test_typed_answers_stay_while_a_close_runs_that_may_fail(alice: Person, database_url: str):
    await continue_in_two_windows(alice, **{ITEM: "na", f"{ITEM}:reason": "secret"})
    with people.open_write_session(database_url) as session:
        assessments.save_closing_time(session, AssessmentKey("w", "a"), make_closing_mark(people.NOW))
    during = await alice.get("/survey")
    cookies = set(alice.client.cookies)
    close_survey(database_url)

    after = await alice.get("/survey")

    assert "This survey has closed" in during.text
    assert ("mine" in cookies, "mine" in alice.client.cookies) == (True, False)
    assert ("keep-typed" in during.headers, "keep-typed" in after.headers) == (True, False)


async def test_typed_answers_leave_the_browser_once_they_were_moved(alice: Person, app: Litestar):
    await continue_in_two_windows(alice, **{ITEM: "na", f"{ITEM}:reason": "secret"})
    code = await alice.code()
    async with people.open_client(app) as client:
        await Person(client, alice.link.removeprefix("/s/"), "practitioner").move(code)

    await alice.get("/survey")

    assert "mine" not in alice.client.cookies


@pytest.mark.parametrize(("hours_left", "age"), [(48, DAY), (3, 3 * 3600)])
async def test_typed_answers_are_kept_a_day_and_never_beyond_the_close(
    visitor: Person, clock: Clock, database_url: str, hours_left: int, age: int
):
    end = people.NOW + timedelta(hours=hours_left)
    with people.open_write_session(database_url) as session:
        session.execute(tables.assessment.update().values(closes_at=end))
    await visitor.enter()
    old = await visitor.form(f"/survey/{visitor.first}")
    await visitor.answer(visitor.first, "4")

    answer = await visitor.post(f"/survey/{visitor.first}", old | dict.fromkeys(visitor.items(visitor.first), "1"))

    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("mine="))
    assert clock.now == people.NOW
    assert f"Max-Age={age};" in cookie
