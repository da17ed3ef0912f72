"""Forms come from our own pages: by what the browser says of the request, and by a token of the session.

The token is a salted HMAC of the session cookie: bound to it, and different on every page, so that
nothing can be learnt from the length of compressed pages.
"""

import hashlib
import hmac
import secrets

from litestar.connection import ASGIConnection, Request

from assessment.errors import ForbiddenError
from assessment.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "_token"
AUTHOR = "_author"
HEADER = "x-csrf-token"
SALT_BYTES = 9


class StaleFormError(ForbiddenError):
    """The form was made for another session of this browser, or for one that has ended."""


def token(settings: Settings, session: str) -> str:
    """Make a token for a form of this session."""
    return _signed(settings, session, secrets.token_urlsafe(SALT_BYTES))


def holds(settings: Settings, session: str, given: str) -> bool:
    """Tell whether a token was made for this session."""
    salt, _, _ = given.partition(".")
    return hmac.compare_digest(_signed(settings, session, salt).encode(), given.encode())


def author_mark(settings: Settings, user_id: str) -> str:
    """Make a mark of the user whom a form is given to; it outlives the session, and authorizes nothing."""
    return _salted(settings, "author", user_id, secrets.token_urlsafe(SALT_BYTES))


def is_author(settings: Settings, user_id: str, mark: str) -> bool:
    """Whether a mark was made for this user."""
    salt, _, _ = mark.partition(".")
    return hmac.compare_digest(_salted(settings, "author", user_id, salt).encode(), mark.encode())


async def check(connection: ASGIConnection, session: str | None) -> None:  # type: ignore[type-arg]
    """Refuse a changing request from another site, or without the session's token (where there is one)."""
    if connection.scope.get("method") in SAFE or not isinstance(connection, Request):
        return
    settings: Settings = connection.app.state.settings
    if not _is_own(connection, settings):
        raise ForbiddenError("This request came from another site.")
    if session is None:
        return
    given = connection.headers.get(HEADER)
    if given is None:
        given = (await connection.form()).get(FIELD)
    if not isinstance(given, str) or not holds(settings, session, given):
        raise StaleFormError("This form is from an older visit. Go back, reload the page and try again.")


def _is_own(request: Request, settings: Settings) -> bool:  # type: ignore[type-arg]
    """Browsers send one of the two headers; a program that sends neither can't be tricked by a page."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None or origin == settings.origin:
        return True
    return origin in {f"{scheme}://{request.headers.get('host')}" for scheme in ("http", "https")}


def _signed(settings: Settings, session: str, salt: str) -> str:
    lasting = session.partition(".")[0]  # sending adds an expiry to a respondent's session; other windows' forms hold
    return _salted(settings, "csrf", lasting, salt)


def _salted(settings: Settings, purpose: str, subject: str, salt: str) -> str:
    message = f"{purpose}:{salt}:{subject}".encode()
    digest = hmac.new(settings.secret.encode(), message, hashlib.sha256).hexdigest()[:32]
    return f"{salt}.{digest}"
