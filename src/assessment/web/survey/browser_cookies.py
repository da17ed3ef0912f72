"""Cookies of a respondent's browser: a key per draft, and the session of the current draft."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from assessment.services.survey import draft_keys
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.draft_keys import DraftKey
from assessment.services.survey.response_lifecycle import SENT_SESSION_VALIDITY
from assessment.services.survey.survey_entry import SurveyEntry
from assessment.settings import Settings
from assessment.web.http import cookies
from assessment.web.survey.returned_forms import make_form_removal_cookies
from assessment.web.survey.unresolved_answers import UnresolvedAnswers, make_unresolved_cookies

MAX_KEYS = 12


def read_browser(request: Request[Any, Any, Any]) -> BrowserCookies:
    """Read keys, session and link from the cookies."""
    keys = {name.removeprefix(_get_key_prefix(request)): value for name, value in _read_keys(request).items()}
    return BrowserCookies(
        keys, cookies.read_cookie(request, "respondent") or "", cookies.read_cookie(request, "link") or ""
    )


def find_own_link(request: Request[Any, Any, Any]) -> str:
    """Return the link that the current draft of this browser was begun by; empty if no cookie says so."""
    browser = read_browser(request)
    key = browser.find_key(browser.session)
    return key.link if key else browser.link


def make_session_cookies(request: Request[Any, Any, Any], entry: SurveyEntry, settings: Settings) -> list[Cookie]:
    """Return the cookies that make a draft the current one; beyond `MAX_KEYS`, the oldest keys are removed."""
    session_cookies = [_limit_cookie_age(cookies.make_cookie("respondent", entry.session, settings), entry.session)]
    if entry.key is None:
        return session_cookies
    name = f"{_get_key_prefix(request)}{entry.tag}"
    session_cookies.append(_limit_cookie_age(cookies.make_named_cookie(name, entry.key.text, settings), entry.session))
    others = [key_name for key_name in _read_keys(request) if key_name != name]
    excess = others[: max(0, len(others) + 1 - MAX_KEYS)]
    return session_cookies + [cookies.make_removal_cookie(key_name, settings) for key_name in excess]


def renew_session_cookies(
    request: Request[Any, Any, Any], old: str, new: str, person_id: str | None, settings: Settings
) -> list[Cookie]:
    """Replace a session in its two cookies; the key is signed again because the signature covers the session."""
    session_cookies = [_limit_cookie_age(cookies.make_cookie("respondent", new, settings), new)]
    name, key = find_key(request, old)
    if key is not None and person_id is not None:
        signed = draft_keys.sign_key(settings.secret, new, key.link, person_id, key.seen_link_count)
        session_cookies.append(_limit_cookie_age(cookies.make_named_cookie(name, signed.text, settings), new))
    return session_cookies


def make_links_seen_cookies(request: Request[Any, Any, Any], links: int, settings: Settings) -> list[Cookie]:
    """Store the number of links that were displayed in the current draft's key."""
    session = cookies.read_cookie(request, "respondent") or ""
    name, key = find_key(request, session)
    if key is None:
        return []
    updated_key = DraftKey(key.session, key.link, links, key.signature)
    return [_limit_cookie_age(cookies.make_named_cookie(name, updated_key.text, settings), session)]


def make_removal_cookies(request: Request[Any, Any, Any], settings: Settings, session: str = "") -> list[Cookie]:
    """Return cookies that delete one session from the browser, or all if `session` is empty."""
    names = [name for name, value in _read_keys(request).items() if not session or _parse_session(value) == session]
    current = cookies.read_cookie(request, "respondent")
    removal_cookies = [cookies.make_removal_cookie(name, settings) for name in names]
    removal_cookies += make_typed_removal_cookies(request)
    if not session or current == session:
        removal_cookies += [cookies.expire_cookie(kind, settings) for kind in ("respondent", "link", "code", "refused")]
    return removal_cookies


def make_typed_removal_cookies(request: Request[Any, Any, Any]) -> list[Cookie]:
    """Return cookies that delete what was typed and not saved: nothing can be saved any more."""
    return make_unresolved_cookies(request, UnresolvedAnswers()) + make_form_removal_cookies(request)


def list_sessions(request: Request[Any, Any, Any]) -> set[str]:
    sessions = {_parse_session(value) for value in _read_keys(request).values()} | {
        cookies.read_cookie(request, "respondent") or ""
    }
    return sessions - {""}


def find_key(request: Request[Any, Any, Any], session: str) -> tuple[str, DraftKey | None]:
    """Return cookie name and key of a session; ("", None) if there is none."""
    for name, value in _read_keys(request).items():
        key = draft_keys.parse_key(value)
        if key is not None and key.session == session:
            return name, key
    return "", None


def _parse_session(value: str) -> str:
    key = draft_keys.parse_key(value)
    return key.session if key else ""


def _read_keys(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the key cookies in the browser's order: oldest first (RFC 6265, 5.4)."""
    prefix = _get_key_prefix(request)
    return {name: value for name, value in request.cookies.items() if name.startswith(prefix)}


def _get_key_prefix(request: Request[Any, Any, Any]) -> str:
    settings: Settings = request.app.state.settings
    return cookies.get_full_name(cookies.DRAFT_KEY_PREFIX, settings)


def _limit_cookie_age(cookie: Cookie, session: str) -> Cookie:
    """Limit the cookie's age to that of a session with expiry; the server checks the expiry too."""
    if draft_keys.has_expiry(session):
        cookie.max_age = int(SENT_SESSION_VALIDITY.total_seconds())
    return cookie
