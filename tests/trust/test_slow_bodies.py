"""Bodies built to be slow, sent to a real server: others are served meanwhile (trust 10a)."""

import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from tests.trust.conftest import SCOPES, Place
from tests.trust.test_graceful_stop import Person, Serve, Server

pytestmark = pytest.mark.slow

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
ROUNDS = 10 if SOAK else 1
P99_SECONDS = 0.5  # by trust 10a; asserted only where the machine has nothing else to do
PAUSE_SECONDS = 0.01
FORM = {"content-type": "application/x-www-form-urlencoded"}
FORMS = (
    b"&".join([b"email=a%40example.org"] * 45_000),
    b"&".join([b"a=1"] * 250_000),
    b"&".join(b"a%d=1" % number for number in range(110_000)),
)
PEOPLE = (
    b"[" + b",".join([b"0"] * 500_000) + b"]",
    b"[" + b",".join([b'{"role":"staff","functions":["marketing"]}'] * 24_000) + b"]",
    b"[{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}]",
)
WRONG_LINES = b"respondent,role,functions,CS-P1\n" + b"a\n" * 240_000


class TimedPerson(Person):
    """Person who saves all the time and notes how long each save takes, in seconds."""

    def __init__(self, server: Server, link: str) -> None:
        super().__init__(server, link)
        self.waits: list[float] = []
        self.statuses: set[int] = set()

    async def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        began = time.perf_counter()
        response = await super()._ask(method, path, form)
        if path.startswith("/survey/answers/"):
            self.waits.append(time.perf_counter() - began)
            self.statuses.add(response.status_code)
            await asyncio.sleep(PAUSE_SECONDS)
        return response


async def send_slow_bodies(server: Server, place: Place) -> set[int]:
    """Send every body at the same time, several times over; return the statuses."""
    bearer = {"authorization": f"Bearer {place.key(place.home, *SCOPES)}"}
    assessment = f"/api/v1/assessments/{place.open}"
    async with httpx.AsyncClient(base_url=server.url, headers={"Origin": server.url}, timeout=60) as client:
        statuses = set()
        for _ in range(ROUNDS):
            requests = [client.post("/console/sign-in", content=body, headers=FORM) for body in FORMS]
            json = bearer | {"content-type": "application/json"}
            requests += [client.post(f"{assessment}/invitations", content=body, headers=json) for body in PEOPLE]
            csv = bearer | {"content-type": "text/csv"}
            requests += [client.post(f"{assessment}/responses", content=WRONG_LINES, headers=csv)]
            statuses |= {response.status_code for response in await asyncio.gather(*requests)}
    return statuses


async def measure_livez(server: Server, attack: "asyncio.Task[set[int]]") -> list[float]:
    waits = []
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        while not attack.done():
            began = time.perf_counter()
            assert (await client.get("/livez")).status_code == 200
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE_SECONDS)
    return waits


def find_p99(waits: list[float]) -> float:
    return sorted(waits)[len(waits) * 99 // 100]


async def test_slow_bodies_do_not_block_saves_of_others(place: Place, tmp_path: Path):
    with Serve(place, tmp_path)() as server:
        person = TimedPerson(server, place.invite(place.open, "practitioner", 1)[0].token)
        saving = asyncio.create_task(person.answer_on())
        await person.began.wait()
        attack = asyncio.create_task(send_slow_bodies(server, place))
        livez = await measure_livez(server, attack)
        server.stop()
        await saving

    print(f"livez {find_p99(livez) * 1000:.0f} ms, saves {find_p99(person.waits) * 1000:.0f} ms at p99")  # noqa: T201
    assert all(400 <= status < 500 for status in attack.result())
    assert person.statuses == {200}
    assert person.dropped == []
    assert not SOAK or max(find_p99(livez), find_p99(person.waits)) < P99_SECONDS
