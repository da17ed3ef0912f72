"""Survey entry: begin or continue a draft in a browser.

In confidential and anonymous assessments each browser has its own draft, and a link alone never shows earlier answers.
In attributable and consensus assessments an invitation has one response, which each of its links opens.
"""

from datetime import datetime
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.domain.disclosure.invited_people import format_group
from assessment.errors import ClosedError, ConflictError
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.people import invited_people
from assessment.services.survey import draft_keys, own_drafts, response_lifecycle
from assessment.services.survey.browser_drafts import (
    NO_COOKIES,
    BrowserCookies,
    BrowserDraft,
    find_browser_draft,
    hash_session_code,
)
from assessment.services.survey.draft_keys import DraftKey
from assessment.services.survey.survey_links import SurveyLink, lock_link
from assessment.storage.people import invitations, replaced_invitations
from assessment.storage.people.invitation_links import SurveyInvitation
from assessment.storage.survey import respondent_sessions, responses

EntryChoice: TypeAlias = Literal["start", "continue", "empty"]


class InvitationRevokedError(ConflictError):
    """The invitation was revoked, and this browser has no draft."""

    slug = "invitation-withdrawn"
    title = "This invitation was withdrawn"


class DraftExistsError(ConflictError):
    """This browser has a draft with answers for the link; the person must choose first whether to continue it."""

    slug = "answers-in-browser"
    title = "This browser has answers for this link"


class SurveyEntry(Struct, frozen=True):
    """Session of this browser and its response; `key` is None for a legacy anonymous session."""

    session: str
    respondent: Respondent
    tag: str
    key: DraftKey | None


def enter_survey(
    session: Session,
    token: str,
    random: Random = RANDOM,
    *,
    browser: BrowserCookies = NO_COOKIES,
    secret: str = "",
    now: datetime | None = None,
    choice: EntryChoice = "start",
) -> SurveyEntry:
    """Begin a draft in this browser, or continue its draft.

    Raises `DraftExistsError` if the draft has answers and no `choice` was made, `InvitationRevokedError`,
    `ClosedError` or `NotFoundError`.
    """
    link = lock_link(session, token)
    if link.state(now) != AssessmentState.OPEN:
        raise ClosedError
    if not link.is_private:
        return _enter_shared_response(session, link, random, secret)
    draft = find_browser_draft(session, link, browser, secret, now)
    if draft is not None:
        is_empty = not draft.has_answers and draft.state == ResponseState.STARTED
        if draft.moved_on is None and (choice == "continue" or (choice == "start" and is_empty)):
            return _continue_draft(session, link, draft, secret, now)
        if draft.moved_on is not None or choice == "start":
            raise DraftExistsError
    if link.row.revoked_on:
        raise InvitationRevokedError
    if draft is not None:
        respondent_sessions.delete_session(session, tokens.hash_token(draft.session))
    return _begin_draft(session, link, random, secret)


def is_same_person(session: Session, respondent: Respondent, response_id: str) -> bool:
    """Return whether both responses can be the same person's; for anonymous ones only the assessment is compared."""
    if respondent.response_id == response_id:
        return True
    if respondent.invitation_id is None:
        return responses.find_assessment_id(session, respondent.workspace_id, response_id) == respondent.assessment_id
    chain = replaced_invitations.find_replacement_chain(session, respondent.assessment_key, respondent.invitation_id)
    return responses.find_invitation_id(session, respondent.workspace_id, response_id) in chain


def admit_browser(session: Session, link: SurveyLink, response_id: str, cookie: str, secret: str) -> SurveyEntry:
    """Store a session for the response, and sign the key for the browser."""
    respondent_sessions.add_session(session, link.row.workspace_id, response_id, tokens.hash_token(cookie))
    return _make_entry(session, link, cookie, secret)


def _make_entry(session: Session, link: SurveyLink, cookie: str, secret: str) -> SurveyEntry:
    links = len(own_drafts.list_announced_links(session, link.row.workspace_id, link.invitation_ids))
    return SurveyEntry(
        cookie,
        response_lifecycle.load_respondent(session, cookie),
        draft_keys.make_cookie_tag(secret, link.row.id),
        draft_keys.sign_key(secret, cookie, link.token, link.person_id, links),
    )


def _begin_draft(session: Session, link: SurveyLink, random: Random, secret: str) -> SurveyEntry:
    """Insert an empty draft; without the server's secret it gets no code."""
    cookie = draft_keys.generate_session(random)
    row = link.row
    values = _make_response_row(row, random) | {
        "code_hash": hash_session_code(link, cookie, secret) if link.is_private else None
    }
    if link.is_anonymous:
        group = format_group(row.role, row.functions.split(";"))
        values["counts"] = invited_people.decide_counts(session, row.assessment_key, row.id, group)
    else:
        # Not for anonymous drafts: PostgreSQL stores the id of a locking transaction in the invitation's row, and the
        # draft's row has the same id.
        invitations.lock_invitations(session, row.workspace_id, [row.id])
        number = responses.find_next_draft_number(session, row.workspace_id, row.id)
        values |= {"invitation_id": row.id, "draft_number": number, "functions": row.functions}
    responses.add_draft(session, values)
    return admit_browser(session, link, values["id"], cookie, secret)


def _enter_shared_response(session: Session, link: SurveyLink, random: Random, secret: str) -> SurveyEntry:
    """Open the invitation's only response; the lock prevents two browsers from inserting one each."""
    invitations.lock_invitations(session, link.row.workspace_id, [link.row.id])
    response_id = responses.find_newest_response(session, link.row.workspace_id, link.row.id)
    if response_id is None:
        if link.row.revoked_on:
            raise InvitationRevokedError
        return _begin_draft(session, link, random, secret)
    return admit_browser(session, link, response_id, draft_keys.generate_session(random), secret)


def _continue_draft(
    session: Session, link: SurveyLink, draft: BrowserDraft, secret: str, now: datetime | None
) -> SurveyEntry:
    """Continue this browser's draft; a legacy draft without a code gets one now."""
    tag = draft_keys.make_cookie_tag(secret, link.row.id)
    if link.is_anonymous and draft_keys.is_legacy_session(draft.session):
        return SurveyEntry(draft.session, response_lifecycle.load_respondent(session, draft.session, now), tag, None)
    if not draft.has_code:
        responses.update_response(
            session, link.row.workspace_id, draft.response_id, code_hash=hash_session_code(link, draft.session, secret)
        )
    return _make_entry(session, link, draft.session, secret)


def _make_response_row(invitation: SurveyInvitation, random: Random) -> dict[str, Any]:
    """Sort the functions: the order in which they were typed could identify the invitation."""
    return {
        "id": tokens.generate_id(random),
        "workspace_id": invitation.workspace_id,
        "assessment_id": invitation.assessment_id,
        "role": invitation.role,
        "functions": ";".join(sorted(invitation.functions.split(";"))),
        "language": invitation.language,
        "state": ResponseState.STARTED,
    }
