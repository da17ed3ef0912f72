"""Evidence is asked the same way for every rating, folded, and never with other answers."""

import pytest
from sqlalchemy import select

from assessment.storage import tables
from tests.web import people
from tests.web.people import Person


def find_stored(url: str, item: str) -> tuple[str, str]:
    with people.open_read_session(url) as session:
        row = session.execute(
            select(tables.answer.c.value, tables.answer.c.evidence).where(tables.answer.c.item_id == item)
        ).one()
    return row.value, row.evidence


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        ("CS-P1", "4", "data"),
        ("CS-P1", "0", "data"),
        ("CS-K-email", "1", "data"),
        ("X-S1", "2", "data"),
        ("CS-P1", "dk", ""),
        ("CS-P1", "na", ""),
        ("X-Q", "sales", ""),
    ],
)
async def test_evidence_is_stored_with_every_rating_only(
    alice: Person, database_url: str, item: str, value: str, expected: str
):
    section = next(page[0].id for page in alice.pages if item in [each for part in page for each in part.items])

    await alice.save(item, value, section=section, **{f"{item}:evidence": "data"})

    assert find_stored(database_url, item) == (value, expected)


async def test_own_copy_names_the_evidence_of_a_rating(alice: Person):
    await alice.answer(alice.first, **{"CS-P1": "3", "CS-P1:evidence": "document"})
    await alice.send()

    copy = (await alice.get("/survey/copy")).text

    assert "It falls under the same goals as phone and email (There is a document)\n" in copy
    assert copy.count("(There is a document)") == 1


async def test_evidence_is_folded_and_unlike_the_question_optional(alice: Person):
    text = (await alice.get(f"/survey/{alice.first}")).text

    assert text.count('<details class="evidence">') == len(alice.items(alice.first))
    assert '<details class="evidence" open>' not in text
    assert text.count("What is this based on? (optional)") == len(alice.items(alice.first))
