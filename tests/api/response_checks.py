"""What is asked of many answers alike."""

from typing import Any

import httpx

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
    return found


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
