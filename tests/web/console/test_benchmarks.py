"""Benchmarks in the console: honest where there is nothing to rank among."""

import pytest
from sqlalchemy import update

from assessment.services import organising
from assessment.storage import database, releases, tables
from tests.web import people


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


async def shown(running, name="alice"):
    async with running() as come:
        return await come(name).get("/console/benchmarks")


async def test_without_results_the_page_says_what_it_takes(running):
    page = await shown(running)

    assert "at least ten other clients" in page.text


async def test_too_few_others_give_no_rank(world, running):
    closed = world.closed

    page = await shown(running)

    assert f"/console/assessments/{closed}/results" in page.text
    assert "no rank: too few organisations share their scores" in page.text


async def test_ten_others_that_share_give_a_quarter(world, running):
    own = world.closed
    for number in range(10):
        with database.writing(world.engine) as session:
            organisation = organising.create(session, world.home, f"Client {number}", people.NOW).id
        other = world.opened("Theirs", organisation=organisation)
        with database.writing(world.engine) as session:
            values = {"state": "closed", "closed_on": people.NOW.date(), "in_benchmarks": True}
            session.execute(update(tables.assessment).where(tables.assessment.c.id == other).values(**values))
            content = b'{"overall": {"score": 1}, "functions": {}}'
            releases.add(session, world.home, other, "digest", content, people.NOW.date())

    page = await shown(running)

    row = page.text[page.text.index(own) :]
    assert "highest quarter" in row[: row.index("</tr>")]


async def test_charlie_sees_none_of_it(world, running):
    closed = world.closed

    page = await shown(running, "charlie")

    assert page.status_code == 200
    assert closed not in page.text
