"""Cache of responses to polled reads: the key, its rate and its scope are checked each time.

A program that polls sends the same path and headers each time. All checks depend on these alone, except for those of
the key, its rate and its scope, which every request passes; and the content depends on the digest that is read with the
key. Whatever differs is left to the direct read and the framework, and counted once.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeAlias

from litestar import Litestar, Request
from litestar.types import Message, Receive, Scope, Send

from assessment.access_policies import get_policy
from assessment.api.http import transport
from assessment.api.http.authentication import CountRequest, IdentifyKey, parse_bearer_key
from assessment.api.http.direct_reads import RELEASE_DIGEST_KEY, ROUTING_KEY, Routing
from assessment.api.http.rate_limit import RateLimitState
from assessment.services.auth.principals import KeyHolder
from assessment.services.lru_cache import LruCache

MAX_RESPONSES = 64  # programs that poll at the same time; about 30 kB each
MAX_FIELD_BYTES = 2_000  # of the headers of one request
REQUEST_ID_HEADER = b"x-request-id"
# Of each request; the others of a response are those of the last one.
CHANGING_HEADERS = (REQUEST_ID_HEADER, b"ratelimit-remaining", b"ratelimit-reset")

Headers: TypeAlias = list[tuple[bytes, bytes]]
SendHook: TypeAlias = Callable[[Message, Scope], Awaitable[None]]


class CacheKey(NamedTuple):
    """Path and headers that two requests have in common; the key is left out."""

    path: str
    raw_path: bytes
    fields: tuple[tuple[bytes, bytes], ...]


class CachedResponse(NamedTuple):
    """A response as it was sent, `places` of its headers by name, and the digest of the release that it shows."""

    digest: str
    routing: Routing
    scope: str
    status: int
    headers: Headers
    places: dict[bytes, int]
    body: bytes


class ResponseCache:
    """Responses of one process. Nothing of a key is stored; a response is for those whose key reads its digest."""

    def __init__(self, identify: IdentifyKey, count_request: CountRequest, log_request: SendHook) -> None:
        self._identify, self._count_request, self._log_request = identify, count_request, log_request
        self._responses: LruCache[CacheKey, CachedResponse] = LruCache(MAX_RESPONSES)

    async def serve_request(self, app: Litestar, scope: Any, receive: Receive, send: Send) -> Send | None:  # noqa: ANN401  # the scope of ASGI
        """Serve a request that was answered before; otherwise return what sends and remembers its response."""
        request, bearer = read_request(scope)
        if request is None:
            return send
        response = self._responses.find_value(request)
        if response is None:
            return self._cache_response(request, scope, send)
        caller = await self._admit(app, response, bearer, scope, receive)
        if caller is None or response.scope not in caller.scopes:
            return send
        if scope["state"][RELEASE_DIGEST_KEY] != response.digest:
            self._responses.remove_value(request)
            return self._cache_response(request, scope, send)
        await self._send_response(response, scope, send)
        return None

    async def _admit(
        self,
        app: Litestar,
        response: CachedResponse,
        bearer: str,
        scope: Any,  # noqa: ANN401
        receive: Receive,
    ) -> KeyHolder | None:
        """Return the holder of a valid key and count the request; None if the framework has to refuse it."""
        scope["app"] = scope["litestar_app"] = app
        scope.update(response.routing)
        request: Request[Any, Any, Any] = Request(scope, receive)
        try:
            caller = await self._identify(parse_bearer_key(bearer), request)
            await self._count_request(request, caller)
        except Exception:  # noqa: BLE001  # the framework meets it again, and its handlers render it
            return None
        return caller

    async def _send_response(self, response: CachedResponse, scope: Any, send: Send) -> None:  # noqa: ANN401
        state = scope["state"]
        rate: RateLimitState = state[transport.RATE_STATE_KEY]
        headers = response.headers.copy()
        values = state["request_id"], str(rate.remaining), str(rate.reset)
        for name, value in zip(CHANGING_HEADERS, values, strict=True):
            headers[response.places[name]] = name, value.encode()
        start: Any = {"type": "http.response.start", "status": response.status, "headers": headers}
        await self._log_request(start, scope)
        await send(start)
        await send({"type": "http.response.body", "body": response.body, "more_body": False})

    def _cache_response(self, request: CacheKey, scope: Scope, send: Send) -> Send:
        """Return a function that sends, and stores what was sent if it is a direct read's."""
        start: Any = {}

        async def send_and_remember(message: Any) -> None:  # noqa: ANN401  # a message of ASGI
            await send(message)
            if message["type"] == "http.response.start":
                start.update(message)
            elif ROUTING_KEY in scope["state"] and not message.get("more_body"):
                self._add_response(request, scope["state"], start, message["body"])

        return send_and_remember

    def _add_response(self, request: CacheKey, state: Any, start: Any, body: bytes) -> None:  # noqa: ANN401
        routing: Routing = state[ROUTING_KEY]
        policy = get_policy(routing["route_handler"])
        places = {name: place for place, (name, _) in enumerate(start["headers"])}
        if policy is None or policy.scope is None or b"set-cookie" in places:
            return
        response = CachedResponse(
            state[RELEASE_DIGEST_KEY], routing, policy.scope, start["status"], list(start["headers"]), places, body
        )
        self._responses.add_value(request, response)


def read_request(scope: Any) -> tuple[CacheKey | None, str]:  # noqa: ANN401
    """Return a GET without query as what can be answered again, and its `Authorization`; None if it can't."""
    if scope["method"] != "GET" or scope.get("query_string"):
        return None, ""
    keys, fields, size = [], [], 0
    for field in scope["headers"]:
        if field[0] == b"authorization":
            keys.append(field[1])
        else:
            fields.append(tuple(field))
            size += len(field[1])
    if len(keys) != 1 or size > MAX_FIELD_BYTES:
        return None, ""
    return CacheKey(scope["path"], scope.get("raw_path") or b"", tuple(fields)), keys[0].decode("latin-1")
