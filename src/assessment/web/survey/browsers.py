"""Cookies of a respondent's browser: a key per draft, and the session of the current draft."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from assessment.services import draft_keys
from assessment.services.draft_keys import DraftKey
from assessment.services.entering import Browser, Entered
from assessment.services.responding import SENT_FOR
from assessment.settings import Settings
from assessment.web import cookies
from assessment.web.survey.returned_forms import removed_form_cookies
from assessment.web.survey.unresolved import Unresolved, unresolved_cookies

KEY = "r-"
KEYS_MOST = 12


def browser_of(request: Request[Any, Any, Any]) -> Browser:
    """Read keys, session and link from the cookies."""
    keys = {name.removeprefix(_prefix(request)): value for name, value in _keys(request).items()}
    return Browser(keys, cookies.read(request, "respondent") or "", cookies.read(request, "link") or "")


def find_own_link(request: Request[Any, Any, Any]) -> str:
    """Return the link that the current draft of this browser was begun by; empty if no cookie says so."""
    browser = browser_of(request)
    key = browser.key_of(browser.session)
    return key.link if key else browser.link


def session_cookies(request: Request[Any, Any, Any], entered: Entered, settings: Settings) -> list[Cookie]:
    """Return the cookies that make a draft the current one; beyond `KEYS_MOST`, the oldest keys are removed."""
    given = [_expiring(cookies.give("respondent", entered.cookie, settings), entered.cookie)]
    if entered.key is None:
        return given
    name = f"{_prefix(request)}{entered.tag}"
    given.append(_expiring(cookies.named(name, entered.key.text, settings), entered.cookie))
    others = [each for each in _keys(request) if each != name]
    excess = others[: max(0, len(others) + 1 - KEYS_MOST)]
    return given + [cookies.removed(each, settings) for each in excess]


def renewed_cookies(
    request: Request[Any, Any, Any], old: str, new: str, person: str | None, settings: Settings
) -> list[Cookie]:
    """Replace a session in its two cookies; the key is signed again because the signature covers the session."""
    given = [_expiring(cookies.give("respondent", new, settings), new)]
    name, key = find_key(request, old)
    if key is not None and person is not None:
        signed = draft_keys.sign_key(settings.secret, new, key.link, person, key.links_seen)
        given.append(_expiring(cookies.named(name, signed.text, settings), new))
    return given


def seen_cookies(request: Request[Any, Any, Any], links: int, settings: Settings) -> list[Cookie]:
    """Store the number of links that were displayed in the current draft's key."""
    session = cookies.read(request, "respondent") or ""
    name, key = find_key(request, session)
    if key is None:
        return []
    noted = DraftKey(key.session, key.link, links, key.signature)
    return [_expiring(cookies.named(name, noted.text, settings), session)]


def dropped_cookies(request: Request[Any, Any, Any], settings: Settings, session: str = "") -> list[Cookie]:
    """Return cookies that delete one session from the browser, or all if `session` is empty."""
    names = [name for name, value in _keys(request).items() if not session or _session(value) == session]
    current = cookies.read(request, "respondent")
    ended = [cookies.removed(name, settings) for name in names] + unresolved_cookies(request, Unresolved())
    ended += removed_form_cookies(request)
    if not session or current == session:
        ended += [cookies.end(kind, settings) for kind in ("respondent", "link", "code")]
    return ended


def sessions_of(request: Request[Any, Any, Any]) -> set[str]:
    found = {_session(value) for value in _keys(request).values()} | {cookies.read(request, "respondent") or ""}
    return found - {""}


def find_key(request: Request[Any, Any, Any], session: str) -> tuple[str, DraftKey | None]:
    """Return cookie name and key of a session; ("", None) if there is none."""
    for name, value in _keys(request).items():
        key = draft_keys.parse_key(value)
        if key is not None and key.session == session:
            return name, key
    return "", None


def _session(value: str) -> str:
    key = draft_keys.parse_key(value)
    return key.session if key else ""


def _keys(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the key cookies in the browser's order: oldest first (RFC 6265, 5.4)."""
    prefix = _prefix(request)
    return {name: value for name, value in request.cookies.items() if name.startswith(prefix)}


def _prefix(request: Request[Any, Any, Any]) -> str:
    settings: Settings = request.app.state.settings
    return cookies.full_name(KEY, settings)


def _expiring(cookie: Cookie, session: str) -> Cookie:
    """Limit the cookie's age to that of a session with expiry; the server checks the expiry too."""
    if draft_keys.has_expiry(session):
        cookie.max_age = int(SENT_FOR.total_seconds())
    return cookie
