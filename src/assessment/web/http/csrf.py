"""CSRF protection: the fetch metadata of the browser, and a token bound to the session.

The token is a salted HMAC of the session cookie. The salt makes it different on every page, which prevents BREACH
(learning a secret from the length of compressed pages).
"""

import hmac
import secrets

from litestar.connection import ASGIConnection, Request

from assessment.errors import ForbiddenError
from assessment.settings import Settings
from assessment.web.http.form_request import FormRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_FIELD = "_token"  # noqa: S105  # the name of a field
AUTHOR_FIELD = "_author"
TOKEN_HEADER = "x-csrf-token"  # noqa: S105  # the name of a header
SALT_BYTES = 9


class StaleFormError(ForbiddenError):
    """Raised for a form of another session of this browser, or of one that has ended."""


def make_token(settings: Settings, session: str) -> str:
    return _sign_session(settings, session, secrets.token_urlsafe(SALT_BYTES))


def is_valid_token(settings: Settings, session: str, token: str) -> bool:
    salt, _, _ = token.partition(".")
    return hmac.compare_digest(_sign_session(settings, session, salt).encode(), token.encode())


def sign_author(settings: Settings, user_id: str) -> str:
    """Sign the id of the user who gets a form; valid beyond the session, and never proof of a right."""
    return _compute_hmac(settings, "author", user_id, secrets.token_urlsafe(SALT_BYTES))


def is_author(settings: Settings, user_id: str, mark: str) -> bool:
    salt, _, _ = mark.partition(".")
    return hmac.compare_digest(_compute_hmac(settings, "author", user_id, salt).encode(), mark.encode())


async def check_request(connection: ASGIConnection, session: str | None) -> None:  # type: ignore[type-arg]
    """Refuse an unsafe request from another site, or without the token of its session (if it has a session)."""
    if connection.scope.get("method") in SAFE_METHODS or not isinstance(connection, Request):
        return
    settings: Settings = connection.app.state.settings
    if not _is_same_origin(connection, settings):
        raise ForbiddenError("This request came from another site.")
    if session is None:
        return
    token: object = connection.headers.get(TOKEN_HEADER)
    if token is None:
        token = await _read_token(connection)
    if not isinstance(token, str) or not is_valid_token(settings, session, token):
        raise StaleFormError("This form is from an older visit. Go back, reload the page and try again.")


async def _read_token(request: Request) -> object:  # type: ignore[type-arg]
    """Return the first token of the form; of one that is parsed already, without the framework's copy of it."""
    if isinstance(request, FormRequest) and (tokens := request.read_fields().get(TOKEN_FIELD)):
        return tokens[0]
    return (await request.form()).get(TOKEN_FIELD)


def _is_same_origin(request: Request, settings: Settings) -> bool:  # type: ignore[type-arg]
    """Check Sec-Fetch-Site or Origin; browsers send at least one, and other clients are not open to CSRF."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    if origin is None or origin == settings.origin:
        return True
    return origin in {f"{scheme}://{request.headers.get('host')}" for scheme in ("http", "https")}


def _sign_session(settings: Settings, session: str, salt: str) -> str:
    # Sending adds an expiry to a respondent's session; forms in other windows must stay valid.
    session_without_expiry = session.partition(".")[0]
    return _compute_hmac(settings, "csrf", session_without_expiry, salt)


def _compute_hmac(settings: Settings, purpose: str, subject: str, salt: str) -> str:
    message = f"{purpose}:{salt}:{subject}".encode()
    digest = hmac.digest(settings.secret.encode(), message, "sha256").hex()[:32]
    return f"{salt}.{digest}"
