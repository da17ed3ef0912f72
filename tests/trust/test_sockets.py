"""Slow and idle sockets: closed in time, while others are served (trust 10a)."""

import asyncio
import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.cli.server import connections
from tests import containers

PROGRAM = str(Path(sys.executable).parent / "assessment")
PLAIN = (sys.executable, "-m", "uvicorn", "--factory", "assessment.cli.commands.serve:create_application")
WAIT_SECONDS = 90  # the promise is 30 s, reported: a busy machine takes longer
SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
LIMIT = 1024
IDLE = 1100
ASKED = 100
TOGETHER = 60  # requests at the same moment
# Slow sockets, and idle ones next to them.
SLOW = ((500, 0), (150, 150)) if SOAK else ((500, 0),)
HEAD = b"POST /console/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


class Server:
    """A server with few file descriptors."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.port = folder, containers.find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = containers.make_clean_environment(ASSESSMENT_DATA=str(data), ASSESSMENT_PUBLIC_URL=self.url)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, path: str = "/livez") -> float:
        """Return the seconds that a request takes, by someone who connects for it."""
        began = time.perf_counter()
        reader, writer = await self.connect()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:100]
        return time.perf_counter() - began


def command_with_limit(*program: str) -> list[str]:
    return ["sh", "-c", f'ulimit -n {LIMIT} && exec "$@"', "sh", *program]


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """This process holds the other ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for the module: every test closes what it has opened."""
    folder = tmp_path_factory.mktemp("sockets")
    made = Server(folder, folder / "data")
    migrate = [PROGRAM, "migrate"]
    with containers.run_server(
        command_with_limit(
            "sh", "-c", f'{" ".join(migrate)} && exec "$@"', "sh", PROGRAM, "serve", "--port", str(made.port)
        ),
        f"{made.url}/readyz",
        folder,
        made.environment,
    ):
        yield made


async def wait_until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return what the server sends until it closes; `TimeoutError` if it never does."""
    async with asyncio.timeout(WAIT_SECONDS):
        return await reader.read()


AMBIGUOUS = {  # requests whose end another program could see elsewhere
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "length twice": b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "list of lengths": b"Content-Length: 4, 4\r\n\r\nabcd",
    "signed length": b"Content-Length: +4\r\n\r\nabcd",
    "hexadecimal length": b"Content-Length: 0x4\r\n\r\nabcd",
    "space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "unknown encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "lines without return": b"Transfer-Encoding: chunked\r\n\r\n4\nabcd\n0\n\n",
    "line end in an extension": b"Transfer-Encoding: chunked\r\n\r\n4;a=b\nX\r\nabcd\r\n0\r\n\r\n",
    "overflowing chunk": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff4\r\nabcd\r\n0\r\n\r\n",
    "return in a header": b"X: a\rContent-Length: 4\r\n\r\nabcd",
    "zero byte in a header": b"X: a\0b\r\nContent-Length: 4\r\n\r\nabcd",
}
NEXT = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.slow
async def test_request_that_two_programs_read_differently_is_refused_with_what_follows(server: Server):
    async def ask(rest: bytes) -> list[bytes]:
        reader, writer = await server.connect()
        writer.write(HEAD + rest + NEXT)
        answer = await wait_until_closed(reader)
        writer.close()
        return re.findall(rb"HTTP/1\.1 (\d{3})", answer)

    answers = {name: await ask(rest) for name, rest in AMBIGUOUS.items()}
    plain = await ask(b"Content-Length: 4\r\n\r\na=b&")

    assert answers == {name: [b"400"] for name in AMBIGUOUS}
    assert len(plain) == 2  # what follows a plain request is answered: it would be seen above


async def close_all(writers: list[asyncio.StreamWriter]) -> None:
    for writer in writers:
        writer.close()


@pytest.mark.slow
async def test_idle_sockets_beyond_the_file_limit_do_not_stop_service(server: Server):
    idle = [await server.connect() for _ in range(IDLE)]

    waits = sorted([await server.ask() for _ in range(ASKED)])
    began = time.monotonic()
    closed = await asyncio.gather(*(wait_until_closed(reader) for reader, _ in idle))
    seconds = time.monotonic() - began
    await close_all([writer for _, writer in idle])

    print(f"{IDLE} idle: others wait {waits[98] * 1000:.0f} ms at p99; all closed after {seconds:.0f} s")  # noqa: T201
    assert closed == [b""] * IDLE


@pytest.mark.slow
async def test_half_sent_requests_beyond_the_limit_do_not_stop_service(server: Server):
    half_sent = [await server.connect() for _ in range(IDLE)]
    for _, writer in half_sent:
        writer.write(b"P")
    await asyncio.sleep(1)

    together = await asyncio.gather(*(server.ask() for _ in range(TOGETHER)), return_exceptions=True)
    waits = sorted([await server.ask() for _ in range(ASKED)])
    await close_all([writer for _, writer in half_sent])

    print(f"{IDLE} half-sent requests: others wait {waits[98] * 1000:.0f} ms at p99")  # noqa: T201
    assert len(waits) == ASKED
    assert [error for error in together if isinstance(error, BaseException)] == []  # they do not displace each other


async def trickle(server: Server, kind: int) -> float:
    """Send a byte now and then until the server closes; return after how many seconds."""
    reader, writer = await server.connect()
    began = time.monotonic()
    closed = asyncio.create_task(reader.read())
    starts = (
        HEAD[:20],
        HEAD + b"X-A: ",
        HEAD + b"Content-Length: 900000\r\n\r\nemail=a",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"",
    )
    parts = (b"a", b"a", b"a", b"a", b"\r\n")
    try:
        writer.write(starts[kind])
        while not closed.done():
            writer.write(parts[kind])
            await asyncio.sleep(0.5)
            assert time.monotonic() - began < WAIT_SECONDS
    except ConnectionError:
        pass
    await asyncio.gather(closed, return_exceptions=True)
    writer.close()
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize(("slow", "idle"), SLOW)
async def test_slow_sockets_are_closed_while_others_are_served(server: Server, slow: int, idle: int):
    resting = [await server.connect() for _ in range(idle)]
    trickling = [asyncio.create_task(trickle(server, number % 5)) for number in range(slow)]
    await asyncio.sleep(1)

    waits = sorted([await server.ask() for _ in range(ASKED)])
    lifetimes = await asyncio.gather(*trickling)
    closed = await asyncio.gather(*(wait_until_closed(reader) for reader, _ in resting))
    await close_all([writer for _, writer in resting])

    print(  # noqa: T201
        f"{slow} slow and {idle} idle: others wait {waits[98] * 1000:.0f} ms at p99; the last is closed after "
        f"{max(lifetimes):.0f} s"
    )
    assert (len(waits), len(lifetimes)) == (ASKED, slow)
    assert closed == [b""] * idle


async def test_endless_headers_are_refused(server: Server):
    reader, writer = await server.connect()

    writer.write(HEAD + b"X-A: " + b"a" * connections.MAX_HEADER_BYTES)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 431")


async def test_large_body_that_makes_progress_is_accepted(server: Server, monkeypatch: pytest.MonkeyPatch):
    reader, writer = await server.connect()
    body = b"email=a%40example.org&password=" + b"x" * 200_000

    writer.write(HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
    for start in range(0, len(body), 50_000):
        writer.write(body[start : start + 50_000])
        await asyncio.sleep(0.3)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 401")


async def test_keep_alive_connection_stays_open(server: Server):
    reader, writer = await server.connect()
    answers = []

    for _ in range(3):
        writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        answers.append((await reader.readuntil(b"ok\n"))[:15])
        await asyncio.sleep(1)
    writer.close()

    assert answers == [b"HTTP/1.1 200 OK"] * 3


@pytest.mark.slow
async def test_mutant_without_timeouts_and_connection_limit_is_caught(tmp_path: Path):
    plain = Server(tmp_path, tmp_path / "data")
    migration = await asyncio.create_subprocess_exec(PROGRAM, "migrate", env=plain.environment)
    assert await migration.wait() == 0
    command = command_with_limit(*PLAIN, "--port", str(plain.port))
    with containers.run_server(command, f"{plain.url}/readyz", tmp_path, plain.environment):
        reader, writer = await plain.connect()
        writer.write(HEAD + b"X-A: ")

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(), connections.HEADER_SECONDS + 3)
        writer.close()

        idle = [await plain.connect() for _ in range(IDLE)]
        with pytest.raises((TimeoutError, ConnectionError, AssertionError)):  # no descriptor is left for anyone else
            await asyncio.wait_for(plain.ask(), 3)
        await close_all([writer for _, writer in idle])
