"""HTTP requests, retried when the server is busy or unreachable and repeating is safe."""

import random
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec
from msgspec import Struct, field

from assessment.client.api_errors import ApiUnreachableError, decode_problem

API_PATH = "/api/v1"
MAX_ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 60.0
BUSY_STATUSES = (429, 503)  # the server did nothing: every request can be retried
GATEWAY_STATUSES = (502, 504)  # the server may have done something
REPEATABLE_METHODS = ("GET", "HEAD", "PUT", "POST")  # PUT and POST have an Idempotency-Key
IN_PROGRESS_SLUG = "idempotency-in-progress"


class ApiRequest(Struct, frozen=True, kw_only=True):
    """One call; `json` or `content` is the body."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    media_type: str = "application/json"
    accept: str = "application/json"
    idempotency_key: str | None = None
    if_match: str | None = None


class RequestSender:
    """Sends requests of one key; `sleep` waits between attempts."""

    def __init__(self, http: httpx.Client, key: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http, self._key, self._sleep = http, key, sleep

    def send(self, request: ApiRequest) -> httpx.Response:
        """Send a request until it succeeds; raises `ApiProblemError` or `ApiUnreachableError`."""
        headers, content = self._build_headers(request), request.content
        if request.json is not None:
            content = msgspec.json.encode(request.json)
        query = {name: value for name, value in request.query.items() if value is not None}
        for attempt in range(1, MAX_ATTEMPTS + 1):
            is_last = attempt == MAX_ATTEMPTS
            try:
                response = self._http.request(
                    request.method, API_PATH + request.path, params=query, headers=headers, content=content
                )
            except httpx.TransportError as error:
                if is_last or request.method not in REPEATABLE_METHODS:
                    raise ApiUnreachableError(str(error)) from error
                self._sleep(compute_pause(attempt))
                continue
            if response.is_success:
                return response
            problem = decode_problem(response.status_code, response.content, response.reason_phrase)
            if is_last or not _can_repeat(request.method, problem.status, problem.slug):
                raise problem
            self._sleep(find_retry_after(response) or compute_pause(attempt))
        raise AssertionError("the last attempt returns or raises")

    def _build_headers(self, request: ApiRequest) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._key}", "Accept": request.accept}
        if request.json is not None or request.content is not None:
            headers["Content-Type"] = request.media_type
        if request.method in ("POST", "PUT"):  # the same at each attempt, so that the server acts once
            headers["Idempotency-Key"] = request.idempotency_key or uuid.uuid4().hex
        if request.if_match is not None:
            headers["If-Match"] = request.if_match
        return headers


def compute_pause(attempt: int) -> float:
    """Return the seconds to wait after an attempt: doubled each time, with up to a quarter of jitter."""
    jitter = 1 + random.random() / 4  # noqa: S311  # no secret
    return min(FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1) * jitter, MAX_PAUSE_SECONDS)


def find_retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the server asks to wait, at most `MAX_PAUSE_SECONDS`; None without Retry-After."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdecimal():
        return float(min(int(value), MAX_PAUSE_SECONDS))
    try:
        span = parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError):
        return None
    return min(max(span.total_seconds(), 0.0), MAX_PAUSE_SECONDS)


def _can_repeat(method: str, status: int, slug: str) -> bool:
    if status in BUSY_STATUSES:
        return True
    return method in REPEATABLE_METHODS and (status in GATEWAY_STATUSES or slug == IN_PROGRESS_SLUG)
