"""Scores that are answered in the bytes of the last answer: as the framework answers, and only to whom it does."""

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from assessment.api.http import direct_reads, rate_limit, response_cache
from assessment.api.http.response_cache import ResponseCache
from assessment.storage import database, tables
from assessment.storage.results import releases
from tests.api import api_steps
from tests.api.conftest import NOON
from tests.api.test_direct_reads import OTHER_CONTENT, READS, UNUSUAL, leave_all_to_framework, read_key, repeat_nothing

REPEATED_HEADERS = [name.decode() for name in response_cache.CHANGING_HEADERS]


@pytest.fixture
def repeats(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return whether each request was answered by an earlier answer."""
    serve, repeats = ResponseCache.serve_request, []

    async def observe(*arguments):
        send = await serve(*arguments)
        repeats.append(send is None)
        return send

    monkeypatch.setattr(ResponseCache, "serve_request", observe)
    return repeats


@pytest.fixture
async def path(alice: httpx.AsyncClient) -> str:
    return f"/assessments/{await api_steps.create_closed_assessment(alice)}/scores"


def list_parts(response: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """List status, headers in their order, and content; of headers that change with each request only the name."""
    headers = [(name, "" if name in REPEATED_HEADERS else value) for name, value in response.headers.multi_items()]
    return response.status_code, headers, response.content


def list_fields(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """List the lines of the access log, without what changes with each request."""
    lines = [record.fields for record in caplog.records if record.name == "assessment.access"]
    return [{name: line[name] for name in line if name not in {"request", "milliseconds"}} for line in lines]


def leave_to_framework(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ResponseCache, "serve_request", repeat_nothing)
    patch.setattr(direct_reads, "serve_directly", leave_all_to_framework)


async def read_all(alice, path: str, tag: str) -> list[httpx.Response]:
    return [
        await alice.request(method, path, headers={name: value.format(tag=tag) for name, value in headers.items()})
        for method, headers in READS
    ]


async def test_repeated_scores_equal_the_frameworks(alice, path, repeats, caplog, monkeypatch):
    tag = (await alice.get(path, headers={"Accept-Encoding": "br"})).headers["etag"]
    first = await read_all(alice, path, tag)
    caplog.set_level(logging.INFO, "assessment.access")
    caplog.clear()
    del repeats[:]

    repeated = await read_all(alice, path, tag)

    assert repeats == [method == "GET" for method, _ in READS]
    repeated_lines = list_fields(caplog)
    leave_to_framework(monkeypatch)
    caplog.clear()
    rendered = await read_all(alice, path, tag)
    assert [list_parts(answer) for answer in repeated] == [list_parts(answer) for answer in first]
    assert [sort_headers(answer) for answer in repeated] == [sort_headers(answer) for answer in rendered]
    assert repeated_lines == list_fields(caplog)
    assert len({answer.headers["x-request-id"] for answer in repeated}) == len(repeated)
    counts = [int(answer.headers["ratelimit-remaining"]) for answer in [*first, *repeated, *rendered]]
    assert counts == list(range(counts[0], counts[0] - len(counts), -1))
    assert {200, 304} == {answer.status_code for answer in repeated}


def sort_headers(response: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    status, headers, content = list_parts(response)
    return status, sorted(headers), content


async def test_unusual_reads_are_never_repeated(alice, path, repeats):
    await alice.get(path)
    for query, headers, status in UNUSUAL:
        answers = [await alice.get(path + query, headers=headers) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [status] * 2
        assert not any(repeats[-2:])


@pytest.mark.parametrize("values", [{"revoked_at": NOON}, {"expires_at": NOON - timedelta(seconds=1)}, {"scopes": ""}])
async def test_ended_key_gets_no_repeated_answer(alice, path, engine, repeats, values):
    await alice.get(path)
    await alice.get(path)
    assert repeats[-1]

    with database.write_session(engine) as session:
        session.execute(update(tables.api_key).values(**values))

    assert (await alice.get(path)).status_code == (403 if "scopes" in values else 401)
    assert not repeats[-1]


async def test_answer_of_another_key_is_only_for_keys_that_may_read_it(alice, bob, charlie, path, repeats):
    agent = {"User-Agent": "poller"}  # the same request but for the key
    await alice.get(path, headers=agent)
    assert (await alice.get(path, headers=agent)).status_code == 200
    assert repeats[-1]

    statuses = [(await client.get(path, headers=agent)).status_code for client in (bob("read:scores"), charlie)]

    assert (statuses, repeats[-2:]) == ([403, 404], [False, False])


async def test_wrong_key_gets_no_repeated_answer(alice, path, repeats):
    await alice.get(path)
    own = alice.headers["Authorization"]
    wrong = own[:-1] + ("a" if own[-1] != "a" else "b")

    statuses = [(await alice.get(path, headers={"Authorization": text})).status_code for text in (wrong, own)]

    assert (statuses, repeats[-2:]) == ([401, 200], [False, True])


async def test_new_release_replaces_a_repeated_answer(alice, path, engine, repeats):
    tag = (await alice.get(path)).headers["etag"]
    unchanged = [await alice.get(path, headers={"If-None-Match": tag}) for _ in range(2)]
    with database.write_session(engine) as session:
        releases.add_release(session, read_key(engine, path), "0" * 64, OTHER_CONTENT, NOON.date())

    answers = [await alice.get(path, headers={"If-None-Match": tag}) for _ in range(2)]

    assert [answer.status_code for answer in unchanged] == [304, 304]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, OTHER_CONTENT)] * 2
    assert repeats[-4:] == [False, True, False, True]
    counts = [int(answer.headers["ratelimit-remaining"]) for answer in [*unchanged, *answers]]
    assert counts == list(range(counts[0], counts[0] - 4, -1))


async def test_repeated_reads_at_once_are_all_answered(alice, path, engine, app, repeats):
    await alice.get(path)
    with database.write_session(engine) as session:
        releases.add_release(session, read_key(engine, path), "0" * 64, OTHER_CONTENT, NOON.date())

    changed = await asyncio.gather(*(alice.get(path) for _ in range(8)))

    repeated = asyncio.gather(*(alice.get(path) for _ in range(8)))
    await asyncio.sleep(0)
    app.components.response_cache._responses._values.clear()  # as newer ones would, while these wait for the database
    answers = [*changed, *await repeated]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, OTHER_CONTENT)] * 16


async def test_repeated_reads_are_refused_above_the_rate(alice, path, repeats, monkeypatch):
    await alice.get(path)
    monkeypatch.setattr(rate_limit, "BATCH_SECONDS", 1e9)
    left = int((await alice.get(path)).headers["ratelimit-remaining"])

    statuses = [(await alice.get(path)).status_code for _ in range(left + 1)]

    assert (statuses.count(200), statuses[-1], repeats[-1]) == (left, 429, False)


async def test_few_answers_are_stored_and_none_of_long_headers(alice, path, app, monkeypatch):
    cached = app.components.response_cache._responses
    monkeypatch.setattr(cached, "_size", 2)

    for number in range(4):
        await alice.get(path, headers={"User-Agent": f"program {number}"})
    assert len(cached) == 2
    await alice.get(path, headers={"User-Agent": "program" * response_cache.MAX_FIELD_BYTES})

    agents = [dict(request.fields)[b"user-agent"] for request in cached._values]
    assert agents == [b"program 2", b"program 3"]


async def test_only_direct_reads_are_stored(alice, path, app):
    raising = httpx.ASGITransport(app)  # errors after a response was sent are seen as well
    async with httpx.AsyncClient(transport=raising, base_url=alice.base_url, headers=alice.headers) as client:
        for other in ("/assessments", path.removesuffix("/scores"), "/assessments/unknown/scores"):
            await client.get(other)

    assert len(app.components.response_cache._responses) == 0
