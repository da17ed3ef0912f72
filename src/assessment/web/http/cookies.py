"""Session cookies: `__Host-` and `Secure`, except for plain http on loopback, where browsers accept neither."""

from typing import Literal, TypeAlias

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.types import Scope

from assessment.settings import Settings

CookieKind: TypeAlias = Literal[
    "respondent", "link", "console", "code", "language", "device", "oidc", "notice", "refused"
]

DRAFT_KEY_PREFIX = "r-"  # one cookie for each draft of a respondent's browser
RETURNED_FORM, UNRESOLVED_ANSWERS = "form", "mine"  # what a respondent has typed and not saved

# Proxies refuse requests whose headers exceed 8 KB, and responses above 4 KB (nginx's defaults). A browser sends up to
# twelve draft keys and two cookies that store typed text.
MAX_STORED_LENGTH = 2200
MAX_AGE_SECONDS: dict[CookieKind, int] = {
    "respondent": 366 * 86400,
    "link": 366 * 86400,
    "console": 12 * 3600,
    "code": 3600,
    "language": 366 * 86400,
    "device": 366 * 86400,
    "oidc": 600,
    "notice": 60,
    "refused": 600,
}


def join_cookie_headers(scope: Scope) -> None:
    """Join several Cookie header fields into one (RFC 9113, 8.2.3): HTTP/2 clients split them, proxies pass that on.

    Cookies with a backslash are left out. None of ours has one, and before Python 3.11.10 and 3.12.6 the time to
    unescape a cookie is quadratic: 50 kB of backslashes would block the event loop for seconds.
    """
    fields = [value for name, value in scope["headers"] if name == b"cookie"]
    joined = b"; ".join(fields)
    if b"\\" in joined:
        joined = b";".join(cookie for cookie in joined.split(b";") if b"\\" not in cookie)
    elif len(fields) <= 1:
        return
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    scope["headers"] = [*others, (b"cookie", joined)]


def get_full_name(name: str, settings: Settings) -> str:
    """Return the cookie name, with the prefix `__Host-` where TLS is used."""
    return f"__Host-{name}" if settings.uses_https else name


def read_cookie(connection: ASGIConnection, kind: CookieKind) -> str | None:  # type: ignore[type-arg]
    """Return the cookie's value; None if absent or empty."""
    return connection.cookies.get(get_full_name(kind, connection.app.state.settings)) or None


def has_survey_cookies(connection: ASGIConnection) -> bool:  # type: ignore[type-arg]
    """Return whether this browser has a survey draft, or survey answers that were typed and not saved."""
    settings: Settings = connection.app.state.settings
    names = {get_full_name(name, settings) for name in ("respondent", RETURNED_FORM, UNRESOLVED_ANSWERS)}
    prefix = get_full_name(DRAFT_KEY_PREFIX, settings)
    return any(name in names or name.startswith(prefix) for name, value in connection.cookies.items() if value)


def make_cookie(kind: CookieKind, value: str, settings: Settings) -> Cookie:
    """Return a cookie with the maximum age of its kind."""
    cookie = make_named_cookie(get_full_name(kind, settings), value, settings)
    cookie.max_age = MAX_AGE_SECONDS[kind]
    return cookie


def make_named_cookie(name: str, value: str, settings: Settings) -> Cookie:
    """Return a cookie by its full name, valid for a year: as long as a survey may last."""
    return Cookie(
        key=name,
        value=value,
        max_age=MAX_AGE_SECONDS["respondent"],
        path="/",
        secure=settings.uses_https,
        httponly=True,
        samesite="lax",
    )


def make_removal_cookie(name: str, settings: Settings) -> Cookie:
    """Return a cookie that deletes the one with this full name."""
    cookie = make_named_cookie(name, "", settings)
    cookie.max_age = 0
    return cookie


def expire_cookie(kind: CookieKind, settings: Settings) -> Cookie:
    """Return a cookie that deletes the one of this kind."""
    cookie = make_cookie(kind, "", settings)
    cookie.max_age = 0
    return cookie
