"""Responses without the framework's response objects and compression: route from its table, and its hooks."""

from typing import Any, NamedTuple

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.types import Scope, Send
from litestar.utils import normalize_path

HTML = (b"content-type", b"text/html; charset=utf-8")
GZIP_HEADERS = (HTML, (b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding"))


class DirectResponse(NamedTuple):
    """Response whose headers are complete, except for those that the application's hooks add."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = (HTML,)


def find_handler(app: Litestar, scope: Any) -> Any:  # noqa: ANN401  # the scope of ASGI, any kind of handler
    """Find the route handler in the framework's table, and store it with its path; None if there is none."""
    try:
        routing = app.asgi_router.handle_routing(path=normalize_path(scope["path"]), method=scope["method"])
    except HTTPException:
        return None
    _, handler, scope["path"], scope["path_params"], scope["path_template"] = routing
    scope["route_handler"] = handler
    return handler


async def send_directly(app: Litestar, response: DirectResponse, scope: Scope, send: Send) -> None:
    """Send a response, with the headers that the application's hooks add."""
    message: Any = {
        "type": "http.response.start",
        "status": response.status,
        "headers": [*response.headers, (b"content-length", str(len(response.body)).encode())],
    }
    for hook in app.before_send:
        await hook(message, scope)
    await send(message)
    await send({"type": "http.response.body", "body": response.body, "more_body": False})
