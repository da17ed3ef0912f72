"""Colour of the workspace: contrast checked, in reports, and listed among the changes since publication."""

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.reports import published_reports, report_requests
from assessment.services.reports.published_reports import ChangesSince
from assessment.storage import database, tables
from assessment.storage.results import published_reports as stored_reports

FORM = {"name": "Berg Consulting", "time_zone": "UTC", "languages": ["de", "en"]}


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


def find_details(world):
    with database.read_session(world.engine) as session:
        requested = report_requests.request_report(session, AssessmentKey(world.home, world.closed))
    return requested.job.contents.details


async def test_saved_colour_is_in_reports_and_shown_on_the_page(world, running):
    async with running() as come:
        alice = come("alice")
        saved = await alice.post("/console/workspace", FORM | {"accent": " #8a1538 "})
        page = await alice.get("/console/workspace")

    assert saved.status_code == 303
    assert find_details(world).accent == "#8A1538"
    assert 'fill="#8A1538"' in page.text
    assert 'value="#8A1538"' in page.text


@pytest.mark.parametrize(
    ("colour", "message"),
    [
        ("#FFD400", "has a contrast of 1.4 to 1 with white"),
        ("#777777", "has a contrast of 4.4 to 1"),  # 4.48
        ("8A1538", "Write the colour as #"),
        ("#8A153", "Write the colour as #"),
        ('#8A1538"/>', "Write the colour as #"),
        ("red", "Write the colour as #"),
    ],
)
async def test_pale_or_unreadable_colour_is_refused_and_stays_in_the_form(world, running, colour, message):
    async with running() as come:
        alice = come("alice")
        refused = await alice.post("/console/workspace", FORM | {"accent": colour})

    assert refused.status_code == 422
    assert message in refused.text
    assert find_details(world).author == ""
    assert not find_details(world).accent


async def test_empty_colour_returns_to_our_own(world, running):
    async with running() as come:
        alice = come("alice")
        await alice.post("/console/workspace", FORM | {"accent": "#8A1538"})
        await alice.post("/console/workspace", FORM)

    assert not find_details(world).accent


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"accent": "#8A1538"}, "The colour of reports is different."),
        ({"prepared_by": "Berg & Partner"}, "“Prepared by” is different."),
    ],
)
async def test_changed_workspace_is_listed_since_publication(world, running, change, sentence):
    assert world.published
    async with running() as come:
        alice = come("alice")
        before = await alice.get(f"/console/assessments/{world.closed}/reports")
        await alice.post("/console/workspace", FORM | change)
        after = await alice.get(f"/console/assessments/{world.closed}/reports")

    assert sentence not in before.text
    assert sentence in after.text


def test_renamed_client_is_a_change_since_publication(world):
    key, report_id = AssessmentKey(world.home, world.closed), world.published
    with database.write_session(world.engine) as session:
        session.execute(update(tables.organisation).values(name="Harbour Group"))

    with database.read_session(world.engine) as session:
        report = stored_reports.find_report(session, key, report_id)
        changes = published_reports.find_changes(session, key, report)

    assert changes == ChangesSince(has_new_names=True)
