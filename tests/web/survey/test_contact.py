"""Every page of a respondent names a person to ask, or says whom, and no page names one after the browser forgot."""

import re
from html import unescape

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import closing
from assessment.storage import tables
from tests.web import people
from tests.web.people import Person

NAMED = re.compile(r"Ask Anna Berg\.|when Anna Berg tells you")
UNNAMED = "Ask the person who invited you."
LINK_PATHS = ("", "?empty=1", "/code", "/role", "/unsubscribe", "/unsubscribed")


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    """One kind of database is enough for what pages say."""
    return migrated_sqlite_url


async def read_pages(person: Person, *paths: str) -> dict[str, str]:
    return {path: unescape((await person.get(path)).text) for path in paths}


def list_unnamed_pages(pages: dict[str, str]) -> list[str]:
    return [path for path, text in pages.items() if not NAMED.search(text)]


def change_assessment(url: str, **values: object) -> None:
    with people.open_write_session(url) as session:
        session.execute(tables.assessment.update().values(**values))


async def test_pages_of_a_survey_and_its_link_name_the_person_who_asks(alice: Person, database_url: str):
    await alice.answer(alice.first, "2")
    sections = [f"/survey/{page[0].id}" for page in alice.pages]
    begun = await read_pages(alice, *sections, "/survey/check", "/survey/finish", "/survey/withdraw")
    begun |= await read_pages(alice, *(alice.link + path for path in LINK_PATHS))
    await alice.send()
    sent = await read_pages(alice, "/survey/sent", "/survey/withdraw", "/survey/finish", alice.link)

    assert list_unnamed_pages(begun) == []
    assert list_unnamed_pages(sent) == []


@pytest.mark.parametrize("state", ["draft", "closed"])
async def test_pages_before_opening_and_after_the_close_name_the_person_who_asks(
    visitor: Person, database_url: str, state: str
):
    if state == "closed":
        with people.open_write_session(database_url) as session:
            closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)
    else:
        change_assessment(database_url, state=state)

    assert list_unnamed_pages(await read_pages(visitor, visitor.link)) == []


async def test_shared_results_name_the_person_who_asks(visitor: Person, database_url: str):
    change_assessment(database_url, share_results=True)
    with people.open_write_session(database_url) as session:
        closing.close_assessment(session, AssessmentKey("w", "a"), people.NOW, without_results=True)

    assert list_unnamed_pages(await read_pages(visitor, visitor.link)) == []


async def test_survey_without_sender_name_names_the_organisation_on_pages_of_its_link(
    visitor: Person, database_url: str
):
    change_assessment(database_url, asker="")

    pages = await read_pages(visitor, *(visitor.link + path for path in LINK_PATHS))

    assert [path for path, text in pages.items() if "Ask Harbour & Reed." not in text] == []


async def test_pages_without_a_link_say_whom_to_ask_and_name_nobody(alice: Person):
    await alice.answer(alice.first, "2")
    await alice.finish()

    pages = await read_pages(alice, "/finished", "/withdraw", "/withdraw/done", "/survey", "/survey/problem?kind=lost")

    assert [path for path, text in pages.items() if UNNAMED not in text or "Anna Berg" in text] == []
