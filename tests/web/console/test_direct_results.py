"""Results pages that are served directly: the same responses as by the framework, which gets everything unusual."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import true, update

from assessment.storage import database, tables
from assessment.web.console import direct_results
from assessment.web.console.direct_results import DirectResults
from tests.web import people
from tests.web.console.conftest import TOKEN

RANDOM = re.compile(r'(name="(?:_token|_author)" value=")[^"]*"')
CHANGING_HEADERS = ("x-request-id", "content-length")


@pytest.fixture
def outcomes(monkeypatch):
    """Record for each request to a page of the console if it was served directly."""
    serve, outcomes = DirectResults.serve_page, []

    async def observe(*arguments):
        outcomes.append(await serve(*arguments))
        return outcomes[-1]

    monkeypatch.setattr(DirectResults, "serve_page", observe)
    return outcomes


@pytest.fixture
def path(world):
    return f"/console/assessments/{world.closed}/results"


async def leave_all_to_framework(*_):
    return False


def list_parts(response):
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING_HEADERS}
    return response.status_code, headers, RANDOM.sub(r"\1", response.text)


async def test_results_pages_equal_the_frameworks(world, running, path, outcomes, monkeypatch):
    requests = [
        (name, {"Accept-Encoding": encoding, "Accept-Language": language})
        for name in ("alice", "bob", "dora")
        for encoding in ("gzip", "identity")
        for language in ("en", "de")
    ]
    async with running() as come:
        visitors = {name: come(name) for name in ("alice", "bob", "dora")}
        for name, headers in requests:
            await visitors[name].get(path, **headers)
        outcomes.clear()
        direct = [list_parts(await visitors[name].get(path, **headers)) for name, headers in requests]
        assert outcomes == [True] * len(requests)
        monkeypatch.setattr(DirectResults, "serve_page", leave_all_to_framework)

        rendered = [list_parts(await visitors[name].get(path, **headers)) for name, headers in requests]

    assert rendered == direct
    assert len({text for _, _, text in direct}) == 6


async def test_token_of_a_page_served_directly_is_of_its_session(running, path, outcomes):
    async with running() as come:
        alice, dora = come("alice"), come("dora")
        for visitor in (alice, dora, alice):
            await visitor.get(path)
            token = TOKEN.search((await visitor.get(path)).text)[1]
        assert outcomes[-1]

        answers = [
            await visitor.client.post("/console/sign-out", data={"_token": token}, headers=people.OWN_PAGE)
            for visitor in (dora, alice)
        ]

    assert [answer.status_code for answer in answers] == [403, 303]


async def test_unusual_views_are_left_to_the_framework(world, running, path, outcomes):
    async with running() as come:
        alice, charlie = come("alice"), come("charlie")
        first = await alice.get(path)
        assert (first.status_code, outcomes[-1]) == (200, False)
        await alice.get(path)
        assert outcomes[-1]
        views = [
            (alice, f"{path}?lang=en", {}, 200),
            (alice, path, {"Cookie": f"console={alice.client.cookies['console']}; notice=created"}, 200),
            (alice, path, {"Host": "evil example"}, 400),
            (alice, path, {"Content-Length": "0"}, 200),
            (alice, f"/console/assessments/{world.open}/results", {}, 409),
            (charlie, path, {}, 404),
            (come(), path, {}, 303),
        ]

        answers = [(await visitor.get(place, **headers)).status_code for visitor, place, headers, _ in views]

    assert answers == [status for *_, status in views]
    assert outcomes[-len(views) :] == [False] * len(views)


CHANGES = {
    "disabled": (tables.user, {"disabled": True}, 303),
    "signed out": (tables.console_session, {"created_at": people.NOW - timedelta(days=1)}, 303),
    "idle": (tables.console_session, {"seen_at": people.NOW - timedelta(minutes=2)}, 200),
    "viewer": (tables.membership, {"role": "viewer"}, 200),
    "title": (tables.assessment, {"title": "<Other> & title"}, 200),
    "workspace": (tables.workspace, {"name": "<Other> & name"}, 200),
    "reopened": (tables.assessment, {"state": "open", "closed_on": None}, 200),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_view_after_a_change_equals_the_frameworks(world, running, path, outcomes, monkeypatch, change):
    table, values, status = CHANGES[change]
    async with running() as come:
        alice = come("alice")
        for _ in range(2):
            before = await alice.get(path)
        assert outcomes[-1]
        with database.write_session(world.engine) as session:
            ids = {tables.workspace: world.home, tables.assessment: world.closed}
            condition = table.c.id == ids[table] if table in ids else true()
            session.execute(update(table).where(condition).values(**values))

        answers = [await alice.get(path) for _ in range(2)]
        monkeypatch.setattr(DirectResults, "serve_page", leave_all_to_framework)
        rendered = await alice.get(path)

    assert [answer.status_code for answer in answers] == [status, status]
    assert list_parts(answers[1]) == list_parts(rendered)
    if change == "idle":
        assert outcomes[-2:] == [False, True]  # the framework stores the activity
    if change not in ("idle", "reopened"):
        assert list_parts(rendered) != list_parts(before)


async def test_pages_of_readers_are_bounded(running, path, monkeypatch):
    monkeypatch.setattr(direct_results, "MAX_PAGES", 1)

    async with running() as come:
        for name in ("alice", "bob", "dora"):
            for _ in range(2):
                await come(name).get(path)
        assert len(come.app.components.direct_results._pages) == 1
