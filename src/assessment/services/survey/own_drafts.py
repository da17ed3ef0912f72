"""Load what the survey pages show about the browser's own draft: its code, further links, and who was invited."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closed_sets import DeliveryMode, ResponseState
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.operations import audit_trail
from assessment.services.survey import draft_keys
from assessment.services.survey.browser_drafts import BrowserCookies
from assessment.services.survey.survey_links import SurveyLink
from assessment.storage.people import invitation_links, invitations, replaced_invitations
from assessment.storage.survey import respondent_sessions, responses


class OwnDraft(Struct, frozen=True):
    """`code` is empty until an answer is saved; `unseen_links` are the creation days of links not shown here yet.

    `links` counts the person's links, `link` is the one this browser used, if known. `is_replaced`: another invitation
    has taken the place of the revoked one.
    """

    code: str
    link: str
    links: int
    unseen_links: tuple[date, ...]
    last_link_author: str  # of the latest further link, from the audit log
    revoked_on: date | None
    is_replaced: bool


def find_own_draft(
    session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies, secret: str
) -> OwnDraft:
    invitation_ids = _find_invitation_ids(session, respondent, cookie, browser, secret)
    person_id = invitation_ids[0] if invitation_ids else None
    key = browser.find_key(cookie)
    days = list_announced_links(session, respondent.workspace_id, invitation_ids)
    unseen_links = days[key.seen_link_count :] if key else ()
    revoked_on = (
        _find_revocation_day(session, respondent, cookie, browser) if respondent.is_anonymous else respondent.revoked_on
    )
    return OwnDraft(
        code=_find_code(session, respondent, cookie, person_id, secret),
        link=key.link if key else "",
        links=len(days),
        unseen_links=unseen_links,
        last_link_author=find_link_maker(session, respondent.workspace_id, invitation_ids) if unseen_links else "",
        revoked_on=revoked_on,
        is_replaced=revoked_on is not None and _is_replaced(session, respondent, cookie, browser),
    )


def list_announced_links(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> tuple[date, ...]:
    """Return the days of a person's links that someone asked for, sorted.

    Reminders have links too, and are not announced: only those who have not sent get them.
    """
    if not invitation_ids:
        return ()
    return invitation_links.list_recorded_link_dates(session, workspace_id, invitation_ids, audit_trail.LINK_MAILED)


def list_further_links(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> tuple[date, ...]:
    """Return the days of the announced links but the first link that the person had.

    The first one is not announced if it was mailed.
    """
    days = list_announced_links(session, workspace_id, invitation_ids)
    if not days:
        return ()
    linked = invitation_links.list_linked_invitations(session, workspace_id, invitation_ids)
    first = next((invitation_id for invitation_id in invitation_ids if invitation_id in linked), None)
    return days if first is not None and linked[first] == DeliveryMode.MAIL else days[1:]


def list_unseen_links(session: Session, link: SurveyLink, browser: BrowserCookies, secret: str) -> tuple[date, ...]:
    """Return the days of links made since this browser's draft of the link last showed them."""
    key = draft_keys.parse_key(browser.keys.get(draft_keys.make_cookie_tag(secret, link.row.id), ""))
    days = list_announced_links(session, link.row.workspace_id, link.invitation_ids) if key else ()
    return days[key.seen_link_count :] if key else ()


def find_link_maker(session: Session, workspace_id: str, invitation_ids: Sequence[str]) -> str:
    """Return the maker of the latest link of the person's newest invitation that has links."""
    link_lists = (
        audit_trail.list_links(session, workspace_id, invitation_id) for invitation_id in reversed(invitation_ids)
    )
    return next((links[-1].actor for links in link_lists if links), "")


def assign_code(session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies, secret: str) -> None:
    """Assign a code to a legacy draft; newer drafts have one from the beginning."""
    person_id = find_person_id(session, respondent, cookie, browser, secret)
    if respondent.code_hash is None and person_id is not None and not respondent.is_open_to_link_holders:
        code = tokens.derive_code(draft_keys.get_token(cookie))
        hashed = draft_keys.hash_code(secret, person_id, code)
        responses.update_response(session, respondent.workspace_id, respondent.response_id, code_hash=hashed)


def find_session(session: Session, cookies: Iterable[str], response_id: str) -> str:
    """Return the session that opens an unsent response; "" if none does."""
    for cookie in cookies:
        row = respondent_sessions.find_response_by_cookie(session, tokens.hash_token(cookie))
        if row is not None and row.id == response_id and row.state == ResponseState.STARTED and row.moved_on is None:
            return cookie
    return ""


def find_person_id(
    session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies, secret: str
) -> str | None:
    """Return the id of the person's first invitation; for an anonymous session only the cookie's key contains it.

    A legacy session has its link in a separate cookie.
    """
    invitation_ids = _find_invitation_ids(session, respondent, cookie, browser, secret)
    return invitation_ids[0] if invitation_ids else None


def _find_invitation_ids(
    session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies, secret: str
) -> tuple[str, ...]:
    """Return the ids of the person's invitations, the first one first; empty if the person is unknown."""
    invitation_id = _find_invitation_id(session, respondent, cookie, browser)
    if invitation_id is None:
        return ()
    invitation_ids = replaced_invitations.find_replacement_chain(session, respondent.assessment_key, invitation_id)
    key = browser.find_key(cookie)
    if respondent.is_anonymous and key is not None and not draft_keys.is_signed(key, secret, invitation_ids[0]):
        return ()
    return invitation_ids


def _find_invitation_id(session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies) -> str | None:
    if respondent.invitation_id is not None:
        return respondent.invitation_id
    key = browser.find_key(cookie)
    link = key.link if key else browser.link if draft_keys.is_legacy_session(cookie) else ""
    return (
        invitation_links.find_invitation_of_link(session, respondent.assessment_key, tokens.hash_token(link))
        if link
        else None
    )


def _find_revocation_day(session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies) -> date | None:
    """Return when the invitation of an anonymous draft was revoked; its response refers to no invitation."""
    invitation_id = _find_invitation_id(session, respondent, cookie, browser)
    if invitation_id is None:
        return None
    return invitations.find_invitation(session, respondent.assessment_key, invitation_id).revoked_on


def _is_replaced(session: Session, respondent: Respondent, cookie: str, browser: BrowserCookies) -> bool:
    invitation_id = _find_invitation_id(session, respondent, cookie, browser)
    if invitation_id is None:
        return False
    return replaced_invitations.find_replacement(session, respondent.workspace_id, invitation_id) is not None


def _find_code(session: Session, respondent: Respondent, cookie: str, person_id: str | None, secret: str) -> str:
    """Return the valid code of a browser cookie, in the form in which it was displayed; "" if there is none."""
    if respondent.is_open_to_link_holders or not responses.has_saved_answers(
        session, respondent.workspace_id, respondent.response_id
    ):
        return ""
    return derive_valid_code(respondent, cookie, person_id, secret)


def derive_valid_code(respondent: Respondent, cookie: str, person_id: str | None, secret: str) -> str:
    """Derive the code of a response with answers from its browser's cookie; "" if it is not valid."""
    token = draft_keys.get_token(cookie)
    code, long_code = tokens.derive_code(token), tokens.derive_long_code(token)
    if person_id is not None and respondent.code_hash == draft_keys.hash_code(secret, person_id, code):
        return code
    return long_code if respondent.code_hash == tokens.hash_legacy_code(long_code) else ""
