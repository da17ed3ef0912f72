"""Many concurrent requests succeed; the pools of connections and threads do not deadlock."""

import asyncio
from collections import Counter

import httpx
import pytest
from litestar import Litestar
from sqlalchemy.orm import Session

from assessment.storage import database
from assessment.web.http import database_sessions
from tests.trust.conftest import Place
from tests.web import people

CROWD = 120  # more than there are threads and connections together
UNSUBSCRIBE = "/unsubscribe"  # a form whose transaction is opened for the handler, on a thread of its own


async def knock(client: httpx.AsyncClient, links: list[str], page: str = "") -> Counter[int]:
    """Press a button of every link, all at the same moment: Begin, or the one of another page."""
    answers = await asyncio.gather(
        *(
            client.post(f"/s/{links[number % len(links)]}{page}", data={"choice": ""}, headers=people.OWN_PAGE)
            for number in range(CROWD)
        )
    )
    return Counter(answer.status_code for answer in answers)


@pytest.mark.parametrize("page", ["", UNSUBSCRIBE], ids=["begin", "unsubscribe"])
async def test_many_concurrent_entries_succeed(place: Place, client: httpx.AsyncClient, page: str):
    found = await knock(client, place.links, page)

    assert found == {303: CROWD}


async def test_many_concurrent_reads_and_writes_succeed(place: Place, app: Litestar):
    cookies = [place.enter(link) for link in place.links]

    async with people.open_client(app) as client:
        heads = [{"Cookie": f"respondent={cookie}"} for cookie in cookies]
        first = (await client.get("/survey", headers=heads[0])).headers["location"]
        paths = (first, "/survey/check", f"/s/{place.links[0]}")
        answers = await asyncio.gather(
            *(client.get(paths[n % len(paths)], headers=heads[n % len(heads)]) for n in range(CROWD))
        )

    assert Counter(answer.status_code for answer in answers) == {200: CROWD}


async def test_mutant_that_takes_connections_before_threads_deadlocks(
    place: Place, app: Litestar, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    kept = database_sessions.RequestTransaction.open

    def early(transaction: database_sessions.RequestTransaction) -> Session:
        session = kept(transaction)
        session.connection()
        return session

    monkeypatch.setattr(database_sessions.RequestTransaction, "open", early)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MILLISECONDS", 10)
    if database.is_sqlite(app.state.engine):
        app.state.engine.dispose()  # connections that are open already would wait as long as ever
    monkeypatch.setattr(app.state.engine.pool, "_timeout", 0.01)

    found = await knock(client, place.links, UNSUBSCRIBE)

    assert found[303] < CROWD
