"""Bodies built to be slow, sent to a real server: others are served meanwhile (trust 10a)."""

import asyncio
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from assessment.services.auth import user_sessions
from assessment.services.auth.user_sessions import AuthenticatedUser
from assessment.storage import database
from tests.trust.conftest import SCOPES, Place
from tests.trust.test_graceful_stop import Person, Serve, Server

pytestmark = pytest.mark.slow

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
ACCEPTED = 202  # a long list, which a job reads and refuses
PAUSE_SECONDS = 0.01
QUIET_SECONDS = 20.0 if SOAK else 1.0  # of saves without an attack, to compare with
FORM = {"content-type": "application/x-www-form-urlencoded"}
FORMS = (
    b"&".join([b"email=a%40example.org"] * 45_000),
    b"&".join([b"a=1"] * 250_000),
    b"&".join(b"a%d=1" % number for number in range(110_000)),
)
PEOPLE = (
    b"[" + b",".join([b"0"] * 500_000) + b"]",
    b"[" + b",".join([b'{"role":"staff","functions":["marketing"],"x":0}'] * 20_000) + b"]",
    b"[{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}]",
)
HEADING = b"respondent,role,functions,CS-P1\n"
MAX_CSV = 20 * 1024**2
SHARE = 1 if SOAK else 40  # everyday, files are a fortieth of the largest size
TABLES = tuple(
    (HEADING + line * (MAX_CSV // len(line)))[: MAX_CSV // SHARE]
    for line in (
        b"a\n",
        b"\n",
        b" \r",
        b",\n",
        b",",
        b'"',
        b'"a",',
        b'"a",' + b"b," * 5_000 + b"\n",
        b"r,staff,marketing" + b"," * 190 + b"\n",
        "é".encode("utf-16-le"),
    )
)
NESTED = (
    b"[" * 500_000,
    b'{"a":' * 200_000,
    b"[" + b"[" * 30 + b",".join([b"0"] * 500_000) + b"]" * 30 + b"]",
    b'{"name":"' + b"\\ud800" * 170_000 + b'"}',
)
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n%s\r\n--x--\r\n'
UPLOADS = (
    b"".join(PART % (b"a%d" % number, b"1") for number in range(20_000)),
    FILE % (b"Ann,a@x.example,Staff,HR\n" * (200_000 // SHARE)),
    FILE % (b"\n" * (5_000_000 // SHARE)),
    FILE % (b'"",' * (1_600_000 // SHARE)),
    FILE % (b"," * (5_000_000 // SHARE)),
)
LISTS = tuple(
    b"lines=" + line * (4_000_000 // SHARE // len(line)) for line in (b"a%0A", b"%22%22%09", b"%09", b"%0A", b"%22a%0A")
)


@pytest.fixture(params=["sqlite", "postgresql"] if SOAK else ["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Measure PostgreSQL in the long form only: the work is the same, and it has no write lock to wait for."""
    name = "migrated_sqlite_url" if request.param == "sqlite" else "migrated_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


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


async def list_slow_requests(server: Server, place: Place) -> list[tuple[str, bytes, dict[str, str]]]:
    """Return path, body and headers of each: for strangers, holders of keys, and consultants."""
    bearer = {"authorization": f"Bearer {place.key(place.home, *SCOPES)}"}
    json, csv = bearer | {"content-type": "application/json"}, bearer | {"content-type": "text/csv"}
    assessment, people = f"/api/v1/assessments/{place.open}", f"/console/assessments/{place.open}/people"
    elsewhere = f"/api/v1/assessments/{place.opened('Collected elsewhere')}"  # with people invited, no file is read
    alice = AuthenticatedUser(place.ids["alice"], place.home)
    with database.write_session(place.engine) as session:  # the server has the real clock
        cookie = {"cookie": f"console={user_sessions.begin_session(session, alice, datetime.now(UTC))}"}
    async with httpx.AsyncClient(base_url=server.url) as client:
        page = await client.get(people, headers=cookie)
    signed_in = cookie | {"x-csrf-token": re.findall(r'name="_token" value="([^"]*)"', page.text)[0]}
    return [
        *(("/console/sign-in", body, FORM) for body in FORMS),
        *(("/console/sign-in", body, MULTIPART) for body in UPLOADS[:1]),
        *((f"{assessment}/invitations", body, json) for body in PEOPLE),
        *((path, body, json) for body in NESTED for path in ("/api/v1/organisations", f"{assessment}/invitations")),
        *((f"{elsewhere}/responses", body, csv) for body in TABLES),
        *((f"{people}/file", body, signed_in | MULTIPART) for body in UPLOADS),
        *((f"{people}/lines", body, signed_in | FORM) for body in LISTS),
    ]


async def send_slow_bodies(server: Server, place: Place) -> set[int]:
    """Send every body: everyday the small ones at the same time, in the long run the largest one after another."""
    requests = await list_slow_requests(server, place)
    statuses = set()
    async with httpx.AsyncClient(base_url=server.url, headers={"Origin": server.url}, timeout=120) as client:
        sending = [client.post(path, content=body, headers=headers) for path, body, headers in requests]
        if not SOAK:
            return {response.status_code for response in await asyncio.gather(*sending)}
        for request in sending:
            began = time.perf_counter()
            response = await request
            statuses.add(response.status_code)
            print(f"{response.request.url.path[-12:]} {response.status_code} {time.perf_counter() - began:.1f} s")  # noqa: T201
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
    """Times are reported: next to those without an attack, since other programs on the machine slow both."""
    with Serve(place, tmp_path)() as server:
        person = TimedPerson(server, place.invite(place.open, "practitioner", 1)[0].token)
        saving = asyncio.create_task(person.answer_on())
        await person.began.wait()
        await asyncio.sleep(QUIET_SECONDS)
        quiet, person.waits = person.waits, []
        attack = asyncio.create_task(send_slow_bodies(server, place))
        livez = await measure_livez(server, attack)
        server.stop()
        await saving

    print(  # noqa: T201
        f"{place.engine.dialect.name}: livez {find_p99(livez) * 1000:.0f} ms, {len(person.waits)} saves "
        f"{find_p99(person.waits) * 1000:.0f} ms at p99; {len(quiet)} saves without an attack "
        f"{find_p99(quiet) * 1000:.0f} ms; load {os.getloadavg()[0]:.0f}"
    )
    assert all(status == ACCEPTED or 400 <= status < 500 for status in attack.result())
    assert person.statuses == {200}
    assert person.dropped == []
    assert len(person.waits) > 0
