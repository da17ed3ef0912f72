"""Surveys in which the link alone opens the answers: pages promise nothing that only separate drafts can keep."""

from datetime import timedelta
from html import unescape

import pytest
from litestar import Litestar

from assessment.services.auth import tokens
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

SEPARATE = "It starts empty and can’t open your answers."
SHARED = "Anyone who has it can read, change, send and delete these answers."


@pytest.fixture
def links(database_url: str) -> dict[str, str]:
    return people.prepare_database(database_url, confidentiality="attributable")


async def read_page(person: Person, path: str) -> str:
    return " ".join(unescape((await person.get(path)).text).split())


async def test_further_link_that_opens_the_answers_is_announced_as_such(alice: Person, database_url: str):
    await alice.answer(alice.first, "2")
    with people.open_write_session(database_url) as session:
        session.execute(
            tables.invitation_link.insert().values(
                token_hash=tokens.hash_token("another-link"),
                workspace_id="w",
                invitation_id="i-practitioner",
                created_on=people.NOW.date() + timedelta(days=1),
            )
        )

    text = await read_page(alice, "/survey/check")

    assert "A further link to this survey was made for you" in text
    assert SHARED in text
    assert SEPARATE not in text


async def test_finish_leaves_the_answers_open_to_the_link_only(alice: Person, app: Litestar):
    await alice.answer(alice.first, "2")

    text = await read_page(alice, "/survey/finish")
    await alice.finish()
    forgotten = await alice.get(f"/survey/{alice.first}")
    await alice.enter()
    again = await alice.get(f"/survey/{alice.first}")

    assert "Afterwards this browser opens your answers only with your link." in text
    assert "nobody who uses this browser" not in text
    assert forgotten.status_code == 401
    assert "the link alone is enough" in unescape(forgotten.text)
    assert people.count_chosen(again.text) == len(alice.items(alice.first))
