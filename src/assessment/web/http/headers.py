"""Security headers of every HTTP response, including errors and static files, and the request id."""

import secrets

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from assessment.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
}
STRICT_TRANSPORT_SECURITY = "max-age=63072000; includeSubDomains"
REQUEST_ID_HEADER = "x-request-id"


def get_request_id(scope: Scope) -> str:
    """Return the id of this request, generated at the first call."""
    return str(scope.setdefault("state", {}).setdefault("request_id", secrets.token_hex(8)))


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Add security headers and the request id; `no-store` where the handler has set no Cache-Control."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    headers[REQUEST_ID_HEADER] = get_request_id(scope)
    if "cache-control" not in headers:
        headers["cache-control"] = "no-store"
    settings: Settings = scope["litestar_app"].state.settings
    if settings.uses_https:
        headers["strict-transport-security"] = STRICT_TRANSPORT_SECURITY
    _add_vary_header(headers)


def _add_vary_header(headers: MutableScopeHeaders) -> None:
    """Add `Vary: HX-Request` to HTML: htmx gets a fragment from the same URL."""
    if not headers.get("content-type", "").startswith("text/html"):
        return
    named = [part.strip() for part in headers.get("vary", "").split(",") if part.strip()]
    if "HX-Request" not in named:
        headers["vary"] = ", ".join([*named, "HX-Request"])
