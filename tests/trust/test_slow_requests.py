"""Requests built to be slow: refused before the work, while others are served (trust 10a)."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Annotated, Any, TypeAlias

import httpx
import msgspec
import pytest

from assessment.api.http import request_bodies, strict_json
from assessment.cli.server.garbage_collection import exempt_loaded_objects
from assessment.domain import csv_parser
from assessment.domain.csv_parser import CsvError
from assessment.errors import InvalidError, UnreadableError
from assessment.services.people import response_files, response_table
from assessment.web.http import form_request
from tests.trust.conftest import SCOPES, Place
from tests.web import people

MOST_SHARE = 20  # processor time of the event loop between two turns, as a fraction of all threads' time
MOST_SECONDS = 3.0  # of processor time would be plenty; the attacks took 24 s and more
FORM = {"content-type": "application/x-www-form-urlencoded", "origin": people.URL}


@pytest.fixture
def database_url(migrated_sqlite_url: str) -> str:
    return migrated_sqlite_url


async def took(request: Callable[[], Awaitable[httpx.Response]]) -> tuple[httpx.Response, float]:
    """Send a request; return the response and the seconds of processor time, which other processes don't change."""
    began = time.process_time()
    response = await request()
    return response, time.process_time() - began


@pytest.mark.parametrize(
    "body",
    [
        b"&".join([b"email=a%40example.org"] * 45_000),
        b"&".join([b"a=1"] * 250_000),
        b"&".join(b"a%d=1" % number for number in range(110_000)),
        b"&" * 1_000_000,
        b"a" * 1_000_000,
        b"%41" * 340_000,
    ],
    ids=["repeated", "short", "different", "empty", "one name", "escaped"],
)
async def test_form_with_slow_parsing_is_refused_before_parsing(place: Place, client: httpx.AsyncClient, body: bytes):
    response, seconds = await took(lambda: client.post("/console/sign-in", content=body, headers=FORM))

    assert 400 <= response.status_code < 500
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("path", ["/console/sign-in", "/survey"])
async def test_cookie_with_many_escapes_is_not_unescaped(place: Place, client: httpx.AsyncClient, path: str):
    escapes = '\\"' * 30_000  # 60 kB: as much as a request may have; Python 3.11.10, 3.12.6 and later are fast anyway

    cookie = f'path={path}; other="{escapes}"'  # another one for each test: the framework remembers what it has parsed
    _, seconds = await took(lambda: client.get(path, headers={"Cookie": cookie}))

    assert seconds < 1


async def test_cookies_next_to_one_with_escapes_are_read(place: Place, client: httpx.AsyncClient):
    session = place.session_of("alice")

    page = await client.get("/console", headers={"Cookie": f'other="\\""; console={session}; third=\\'})

    assert page.status_code == 200


async def test_refused_form_is_not_cached(place: Place, client: httpx.AsyncClient):
    from litestar._parsers import parse_url_encoded_form_data as cached  # noqa: PLC0415 - what must stay unused

    cached.cache_clear()
    await client.post("/console/sign-in", content=b"email=a&password=secret", headers=FORM)

    assert cached.cache_info().currsize == 0


@pytest.mark.parametrize("type_", ["text/plain", "application/json", ""])
async def test_form_of_other_content_type_is_limited_too(place: Place, client: httpx.AsyncClient, type_: str):
    body = b"&".join([b"a=1"] * 250_000)

    response, seconds = await took(
        lambda: client.post(f"/s/{place.links[0]}", content=body, headers=FORM | {"content-type": type_})
    )

    assert response.status_code == 413
    assert seconds < MOST_SECONDS


INVITATIONS = [
    b"[" + b",".join([b"0"] * 500_000) + b"]",
    b"[" + b",".join([b"{}"] * 330_000) + b"]",
    b"[" + b",".join([b'{"role":0}'] * 90_000) + b"]",
    b'[{"role":"staff","functions":[' + b",".join([b"0"] * 500_000) + b"]}]",
    b"[{" + b",".join(b'"%d":0' % number for number in range(90_000)) + b"}]",
    b"[" + b",".join([b'{"role":"staff","functions":["marketing"],"x":0}'] * 20_000) + b"]",
    b'[{"role":"' + b"\\ud800" * 170_000 + b'"}]',
    b"[" + b"[" * 30 + b",".join([b"0"] * 500_000) + b"]" * 30 + b"]",
]


@pytest.mark.parametrize("body", INVITATIONS, ids=range(len(INVITATIONS)))
async def test_json_with_slow_parsing_is_refused_before_parsing(place: Place, client: httpx.AsyncClient, body: bytes):
    headers = {"authorization": f"Bearer {place.key(place.home, *SCOPES)}", "content-type": "application/json"}
    path = f"/api/v1/assessments/{place.open}/invitations"

    response, seconds = await took(lambda: client.post(path, content=body, headers=headers))

    assert response.status_code in (400, 422)
    assert 0 < len(response.json().get("errors", [None])) <= 200
    assert seconds < MOST_SECONDS


async def test_json_with_slow_parsing_does_not_block_the_event_loop(place: Place, client: httpx.AsyncClient):
    headers = {"authorization": f"Bearer {place.key(place.home, *SCOPES)}", "content-type": "application/json"}
    path = f"/api/v1/assessments/{place.open}/invitations"
    sent: list[asyncio.Task[httpx.Response]] = []
    steps, process_began = [], time.process_time()
    with exempt_loaded_objects():  # as in the server; a pass through the objects of all earlier tests takes long too
        while len(sent) < len(INVITATIONS) or not all(request.done() for request in sent):
            if len(sent) < len(INVITATIONS):  # one in each step: the client's own work on all together is long too
                sent.append(asyncio.create_task(client.post(path, content=INVITATIONS[len(sent)], headers=headers)))
            began = time.thread_time()
            await asyncio.sleep(0.001)
            steps.append(time.thread_time() - began)

    assert {request.result().status_code for request in sent} <= {400, 422}
    assert max(steps) < (time.process_time() - process_began) / MOST_SHARE


@pytest.mark.parametrize(
    "body",
    [
        b'{"\\ud800":1}',
        b'{"name":{"\\udfff":{"\\ud800":"\\udc00"}}}',
        b'{"weights":{"\\ud800":1}}',
        b'{"mode":"\\ud800"}',
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "organisations"), ("POST", "assessments"), ("PATCH", "assessments/{}")]
)
async def test_unpaired_surrogate_in_a_field_name_is_refused(
    place: Place, client: httpx.AsyncClient, method: str, path: str, body: bytes
):
    headers = {"authorization": f"Bearer {place.key(place.home, *SCOPES)}", "content-type": "application/json"}

    response = await client.request(method, f"/api/v1/{path.format(place.open)}", content=body, headers=headers)

    assert response.status_code == 422
    assert any("control character" in each["detail"] for each in response.json()["errors"])


REPEATED = b"&".join([b"email=a"] * 3_000)
WRONG_LINES = "respondent,role,functions,CS-P1\n" + "a\n" * 5_000
EMPTY_ROWS = "respondent,role,functions,CS-P1\n" + ",\n" * 200_000
WIDE_ROW = "respondent,role,functions,CS-P1\nr,staff,marketing" + "," * 20_000


async def count_parsed_fields(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many fields of a form with 3,000 reach the parser."""
    counts: list[int] = []

    def parse(body: bytes) -> dict[str, str]:
        counts.append(body.count(b"&") + 1)
        return {}

    monkeypatch.setattr(form_request, "parse_form", parse)
    await client.post("/console/sign-in", content=REPEATED, headers=FORM)
    return sum(counts)


async def test_form_with_too_many_fields_does_not_reach_the_parser(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    assert await count_parsed_fields(client, monkeypatch) == 0


async def test_mutant_without_a_limit_of_fields_is_caught(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(form_request, "MAX_FIELDS", 10**9)

    assert await count_parsed_fields(client, monkeypatch) == 3_000


ESCAPED = b"email=" + b"%41" * 300_000


async def find_parsing_threads(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return for each form that is parsed whether it happens on the thread of the event loop."""
    threads: list[bool] = []
    real = form_request.parse_form

    def parse(body: bytes) -> dict[str, str | list[str]]:
        threads.append(threading.current_thread() is threading.main_thread())
        return real(body)

    monkeypatch.setattr(form_request, "parse_form", parse)
    await client.post("/console/sign-in", content=ESCAPED, headers=FORM)
    return threads


async def test_large_form_is_not_parsed_on_the_event_loop(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch):
    assert await find_parsing_threads(client, monkeypatch) == [False]


async def test_mutant_that_parses_large_forms_on_the_event_loop_is_caught(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(form_request, "LARGE_FORM_BYTES", 10**9)

    assert await find_parsing_threads(client, monkeypatch) == [True]


def count_json_parses(monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many bodies with 500,000 values reach the parser."""
    counts: list[int] = []
    decoder = SimpleNamespace(decode=lambda text: counts.append(len(text)))
    monkeypatch.setattr(strict_json, "STRICT_DECODER", decoder)
    for body in INVITATIONS[:2]:
        with suppress(UnreadableError):
            strict_json.parse_json(body)
    return len(counts)


def test_json_with_too_many_values_does_not_reach_the_parser(monkeypatch: pytest.MonkeyPatch):
    assert count_json_parses(monkeypatch) == 0


def test_mutant_without_a_limit_of_json_values_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(strict_json, "MAX_JSON_VALUES", 10**9)

    assert count_json_parses(monkeypatch) == 2


LimitedList: TypeAlias = Annotated[tuple[int, ...], msgspec.Meta(max_length=1_000)]


def count_validated_values(monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many values of a list with 3,000 wrong ones, and a limit of 1,000, are validated one by one."""
    counts: list[str] = []
    real = request_bodies._find_faults

    def find(kind: Any, data: Any, at: str) -> Any:
        counts.append(at)
        return real(kind, data, at)

    monkeypatch.setattr(request_bodies, "_find_faults", find)
    monkeypatch.setattr(request_bodies, "MAX_COUNTED_FAULTS", 10_000)
    with pytest.raises(InvalidError):
        request_bodies.validate_data(LimitedList, ["wrong"] * 3_000)
    return len(counts)


def test_json_list_above_its_limit_is_not_validated_by_element(monkeypatch: pytest.MonkeyPatch):
    assert count_validated_values(monkeypatch) == 1


def test_mutant_without_a_limit_of_json_lists_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(request_bodies, "_is_too_long", lambda *_: False)

    assert count_validated_values(monkeypatch) > 3_000


def count_problems(text: str) -> int:
    """Return how many mistakes of a file are collected before reading ends."""
    reader = response_files._ResponseReader(people.load_shipped_questionnaire(), "survey", "")
    with suppress(response_table.TooManyProblemsError):
        reader.read(text)
    return len(reader.problems)


def test_mutant_without_a_limit_of_mistakes_in_a_file_is_caught(monkeypatch: pytest.MonkeyPatch):
    limited = count_problems(WRONG_LINES)
    monkeypatch.setattr(response_table, "MAX_PROBLEMS", 10**9)

    assert limited <= 2_001
    assert count_problems(WRONG_LINES) >= 5_000


@pytest.mark.parametrize(
    ("text", "limit", "line"), [(EMPTY_ROWS, "MAX_BLANK_ROWS", 100_002), (WIDE_ROW, "MAX_CELLS", 2)]
)
def test_mutant_without_a_limit_of_empty_rows_or_cells_is_caught(
    text: str, limit: str, line: int, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(CsvError) as refused:
        list(csv_parser.read_rows(text))
    monkeypatch.setattr(csv_parser, limit, 10**9)

    assert refused.value.line == line
    assert len(list(csv_parser.read_rows(text))) <= 2  # everything is read


def test_line_breaks_alone_are_skipped_without_a_row_each(monkeypatch: pytest.MonkeyPatch):
    rows: list[int] = []
    real = csv_parser._read_row
    monkeypatch.setattr(csv_parser, "_read_row", lambda *given: (rows.append(given[2]), real(*given))[1])

    read = list(csv_parser.read_rows("a,b\n" + "\n \r\n" * 50_000 + "c,d\n"))

    assert [row.line for row in read] == rows == [1, 100_002]
