"""Drafts that move to another browser by their code."""

import re

import pytest

from tests.web import people
from tests.web.people import Person
from tests.web.survey.draft_steps import open_client, read_answers


@pytest.fixture(params=["confidential", "anonymous"])
def links(request, database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality=request.param)


async def test_code_is_shown_from_the_first_answer_and_moves_the_draft(alice: Person, app, links):
    none_yet = await alice.code(f"/survey/{alice.first}")
    await alice.answer(alice.first, "2")
    code = await alice.code()

    async with open_client(app, links) as other:
        form = await other.get(f"{other.link}/code")
        moved = await other.move(code.lower().replace("-", " "))
        shown = await other.get(f"/survey/{other.first}")
        new_code = await other.code()
    there = await alice.get("/survey/check")

    assert none_yet == ""
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", code)
    assert "If someone gave you this code, they can read your answers: start again instead." in form.text
    assert moved.headers["location"] == "/survey?begun=1"
    assert people.count_chosen(shown.text) == len(alice.items(alice.first))
    assert new_code not in ("", code)
    assert "Your answers were moved to another browser" in there.text
    assert people.count_chosen(there.text) == 0


async def test_objection_sets_aside_the_moved_answers(alice: Person, app, links):
    await alice.answer(alice.first, "2")
    code = await alice.code()
    async with open_client(app, links) as other:
        await other.move(code)

        objected = await alice.enter("not-me")
        there = await other.get("/survey/check")

    assert objected.headers["location"] == alice.link
    assert "These answers were set aside" in there.text
    assert ">Start<" in (await alice.get(alice.link)).text


async def test_agreement_keeps_the_moved_answers(alice: Person, app, links):
    await alice.answer(alice.first, "2")
    code = await alice.code()
    async with open_client(app, links) as other:
        await other.move(code)

        await alice.enter("me")
        there = await other.get("/survey/check")

    assert "Check your answers" in there.text
    assert ">Start<" in (await alice.get(alice.link)).text


async def test_save_after_a_move_is_refused_with_the_reason(alice: Person, app, links, database_url: str):
    await alice.answer(alice.first, "2")
    code = await alice.code()
    form = await alice.form(f"/survey/{alice.first}")
    item = alice.items(alice.first)[0]
    async with open_client(app, links) as other:
        await other.move(code)
    before = read_answers(database_url)

    saved = await alice.post(f"/survey/answers/{item}", form | {item: "4"}, **{"HX-Request": "true"})

    assert saved.status_code == 409
    assert "moved to another browser" in saved.text
    assert read_answers(database_url) == before


async def test_wrong_codes_are_limited_by_address_and_link_and_the_right_one_is_accepted(
    alice: Person, bob: Person, app, links
):
    await alice.answer(alice.first, "2")
    await bob.answer(bob.first, "2")
    code, bobs = await alice.code(), await bob.code()

    async with open_client(app, links) as other:
        tried = [(await other.follow(await other.move("ABCD-EFGH-JKMN"))).status_code for _ in range(12)]
        elsewhere = await other.follow(await other.post(f"{bob.link}/code", {"code": "ABCD-EFGH-JKMN"}))
        right = await other.move(code)

    assert tried == [422] * 10 + [429] * 2
    assert elsewhere.status_code == 422
    assert right.headers["location"] == "/survey?begun=1"
    assert bobs != code


async def test_wrong_code_shows_an_error_and_stays_in_its_field(alice: Person):
    answer = await alice.follow(await alice.move('ABCD<b>"'))

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'value="ABCD&lt;b&gt;&#34;"' in answer.text


async def test_finish_on_this_device_works_after_the_draft_was_moved(alice: Person, app, links):
    await alice.answer(alice.first, "3")
    code = await alice.code()
    form = await alice.form("/survey/check")
    async with open_client(app, links) as other:
        await other.move(code)
    moved = await alice.get("/survey")

    finished = await alice.post("/survey/finish", form)

    assert "Finish on this device" in moved.text
    assert (finished.status_code, finished.headers["location"]) == (303, "/finished")
    assert (await alice.get("/survey")).status_code == 401


async def test_earlier_browser_shows_that_moved_answers_were_deleted(alice: Person, app, links):
    await alice.answer(alice.first, "3")
    code = await alice.code()
    async with open_client(app, links) as other:
        await other.move(code)
        await other.post("/survey/withdraw", await other.form("/survey/withdraw"))

    told = await alice.get("/survey")

    assert "There, they were deleted." in told.text
    assert "That wasn&#39;t me" not in told.text


async def test_browser_between_reads_that_twice_moved_answers_were_set_aside(alice: Person, app, links):
    await alice.answer(alice.first, "3")
    code = await alice.code()
    async with open_client(app, links) as second, open_client(app, links) as third:
        await second.move(code)
        await third.move(await second.code())

        await alice.enter("not-me")
        between = await second.get("/survey")

    assert "They were set aside: they can’t be opened any more and do not count." in between.text
    assert "deleted" not in between.text
    assert "That wasn’t me" not in between.text
