"""Security headers of every HTTP response, including errors and static files, and the request id."""

import secrets

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from assessment.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
}
TRANSPORT = "max-age=63072000; includeSubDomains"
REQUEST_ID = "x-request-id"


def request_id(scope: Scope) -> str:
    """Return the id of this request, generated at the first call."""
    return str(scope.setdefault("state", {}).setdefault("request_id", secrets.token_hex(8)))


async def secure(message: Message, scope: Scope) -> None:
    """Add security headers and the request id; `no-store` where the handler has set no Cache-Control."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in ALWAYS.items():
        headers[name] = value
    headers[REQUEST_ID] = request_id(scope)
    if "cache-control" not in headers:
        headers["cache-control"] = "no-store"
    settings: Settings = scope["litestar_app"].state.settings
    if settings.secure:
        headers["strict-transport-security"] = TRANSPORT
    _vary(headers)


def _vary(headers: MutableScopeHeaders) -> None:
    """Add `Vary: HX-Request` to HTML: htmx gets a fragment from the same URL."""
    if not headers.get("content-type", "").startswith("text/html"):
        return
    named = [part.strip() for part in headers.get("vary", "").split(",") if part.strip()]
    if "HX-Request" not in named:
        headers["vary"] = ", ".join([*named, "HX-Request"])
