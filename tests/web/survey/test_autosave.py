"""Answers saved one by one, as htmx sends them."""

import pytest
from sqlalchemy import update

from assessment.storage import tables
from assessment.web.survey import answer_forms
from tests.web import people
from tests.web.people import Person

ITEM = "CS-P1"


async def test_saved_answer_shows_the_time(alice: Person):
    answer = await alice.save(ITEM, "3")

    assert answer.status_code == 200
    assert "Saved <time" in answer.text
    assert "14:03" in answer.text
    assert "<html" not in answer.text


async def test_late_retry_does_not_overwrite_newer_answer(alice: Person):
    form = await alice.form(f"/survey/{alice.first}")
    number = form[f"{ITEM}:sequence"]
    await alice.save(ITEM, "3", **{f"{ITEM}:sequence": f"{number}.2"})

    late = await alice.save(ITEM, "1", **{f"{ITEM}:sequence": f"{number}.1"})

    assert late.status_code == 409
    assert "another window" in late.text
    assert people.count_chosen((await alice.get(f"/survey/{alice.first}")).text) == 1


async def test_repeated_save_succeeds(alice: Person):
    await alice.save(ITEM, "3", sequence=1)

    again = await alice.save(ITEM, "3", sequence=1)

    assert again.status_code == 200


async def test_save_from_a_page_of_another_link_is_refused(alice: Person, bob: Person):
    foreign = (await bob.form(f"/survey/{bob.first}"))["response"]

    answer = await alice.save(ITEM, "3", response=foreign)

    assert answer.status_code == 409
    assert "another survey link was opened" in answer.text


async def test_save_from_a_page_of_another_link_is_misfiled_without_the_guard(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
):
    foreign = (await bob.form(f"/survey/{bob.first}"))["response"]
    monkeypatch.setattr(answer_forms, "check_response_id", lambda *_: None)

    answer = await alice.save(ITEM, "3", response=foreign)

    assert answer.status_code == 200


async def test_save_after_sending_is_refused_with_the_reason(alice: Person):
    await alice.answer(alice.first, "2")
    form = await alice.form(f"/survey/{alice.first}")
    await alice.post("/survey/check", await alice.form("/survey/check"))

    answer = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3"}, **{"HX-Request": "true"})

    assert answer.status_code == 409
    assert "already sent" in answer.text


async def test_save_after_the_close_is_refused_with_the_reason(alice: Person, database_url: str):
    form = await alice.form(f"/survey/{alice.first}")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(state="closed", closed_on=people.NOW.date()))

    answer = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3"}, **{"HX-Request": "true"})

    assert answer.status_code == 409
    assert "has closed" in answer.text


async def test_answer_to_an_item_not_asked_is_refused(bob: Person):
    answer = await bob.save("X-S1", "3")

    assert answer.status_code == 409
    assert "this question is not asked of you any more" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("state", ["withdrawn", "set-aside"])
async def test_save_to_a_finished_response_shows_the_reason_at_the_question(
    alice: Person, database_url: str, state: str
):
    form = await alice.form(f"/survey/{alice.first}")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.response).values(state=state))

    answer = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3"}, **{"HX-Request": "true"})

    assert answer.status_code == 409
    assert f"these answers were {state.replace('-', ' ')}" in answer.text
    assert "<html" not in answer.text


async def test_save_with_the_cookie_of_another_survey_shows_the_reason_at_the_question(
    alice: Person, links: dict[str, str]
):
    form = await alice.form(f"/survey/{alice.first}")
    await alice.post(f"/s/{links['leader']}")

    answer = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3"}, **{"HX-Request": "true"})

    assert answer.status_code == 403
    assert "another survey link was opened" in answer.text
    assert "<html" not in answer.text


async def test_save_without_htmx_redirects_to_the_survey(alice: Person):
    form = await alice.form(f"/survey/{alice.first}")

    answer = await alice.post(f"/survey/answers/{ITEM}", form | {ITEM: "3", f"{ITEM}:sequence": "1"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/survey"
