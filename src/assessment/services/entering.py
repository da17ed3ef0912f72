"""Survey entry: load the start page of a link, and begin or continue a draft in a browser.

In confidential and anonymous assessments each browser has its own draft, and a link alone never shows earlier answers.
In attributable and consensus assessments an invitation has one response, which each of its links opens.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from msgspec import Struct, field
from sqlalchemy.orm import Session

from assessment.domain.promises import Promises, mask_address
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import asked_items
from assessment.errors import ClosedError, ConflictError
from assessment.services import draft_keys, invited_people, promising, responding, timing, tokens
from assessment.services.draft_keys import DraftKey
from assessment.services.principals import Respondent
from assessment.services.reopening import is_compared
from assessment.services.shelf import questionnaire_of
from assessment.services.survey_links import SurveyLink, find_link, hold_link
from assessment.services.tokens import RANDOM, Random
from assessment.storage import invitations, responses

Choice: TypeAlias = Literal["start", "continue", "empty"]
MAIL = "mail"


class RevokedError(ConflictError):
    """The invitation was revoked, and this browser has no draft."""

    slug = "invitation-withdrawn"
    title = "This invitation was withdrawn"


class OccupiedError(ConflictError):
    """This browser has a draft with answers for the link; the person must choose first whether to continue it."""

    slug = "answers-in-browser"
    title = "This browser has answers for this link"


class Browser(Struct, frozen=True):
    """Cookies of a browser: draft keys by cookie tag, the current session, and the link of a legacy session."""

    keys: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    link: str = ""

    def key_of(self, session: str) -> DraftKey | None:
        keys = (draft_keys.parse_key(text) for text in self.keys.values())
        return next((key for key in keys if key and key.session == session), None)


STRANGER = Browser()


class Draft(Struct, frozen=True):
    """Draft of this browser for a link."""

    session: str
    response_id: str
    state: str
    has_code: bool
    has_answers: bool
    moved_on: date | None


class Welcome(Struct, frozen=True, kw_only=True):
    """Content of the start page; `state` is draft, open, closed or revoked.

    All fields describe the invitation and its assessment, except `draft`, which belongs to this browser.
    `is_reopened`: open again after a release. `stands`: the last close published no further release.
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
    mailed_to: str
    link_days: tuple[date, ...]
    revoked_on: date | None
    questionnaire: Questionnaire | None
    questions: int
    minutes: tuple[int, int] | None
    draft: Draft | None = None
    is_released: bool = False
    is_reopened: bool = False
    stands: bool = False

    @property
    def waits_for_others(self) -> bool:
        """Return whether a further release may be withheld for lack of new answers."""
        return self.is_reopened and is_compared(self.confidentiality, self.mode)


class Entered(Struct, frozen=True):
    """Session of this browser and its response; `key` is None for a legacy anonymous session."""

    cookie: str
    respondent: Respondent
    tag: str
    key: DraftKey | None


def look(
    session: Session, token: str, browser: Browser = STRANGER, secret: str = "", now: datetime | None = None
) -> Welcome:
    """Load the start page. Read-only, so that mail scanners can open links without effect."""
    link = find_link(session, token)
    row = link.row
    functions = tuple(row.functions.split(";"))
    questionnaire, questions, minutes = None, 0, None
    if row.questionnaire_digest is not None:
        questionnaire = questionnaire_of(session, row)
        questions = len(asked_items(questionnaire, row.role, functions))
        minutes = timing.estimate_minutes(session, row.workspace_id, questionnaire, row.role, functions, row.language)
    return Welcome(
        state=_state(session, link, now),
        workspace_id=row.workspace_id,
        assessment_id=row.assessment_id,
        organisation=row.organisation,
        title=row.title,
        asker=row.asker,
        language=row.language,
        promises=promising.promises_of_link(session, link),
        confidentiality=row.confidentiality,
        mode=row.mode,
        closes_on=row.closes_on,
        time_zone=row.time_zone,
        role=row.role,
        functions=functions,
        mailed_to=mask_address(row.email) if row.deliver == MAIL and row.email else "",
        link_days=invitations.link_days(session, row.workspace_id, link.person),
        revoked_on=row.revoked_on,
        questionnaire=questionnaire,
        questions=questions,
        minutes=minutes,
        draft=find_draft(session, link, browser, secret, now) if link.is_private else None,
        is_released=row.is_released,
        is_reopened=row.assessment_state == "open" and row.is_released,
        stands=bool(row.held_back),
    )


def _state(session: Session, link: SurveyLink, now: datetime | None) -> str:
    """Return the assessment's state, or "revoked" if the link can't begin a response; closed takes precedence."""
    state = link.state(now)
    if state == "closed" or not link.row.revoked_on:
        return state
    is_begun = not link.is_private and responses.shared_response(session, link.row.workspace_id, link.row.id)
    return state if is_begun else "revoked"


def enter(
    session: Session,
    token: str,
    random: Random = RANDOM,
    *,
    browser: Browser = STRANGER,
    secret: str = "",
    now: datetime | None = None,
    choice: Choice = "start",
) -> Entered:
    """Begin a draft in this browser, or continue its draft.

    Raises `OccupiedError` if the draft has answers and no `choice` was made, `RevokedError`,
    `ClosedError` or `NotFoundError`.
    """
    link = hold_link(session, token)
    if link.state(now) != "open":
        raise ClosedError
    if not link.is_private:
        return _enter_shared(session, link, random, secret)
    draft = find_draft(session, link, browser, secret, now)
    if draft is not None:
        is_empty = not draft.has_answers and draft.state == "started"
        if draft.moved_on is None and (choice == "continue" or (choice == "start" and is_empty)):
            return _continue(session, link, draft, secret, now)
        if draft.moved_on is not None or choice == "start":
            raise OccupiedError
    if link.row.revoked_on:
        raise RevokedError
    if draft is not None:
        responses.end_session(session, tokens.digest(draft.session))
    return _begin(session, link, random, secret)


def is_of_same_person(session: Session, who: Respondent, response_id: str) -> bool:
    """Return whether both responses can be the same person's; for anonymous ones only the assessment is compared."""
    if who.response_id == response_id:
        return True
    if who.invitation_id is None:
        return responses.assessment_of(session, who.workspace_id, response_id) == who.assessment_id
    person = invitations.chain(session, who.workspace_id, who.assessment_id, who.invitation_id)
    return responses.invitation_of(session, who.workspace_id, response_id) in person


def admit(session: Session, link: SurveyLink, response_id: str, cookie: str, secret: str) -> Entered:
    """Store a session for the response, and sign the key for the browser."""
    responses.admit(session, link.row.workspace_id, response_id, tokens.digest(cookie))
    return _entered(session, link, cookie, secret)


def _entered(session: Session, link: SurveyLink, cookie: str, secret: str) -> Entered:
    links = len(invitations.link_days(session, link.row.workspace_id, link.person))
    return Entered(
        cookie,
        responding.respondent(session, cookie),
        draft_keys.cookie_tag(secret, link.row.id),
        draft_keys.sign_key(secret, cookie, link.token, link.person[0], links),
    )


def _begin(session: Session, link: SurveyLink, random: Random, secret: str) -> Entered:
    """Insert an empty draft; without the server's secret it gets no code."""
    cookie = draft_keys.new_session(random)
    row = link.row
    values = _new_response(row, random) | {"code_hash": code_hash(link, cookie, secret) if link.is_private else None}
    if link.is_anonymous:
        values["counts"] = invited_people.decide_counts(session, row.workspace_id, row.assessment_id, row.id)
    else:
        # Not for anonymous drafts: PostgreSQL stores the id of a locking transaction in the invitation's row, and the
        # draft's row has the same id.
        invitations.lock(session, row.workspace_id, [row.id])
        number = responses.next_draft_number(session, row.workspace_id, row.id)
        values |= {"invitation_id": row.id, "draft_number": number, "functions": row.functions}
    responses.begin(session, values)
    return admit(session, link, values["id"], cookie, secret)


def code_hash(link: SurveyLink, cookie: str, secret: str) -> bytes | None:
    """Return the HMAC of a session's code; None without the server's secret."""
    code = tokens.code_of(draft_keys.token_of(cookie))
    return draft_keys.hash_code(secret, link.person[0], code) if secret else None


def _enter_shared(session: Session, link: SurveyLink, random: Random, secret: str) -> Entered:
    """Open the invitation's only response; the lock prevents two browsers from inserting one each."""
    invitations.lock(session, link.row.workspace_id, [link.row.id])
    response_id = responses.shared_response(session, link.row.workspace_id, link.row.id)
    if response_id is None:
        if link.row.revoked_on:
            raise RevokedError
        return _begin(session, link, random, secret)
    return admit(session, link, response_id, draft_keys.new_session(random), secret)


def _continue(session: Session, link: SurveyLink, draft: Draft, secret: str, now: datetime | None) -> Entered:
    """Continue this browser's draft; a legacy draft without a code gets one now."""
    tag = draft_keys.cookie_tag(secret, link.row.id)
    if link.is_anonymous and draft_keys.is_legacy(draft.session):
        return Entered(draft.session, responding.respondent(session, draft.session, now), tag, None)
    if not draft.has_code:
        responses.change(
            session, link.row.workspace_id, draft.response_id, code_hash=code_hash(link, draft.session, secret)
        )
    return _entered(session, link, draft.session, secret)


def find_draft(session: Session, link: SurveyLink, browser: Browser, secret: str, now: datetime | None) -> Draft | None:
    """Find this browser's draft of this invitation; drafts of other people in the same browser are ignored."""
    key = draft_keys.parse_key(browser.keys.get(draft_keys.cookie_tag(secret, link.row.id), ""))
    for cookie in filter(None, (key.session if key else "", browser.session)):
        row = responses.by_cookie(session, tokens.digest(cookie))
        if row is None or (now and draft_keys.is_expired(cookie, now)):
            continue
        if row.state in ("started", "sent") and _belongs(session, link, row, cookie, key, browser, secret):
            has_answers = responses.has_saved_answers(session, row.workspace_id, row.id)
            return Draft(cookie, row.id, row.state, row.code_hash is not None, has_answers, row.moved_on)
    return None


def _belongs(
    session: Session,
    link: SurveyLink,
    row: Any,  # noqa: ANN401  # a response
    cookie: str,
    key: DraftKey | None,
    browser: Browser,
    secret: str,
) -> bool:
    if row.assessment_id != link.row.assessment_id:
        return False
    if not link.is_anonymous:
        return bool(row.invitation_id == link.row.id)
    if key is not None and key.session == cookie:
        return draft_keys.is_signed(key, secret, link.person[0])
    if row.code_hash is not None and row.code_hash == code_hash(link, cookie, secret):
        return True  # the key was lost: the hash of the session's code was made with the same person
    if not (draft_keys.is_legacy(cookie) and browser.link):
        return False
    came_by = invitations.of_link(session, link.row.workspace_id, row.assessment_id, tokens.digest(browser.link))
    return bool(came_by == link.row.id)


def _new_response(row: Any, random: Random) -> dict[str, Any]:  # noqa: ANN401
    """Sort the functions: the order in which they were typed could identify the invitation."""
    return {
        "id": tokens.new_id(random),
        "workspace_id": row.workspace_id,
        "assessment_id": row.assessment_id,
        "role": row.role,
        "functions": ";".join(sorted(row.functions.split(";"))),
        "language": row.language,
        "state": "started",
    }
