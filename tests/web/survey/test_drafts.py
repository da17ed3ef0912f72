"""One link in several browsers: each has a draft of its own, the code moves it, and a GET looks the same to all."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import select, update

from assessment.services.auth import tokens
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person
from tests.web.survey.draft_steps import open_client, read_answers

PASSING = {"x-request-id", "date"}


@pytest.fixture(params=["confidential", "anonymous"])
def links(request, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


def extract_visible_response(answer: httpx.Response) -> tuple[object, ...]:
    headers = {name: value for name, value in answer.headers.items() if name not in PASSING}
    return answer.status_code, headers, answer.text


async def test_link_in_another_browser_shows_and_changes_nothing(alice: Person, app, links, database_url: str):
    await alice.answer(alice.first, "2")
    before = read_answers(database_url)

    async with open_client(app, links) as other:
        await other.get(other.link)
        await other.enter()
        page = await other.get(f"/survey/{other.first}")
        await other.withdraw()

    assert people.count_chosen(page.text) == 0
    assert read_answers(database_url) == before


async def test_get_of_a_link_shows_the_same_page_in_every_state(visitor: Person, app, links, database_url: str):
    """Before starting, started, answered, sent, withdrawn: by GET and by HEAD."""
    looks = []

    async def look() -> None:
        async with people.open_client(app) as client:
            looks.append(
                (
                    extract_visible_response(await client.get(visitor.link)),
                    extract_visible_response(await client.head(visitor.link)),
                )
            )

    await look()
    await visitor.enter()
    await look()
    await visitor.answer(visitor.first, "2")
    await look()
    await visitor.send()
    await look()
    await visitor.withdraw()
    await look()

    assert looks[1:] == looks[:1] * 4


async def test_second_sender_gets_an_explanation_and_a_contact(alice: Person, app, links):
    await alice.answer(alice.first, "2")
    async with open_client(app, links) as other:
        await other.enter()
        await other.answer(other.first, "3")
        await other.send()

    refused = await alice.send()
    text = unescape((await alice.get(refused.headers["location"])).text)

    assert refused.status_code == 303
    assert "Answers were already sent with this invitation" in text
    assert "works council" in text
    assert "Anna Berg" in text
    assert (await alice.get(f"/survey/{alice.first}")).status_code == 200


async def test_link_holder_who_sends_nothing_cannot_see_whether_answers_were_sent(alice: Person, app, links):
    async with open_client(app, links) as other:
        await other.enter()
        before = await other.get("/survey/sent-elsewhere")
        await alice.answer(alice.first, "2")
        await alice.send()
        after = await other.get("/survey/sent-elsewhere")

    assert (before.status_code, before.headers["location"]) == (303, "/survey/check")
    assert (after.status_code, after.headers["location"]) == (303, "/survey/check")


@pytest.mark.parametrize("change", ["another session", "another time", "after ten minutes"])
async def test_cookie_of_a_refused_sending_is_valid_for_its_session_and_ten_minutes(
    alice: Person, app, links, clock, change: str
):
    async with open_client(app, links) as other, open_client(app, links) as spy:
        for person in (other, spy):
            await person.enter()
            await person.answer(person.first, "3")
        await alice.answer(alice.first, "2")
        await alice.send()
        await other.send()
        refused = other.client.cookies["refused"]
        shown = await other.get("/survey/sent-elsewhere")
        if change == "after ten minutes":
            clock.now += timedelta(minutes=10)
        elif change == "another time":
            until, _, signature = refused.partition(".")
            other.client.cookies.set("refused", f"{int(until) + 1}.{signature}")
        else:
            spy.client.cookies.set("refused", refused)
        later = await (spy if change == "another session" else other).get("/survey/sent-elsewhere")

    assert (shown.status_code, later.status_code) == (200, 303)


async def test_browser_with_answers_asks_who_they_belong_to(alice: Person):
    await alice.answer(alice.first, "2")

    asked = await alice.get(alice.link)
    pressed = await alice.enter()
    went_on = await alice.enter("continue")
    kept = await alice.get(f"/survey/{alice.first}")
    empty = await alice.get(f"{alice.link}?empty=1")
    await alice.post(alice.link, people.read_hidden_fields(empty.text))
    begun = await alice.get(f"/survey/{alice.first}")

    assert "Are they yours?" in asked.text
    assert pressed.headers["location"] == alice.link
    assert went_on.headers["location"] == "/survey?begun=1"
    assert people.count_chosen(kept.text) == len(alice.items(alice.first))
    assert ">Start<" in empty.text
    assert people.count_chosen(begun.text) == 0


async def test_beginning_empty_leaves_the_other_answers_to_their_code(alice: Person, app, links):
    await alice.answer(alice.first, "2")
    code = await alice.code()

    await alice.enter("empty")
    here = await alice.get(f"/survey/{alice.first}")
    async with open_client(app, links) as other:
        await other.move(code)
        elsewhere = await other.get(f"/survey/{other.first}")

    assert people.count_chosen(here.text) == 0
    assert people.count_chosen(elsewhere.text) == len(alice.items(alice.first))


async def test_revoked_invitation_is_explained_if_the_survey_was_not_started(
    alice: Person, app, links, database_url: str
):
    await alice.answer(alice.first, "2")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.invitation).values(revoked_on=people.NOW.date()))

    async with open_client(app, links) as other:
        looked, entered = await other.get(other.link), await other.enter()
    own = await alice.get("/survey/check")
    sent = await alice.send()

    assert (looked.status_code, entered.headers["location"]) == (410, other.link)
    assert "This invitation was withdrawn" in looked.text
    assert "You had begun before, so you can finish and send" in own.text
    assert sent.headers["location"] == "/survey/sent"


async def test_additional_link_is_announced_until_dismissed(alice: Person, links, database_url: str):
    await alice.answer(alice.first, "2")
    before = (await alice.get("/survey/check")).text
    with people.open_write_session(database_url) as session:
        session.execute(
            tables.invitation_link.insert().values(
                token_hash=tokens.hash_token("another-link"),
                workspace_id="w",
                invitation_id="i-practitioner",
                created_on=people.NOW.date() + timedelta(days=1),
            )
        )

    told = (await alice.get("/survey/check")).text
    form = dict(re.findall(r'name="(_token|links)" value="([^"]*)"', told))
    dismissed = await alice.post("/survey/links", form)
    after = (await alice.get("/survey/check")).text

    assert "A further link" not in before
    assert "A further link to this survey was made for you on 21 November 2026" in told
    assert dismissed.status_code == 303
    assert "A further link" not in after


@pytest.mark.parametrize("tail", [".", ")", ">", ",", "%20", " ", "%C2%A0", "%E2%80%8B", ").", "%22", ";"])
async def test_link_with_text_appended_by_mail_programs_works(visitor: Person, tail: str):
    looked = await visitor.get(f"{visitor.link}{tail}")
    entered = await visitor.post(f"{visitor.link}{tail}")

    assert ">Start<" in looked.text
    assert entered.headers["location"] == "/survey?begun=1"


async def test_link_with_any_other_text_behind_it_works(visitor: Person):
    tails = ("…", "<", "=", "&", "`", "|", "%5C", "~", "。", "\uff0c", "\uff09", "'s", "**", "&nbsp;")

    looked = {tail: (await visitor.get(f"{visitor.link}{tail}")).text for tail in tails}
    entered = await visitor.post(f"{visitor.link}…")
    tagged = await visitor.get(f"{visitor.link}</a>")

    assert [tail for tail, text in looked.items() if ">Start<" not in text] == []
    assert entered.headers["location"] == "/survey?begun=1"
    assert tagged.headers["location"] == visitor.link


async def test_link_that_is_nobodys_stays_unknown_with_text_behind_it(visitor: Person):
    tails = ("A", "-A", "_0", "A…", "/x", "/x%3E", "/a/b")

    answers = [await visitor.get(f"{visitor.link}{tail}") for tail in tails]
    answers.append(await visitor.get(f"{visitor.link[:-1]}…"))

    assert [answer.status_code for answer in answers] == [404] * len(answers)


async def test_two_people_at_one_computer_have_separate_drafts(alice: Person, links):
    await alice.answer(alice.first, "2")
    leader = Person(alice.client, links["leader"], "leader")
    await leader.enter()
    await leader.answer(leader.first, "4")

    await alice.enter("continue")
    alices = await alice.get(f"/survey/{alice.first}")
    await leader.enter("continue")
    leaders = await leader.get(f"/survey/{leader.first}")

    assert people.count_chosen(alices.text) == len(alice.items(alice.first))
    assert people.count_chosen(leaders.text) == len(leader.items(leader.first))


async def test_at_most_twelve_drafts_are_kept_in_a_browser(client: httpx.AsyncClient, database_url: str, links, app):
    with people.open_write_session(database_url) as session:
        made = [people.add_survey(session, f"s{number}")["staff"] for number in range(14)]

    for link in made:
        await client.post(f"/s/{link}", headers=people.OWN_PAGE)

    kept = [name for name in client.cookies if name.startswith("r-")]
    assert len(kept) == 12
    assert (await client.get("/survey")).status_code == 303


async def test_finish_shows_the_code_and_deletes_all_cookies(alice: Person, links, database_url: str):
    await alice.answer(alice.first, "2")
    old = dict(alice.client.cookies)
    code = await alice.code("/survey/finish")

    finished = await alice.finish()
    with people.open_read_session(database_url) as session:
        sessions = session.execute(select(tables.respondent_session)).all()
    left = dict(alice.client.cookies)
    for name, value in old.items():
        alice.client.cookies.set(name, value)

    assert code
    assert finished.headers["location"] == "/finished"
    assert left == {}
    assert sessions == []
    assert (await alice.get("/survey")).status_code == 401
    assert ">Start<" in (await alice.get(alice.link)).text
    assert (await alice.move(code)).status_code == 303


async def test_finish_from_a_link_shows_the_code_of_its_own_draft(alice: Person, links):
    """Two people at one computer: the later one is current, the earlier one opens their link and finishes."""
    await alice.answer(alice.first, "2")
    code = await alice.code()
    leader = Person(alice.client, links["leader"], "leader")
    await leader.enter()
    await leader.answer(leader.first, "4")
    other_code = await leader.code()

    chosen = await alice.enter("finish")
    shown = await alice.code(chosen.headers["location"])
    finished = await alice.finish()

    assert chosen.headers["location"] == "/survey/finish"
    assert shown == code != other_code
    assert finished.headers["location"] == "/finished"
    assert dict(alice.client.cookies) == {}


async def test_set_aside_answers_can_be_finished_on_their_device(alice: Person, app, links):
    await alice.answer(alice.first, "2")
    code = await alice.code()
    async with open_client(app, links) as other:
        await other.move(code)
        await alice.enter("not-me")

        page = await other.get("/survey/check")
        finished = await other.post("/survey/finish", people.read_hidden_fields(page.text))
        left = dict(other.client.cookies)

    assert "These answers were set aside" in page.text
    assert finished.headers["location"] == "/finished"
    assert left == {}


async def test_cookies_of_sent_answers_expire_in_an_hour(alice: Person):
    await alice.answer(alice.first, "2")

    sent = await alice.send()

    cookies = sent.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("Max-Age=3600" in cookie and "HttpOnly" in cookie for cookie in cookies)
