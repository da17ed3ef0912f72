"""The results page is rendered once for a release, and again as soon as something that it shows has changed."""

from html import unescape

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.domain.report.comments import Comments
from assessment.services.people import response_import
from assessment.services.results import consultant_comments, page_cache_keys, voices
from assessment.services.results.consultant_comments import CommentsRevision, LogoImage
from assessment.storage import database, tables
from assessment.web.console.handlers.result_pages import results
from tests.web import people

HEAD = "respondent,role,functions,seconds,MK-P1,comment:marketing-work"
CHOSEN_TAG = "in the report</span>"


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def commented(world):
    """A closed assessment of twelve people, of whom one has written something."""
    made = world.opened("With comments")
    rows = [f'r{number},staff,marketing,,3,"{"" if number else "Ask us again"}"' for number in range(12)]
    with database.write_session(world.engine) as session:
        response_import.import_responses(
            session, AssessmentKey(world.home, made), "\n".join([HEAD, *rows]) + "\n", people.NOW
        )
    world.take_in = lambda _: None
    world.close(made)
    return made


@pytest.fixture
def renderings(monkeypatch):
    """Count how often a report is built for the page."""
    built, build = [], results.build_job_report
    monkeypatch.setattr(results, "build_job_report", lambda *given: (built.append(1), build(*given))[1])
    return built


async def view_twice(world, running, commented, change, **second):
    """View the page before and after a change; return both texts."""
    address = f"/console/assessments/{commented}/results"
    async with running() as come:
        alice = come("alice")
        before = (await alice.get(address)).text
        change()
        alice.client.headers.update(second)
        after = (await alice.get(address)).text
    return unescape(before), unescape(after)


async def test_second_view_of_a_release_builds_no_report(world, running, commented, renderings):
    before, after = await view_twice(world, running, commented, lambda: None)

    assert before.partition("<main")[2] == after.partition("<main")[2]  # the form to sign out has tokens
    assert len(renderings) == 1


async def test_chosen_comment_appears_on_a_page_viewed_before(world, running, commented):
    key = AssessmentKey(world.home, commented)

    def choose():
        with database.write_session(world.engine) as session:
            voices.choose_voices(session, key, voices.load_released_voices(session, key).list_ids(), people.NOW)

    before, after = await view_twice(world, running, commented, choose)

    assert (CHOSEN_TAG in before, CHOSEN_TAG in after) == (False, True)


async def test_deleted_comment_disappears_from_a_page_viewed_before(world, running, commented):
    def delete():
        with database.write_session(world.engine) as session:
            session.execute(tables.voice.delete())

    before, after = await view_twice(world, running, commented, delete)

    assert ("Ask us again" in before, "Ask us again" in after) == (True, False)


async def test_texts_of_a_consultant_appear_on_a_page_viewed_before(world, running, commented):
    def save():
        new = CommentsRevision(
            comments=Comments(title="Quite another title"),
            logo=LogoImage(),
            saved_at=people.NOW,
            user_id=world.ids["alice"],
        )
        with database.write_session(world.engine) as session:
            consultant_comments.save_comments(session, AssessmentKey(world.home, commented), new, world.catalogue)

    before, after = await view_twice(world, running, commented, save)

    assert ("Quite another title" in before, "Quite another title" in after) == (False, True)


async def test_reader_of_another_language_gets_a_page_of_their_own(world, running, commented):
    before, after = await view_twice(world, running, commented, lambda: None, **{"accept-language": "de"})

    assert 'lang="en"' in before
    assert 'lang="de"' in after


async def test_viewer_gets_no_link_of_an_editor_who_looked_before(commented, running):
    address = f"/console/assessments/{commented}/results"

    async with running() as come:
        of_owner = (await come("alice").get(address)).text
        of_viewer = (await come("bob").get(address)).text

    assert ("word-template" in of_owner, "word-template" in of_viewer) == (True, False)


async def test_mutant_with_a_key_that_never_changes_shows_an_old_page(world, running, commented, monkeypatch):
    monkeypatch.setattr(page_cache_keys, "make_page_key", lambda *_: b"")

    before, after = await view_twice(world, running, commented, lambda: None, **{"accept-language": "de"})

    assert before.count("Heatmap") == after.count("Heatmap") > 0  # a German page has another word
