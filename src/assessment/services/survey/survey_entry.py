"""Survey entry: load the start page of a link, and begin or continue a draft in a browser.

In confidential and anonymous assessments each browser has its own draft, and a link alone never shows earlier answers.
In attributable and consensus assessments an invitation has one response, which each of its links opens.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.survey.promises import Promises, mask_address
from assessment.domain.survey.routing import list_asked_items
from assessment.errors import ClosedError, ConflictError
from assessment.services.assessments.published_questionnaires import load_questionnaire
from assessment.services.assessments.reopening import is_release_compared
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.auth.tokens import RANDOM, Random
from assessment.services.people import invited_people
from assessment.services.survey import draft_keys, duration_estimate, response_lifecycle, survey_promises
from assessment.services.survey.draft_keys import DraftKey
from assessment.services.survey.survey_links import SurveyLink, find_link, lock_link
from assessment.storage.survey import invitations, responses

EntryChoice: TypeAlias = Literal["start", "continue", "empty"]
MAIL_DELIVERY = "mail"


class InvitationRevokedError(ConflictError):
    """The invitation was revoked, and this browser has no draft."""

    slug = "invitation-withdrawn"
    title = "This invitation was withdrawn"


class DraftExistsError(ConflictError):
    """This browser has a draft with answers for the link; the person must choose first whether to continue it."""

    slug = "answers-in-browser"
    title = "This browser has answers for this link"


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
    state: str
    has_code: bool
    has_answers: bool
    moved_on: date | None


class StartPage(Struct, frozen=True, kw_only=True):
    """Content of the start page; `state` is draft, open, closed or revoked.

    All fields describe the invitation and its assessment, except `draft`, which belongs to this browser.
    `is_reopened`: open again after a release. `is_earlier_release_kept`: the last close published no further release.
    """

    state: str
    workspace_id: str
    assessment_id: str
    organisation: str
    title: str
    asker: str
    language: str
    promises: Promises
    confidentiality: str
    mode: str
    closes_on: date | None
    time_zone: str
    role: str
    functions: tuple[str, ...]
    masked_address: str
    link_days: tuple[date, ...]
    revoked_on: date | None
    questionnaire: Questionnaire | None
    questions: int
    minutes: tuple[int, int] | None
    draft: BrowserDraft | None = None
    is_released: bool = False
    is_reopened: bool = False
    is_earlier_release_kept: bool = False

    @property
    def may_add_no_results(self) -> bool:
        """Return whether a further release may be withheld for lack of new answers."""
        return self.is_reopened and is_release_compared(self.confidentiality, self.mode)


class SurveyEntry(Struct, frozen=True):
    """Session of this browser and its response; `key` is None for a legacy anonymous session."""

    session: str
    respondent: Respondent
    tag: str
    key: DraftKey | None


def load_start_page(
    session: Session, token: str, browser: BrowserCookies = NO_COOKIES, secret: str = "", now: datetime | None = None
) -> StartPage:
    """Load the start page. Read-only, so that mail scanners can open links without effect."""
    link = find_link(session, token)
    row = link.row
    functions = tuple(row.functions.split(";"))
    questionnaire, questions, minutes = None, 0, None
    if row.questionnaire_digest is not None:
        questionnaire = load_questionnaire(session, row)
        questions = len(list_asked_items(questionnaire, row.role, functions))
        minutes = duration_estimate.estimate_minutes(
            session, row.workspace_id, questionnaire, row.role, functions, row.language
        )
    return StartPage(
        state=_get_entry_state(session, link, now),
        workspace_id=row.workspace_id,
        assessment_id=row.assessment_id,
        organisation=row.organisation,
        title=row.title,
        asker=row.asker,
        language=row.language,
        promises=survey_promises.load_link_promises(session, link),
        confidentiality=row.confidentiality,
        mode=row.mode,
        closes_on=row.closes_on,
        time_zone=row.time_zone,
        role=row.role,
        functions=functions,
        masked_address=mask_address(row.email) if row.deliver == MAIL_DELIVERY and row.email else "",
        link_days=invitations.list_link_dates(session, row.workspace_id, link.person),
        revoked_on=row.revoked_on,
        questionnaire=questionnaire,
        questions=questions,
        minutes=minutes,
        draft=find_browser_draft(session, link, browser, secret, now) if link.is_private else None,
        is_released=row.is_released,
        is_reopened=row.assessment_state == "open" and row.is_released,
        is_earlier_release_kept=bool(row.held_back),
    )


def _get_entry_state(session: Session, link: SurveyLink, now: datetime | None) -> str:
    """Return the assessment's state, or "revoked" if the link can't begin a response; closed takes precedence."""
    state = link.state(now)
    if state == "closed" or not link.row.revoked_on:
        return state
    is_begun = not link.is_private and responses.find_newest_response(session, link.row.workspace_id, link.row.id)
    return state if is_begun else "revoked"


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

    Raises `OccupiedError` if the draft has answers and no `choice` was made, `RevokedError`,
    `ClosedError` or `NotFoundError`.
    """
    link = lock_link(session, token)
    if link.state(now) != "open":
        raise ClosedError
    if not link.is_private:
        return _enter_shared_response(session, link, random, secret)
    draft = find_browser_draft(session, link, browser, secret, now)
    if draft is not None:
        is_empty = not draft.has_answers and draft.state == "started"
        if draft.moved_on is None and (choice == "continue" or (choice == "start" and is_empty)):
            return _continue_draft(session, link, draft, secret, now)
        if draft.moved_on is not None or choice == "start":
            raise DraftExistsError
    if link.row.revoked_on:
        raise InvitationRevokedError
    if draft is not None:
        responses.delete_session(session, tokens.hash_token(draft.session))
    return _begin_draft(session, link, random, secret)


def is_same_person(session: Session, respondent: Respondent, response_id: str) -> bool:
    """Return whether both responses can be the same person's; for anonymous ones only the assessment is compared."""
    if respondent.response_id == response_id:
        return True
    if respondent.invitation_id is None:
        return responses.find_assessment_id(session, respondent.workspace_id, response_id) == respondent.assessment_id
    person = invitations.find_replacement_chain(
        session, respondent.workspace_id, respondent.assessment_id, respondent.invitation_id
    )
    return responses.find_invitation_id(session, respondent.workspace_id, response_id) in person


def admit_browser(session: Session, link: SurveyLink, response_id: str, cookie: str, secret: str) -> SurveyEntry:
    """Store a session for the response, and sign the key for the browser."""
    responses.add_session(session, link.row.workspace_id, response_id, tokens.hash_token(cookie))
    return _make_entry(session, link, cookie, secret)


def _make_entry(session: Session, link: SurveyLink, cookie: str, secret: str) -> SurveyEntry:
    links = len(invitations.list_link_dates(session, link.row.workspace_id, link.person))
    return SurveyEntry(
        cookie,
        response_lifecycle.load_respondent(session, cookie),
        draft_keys.make_cookie_tag(secret, link.row.id),
        draft_keys.sign_key(secret, cookie, link.token, link.person[0], links),
    )


def _begin_draft(session: Session, link: SurveyLink, random: Random, secret: str) -> SurveyEntry:
    """Insert an empty draft; without the server's secret it gets no code."""
    cookie = draft_keys.generate_session(random)
    row = link.row
    values = _make_response_row(row, random) | {
        "code_hash": hash_session_code(link, cookie, secret) if link.is_private else None
    }
    if link.is_anonymous:
        values["counts"] = invited_people.decide_counts(session, row.workspace_id, row.assessment_id, row.id)
    else:
        # Not for anonymous drafts: PostgreSQL stores the id of a locking transaction in the invitation's row, and the
        # draft's row has the same id.
        invitations.lock_invitations(session, row.workspace_id, [row.id])
        number = responses.find_next_draft_number(session, row.workspace_id, row.id)
        values |= {"invitation_id": row.id, "draft_number": number, "functions": row.functions}
    responses.add_draft(session, values)
    return admit_browser(session, link, values["id"], cookie, secret)


def hash_session_code(link: SurveyLink, cookie: str, secret: str) -> bytes | None:
    """Return the HMAC of a session's code; None without the server's secret."""
    code = tokens.derive_code(draft_keys.get_token(cookie))
    return draft_keys.hash_code(secret, link.person[0], code) if secret else None


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


def find_browser_draft(
    session: Session, link: SurveyLink, browser: BrowserCookies, secret: str, now: datetime | None
) -> BrowserDraft | None:
    """Find this browser's draft of this invitation; drafts of other people in the same browser are ignored."""
    key = draft_keys.parse_key(browser.keys.get(draft_keys.make_cookie_tag(secret, link.row.id), ""))
    for cookie in filter(None, (key.session if key else "", browser.session)):
        row = responses.find_response_by_cookie(session, tokens.hash_token(cookie))
        if row is None or (now and draft_keys.is_expired(cookie, now)):
            continue
        if row.state in ("started", "sent") and _is_draft_of_link(session, link, row, cookie, key, browser, secret):
            has_answers = responses.has_saved_answers(session, row.workspace_id, row.id)
            return BrowserDraft(cookie, row.id, row.state, row.code_hash is not None, has_answers, row.moved_on)
    return None


def _is_draft_of_link(
    session: Session,
    link: SurveyLink,
    row: Any,  # noqa: ANN401  # a response
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
        return draft_keys.is_signed(key, secret, link.person[0])
    if row.code_hash is not None and row.code_hash == hash_session_code(link, cookie, secret):
        return True  # the key was lost: the hash of the session's code was made with the same person
    if not (draft_keys.is_legacy_session(cookie) and browser.link):
        return False
    came_by = invitations.find_invitation_of_link(
        session, link.row.workspace_id, row.assessment_id, tokens.hash_token(browser.link)
    )
    return bool(came_by == link.row.id)


def _make_response_row(row: Any, random: Random) -> dict[str, Any]:  # noqa: ANN401
    """Sort the functions: the order in which they were typed could identify the invitation."""
    return {
        "id": tokens.generate_id(random),
        "workspace_id": row.workspace_id,
        "assessment_id": row.assessment_id,
        "role": row.role,
        "functions": ";".join(sorted(row.functions.split(";"))),
        "language": row.language,
        "state": "started",
    }
