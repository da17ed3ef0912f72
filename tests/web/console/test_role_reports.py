"""Reports of a wrong role are in the list of people and fill in the form of the replacement."""

import pytest

from assessment.services.survey import role_reporting
from assessment.storage import database
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


@pytest.fixture
def reported(world):
    """Invitation of someone who says to be a leader."""
    linked = world.invite(world.open, "staff", 1)[0]
    with database.write_session(world.engine) as session:
        role_reporting.report_role(session, linked.token, "leader", ["hr", "marketing"], people.NOW)
    return linked.invitation


async def test_list_of_people_shows_and_filters_reported_roles(world, running, reported):
    path = f"/console/assessments/{world.open}/people"
    async with running() as come:
        everyone = (await come("alice").get(path)).text
        filtered = (await come("bob").get(f"{path}?state=wrong-role")).text

    assert "Says: Leader, Marketing, HR (20 November 2026)" in everyone
    assert 'Say their role is wrong <span class="quiet">1</span>' in everyone
    assert "1 to 1 of 1" in filtered


async def test_replacement_form_is_filled_with_the_reported_role(world, running, reported):
    async with running() as come:
        page = (await come("alice").get(f"/console/assessments/{world.open}/people/{reported.id}/replacement")).text

    assert "This person said on 20 November 2026: role Leader, functions Marketing, HR." in page
    assert 'value="leader"' in page
    for checked in ("role-leader", "functions-marketing", "functions-hr"):
        assert "checked" in page.partition(f'id="{checked}"')[2].partition(">")[0]


async def test_replaced_person_is_no_longer_listed_as_reported(world, running, reported):
    path = f"/console/assessments/{world.open}/people"
    form = {"name": "Guest 0", "email": "", "role": "leader", "functions": ["marketing", "hr"]}
    async with running() as come:
        alice = come("alice")
        await alice.post(f"{path}/{reported.id}/replacement", form)
        page = (await alice.get(path)).text

    assert "Says:" not in page
    assert "Say their role is wrong" not in page
