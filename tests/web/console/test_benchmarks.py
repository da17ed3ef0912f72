"""Benchmarks in the console: honest where there is nothing to rank among."""

import pytest
from sqlalchemy import update

from assessment.domain.assessment import AssessmentKey
from assessment.services.assessments import client_organisations
from assessment.storage import database, tables
from assessment.storage.results import releases
from tests.web import people


@pytest.fixture
def database_url(migrated_sqlite_url):
    return migrated_sqlite_url


async def read_page(running, name="alice"):
    async with running() as come:
        return await come(name).get("/console/benchmarks")


async def test_page_without_results_shows_the_requirements(running):
    page = await read_page(running)

    assert "at least ten other clients" in page.text


async def test_too_few_organisations_give_no_rank(world, running):
    closed = world.closed

    page = await read_page(running)

    assert f"/console/assessments/{closed}/results" in page.text
    assert "no rank: too few organisations share their scores" in page.text


async def test_ten_sharing_organisations_give_a_quartile(world, running):
    own = world.closed
    for number in range(10):
        with database.write_session(world.engine) as session:
            organisation = client_organisations.create_organisation(
                session, world.home, f"Client {number}", people.NOW
            ).id
        other = world.opened("Theirs", organisation=organisation)
        with database.write_session(world.engine) as session:
            values = {"state": "closed", "closed_on": people.NOW.date(), "in_benchmarks": True}
            session.execute(update(tables.assessment).where(tables.assessment.c.id == other).values(**values))
            content = b'{"overall": {"score": 1}, "functions": {}}'
            releases.add_release(session, AssessmentKey(world.home, other), "digest", content, people.NOW.date())

    page = await read_page(running)

    row = page.text[page.text.index(own) :]
    assert "highest quarter" in row[: row.index("</tr>")]


async def test_other_workspace_sees_no_benchmarks(world, running):
    closed = world.closed

    page = await read_page(running, "charlie")

    assert page.status_code == 200
    assert closed not in page.text
