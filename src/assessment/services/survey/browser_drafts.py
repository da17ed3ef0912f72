"""Drafts of a browser: its cookies, and which draft of a link is its own."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field
from sqlalchemy.orm import Session

from assessment.domain.assessment import AssessmentKey
from assessment.domain.closed_sets import ResponseState
from assessment.services.auth import tokens
from assessment.services.survey import draft_keys
from assessment.services.survey.draft_keys import DraftKey
from assessment.services.survey.survey_links import SurveyLink
from assessment.storage.people import invitation_links
from assessment.storage.survey import respondent_sessions, responses
from assessment.storage.survey.respondent_sessions import SessionResponse


class BrowserCookies(Struct, frozen=True):
    """Cookies of a browser: draft keys by cookie tag, the current session, and the link of a legacy session."""

    keys: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    link: str = ""

    def find_key(self, session: str) -> DraftKey | None:
        keys = (draft_keys.parse_key(text) for text in self.keys.values())
        return next((key for key in keys if key and key.session == session), None)


NO_COOKIES = BrowserCookies()


class BrowserDraft(Struct, frozen=True):
    """Draft of this browser for a link."""

    session: str
    response_id: str
    state: ResponseState
    has_code: bool
    has_answers: bool
    moved_on: date | None


def find_browser_draft(
    session: Session, link: SurveyLink, browser: BrowserCookies, secret: str, now: datetime | None
) -> BrowserDraft | None:
    """Find this browser's draft of this invitation; drafts of other people in the same browser are ignored."""
    key = draft_keys.parse_key(browser.keys.get(draft_keys.make_cookie_tag(secret, link.row.id), ""))
    for cookie in filter(None, (key.session if key else "", browser.session)):
        row = respondent_sessions.find_response_by_cookie(session, tokens.hash_token(cookie))
        if row is None or (now and draft_keys.is_expired(cookie, now)):
            continue
        if row.state in (ResponseState.STARTED, ResponseState.SENT) and _is_draft_of_link(
            session, link, row, cookie, key, browser, secret
        ):
            has_answers = responses.has_saved_answers(session, row.workspace_id, row.id)
            return BrowserDraft(cookie, row.id, row.state, row.code_hash is not None, has_answers, row.moved_on)
    return None


def hash_session_code(link: SurveyLink, cookie: str, secret: str) -> bytes | None:
    """Return the HMAC of a session's code; None without the server's secret."""
    code = tokens.derive_code(draft_keys.get_token(cookie))
    return draft_keys.hash_code(secret, link.person_id, code) if secret else None


def _is_draft_of_link(
    session: Session,
    link: SurveyLink,
    row: SessionResponse,
    cookie: str,
    key: DraftKey | None,
    browser: BrowserCookies,
    secret: str,
) -> bool:
    if row.assessment_id != link.row.assessment_id:
        return False
    if not link.is_anonymous:
        return bool(row.invitation_id == link.row.id)
    if key is not None and key.session == cookie:
        return draft_keys.is_signed(key, secret, link.person_id)
    if row.code_hash is not None and row.code_hash == hash_session_code(link, cookie, secret):
        return True  # the key was lost: the hash of the session's code was made with the same person
    if not (draft_keys.is_legacy_session(cookie) and browser.link):
        return False
    came_by = invitation_links.find_invitation_of_link(
        session, AssessmentKey(link.row.workspace_id, row.assessment_id), tokens.hash_token(browser.link)
    )
    return bool(came_by == link.row.id)
