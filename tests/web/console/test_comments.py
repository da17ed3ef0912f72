"""The results page says in a line whose comments the report has."""

import html
import re

import pytest

from assessment.domain.comments import Comments
from assessment.services import commenting, keys
from assessment.services.commenting import New, Picture
from assessment.storage import database
from assessment.wording import wording
from tests.web import people

DAY = wording("en").date(people.NOW)
LINE = re.compile(r'<p class="quiet small">\s*(.*?)\s*</p>', re.DOTALL)


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def save(world, **by):
    new = New(comments=Comments(title="Own"), logo=Picture(), saved_at=people.NOW, **by)
    with database.writing(world.engine) as session:
        commenting.save(session, world.home, world.closed, new, world.library)


@pytest.fixture
def line(world, running):
    async def line(**headers):
        async with running() as come:
            visitor = come("alice")
            visitor.client.headers.update(headers)
            page = await visitor.get(f"/console/assessments/{world.closed}/results")
        assert page.status_code == 200
        return LINE.search(page.text)[1]

    return line


async def test_there_are_none_at_first(line):
    assert await line() == "There are no comments of a consultant in the report."


async def test_a_user_is_named_with_the_day(world, line):
    save(world, user_id=world.ids["alice"])

    assert await line() == f"Comments of alice@example.org, saved on {DAY}, are in the report."


async def test_a_key_is_named_as_one_and_its_name_is_only_text(world, line):
    with database.writing(world.engine) as session:
        key = keys.add_key(session, world.home, "<b>Weekly</b>", keys.SCOPES, people.NOW, secret=people.SECRET)
    save(world, key_id=key.id)

    found = await line()

    assert "<b>" not in found
    assert html.unescape(found) == f"Comments of the key “<b>Weekly</b>”, saved on {DAY}, are in the report."


async def test_it_is_said_in_the_readers_language(world, line):
    save(world, user_id=world.ids["alice"])

    found = await line(**{"accept-language": "de"})

    assert found.startswith("Kommentare von alice@example.org, gespeichert am ")
