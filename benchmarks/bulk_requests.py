"""Benchmark of large requests: 100,000 invitations and 50,000 responses in one call each, while another client writes.

python -m benchmarks.bulk_requests [--databases sqlite postgresql] [--invitations 100000] [--responses 50000]
"""

import argparse
import http.client
import json
import os
import secrets
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any, Self

from msgspec import Struct

from assessment.services.auth import api_keys, permissions, users
from assessment.storage import database, schema
from benchmarks.write_path import QUESTIONNAIRE, ServerProcess, make_databases, run_product

DATABASES = ("sqlite", "postgresql")
API = "/api/v1"
POLL_SECONDS = 1.0
PAUSE_SECONDS = 0.05  # between two writes of the other client


class BulkMeasurement(Struct, frozen=True):
    """Seconds until 202 and until the job was done; seconds that writes of another client took meanwhile."""

    rows: int
    taken: float
    done: float
    waits: list[float]
    refused: int


class ApiClient:
    """Connection with an API key; opened again for each request, since the server closes idle ones."""

    def __init__(self, server: ServerProcess, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        self._key = key

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the JSON of the response."""
        sent = {"authorization": f"Bearer {self._key}", **{name.replace("_", "-"): headers[name] for name in headers}}
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        text = answer.read()
        self._connection.close()
        return answer.status, json.loads(text) if text else None

    def post_json(self, path: str, value: object) -> dict[str, Any]:
        """Return the JSON of a successful response; raises `RuntimeError` otherwise."""
        status, answer = self.request("POST", path, json.dumps(value).encode(), content_type="application/json")
        if status >= http.HTTPStatus.BAD_REQUEST:
            msg = f"POST {path}: {status} {answer}"
            raise RuntimeError(msg)
        return dict(answer)


class OtherClient:
    """Client that creates organisations all the time; records how long each took."""

    def __init__(self, server: ServerProcess, key: str) -> None:
        self.waits: list[float] = []
        self.refused = 0
        self._client = ApiClient(server, key)
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._is_ending.is_set():
            body = json.dumps({"name": f"Client {secrets.token_hex(8)}"}).encode()
            began = time.perf_counter()
            status, _ = self._client.request("POST", f"{API}/organisations", body, content_type="application/json")
            self.waits.append(time.perf_counter() - began)
            self.refused += status != http.HTTPStatus.CREATED
            time.sleep(PAUSE_SECONDS)


def prepare_keys(url: str, secret: str) -> list[str]:
    """Migrate an empty database and add two keys: each has limits of its own."""
    now = datetime.now(UTC)
    engine = database.make_engine(url)
    schema.migrate_schema(engine, now)
    with database.write_session(engine) as session:
        workspace = users.find_or_create_workspace(session, "Benchmark", now)
        keys = [
            api_keys.add_key(session, workspace, name, permissions.SCOPES, now, secret=secret, lasts=timedelta(days=1))
            for name in ("large", "other")
        ]
    engine.dispose()
    return [key.text for key in keys]


def measure_request(
    server: ServerProcess, keys: list[str], path: str, body: bytes, content_type: str, rows: int
) -> BulkMeasurement:
    """Send one large request and follow its job to the end."""
    client = ApiClient(server, keys[0])
    with OtherClient(server, keys[1]) as other:
        began = time.perf_counter()
        status, job = client.request("POST", path, body, content_type=content_type, prefer="respond-async")
        taken = time.perf_counter() - began
        if status != http.HTTPStatus.ACCEPTED:
            msg = f"POST {path}: {status} {job}"
            raise RuntimeError(msg)
        while job["state"] in {"queued", "running"}:
            time.sleep(POLL_SECONDS)
            _, job = client.request("GET", f"{API}/jobs/{job['id']}")
        done = time.perf_counter() - began
    if (job["state"], job["done"]) != ("done", rows):
        msg = f"job of {path}: {job}"
        raise RuntimeError(msg)
    return BulkMeasurement(rows, taken, done, other.waits, other.refused)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--invitations", type=int, default=100_000)
    parser.add_argument("--responses", type=int, default=50_000)
    arguments = parser.parse_args()
    for name in arguments.databases:
        with make_databases(name) as (url, _):
            secret = secrets.token_urlsafe(32)
            keys = prepare_keys(url, secret)
            with run_product(url, secret) as server:
                _measure_database(name, server, keys, arguments)


def _measure_database(name: str, server: ServerProcess, keys: list[str], arguments: argparse.Namespace) -> None:
    client = ApiClient(server, keys[0])
    organisation = client.post_json(f"{API}/organisations", {"name": "Harbour & Reed"})["id"]
    survey = {"organisation": organisation, "questionnaire": QUESTIONNAIRE, "title": "Large"}
    invited_to, collected_in = (
        f"{API}/assessments/{client.post_json(f'{API}/assessments', survey)['id']}" for _ in range(2)
    )
    person = {"role": "staff", "functions": ["marketing"]}
    people = [{**person, "email": f"p{number}@example.org"} for number in range(arguments.invitations)]
    rows = "".join(f"r{number},staff,customer-service,300,3\n" for number in range(arguments.responses))
    csv = "respondent,role,functions,seconds,CS-P1\n" + rows
    json_type, csv_type = "application/json", "text/csv; charset=utf-8"
    invited = measure_request(
        server, keys, f"{invited_to}/invitations", json.dumps(people).encode(), json_type, len(people)
    )
    _write_row(name, "invitations", invited)
    client.post_json(f"{collected_in}/open", {})
    imported = measure_request(server, keys, f"{collected_in}/responses", csv.encode(), csv_type, arguments.responses)
    _write_row(name, "responses", imported)


def _write_row(name: str, what: str, found: BulkMeasurement) -> None:
    waits = found.waits
    p99 = quantiles(waits, n=100, method="inclusive")[98]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    sys.stdout.write(
        f"| {name} | {found.rows:,} {what} | {found.taken:.1f} s | {found.done:.1f} s | {len(waits)} writes:"
        f" {median(waits):.3f}, {p99:.3f}, {max(waits):.3f} s | {found.refused} refused | load {load} |\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
