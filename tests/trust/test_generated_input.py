"""Generated JSON, CSV and questionnaires: refused with a reason, or taken as they are; never an error of the server.

Mutations of valid input with a fixed seed, instead of a fuzzer that follows branches: it runs everywhere.
"""

# ruff: noqa: E501, RUF001  # rows of samples
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from assessment.domain.survey import routing
from assessment.domain.text_normalisation import normalize_text
from assessment.errors import AppError
from assessment.questionnaires import find_shipped_folder
from assessment.services.people.response_files import read_responses
from assessment.services.questionnaires.upload_files import load_files
from tests.containers import ROOT
from tests.trust.conftest import SCOPES, Place
from tests.web import people

SOAK = "ASSESSMENT_TEST_SOAK" in os.environ
BODIES = 20_000 if SOAK else 300
FILES = 20_000 if SOAK else 200
QUESTIONNAIRES = 2_000 if SOAK else 20
MOST_SECONDS = 5  # of processor time for one file
SEED = 20261129
PREFIX = "/api/v1"
# What takes long, or ends what the other requests need.
LEFT_OUT = re.compile(r"/report\.|/next-wave|/reports|/rotate|/send$|^/api/v1/(keys|users|webhooks|questionnaires)")
PIECES = (
    "a", "Ä", "\x00", "\u202e", "\u200b", "\u2066", "\ud800", "\udfff", "\ufeff", "\U0001f40c", "e\u0301", "\u2028", "\x1b",
    "\x85", "\r\n", "\t", "'", '"', "<", "{{7*7}}", "%00", "../", "\ufffe", "\U0010ffff", "١", "ﷺ", " ", "-", "=1+1", "é" * 50,
)  # fmt: skip
NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 1e308, 0.1, 10**40)
CSV_PIECES = (
    b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"sep=;\n", b"\xc3", b"dk", b"na",
    b"99999999999", b"-1", b"1e5", "é".encode(), "e\u0301".encode(), "\u200b".encode(), "\u2028".encode(), b"respondent", b"=1",
)  # fmt: skip
TOML_PIECES = (
    b'"', b"'''", b"[", b"]", b"[[", b"{", b"}", b"=", b".", b"#", b"\n", b"\\", b"\\u0000", b"\xff", b"1e400", b"nan", b"-",
    b"1979-05-27", b"true", b"99999999999999999999", b"[items]\n", b'id = "x"\n', "\u202e".encode(), b"a.b.c = 1\n",
)  # fmt: skip


def make_text(chance: random.Random) -> str:
    return "".join(chance.choices(PIECES, k=chance.choice((0, 1, 1, 2, 3, 5, 8, 300))))


def make_value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(9)
    if kind == 0 and depth < 3:
        return [make_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 1 and depth < 3:
        return {make_text(chance): make_value(chance, depth + 1) for _ in range(chance.randrange(4))}
    if kind == 2:
        return chance.choice(NUMBERS)
    return chance.choice((None, True, False)) if kind == 3 else make_text(chance)


def change_value(value: Any, chance: random.Random) -> Any:
    """Replace one part of an example by something else, or nest it."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        action = chance.randrange(6)
        if action == 0:
            return {other: each for other, each in value.items() if other != name}
        if action == 1:
            return value | {make_text(chance): make_value(chance)}
        return value | {name: change_value(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        position = chance.randrange(len(value))
        return [*value[:position], change_value(value[position], chance), *value[position + 1 :]]
    return make_value(chance)


def write_json(value: Any, chance: random.Random) -> bytes:
    """Write JSON, now and then with a name twice, cut off, nested, or with bytes of its own."""
    content = json.dumps(value, ensure_ascii=chance.random() < 0.6).encode("utf-8", "surrogatepass")
    action = chance.randrange(20)
    if action == 0:
        return content[: chance.randrange(len(content) + 1)]
    if action == 1 and content.startswith(b"{"):
        return b'{"name": 1, "name": 2, ' + content[1:]
    if action == 2:
        depth = chance.choice((30, 300, 30_000))
        return b"[" * depth + content + b"]" * depth
    if action == 3:
        return mutate(content, (b"\xff", b"\x00", b"}", b"\\ud800", b"\\u0000", b"1e999"), chance)
    return content


def mutate(content: bytes, pieces: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Insert, delete, replace or repeat a few bytes."""
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.choice((0, 0, 1, 3, 30)))
        piece = chance.choice((*pieces, content[start:end] * 3))
        content = content[:start] + piece + content[end:]
    return content


def list_operations(place: Place) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path and example of the operations of the API that take JSON."""
    known = {
        "assessment": place.open, "invitation": place.invitation, "organisation": place.organisation, "finding": "none",
        "advice": "none",
    }  # fmt: skip
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            example = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            if example is not None and not LEFT_OUT.search(path):
                yield method.upper(), path.format_map(known), example


def find_changed_texts(body: bytes, answer: httpx.Response) -> list[tuple[str, str, str]]:
    """Return texts of the request that came back in another form.

    White space at the ends may be gone; names have single spaces and accents in one form.
    """
    try:
        sent, received = json.loads(body), answer.json()
    except ValueError:
        return []
    if not (isinstance(sent, dict) and isinstance(received, dict)):
        return []
    return [
        (name, value, received[name])
        for name, value in sent.items()
        if isinstance(value, str)
        and isinstance(received.get(name), str)
        and received[name] not in (value.strip(), normalize_text(value))
    ]


async def test_generated_bodies_are_refused_with_a_reason_or_returned_unchanged(
    place: Place, client: httpx.AsyncClient, clock: people.Clock
):
    chance = random.Random(SEED)  # noqa: S311  # no secret
    operations = list(list_operations(place))
    key = {"Authorization": f"Bearer {place.key(place.home, *SCOPES)}", "Content-Type": "application/json"}
    statuses: Counter[int] = Counter()
    wrong: list[tuple[str, str, object]] = []

    for _ in range(BODIES):
        method, path, example = chance.choice(operations)
        body = write_json(change_value(example, chance), chance)
        clock.now += timedelta(seconds=1)  # below the limit of a key
        answer = await client.request(method, path, content=body, headers=key)
        statuses[answer.status_code] += 1
        if answer.status_code >= 500 or (answer.status_code >= 400 and not answer.json().get("detail")):
            wrong.append((path, repr(body[:200]), answer.text[:200]))
        elif answer.is_success and (changed := find_changed_texts(body, answer)):
            wrong.append((path, repr(body[:200]), changed))

    print(f"{BODIES} bodies for {len(operations)} operations: {dict(statuses)}")  # noqa: T201
    assert wrong == []
    assert len(operations) >= 8
    assert sum(count for status, count in statuses.items() if status < 300) > 0
    assert statuses[429] == 0
    assert statuses[401] == 0


def measure_reading(read: Any, content: Any) -> float:
    """Read something; only errors of the application may be raised. Returns the processor time in seconds."""
    began = time.thread_time()
    with suppress(AppError):
        read(content)
    return time.thread_time() - began


def test_generated_files_of_responses_are_read_or_refused():
    questionnaire = people.load_shipped_questionnaire()
    chance = random.Random(SEED)  # noqa: S311  # no secret
    asked = routing.list_asked_items(questionnaire, "staff", ["marketing"])
    items = [item.id for item in asked if not item.options][:8]
    heading = ",".join(("respondent", "role", "functions", "seconds", *items, f"{items[0]}:reason"))
    rows = "".join(f'r{number},staff,marketing,300,3,4,dk,na,,2,1,0,"said ""so"", ok"\n' for number in range(20))
    valid = f"{heading}\n{rows}".encode()
    assert len(read_responses(valid.decode(), questionnaire).answers.respondents) == 20

    seconds = [
        measure_reading(
            lambda content: read_responses(content.decode("utf-8", "surrogateescape"), questionnaire),
            mutate(valid, CSV_PIECES, chance),
        )
        for _ in range(FILES)
    ]

    print(f"{FILES} files, longest {max(seconds):.2f} s of processor time")  # noqa: T201
    assert max(seconds) < MOST_SECONDS


def test_generated_questionnaires_are_loaded_or_refused():
    chance = random.Random(SEED)  # noqa: S311  # no secret
    folder = min(find_shipped_folder().iterdir(), key=lambda each: (each / "questionnaire.toml").stat().st_size)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.toml")}
    load_files(files)

    seconds = []
    for _ in range(QUESTIONNAIRES):
        name = chance.choice(sorted(files))
        seconds.append(measure_reading(load_files, files | {name: mutate(files[name], TOML_PIECES, chance)}))

    print(f"{QUESTIONNAIRES} questionnaires, longest {max(seconds):.2f} s of processor time")  # noqa: T201
    assert max(seconds) < MOST_SECONDS


def test_mutant_reader_that_raises_another_error_is_caught():
    def read(_: str) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        measure_reading(read, "")
