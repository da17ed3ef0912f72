"""Transfer a draft or response to another browser by its code; the earlier browser may object.

A transfer creates a new session and so a new code; the old code becomes invalid.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy.orm import Session

from assessment.errors import ClosedError, ConflictError, NotFoundError
from assessment.services import draft_keys, marking, responding, tokens
from assessment.services.entering import STRANGER, Browser, Entered, admit, code_hash, find_draft
from assessment.services.responding import SENT_FOR, lock_open
from assessment.services.survey_links import hold_link
from assessment.services.tokens import RANDOM, Random
from assessment.storage import responses

OBJECTION_DAYS = 7

Verdict: TypeAlias = Literal["me", "not-me"]


class TooLateError(ConflictError):
    """The earlier browser objected after `OBJECTION_DAYS`."""

    slug = "too-late-to-object"
    title = "It was moved more than 7 days ago"


def move(
    session: Session,
    token: str,
    code: str,
    now: datetime,
    random: Random = RANDOM,
    *,
    browser: Browser = STRANGER,
    secret: str,
) -> Entered:
    """Transfer the response that matches link and code to this browser; `NotFoundError`, `ClosedError`."""
    link = hold_link(session, token)
    if link.state(now) != "open":
        raise ClosedError
    row = link.row
    hashes = (draft_keys.hash_code(secret, link.person[0], code), tokens.code_digest(code))
    response_id = responses.by_code(session, row.workspace_id, row.assessment_id, hashes, link.person)
    if response_id is None or not link.is_private:
        raise NotFoundError("No answers belong to this code.")
    held = responses.lock(session, row.workspace_id, response_id)
    if held is None or not {held.code_hash, held.withdraw_hash} & set(hashes):
        raise NotFoundError("No answers belong to this code.")  # transferred concurrently, before the lock
    cookie = draft_keys.new_session(random)
    if held.state == "sent":
        cookie = draft_keys.expiring(cookie, now + SENT_FOR)
    _end_own_session(session, response_id, browser)
    responses.mark_moved(session, row.workspace_id, response_id, now.date())
    responses.change(
        session, row.workspace_id, response_id, code_hash=code_hash(link, cookie, secret), withdraw_hash=None
    )
    return admit(session, link, response_id, cookie, secret)


def judge_move(session: Session, token: str, verdict: Verdict, now: datetime, *, browser: Browser, secret: str) -> None:
    """End the session of the earlier browser; with "not-me" also set the transferred response aside."""
    link = hold_link(session, token)
    draft = find_draft(session, link, browser, secret, now)
    if draft is None or draft.moved_on is None:
        raise NotFoundError
    if verdict == "not-me":
        if now.date() > draft.moved_on + timedelta(days=OBJECTION_DAYS):
            raise TooLateError
        row = link.row
        held = lock_open(session, responding.respondent(session, draft.session, now), now)
        if held.state == "sent" and link.is_anonymous:
            marking.unmark_sent(session, row.workspace_id, row.assessment_id, link.person[0], secret)
        responses.set_aside(session, row.workspace_id, draft.response_id)
    responses.end_session(session, tokens.digest(draft.session))


def _end_own_session(session: Session, response_id: str, browser: Browser) -> None:
    """End this browser's earlier sessions of the response, so that it is not asked whether it objects."""
    keys = (draft_keys.parse_key(text) for text in browser.keys.values())
    for cookie in {browser.session, *(key.session for key in keys if key)} - {""}:
        row = responses.by_cookie(session, tokens.digest(cookie))
        if row is not None and row.id == response_id:
            responses.end_session(session, tokens.digest(cookie))
