"""The footer names the time zone of the times on a page, and says nothing where there are none."""

import pytest

from assessment.services.auth import workspaces
from assessment.storage import database
from tests.web import people


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        ("UTC", "Times are in UTC, coordinated universal time."),
        ("Europe/Vienna", "Times are local time in Vienna."),
        ("America/New_York", "Times are local time in New York."),
        ("Etc/GMT-3", "Times are in Etc/GMT-3."),
    ],
)
async def test_footer_names_the_zone_of_times(world, running, zone, sentence):
    with database.write_session(world.engine) as session:
        workspaces.set_time_zone(session, world.home, zone, people.NOW)

    async with running() as come:
        page = (await come("alice").get(f"/console/assessments/{world.open}")).text
        without_times = (await come("alice").get("/console/clients/new")).text

    assert sentence in page
    assert "Times are" not in without_times


async def test_owner_can_set_the_zone_that_nobody_has_chosen(world, running):
    async with running() as come:
        page = (await come("alice").get(f"/console/assessments/{world.open}")).text
        viewed = (await come("bob").get(f"/console/assessments/{world.open}")).text

    assert "Set the time zone" in page
    assert "Set the time zone" not in viewed
