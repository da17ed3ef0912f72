"""Scores that are served directly: the same responses as by the framework, which gets everything unusual."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from assessment.api.http import direct_reads, transport
from assessment.api.http.response_cache import ResponseCache
from assessment.domain.assessment import AssessmentKey
from assessment.storage import database, tables
from assessment.storage.results import releases
from tests.api import api_steps
from tests.api.conftest import NOON

CHANGING_HEADERS = ("x-request-id", "ratelimit-remaining", "ratelimit-reset")
OTHER_CONTENT = b'{"overall":{"score":1.0,"level":1}}'


async def repeat_nothing(_reads, _app, _scope, _receive, send):
    return send


@pytest.fixture(autouse=True)
def _nothing_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResponseCache, "serve_request", repeat_nothing)


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether each request was served directly."""
    serve, outcomes = direct_reads.serve_directly, []

    async def observe(*arguments):
        outcomes.append(await serve(*arguments))
        return outcomes[-1]

    monkeypatch.setattr(direct_reads, "serve_directly", observe)
    return outcomes


@pytest.fixture
async def path(alice: httpx.AsyncClient) -> str:
    return f"/assessments/{await api_steps.create_closed_assessment(alice)}/scores"


def read_key(engine, path: str) -> AssessmentKey:
    with database.read_session(engine) as session:
        workspace_id = session.scalar(tables.assessment.select().with_only_columns(tables.assessment.c.workspace_id))
    return AssessmentKey(workspace_id, path.split("/")[2])


async def leave_all_to_framework(*_: object) -> bool:
    return False


def list_parts(response: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in response.headers.items() if name not in CHANGING_HEADERS}
    return response.status_code, headers, response.content


def read_remaining(response: httpx.Response) -> int:
    return int(response.headers["ratelimit-remaining"])


READS = [
    (method, {"Accept-Encoding": encoding} | ({"If-None-Match": condition} if condition else {}))
    for method in ("GET", "HEAD")
    for encoding, condition in (
        ("identity", ""),
        ("gzip", ""),
        ("gzip;q=0", ""),
        ("identity", "{tag}"),
        ("gzip", '"other", W/{tag}'),
        ("gzip", "*"),
        ("identity", '"other"'),
    )
]


async def read_all(alice, path: str, tags: dict[str, str]) -> list[httpx.Response]:
    fill = [
        (method, {name: text.format(tag=tags[headers["Accept-Encoding"]]) for name, text in headers.items()})
        for method, headers in READS
    ]
    return [await alice.request(method, path, headers=headers) for method, headers in fill]


async def test_scores_responses_equal_the_frameworks(alice, path, outcomes, monkeypatch: pytest.MonkeyPatch):
    tags = {
        encoding: (await alice.get(path, headers={"Accept-Encoding": encoding})).headers["etag"]
        for encoding in ("identity", "gzip", "gzip;q=0")
    }
    direct = await read_all(alice, path, tags)
    assert outcomes == [False] * (len(outcomes) - len(READS) - 3) + [True] * (len(READS) + 3)
    monkeypatch.setattr(direct_reads, "serve_directly", leave_all_to_framework)

    rendered = await read_all(alice, path, tags)

    assert [list_parts(response) for response in rendered] == [list_parts(response) for response in direct]
    counts = [read_remaining(response) for response in direct + rendered]
    assert counts == list(range(counts[0], counts[0] - len(counts), -1))
    assert {200, 304} == {response.status_code for response in direct}


UNUSUAL = [
    ("?surplus=1", {}, 422),
    ("", {"Accept": "text/html"}, 406),
    ("", {"If-None-Match": "unquoted"}, 422),
    ("", {"Host": "evil example"}, 400),
    ("", {"Content-Length": "0"}, 200),
    ("", {"Authorization": "Bearer asr_unknown_key"}, 401),
    ("", {"Authorization": "Basic YTpi"}, 401),
]


async def test_unusual_reads_are_left_to_the_framework_and_counted_once(
    alice, path, outcomes, monkeypatch: pytest.MonkeyPatch
):
    for query, headers, status in UNUSUAL:
        before = await alice.get(path + query, headers=headers)
        again = await alice.get(path + query, headers=headers)
        assert outcomes[-2:] == [False, False]
        with monkeypatch.context() as patch:
            patch.setattr(direct_reads, "serve_directly", leave_all_to_framework)

            rendered = await alice.get(path + query, headers=headers)

        assert before.status_code == status
        assert list_parts(rendered)[:2] == list_parts(again)[:2]
        counts = [read_remaining(response) for response in (before, again, rendered)]
        assert counts[0] - counts[1] == counts[1] - counts[2]


async def test_stored_scores_are_only_for_keys_that_may_read_them(alice, bob, charlie, path, outcomes):
    assert (await alice.get(path)).status_code == 200

    statuses = [(await client.get(path)).status_code for client in (bob("read:scores"), charlie)]

    assert (statuses, outcomes[-2:]) == ([403, 404], [False, False])


@pytest.mark.parametrize("values", [{"revoked_at": NOON}, {"expires_at": NOON - timedelta(seconds=1)}, {"scopes": ""}])
async def test_ended_key_reads_no_stored_scores(alice, path, engine, values):
    await alice.get(path)

    with database.write_session(engine) as session:
        session.execute(update(tables.api_key).values(**values))

    assert (await alice.get(path)).status_code == (403 if "scopes" in values else 401)


async def test_new_release_replaces_stored_scores(alice, path, engine, outcomes):
    tag = (await alice.get(path)).headers["etag"]
    with database.write_session(engine) as session:
        releases.add_release(session, read_key(engine, path), "0" * 64, OTHER_CONTENT, NOON.date())

    answer = await alice.get(path, headers={"If-None-Match": tag})

    assert outcomes[-1]
    assert (answer.status_code, answer.content) == (200, OTHER_CONTENT)


async def test_stored_scores_are_bounded_and_compressed_once(alice, path, engine, app, monkeypatch):
    monkeypatch.setattr(app.state.release_reader._bodies, "_size", 1)
    compress, compressed = transport._compress_gzip, []
    monkeypatch.setattr(transport, "_compress_gzip", lambda content: (compressed.append(1), compress(content))[1])

    for _ in range(3):
        await alice.get(path)
    with database.write_session(engine) as session:
        releases.add_release(session, read_key(engine, path), "0" * 64, OTHER_CONTENT, NOON.date())
    await alice.get(path)

    assert (len(app.state.release_reader._bodies), len(compressed)) == (1, 1)


async def test_scores_before_close_are_left_to_the_framework(alice, outcomes):
    answer = await alice.get(f"/assessments/{await api_steps.create_open_assessment(alice)}/scores")

    assert (answer.status_code, outcomes[-1]) == (409, False)
