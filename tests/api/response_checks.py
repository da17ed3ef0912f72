"""Checks that many responses share."""

from http import HTTPStatus
from typing import Any

import httpx

from assessment.api.routes import ROUTE_HANDLERS

OF_ALL_CHANGES = {"idempotency-in-progress", "concurrent-change"}
PROBLEM = "application/problem+json"
OWN = {
    "x-request-id",
    "date",
    "content-length",
    "ratelimit-remaining",
    "ratelimit-reset",
}  # headers that differ between any two answers


def check_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem document, after holding it to RFC 9457 and our own promises."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].partition(";")[0] == PROBLEM
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["type"].startswith("/api/docs#")
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == answer.headers["x-request-id"]
    if status == HTTPStatus.CONFLICT:
        slug = found["type"].removeprefix("/api/docs#")
        assert slug in list_described_conflicts(answer.request), f"{slug} is missing in the description"
    return found


def list_described_conflicts(request: httpx.Request) -> set[str]:
    """Return the types of problem with status 409 that the description names for the operation of a request."""
    parts = request.url.path.removeprefix("/api/v1").split("/")
    for handler in ROUTE_HANDLERS:
        path = next(iter(handler.paths)).split("/")
        if request.method in handler.http_methods and len(path) == len(parts):
            pairs = zip(path, parts, strict=True)
            if all(one.startswith("{") or one == other for one, other in pairs):
                problems = handler.opt["operation"].problems
                return {problem.slug for problem in problems if problem.status == HTTPStatus.CONFLICT} | OF_ALL_CHANGES
    raise LookupError(request.url.path)


def list_pointers(answer: httpx.Response) -> set[str]:
    """Return the places a 422 names."""
    places = ("pointer", "parameter", "header")
    return {fault[place] for fault in check_problem(answer, 422)["errors"] for place in places if place in fault}


def check_same_response(one: httpx.Response, other: httpx.Response) -> None:
    """Assert that two answers can't be told apart."""
    assert one.status_code == other.status_code
    assert {name: one.headers[name] for name in one.headers if name not in OWN} == {
        name: other.headers[name] for name in other.headers if name not in OWN
    }
    bodies = [answer.json() | {"request_id": ""} for answer in (one, other)]
    assert bodies[0] == bodies[1]
