"""Load what the survey pages show about the browser's own draft: its code, further links, and who was invited."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.promises import Promises
from assessment.services import auditing, draft_keys, promising, tokens
from assessment.services.entering import Browser
from assessment.services.principals import Respondent
from assessment.storage import invitations, responses


class OwnDraft(Struct, frozen=True):
    """`code` is empty until an answer is saved; `further_links` are the creation days of links not shown here yet.

    `links` counts the person's links, `link` is the one this browser used, if known.
    """

    code: str
    link: str
    links: int
    further_links: tuple[date, ...]
    link_maker: str  # of the latest further link, from the audit log
    revoked_on: date | None
    promises: Promises


def find_own_draft(session: Session, who: Respondent, cookie: str, browser: Browser, secret: str) -> OwnDraft:
    person = person_of(session, who, cookie, browser, secret)
    key = browser.key_of(cookie)
    days = _link_days(session, who, person)
    return OwnDraft(
        code=_code(session, who, cookie, person, secret),
        link=key.link if key else "",
        links=len(days),
        further_links=days[key.links_seen :] if key else (),
        link_maker=_link_maker(session, who, person) if key and days[key.links_seen :] else "",
        revoked_on=_revoked_on(session, who, cookie, browser) if who.is_anonymous else who.revoked_on,
        promises=promising.promises_of_respondent(session, who),
    )


def give_code(session: Session, who: Respondent, cookie: str, browser: Browser, secret: str) -> None:
    """Assign a code to a legacy draft; newer drafts have one from the beginning."""
    person = person_of(session, who, cookie, browser, secret)
    if who.code_hash is None and person is not None and not who.is_open_to_link_holders:
        code = tokens.code_of(draft_keys.token_of(cookie))
        hashed = draft_keys.hash_code(secret, person, code)
        responses.change(session, who.workspace_id, who.response_id, code_hash=hashed)


def find_session(session: Session, cookies: Iterable[str], response_id: str) -> str:
    """Return the session that opens an unsent response; "" if none does."""
    for cookie in cookies:
        row = responses.by_cookie(session, tokens.digest(cookie))
        if row is not None and row.id == response_id and row.state == "started" and row.moved_on is None:
            return cookie
    return ""


def person_of(session: Session, who: Respondent, cookie: str, browser: Browser, secret: str) -> str | None:
    """Return the id of the person's first invitation; for an anonymous session only the cookie's key contains it.

    A legacy session has its link in a separate cookie.
    """
    invitation_id = _invitation_id(session, who, cookie, browser)
    if invitation_id is None:
        return None
    person = invitations.chain(session, who.workspace_id, who.assessment_id, invitation_id)[0]
    key = browser.key_of(cookie)
    if who.is_anonymous and key is not None and not draft_keys.is_signed(key, secret, person):
        return None
    return person


def _invitation_id(session: Session, who: Respondent, cookie: str, browser: Browser) -> str | None:
    if who.invitation_id is not None:
        return who.invitation_id
    key = browser.key_of(cookie)
    link = key.link if key else browser.link if draft_keys.is_legacy(cookie) else ""
    return invitations.of_link(session, who.workspace_id, who.assessment_id, tokens.digest(link)) if link else None


def _revoked_on(session: Session, who: Respondent, cookie: str, browser: Browser) -> date | None:
    """Return when the invitation of an anonymous draft was revoked; its response refers to no invitation."""
    invitation_id = _invitation_id(session, who, cookie, browser)
    if invitation_id is None:
        return None
    return invitations.find(session, who.workspace_id, who.assessment_id, invitation_id).revoked_on


def _link_days(session: Session, who: Respondent, person: str | None) -> tuple[date, ...]:
    if person is None:
        return ()
    chain = invitations.chain(session, who.workspace_id, who.assessment_id, person)
    return invitations.link_days(session, who.workspace_id, chain)


def _link_maker(session: Session, who: Respondent, person: str | None) -> str:
    """Return the maker of the latest link of the person's newest invitation that has links."""
    if person is None:
        return ""
    chain = invitations.chain(session, who.workspace_id, who.assessment_id, person)
    made = (auditing.links_made(session, who.workspace_id, each) for each in reversed(chain))
    return next((links[-1].actor for links in made if links), "")


def _code(session: Session, who: Respondent, cookie: str, person: str | None, secret: str) -> str:
    """Return the valid code of a browser cookie, in the form in which it was displayed; "" if there is none."""
    if who.is_open_to_link_holders or not responses.has_saved_answers(session, who.workspace_id, who.response_id):
        return ""
    token = draft_keys.token_of(cookie)
    code, long_code = tokens.code_of(token), tokens.long_code_of(token)
    if person is not None and who.code_hash == draft_keys.hash_code(secret, person, code):
        return code
    return long_code if who.code_hash == tokens.code_digest(long_code) else ""
