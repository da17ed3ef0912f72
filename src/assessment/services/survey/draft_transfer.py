"""Transfer a draft or response to another browser by its code; the earlier browser may object.

A transfer creates a new session and so a new code; the old code becomes invalid.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.survey.closing_time import get_workspace_day
from assessment.errors import ClosedError, ConflictError, NotFoundError
from assessment.services.auth import tokens
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.survey import draft_keys, response_lifecycle, sent_marks
from assessment.services.survey.browser_drafts import NO_COOKIES, BrowserCookies, find_browser_draft, hash_session_code
from assessment.services.survey.response_lifecycle import SENT_SESSION_VALIDITY, lock_open_response
from assessment.services.survey.survey_entry import SurveyEntry, admit_browser
from assessment.services.survey.survey_links import lock_link
from assessment.storage.survey import respondent_sessions, responses

OBJECTION_DAYS = 7

TransferVerdict: TypeAlias = Literal["me", "not-me"]


class ObjectionTooLateError(ConflictError):
    """The earlier browser objected after `OBJECTION_DAYS`."""

    slug = "too-late-to-object"
    title = "It was moved more than 7 days ago"


def transfer_draft(
    session: Session,
    token: str,
    code: str,
    now: datetime,
    random: Random = RANDOM,
    *,
    browser: BrowserCookies = NO_COOKIES,
    secret: str,
) -> SurveyEntry:
    """Transfer the response that matches link and code to this browser; `NotFoundError`, `ClosedError`."""
    link = lock_link(session, token)
    if link.state(now) != AssessmentState.OPEN:
        raise ClosedError
    row = link.row
    hashes = (draft_keys.hash_code(secret, link.person_id, code), tokens.hash_legacy_code(code))
    response_id = responses.find_response_by_code(session, row.assessment_key, hashes, link.invitation_ids)
    if response_id is None or not link.is_private:
        raise NotFoundError("No answers belong to this code.")
    response = responses.lock_response(session, row.workspace_id, response_id)
    if response is None or not {response.code_hash, response.withdraw_hash} & set(hashes):
        raise NotFoundError("No answers belong to this code.")  # transferred concurrently, before the lock
    cookie = draft_keys.generate_session(random)
    if response.state == ResponseState.SENT:
        cookie = draft_keys.set_expiry(cookie, now + SENT_SESSION_VALIDITY)
    _end_own_sessions(session, response_id, browser)
    today = get_workspace_day(now, row.time_zone)
    respondent_sessions.mark_sessions_moved(session, row.workspace_id, response_id, today)
    responses.update_response(
        session, row.workspace_id, response_id, code_hash=hash_session_code(link, cookie, secret), withdraw_hash=None
    )
    return admit_browser(session, link, response_id, cookie, secret)


def resolve_transfer(
    session: Session, token: str, verdict: TransferVerdict, now: datetime, *, browser: BrowserCookies, secret: str
) -> None:
    """End the session of the earlier browser; with "not-me" also set the transferred response aside."""
    link = lock_link(session, token)
    draft = find_browser_draft(session, link, browser, secret, now)
    if draft is None or draft.moved_on is None:
        raise NotFoundError
    if verdict == "not-me":
        row = link.row
        if get_workspace_day(now, row.time_zone) > draft.moved_on + timedelta(days=OBJECTION_DAYS):
            raise ObjectionTooLateError
        response = lock_open_response(session, response_lifecycle.load_respondent(session, draft.session, now), now)
        if response.state == ResponseState.SENT and link.is_anonymous:
            sent_marks.unmark_sent(session, row.assessment_key, link.person_id, secret)
        responses.set_response_aside(session, row.workspace_id, draft.response_id)
    respondent_sessions.delete_session(session, tokens.hash_token(draft.session))


def _end_own_sessions(session: Session, response_id: str, browser: BrowserCookies) -> None:
    """End this browser's earlier sessions of the response, so that it is not asked whether it objects."""
    keys = (draft_keys.parse_key(text) for text in browser.keys.values())
    for cookie in {browser.session, *(key.session for key in keys if key)} - {""}:
        row = respondent_sessions.find_response_by_cookie(session, tokens.hash_token(cookie))
        if row is not None and row.id == response_id:
            respondent_sessions.delete_session(session, tokens.hash_token(cookie))
