"""Serve the most frequent reads of programs without the framework's machinery: the scores, which they poll.

Route, guards and hooks are those of the framework's handler. Whatever is out of the ordinary (an error, a query, a
body) is left to the framework, which then handles the request from the beginning; it is counted once.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

from litestar import Litestar, Request
from litestar._asgi.utils import is_valid_host
from litestar.types import Receive, Scope, Send

DIRECT_READ = "direct_read"  # in `opt` of a route handler of an assessment
RELEASE_DIGEST_KEY = "release_digest"  # in the state of a scope: of the newest release, read with the key
ROUTING_KEY = "direct_routing"  # in the state of a scope: what the framework's table says of a request served directly
ROUTING_FIELDS = ("path", "path_params", "path_template", "route_handler")
JSON_HEADER = (b"content-type", b"application/json")
BODY_HEADERS = (b"content-length", b"transfer-encoding")


class DirectRead(NamedTuple):
    """Response whose headers are complete, except for those that the application's hooks and `transport` add."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""


Routing: TypeAlias = dict[str, Any]  # the fields of a scope that are named in `ROUTING_FIELDS`
ReadDirectly: TypeAlias = Callable[[Request[Any, Any, Any]], Awaitable[DirectRead | None]]
FindHandler: TypeAlias = Callable[[Litestar, Any], Any]


async def serve_directly(app: Litestar, find_handler: FindHandler, scope: Any, receive: Receive, send: Send) -> bool:  # noqa: ANN401  # the scope of ASGI
    """Serve a read whose route has a direct one; return False if the framework has to."""
    if scope["method"] != "GET" or not _is_plain(scope):
        return False
    handler = find_handler(app, scope)
    read_directly: ReadDirectly | None = handler and handler.opt.get(DIRECT_READ)
    if read_directly is None:
        return False
    scope["app"] = scope["litestar_app"] = app
    request: Request[Any, Any, Any] = Request(scope, receive)
    try:
        for guard in handler.resolve_guards():
            await guard(request, handler)
        response = await read_directly(request)
    except Exception:  # noqa: BLE001  # the framework meets it again, and its handlers render it
        return False
    if response is None:
        return False
    scope["state"][ROUTING_KEY] = {name: scope[name] for name in ROUTING_FIELDS}
    await _send_response(app, response, scope, send)
    return True


async def _send_response(app: Litestar, response: DirectRead, scope: Scope, send: Send) -> None:
    headers = list(response.headers)
    if response.status != HTTPStatus.NOT_MODIFIED:
        headers.append((b"content-length", str(len(response.body)).encode()))
    message: Any = {"type": "http.response.start", "status": response.status, "headers": headers}
    for hook in app.before_send:
        await hook(message, scope)
    await send(message)
    await send({"type": "http.response.body", "body": response.body, "more_body": False})


def _is_plain(scope: Scope) -> bool:
    """Return whether the request has a valid host and no body."""
    return not any(
        name in BODY_HEADERS or (name == b"host" and not is_valid_host(value)) for name, value in scope["headers"]
    )
