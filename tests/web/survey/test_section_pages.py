"""Sections as plain forms: everything works without JavaScript."""

from datetime import timedelta
from html import escape

import pytest
from sqlalchemy import select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Clock, Person


async def test_new_section_has_no_preselected_answers(alice: Person):
    text = (await alice.get(f"/survey/{alice.first}")).text

    assert people.count_chosen(text) == 0
    assert "Section 1 of 9" in text


async def test_continue_saves_the_section_and_shows_the_next(alice: Person):
    answer = await alice.answer(alice.first, "2")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/survey/{alice.pages[1][0].id}"
    assert people.count_chosen((await alice.get(f"/survey/{alice.first}")).text) == len(alice.items(alice.first))


async def test_unanswered_questions_are_listed_in_summary_and_in_place(alice: Person):
    item = alice.items(alice.first)[1]
    question = people.load_shipped_questionnaire().text("en").items[item].text

    sent = await alice.answer(alice.first, **{item: ""})
    answer = await alice.get(sent.headers["location"])

    assert (sent.status_code, answer.status_code) == (303, 200)
    assert "<title>Error: " in answer.text
    assert f'<a href="#{item}">' in answer.text
    assert answer.text.count("Choose an answer: ") == 2
    assert answer.text.count(f"Choose an answer: {escape(question)}") == 2
    assert people.count_chosen(answer.text) == len(alice.items(alice.first)) - 1


async def test_skipped_questions_are_listed_on_the_check_page(alice: Person):
    item = alice.items(alice.first)[1]

    skipped = await alice.answer(alice.first, **{item: "", "skip": "1"})
    check = await alice.get("/survey/check")

    assert skipped.status_code == 303
    assert f"/survey/{alice.first}?then=check&amp;at={item}#question-{item}" in check.text


async def test_change_link_returns_to_the_check_page(alice: Person):
    form = await alice.form(f"/survey/{alice.first}?then=check")

    answer = await alice.post(f"/survey/{alice.first}", form | dict.fromkeys(alice.items(alice.first), "1"))

    assert answer.headers["location"] == "/survey/check"


async def test_change_link_returns_to_the_changed_answer(alice: Person):
    item = alice.items(alice.first)[1]
    form = await alice.form(f"/survey/{alice.first}?then=check&at={item}")

    answer = await alice.post(f"/survey/{alice.first}", form | dict.fromkeys(alice.items(alice.first), "1"))

    assert answer.headers["location"] == f"/survey/check#answer-{item}"
    assert f'id="answer-{item}"' in (await alice.get("/survey/check")).text


async def test_language_switch_saves_the_answers_and_shows_the_same_section(alice: Person):
    item = alice.items(alice.first)[1]
    path = f"/survey/{alice.first}"

    switched = await alice.answer(alice.first, **{item: "", "lang": "de"})
    page = await alice.get(switched.headers["location"])

    assert (switched.status_code, switched.headers["location"]) == (303, f"{path}?lang=de")
    assert '<html lang="de">' in page.text
    assert "<title>Fehler" not in page.text
    assert people.count_chosen(page.text) == len(alice.items(alice.first)) - 1
    assert '<html lang="de">' in (await alice.get(path)).text


async def test_language_switch_after_a_change_link_still_leads_to_the_check_page(alice: Person):
    item = alice.items(alice.first)[1]
    form = await alice.form(f"/survey/{alice.first}?then=check&at={item}")

    switched = await alice.post(f"/survey/{alice.first}", form | {"lang": "fr"})

    assert switched.headers["location"] == f"/survey/{alice.first}?then=check&at={item}&lang=fr"


@pytest.mark.parametrize("language", ["xx", "de&then=check", "//evil.example"])
async def test_language_switch_without_such_a_language_keeps_the_one_before(alice: Person, language: str):
    switched = await alice.answer(alice.first, lang=language)
    page = await alice.get(switched.headers["location"])

    assert switched.headers["location"].startswith(f"/survey/{alice.first}?lang=")
    assert '<html lang="en">' in page.text
    assert f'action="/survey/{alice.first}"' in page.text


async def test_change_link_does_not_require_skipped_questions(alice: Person):
    first, second = alice.items(alice.first)[:2]
    await alice.answer(alice.first, **{first: "", "skip": "1"})
    form = await alice.form(f"/survey/{alice.first}?then=check&at={second}")

    answer = await alice.post(f"/survey/{alice.first}", form | {second: "4"})

    assert answer.headers["location"] == f"/survey/check#answer-{second}"


async def test_invalid_return_target_is_ignored(alice: Person):
    text = (await alice.get(f"/survey/{alice.first}?then=//evil.example&at=//evil.example")).text

    assert "evil" not in text.partition("<form")[2].partition("<footer")[0]


async def test_section_not_asked_any_more_redirects_to_the_first_unanswered(bob: Person):
    form = await bob.form(f"/survey/{bob.first}")

    answer = await bob.post("/survey/authority-and-support", form)

    assert answer.headers["location"] == "/survey"


async def test_continue_by_htmx_gets_the_redirect_in_a_header(alice: Person):
    form = await alice.form(f"/survey/{alice.first}") | dict.fromkeys(alice.items(alice.first), "3")

    answer = await alice.post(f"/survey/{alice.first}", form, **{"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, f"/survey/{alice.pages[1][0].id}")


async def test_reason_and_evidence_are_saved_with_their_answer(alice: Person):
    first, second = alice.items(alice.first)[:2]

    await alice.answer(
        alice.first,
        **{first: "4", f"{first}:evidence": "data", second: "na", f"{second}:reason": "Another team <b>does</b> it"},
    )
    text = (await alice.get(f"/survey/{alice.first}")).text

    assert 'value="Another team &lt;b&gt;does&lt;/b&gt; it"' in text
    assert people.count_chosen(text) == len(alice.items(alice.first)) + 1


async def test_duration_is_measured_from_first_view_to_continue(alice: Person, clock: Clock, database_url: str):
    await alice.get(f"/survey/{alice.first}")
    clock.now += timedelta(seconds=75)

    await alice.answer(alice.first)

    with people.open_read_session(database_url) as session:
        assert session.scalar(select(tables.section_time.c.seconds)) == pytest.approx(75)


async def test_section_of_another_role_gets_404(bob: Person):
    answer = await bob.get("/survey/authority-and-support")

    assert answer.status_code == 404


async def test_form_of_another_link_is_refused_with_the_reason(alice: Person, links: dict[str, str]):
    form = await alice.form(f"/survey/{alice.first}")
    other = Person(alice.client, links["leader"], "leader")
    await other.enter()
    token = (await other.form(f"/survey/{other.first}"))["_token"]

    answer = await alice.follow(await alice.post(f"/survey/{alice.first}", form | {"_token": token, "CS-P1": "0"}))

    assert answer.status_code == 409
    assert "Another survey link was opened in this browser" in answer.text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"CS-P1": "5"}, 422),
        ({"CS-P1": "\0"}, 422),
        ({"CS-P1": "na", "CS-P1:reason": "\0"}, 422),
        ({"CS-P1": "na", "CS-P1:reason": "x" * 5000}, 422),
        ({"CS-P1:sequence": "-1"}, 422),
        ({"CS-P1:sequence": "²"}, 422),
        ({"CS-P1:sequence": "9" * 99}, 422),
        ({"CS-P1:sequence": "0.1.0"}, 422),
        ({"CS-P1:sequence": "0.40000.0.0"}, 422),
        ({"CS-P1:sequence": "0.40000.9999999"}, 422),
        ({"CS-P1:evidence": "hearsay", "CS-P1": "4"}, 422),
    ],
)
async def test_invalid_form_values_are_refused(alice: Person, fields: dict[str, str], status: int):
    answer = await alice.follow(await alice.answer(alice.first, **fields))

    assert answer.status_code == status


async def test_malformed_bodies_are_refused(alice: Person):
    token = (await alice.form(f"/survey/{alice.first}"))["_token"]
    path = f"/survey/{alice.first}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    bodies = [
        (b"%ff%fe=%80", form),
        (b"CS-P1=%ff", form),
        (b"a=1&a=2&a=3", form),
        (b"{}", {"Content-Type": "application/json"}),
        (b"x" * 10, {"Content-Type": "multipart/form-data"}),
        (b"x" * 3_000_000, form),
    ]

    answers = [
        await alice.client.post(path, content=body, headers=people.OWN_PAGE | {"X-CSRF-Token": token} | kind)
        for body, kind in bodies
    ]

    pages = [await alice.follow(answer) if answer.status_code == 303 else answer for answer in answers]
    assert all(400 <= page.status_code < 500 for page in pages), [page.status_code for page in pages]


async def test_back_after_sending_shows_already_sent(alice: Person):
    await alice.answer(alice.first, "3")
    await alice.post("/survey/check", await alice.form("/survey/check"))

    back = await alice.get(f"/survey/{alice.first}")
    told = await alice.get(back.headers["location"])

    assert back.status_code == 303
    assert "You had already sent your answers" in told.text
