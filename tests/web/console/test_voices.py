"""Comments in the console: everyone of the workspace reads them, owners choose those that reports quote."""

import re
from html import unescape

import pytest

from assessment.domain.assessment import AssessmentKey
from assessment.services.people import response_import
from assessment.services.results import voices
from assessment.storage import database, tables
from tests.web import people

HEAD = "respondent,role,functions,seconds,MK-P1,comment:marketing-work"
TEXTS = ("Short of people <b>at weekends</b>", "We stopped two channels", "Ask us again")
CHECKBOX = re.compile(r'name="voice"\s+value="([^"]+)"')


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def commented(world):
    """A closed assessment of twelve people, of whom three have written something."""
    made = world.opened("With comments")
    rows = [
        f'r{number},staff,marketing,,{1 + number % 3},"{dict(enumerate(TEXTS)).get(number, "")}"'
        for number in range(12)
    ]
    with database.write_session(world.engine) as session:
        response_import.import_responses(
            session, AssessmentKey(world.home, made), "\n".join([HEAD, *rows]) + "\n", people.NOW
        )
    world.take_in = lambda _: None
    world.close(made)
    return made


def path_of(assessment):
    return f"/console/assessments/{assessment}/voices"


def load(world, assessment):
    with database.read_session(world.engine) as session:
        return voices.load_released_voices(session, AssessmentKey(world.home, assessment))


async def test_results_page_shows_all_comments_escaped(world, commented, running):
    async with running() as come:
        page = (await (come("bob")).get(f"/console/assessments/{commented}/results")).text

    assert "<b>at weekends" not in page
    assert all(text in unescape(page) for text in TEXTS)


async def test_page_of_an_attributable_survey_does_not_speak_of_ten_people(world, commented, running):
    with database.write_session(world.engine) as session:
        session.execute(tables.assessment.update().values(confidentiality="attributable"))

    async with running() as come:
        page = (await come("bob").get(path_of(commented))).text

    assert "in mixed order." in page
    assert "ten people" not in page


async def test_owner_chooses_the_comments_that_reports_quote(world, commented, running):
    async with running() as come:
        alice = come("alice")
        ids = CHECKBOX.findall((await alice.get(path_of(commented))).text)
        saved = await alice.post(path_of(commented), {"voice": ids[:2]})
        page = (await alice.get(saved.headers["location"])).text

    assert len(ids) == len(TEXTS)
    assert saved.status_code == 303
    assert load(world, commented).list_chosen_ids() == ids[:2]
    assert "The choice is saved." in page


async def test_viewer_reads_but_does_not_choose(world, commented, running):
    async with running() as come:
        bob = come("bob")
        page = (await bob.get(path_of(commented))).text
        answer = await bob.post(path_of(commented), {"voice": CHECKBOX.findall(page)})

    assert answer.status_code == 403
    assert "Save the choice" not in page
    assert load(world, commented).list_chosen_ids() == []


async def test_choice_made_meanwhile_is_shown_and_not_overwritten(world, commented, running):
    async with running() as come:
        alice, other = come("alice"), come("alice")
        ids = CHECKBOX.findall((await alice.get(path_of(commented))).text)
        await other.post(path_of(commented), {"voice": ids[:1]})
        refused = await alice.post(path_of(commented), {"voice": ids[1:]})
        repeated = await alice.post(path_of(commented), {"voice": ids[1:], "earlier": ids[:1]})

    assert refused.status_code == 412
    assert "Someone else changed the choice while you were editing." in refused.text
    assert repeated.status_code == 303
    assert load(world, commented).list_chosen_ids() == ids[1:]


async def test_page_before_the_close_leads_back(world, running):
    async with running() as come:
        answer = await (come("alice")).get(path_of(world.open))

    assert answer.status_code == 409
