"""The link after a survey was closed and opened again: one goes on, and is told what still counts."""

from html import unescape

import pytest
from sqlalchemy import insert, select, update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing, reopening
from assessment.storage import tables
from assessment.storage.results import release_snapshots
from tests.web import people
from tests.web.people import Person

COLLEAGUES = 14


@pytest.fixture
def opened_again(database_url: str):
    """Fourteen others have answered what one has and sent it; the survey closes, and opens again."""

    def act() -> None:
        with people.open_write_session(database_url) as session:
            mine = session.execute(select(tables.answer)).mappings().all()
            like = session.execute(select(tables.response)).mappings().first()
            for number in range(COLLEAGUES):
                name = f"colleague-{number:02}"
                own = {
                    "id": name,
                    "invitation_id": None,
                    "draft_number": None,
                    "code_hash": None,
                    "withdraw_hash": None,
                    "state": "sent",
                }
                session.execute(insert(tables.response).values(dict(like) | own))
                values = {"response_id": name, "value": str(1 + number % 3)}
                session.execute(insert(tables.answer), [dict(row) | values for row in mine])
            closing.close_assessment(
                session,
                AssessmentKey("w", "a"),
                people.NOW,
                without_results=True,
                # These people have no invitation, so the forecast before the close expects no figure.
            )
            reopening.reopen_assessment(session, AssessmentKey("w", "a"), people.NOW)

    return act


def close_assessment(database_url: str) -> None:
    with people.open_write_session(database_url) as session:
        # These people have no invitation, so the forecast before the close expects no figure.
        closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)


async def read_page(person: Person, path: str) -> str:
    return unescape((await person.get(path)).text)


async def answer_all_sections(person: Person) -> None:
    for page in person.pages:
        await person.answer(page[0].id, "2")


async def send_survey(person: Person) -> None:
    await person.post("/survey/check", await person.form("/survey/check"))


async def test_link_and_code_open_answers_to_change_and_send_after_reopening(alice: Person, opened_again):
    await alice.answer(alice.first, "3")
    code = await alice.code()
    opened_again()

    entered = await alice.move(code)
    found = await read_page(alice, f"/survey/{alice.first}")
    saved = await alice.save(alice.items(alice.first)[0], "4", sequence=9)
    await send_survey(alice)

    assert entered.headers["location"] == "/survey?begun=1"
    assert people.count_chosen(found) == len(alice.items(alice.first))
    assert saved.status_code == 200
    assert "Your answers are sent" in await read_page(alice, "/survey/sent")


async def test_sent_answers_stay_sent_after_reopening(alice: Person, opened_again):
    await alice.answer(alice.first, "3")
    await send_survey(alice)
    code = await alice.code("/survey/sent")
    opened_again()

    await alice.move(code)
    answer = await alice.get(f"/survey/{alice.first}")

    assert answer.headers["location"] == "/survey/sent?again=1"


async def test_start_page_after_reopening_says_that_few_answers_may_not_count(alice: Person, opened_again):
    before = await read_page(alice, alice.link)
    await alice.answer(alice.first, "3")
    opened_again()

    after = await read_page(alice, alice.link)

    assert "Results were published once already" in after
    assert "If one to 5 people’s answers are new or changed, the published results stay as they are" in after
    assert "only if" not in after
    assert "reads in which functions a few people’s answers are new or changed" in after
    assert "Results that are published stay as they are." in after
    assert "published" not in before


async def test_withdrawal_after_a_release_does_not_change_the_start_page(
    alice: Person, opened_again, database_url: str
):
    """Otherwise anyone with a link could watch for one person's withdrawal (method 6.11)."""
    await alice.answer(alice.first, "3")
    opened_again()
    before = await read_page(alice, alice.link)
    with people.open_write_session(database_url) as session:
        release_snapshots.delete_snapshots(session, AssessmentKey("w", "a"))

    assert await read_page(alice, alice.link) == before
    assert "If one to 5 people’s answers" in before


async def test_start_page_of_a_reopened_attributable_survey_has_no_release_warning(
    alice: Person, opened_again, database_url: str
):
    await alice.answer(alice.first, "3")
    with people.open_write_session(database_url) as session:
        session.execute(update(tables.assessment).values(confidentiality="attributable"))
    opened_again()

    text = await read_page(alice, alice.link)

    assert "Results were published once already" not in text
    assert "Results that are published stay as they are." in text


async def test_link_after_a_close_without_new_release_says_that_earlier_results_apply(
    alice: Person, bob: Person, opened_again, database_url: str
):
    await answer_all_sections(alice)
    opened_again()
    await bob.enter()
    await answer_all_sections(bob)
    await send_survey(bob)
    close_assessment(database_url)

    for person in (alice, bob):
        text = await read_page(person, person.link)
        assert "The earlier results stand" in text
