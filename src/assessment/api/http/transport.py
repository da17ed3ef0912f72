"""Apply the rules of every request under /api, before routing and after the handler.

One spelling of each path, HEAD wherever GET works, compression on request, and the rate-limit headers.
"""

import gzip
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import anyio.to_thread
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from assessment.api.http import etags
from assessment.api.http.negotiation import accepts_gzip
from assessment.api.http.rate_limit import POLICY, RateLimitState

API_PREFIX = "/api/"
RATE_STATE_KEY = "rate_limit"
STORED_BODY_KEY = "stored_body"  # in the state of a scope: content that is compressed once
NOT_ROUTED = "/api/v1/%2F"  # no route has it: becomes a 404
MIN_COMPRESSED_BYTES = 1024
LARGE_BODY_BYTES = 64 * 1024
# PDF and Office files are compressed inside.
COMPRESSED_TYPES = ("application/json", "application/problem+json", "application/vnd.oai", "text/")
# Characters that need no escape, and the slash: each would be a second spelling of a path.
NEEDLESS_ESCAPE = re.compile(rb"%(?:2[dDeEfF]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE])")
REPEATED_SLASH = re.compile(r"/{2,}")


class PackableBody(Protocol):
    """Content whose compressed bytes are stored with it."""

    content: bytes
    packed: bytes


ReadRateState: TypeAlias = Callable[[Scope], RateLimitState]  # of the network address of a request


def is_api_request(scope: Scope) -> bool:
    """Return whether a request is meant for the API, however its path is spelled."""
    return scope["type"] == ScopeType.HTTP and REPEATED_SLASH.sub("/", scope["path"]).lower().startswith(API_PREFIX)


async def serve_request(
    app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send, read_rate_state: ReadRateState
) -> None:
    """Serve a request of the API with `app`."""
    routed: Any = {**scope}
    if _is_misspelled(scope):
        routed |= {"path": NOT_ROUTED, "raw_path": NOT_ROUTED.encode()}
    if scope["method"] == "HEAD":
        routed["method"] = "GET"
    await app(routed, receive, _ResponseWriter(routed, send, read_rate_state, is_head=scope["method"] == "HEAD"))


def _is_misspelled(scope: HTTPScope) -> bool:
    path, raw = scope["path"], scope.get("raw_path") or b""
    is_exact = path.startswith(API_PREFIX) and not path.endswith("/") and "//" not in path
    return not is_exact or NEEDLESS_ESCAPE.search(raw.partition(b"?")[0]) is not None


class _ResponseWriter:
    """Passes a response on, with compression, rate-limit headers and, for HEAD, without the body."""

    def __init__(self, scope: Any, send: Send, read_rate_state: ReadRateState, *, is_head: bool) -> None:  # noqa: ANN401
        self.scope, self.send, self.read_rate_state, self.is_head = scope, send, read_rate_state, is_head
        self.start: Any = None  # kept until the body is there: compression changes the headers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] != "http.response.body":
            await self.send(message)
            return
        body: Any = dict(message)
        if self.start is not None:
            self._add_rate_headers(self.start)
            headers = MutableScopeHeaders.from_message(self.start)
            self._complete_allowed_methods(headers)
            await self._compress(headers, body)
            await self.send(self.start)
            self.start = None
        await self.send(body | {"body": b""} if self.is_head else body)

    def _add_rate_headers(self, message: Any) -> None:  # noqa: ANN401  # a message of ASGI
        state = self.scope["state"].get(RATE_STATE_KEY) or self.read_rate_state(self.scope)
        message["headers"] = [
            *message["headers"],  # no handler sets any of these; assigning to headers would search all for each
            (b"ratelimit-limit", str(state.limit).encode()),
            (b"ratelimit-remaining", str(state.remaining).encode()),
            (b"ratelimit-reset", str(state.reset).encode()),
            (b"ratelimit-policy", POLICY.encode()),
        ]

    def _complete_allowed_methods(self, headers: MutableScopeHeaders) -> None:
        """Add HEAD and, to Litestar's answer to OPTIONS, the methods of handlers that were registered later."""
        methods = {method.strip() for method in headers.get("allow", "").split(",") if method.strip()}
        if self.scope["method"] == "OPTIONS" and methods:
            routes = (route for route in self.scope["litestar_app"].routes if isinstance(route, HTTPRoute))
            path = self.scope.get("path_template")
            methods |= {method for route in routes if route.path_format == path for method in route.methods}
        if "GET" in methods:
            methods.add("HEAD")
        if methods:
            headers["Allow"] = ", ".join(sorted(methods))

    async def _compress(self, headers: MutableScopeHeaders, message: dict[str, Any]) -> None:
        content = message.get("body", b"")
        is_compressible = headers.get("content-type", "").startswith(COMPRESSED_TYPES)
        if not is_compressible or message.get("more_body"):
            return
        named = [part.strip() for part in headers.get("vary", "").split(",") if part.strip()]
        headers["Vary"] = ", ".join(dict.fromkeys([*named, "Accept-Encoding"]))
        asked = b", ".join(value for name, value in self.scope["headers"] if name == b"accept-encoding").decode(
            "latin-1"
        )
        if len(content) < MIN_COMPRESSED_BYTES or not accepts_gzip(asked):
            return
        stored: PackableBody | None = self.scope["state"].get(STORED_BODY_KEY)
        if stored is None or stored.content is not content:
            packed = await _compress_content(content)
        else:
            packed = stored.packed = stored.packed or await _compress_content(content)
        message["body"] = packed
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(packed))
        if etag := headers.get("etag"):
            headers["ETag"] = etags.add_tag_suffix(etag)


async def _compress_content(content: bytes) -> bytes:
    if len(content) > LARGE_BODY_BYTES:
        return await anyio.to_thread.run_sync(_compress_gzip, content)
    return _compress_gzip(content)


def _compress_gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=6, mtime=0)  # without a time: the same bytes for the same content
