"""The results page says in a line whose comments the report has."""

import html
import re

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comments import Comments
from assessment.i18n import get_translator
from assessment.services.auth import api_keys
from assessment.services.results import consultant_comments
from assessment.services.results.consultant_comments import CommentsRevision, LogoImage
from assessment.storage import database
from tests.web import people

DAY = get_translator("en").format_date(people.NOW)
LINE = re.compile(r'<p class="quiet small">\s*(.*?)\s*</p>', re.DOTALL)


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def save_comment(world, **by):
    new = CommentsRevision(comments=Comments(title="Own"), logo=LogoImage(), saved_at=people.NOW, **by)
    with database.write_session(world.engine) as session:
        consultant_comments.save_comments(session, AssessmentKey(world.home, world.closed), new, world.catalogue)


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


async def test_report_without_comments_says_so(line):
    assert await line() == "There are no comments of a consultant in the report."


async def test_comment_of_a_user_shows_name_and_date(world, line):
    save_comment(world, user_id=world.ids["alice"])

    assert await line() == f"Comments of alice@example.org, saved on {DAY}, are in the report."


async def test_comment_of_an_api_key_shows_its_escaped_name(world, line):
    with database.write_session(world.engine) as session:
        key = api_keys.add_key(session, world.home, "<b>Weekly</b>", api_keys.SCOPES, people.NOW, secret=people.SECRET)
    save_comment(world, key_id=key.id)

    found = await line()

    assert "<b>" not in found
    assert html.unescape(found) == f"Comments of the key “<b>Weekly</b>”, saved on {DAY}, are in the report."


async def test_comment_author_is_shown_in_the_readers_language(world, line):
    save_comment(world, user_id=world.ids["alice"])

    found = await line(**{"accept-language": "de"})

    assert found.startswith("Kommentare von alice@example.org, gespeichert am ")
