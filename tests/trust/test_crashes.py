"""kill -9 of all server processes while people answer: what was acknowledged is there, with 1 and 2 workers.

Everyone keeps a journal of what was acknowledged. `make soak` kills 100 times.
"""

import asyncio
import os
import time

import httpx
import psutil
import pytest
from msgspec import Struct
from sqlalchemy import select

from assessment.storage import tables
from tests.trust.conftest import Place
from tests.trust.test_graceful_stop import PROGRAM, Person, Serve, Server, served  # noqa: F401  # the last is a fixture
from tests.web import people

pytestmark = pytest.mark.slow
SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
KILLS = 25 if SOAK else 1  # on each database, with each number of workers
CLIENTS = 50 if SOAK else 10
UNDER_LOAD_SECONDS = 1.0
BEGIN_SECONDS = 60


class Journal(Struct):
    """Acknowledged answers of one person: values come in the order 1, 2, 3, 4, 0 and again."""

    invitation_id: str
    person: Person


def kill_processes(server: Server) -> None:
    """Kill the server and its workers at once."""
    own = psutil.Process(server.process.pid)
    for process in (*own.children(recursive=True), own):
        process.kill()
    server.process.wait()


def find_lost_answers(place: Place, journals: list[Journal]) -> list[str]:
    """Invitations whose last acknowledged answer is neither stored nor replaced by the one under way."""
    answer, response = tables.answer, tables.response
    ids = [journal.invitation_id for journal in journals]
    with people.open_read_session(place.url) as session:
        rows = session.execute(
            select(response.c.invitation_id, answer.c.value)
            .join(response, response.c.id == answer.c.response_id)
            .where(response.c.invitation_id.in_(ids))
        ).all()
    stored = dict(rows)
    return [
        journal.invitation_id
        for journal in journals
        if (last := journal.person.acknowledged)
        and stored.get(journal.invitation_id) not in (last, str((int(last) + 1) % 5))
    ]


async def answer_until_killed(person: Person) -> None:
    try:
        await person.answer_on()
    except (httpx.HTTPError, KeyError):  # the server died in the middle of a page
        return


async def crash_once(place: Place, server: Server) -> list[Journal]:
    """Let 50 people answer and kill the server; return what each of them knows to be stored."""
    invited = place.invite(place.open, "practitioner", CLIENTS)
    journals = [Journal(each.invitation.id, Person(server, each.token)) for each in invited]
    answering = [asyncio.create_task(answer_until_killed(journal.person)) for journal in journals]
    await asyncio.sleep(UNDER_LOAD_SECONDS)
    async with asyncio.timeout(BEGIN_SECONDS):
        await asyncio.gather(*(journal.person.began.wait() for journal in journals))
    kill_processes(server)
    await asyncio.gather(*answering)
    return journals


@pytest.mark.parametrize("workers", ["1", "2"] if SOAK else ["2"])
async def test_acknowledged_answers_survive_kills_of_the_server(
    place: Place,
    served: Serve,  # noqa: F811
    workers: str,
):
    seconds: list[float] = []
    acknowledged, journals = 0, list[Journal]()

    for _ in range(KILLS + 1):  # each start but the first is one after a kill
        began = time.monotonic()
        with served((PROGRAM, "serve", "--workers", workers)) as server:
            seconds.append(time.monotonic() - began)
            assert find_lost_answers(place, journals) == []
            if len(seconds) <= KILLS:
                journals = await crash_once(place, server)
                acknowledged += sum(journal.person.answers for journal in journals)

    slowest = sorted(seconds[1:])[int(KILLS * 0.95)]
    print(  # noqa: T201 - times are reported
        f"{KILLS} kills, {acknowledged} answers of the server, back in {slowest:.1f} s (p95); "
        f"load {os.getloadavg()[0]:.0f}"
    )
    assert acknowledged > KILLS * CLIENTS
    # The check itself: an answer that is deleted after its acknowledgement counts as lost.
    with people.open_write_session(place.url) as session:
        session.execute(tables.answer.delete())
    assert len(find_lost_answers(place, journals)) == CLIENTS
