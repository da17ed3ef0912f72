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
REQUEST_ID_HEADER = b"x-request-id"
NO_STORE = (b"cache-control", b"no-store")
SHARE_PREFIX = "/r/"
# The path of a shared report is a secret: no page that is opened next may learn it, and no search engine lists it.
SHARE_HEADERS = ((b"referrer-policy", b"no-referrer"), (b"x-robots-tag", b"noindex, nofollow"))
FIXED_HEADERS = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
FIXED_HEADERS_WITH_TLS = (*FIXED_HEADERS, (b"strict-transport-security", STRICT_TRANSPORT_SECURITY.encode()))
FIXED_NAMES = frozenset((*(name for name, _ in FIXED_HEADERS_WITH_TLS), REQUEST_ID_HEADER))


def get_request_id(scope: Scope) -> str:
    """Return the id of this request, generated at the first call."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = secrets.token_hex(8)
    return str(state["request_id"])


async def add_security_headers(message: Message, scope: Scope) -> None:
    """Add security headers and the request id; `no-store` where the handler has set no Cache-Control."""
    if message["type"] != "http.response.start":
        return
    settings: Settings = scope["litestar_app"].state.settings
    fixed = FIXED_HEADERS_WITH_TLS if settings.uses_https else FIXED_HEADERS
    # Encoded once, and appended to the list: each assignment to MutableScopeHeaders searches all of it.
    headers = [(name, value) for name, value in message["headers"] if name not in FIXED_NAMES]
    names = dict(headers)
    headers += fixed
    headers.append((REQUEST_ID_HEADER, get_request_id(scope).encode()))
    if b"cache-control" not in names:
        headers.append(NO_STORE)
    if scope["path"].startswith(SHARE_PREFIX):
        headers = [*(entry for entry in headers if entry[0] != b"referrer-policy"), *SHARE_HEADERS]
    message["headers"] = headers
    if names.get(b"content-type", b"").startswith(b"text/html"):
        if b"vary" not in names:
            headers.append((b"vary", b"HX-Request"))
        else:
            _add_vary_header(MutableScopeHeaders.from_message(message))


def _add_vary_header(headers: MutableScopeHeaders) -> None:
    """Add `Vary: HX-Request` to HTML: htmx gets a fragment from the same URL."""
    named = [part.strip() for part in headers.get("vary", "").split(",") if part.strip()]
    if "HX-Request" not in named:
        headers["vary"] = ", ".join([*named, "HX-Request"])
