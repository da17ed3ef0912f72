"""The way into a survey: what a link is for, and the response it opens.

A personal link leads to its one response from every device. An anonymous one leads to none: the first browser that uses
it is given a response of its own, and only that browser, or who holds its code, finds back to it.
"""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.routing import asked_items
from assessment.errors import ClosedError, ConflictError, NotFoundError
from assessment.services import marking, responding, timing, tokens
from assessment.services.principals import Respondent
from assessment.services.reopening import is_compared
from assessment.services.shelf import questionnaire_of
from assessment.services.tokens import RANDOM, Random
from assessment.storage import assessments, invitations, responses


class UsedError(ConflictError):
    """An anonymous link was used before, in a browser that is not this one."""

    slug = "used-elsewhere"
    title = "This link has been used in another browser"


class Browser(Struct, frozen=True):
    """What a browser brings along; it matters where answers are anonymous.

    `link` is the one it came in by, `page` the secret of the start page it was shown, so that a second press of the
    button finds what the first one began, `code` the personal code that somebody typed.
    """

    cookie: str = ""
    link: str = ""
    page: str = ""
    code: str = ""


STRANGER = Browser()


class Welcome(Struct, frozen=True, kw_only=True):
    """What the start page says; `state` draft, open, closed or revoked.

    `response` is none, started, sent or withdrawn; of anonymous ones `elsewhere` where only another browser knows it.
    `is_reopened` where results are published already; `stands` where the last close added nothing to them.
    """

    state: str
    response: str
    organisation: str
    title: str
    asker: str
    language: str
    confidentiality: str
    minimum_group: int
    mode: str
    closes_on: date | None
    share_results: bool
    role: str
    functions: tuple[str, ...]
    questionnaire: Questionnaire | None
    questions: int
    minutes: tuple[int, int] | None
    is_reopened: bool = False
    is_basis_gone: bool = False
    stands: bool = False
    has_results: bool = False
    earlier_confidentiality: str | None = None  # what the wave before promised

    @property
    def is_promise_changed(self) -> bool:
        """Whether the wave before, if there was one, promised another confidentiality."""
        return self.earlier_confidentiality not in (None, self.confidentiality)

    @property
    def waits_for_others(self) -> bool:
        """Whether what is answered now may be too little for new results."""
        return self.is_reopened and is_compared(self.confidentiality, self.mode)

    @property
    def comes_too_late(self) -> bool:
        """Whether what is answered now can't be published any more."""
        return self.waits_for_others and self.is_basis_gone


class Entered(Struct, frozen=True):
    """The way back in for this browser, and whose response it is; `is_new` where its code has not been shown yet."""

    cookie: str
    respondent: Respondent
    is_new: bool = False


def look(
    session: Session, token: str, browser: Browser = STRANGER, secret: str = "", *, now: datetime | None = None
) -> Welcome:
    """Read what the link is for; nothing changes, so mail scanners may open it as they like.

    From the closing time on it says that the survey has closed; `now` is left out where that does not matter.
    """
    row = _invited(session, token)
    questions = 0
    questionnaire = None
    minutes = None
    if row.questionnaire_digest is not None:
        questionnaire = questionnaire_of(session, row)
        asked_of = (questionnaire, row.role, row.functions.split(";"))
        questions = len(asked_items(*asked_of))
        minutes = timing.estimate_minutes(session, row.workspace_id, *asked_of, row.language)
    return Welcome(
        state="revoked" if row.revoked_on else _state_at(row, now),
        response=_standing(session, row, browser, secret),
        organisation=row.organisation,
        title=row.title,
        asker=row.asker,
        language=row.language,
        confidentiality=row.confidentiality,
        minimum_group=row.minimum_group,
        mode=row.mode,
        closes_on=row.closes_on,
        share_results=row.share_results,
        role=row.role,
        functions=tuple(row.functions.split(";")),
        questionnaire=questionnaire,
        questions=questions,
        minutes=minutes,
        is_reopened=row.assessment_state == "open" and row.is_released,
        is_basis_gone=row.is_basis_gone,
        stands=bool(row.held_back),
        has_results=row.is_released,
        earlier_confidentiality=assessments.earlier_confidentiality(session, row.workspace_id, row.assessment_id),
    )


def enter(  # who comes in how, and when
    session: Session,
    token: str,
    random: Random = RANDOM,
    *,
    browser: Browser = STRANGER,
    secret: str = "",
    now: datetime | None = None,
) -> Entered:
    """Open the survey in this browser; after the close, what was answered, where results are shared.

    From the closing time on nothing is begun; `now` is left out where that does not matter.
    `UsedError` where an anonymous link was used elsewhere; `NotFoundError` for a code that leads nowhere.
    """
    row = _invited_for_good(session, token)
    if row.revoked_on:
        raise NotFoundError("This link is no longer valid.")
    if _state_at(row, now) != "open" and not (row.assessment_state == "closed" and row.share_results):
        raise ClosedError
    if row.confidentiality == "anonymous":
        return _enter_anonymously(session, row, browser, secret, random)
    if row.response_id is None:
        if row.assessment_state != "open":
            raise ClosedError
        responses.begin(
            session,
            _new_response(row, random) | {"invitation_id": row.id, "draft_number": 1, "functions": row.functions},
        )
    response = responses.of_invitation(session, row.workspace_id, row.id)
    return _admitted(session, row, response.id, tokens.new_token(random))


def _state_at(row: Any, now: datetime | None) -> str:  # noqa: ANN401  # a row
    return str(row.assessment_state if now is None else state_at(row.assessment_state, row.closes_at, now))


def _enter_anonymously(session: Session, row: Any, browser: Browser, secret: str, random: Random) -> Entered:  # noqa: ANN401
    if _held(session, row, browser) is not None:
        return Entered(browser.cookie, responding.respondent(session, browser.cookie))
    if browser.code:
        return _come_back(session, row, browser.code, random)
    cookie = browser.page if tokens.is_token(browser.page) else tokens.new_token(random)
    code_hash = tokens.code_digest(tokens.code_of(cookie))
    if responses.by_return(session, row.workspace_id, row.assessment_id, code_hash) is not None:
        return Entered(cookie, responding.respondent(session, cookie), is_new=True)
    if row.assessment_state != "open":
        raise ClosedError
    if not marking.use(session, row.workspace_id, row.assessment_id, row.id, secret):
        raise UsedError
    response = _new_response(row, random) | {"code_hash": code_hash}
    responses.begin(session, response)
    return _admitted(session, row, response["id"], cookie, is_new=True)


def _come_back(session: Session, row: Any, code: str, random: Random) -> Entered:  # noqa: ANN401
    response_id = responses.by_return(session, row.workspace_id, row.assessment_id, tokens.code_digest(code))
    if response_id is None:
        raise NotFoundError("No answers belong to this code.")
    return _admitted(session, row, response_id, tokens.new_token(random))


def _admitted(session: Session, row: Any, response_id: str, cookie: str, *, is_new: bool = False) -> Entered:  # noqa: ANN401
    responses.admit(session, row.workspace_id, response_id, tokens.digest(cookie))
    return Entered(cookie, responding.respondent(session, cookie), is_new)


def _standing(session: Session, row: Any, browser: Browser, secret: str) -> str:  # noqa: ANN401
    if row.confidentiality != "anonymous":
        return row.response_state or "none"
    held = _held(session, row, browser)
    if held is not None:
        return str(held.state)
    is_used = row.assessment_state == "open" and marking.is_used(
        session, row.workspace_id, row.assessment_id, row.id, secret
    )
    return "elsewhere" if is_used or row.assessment_state == "closed" else "none"


def _held(session: Session, row: Any, browser: Browser) -> Any:  # noqa: ANN401  # a row, if there is one
    """Return the response that this browser began by this very invitation: others may use the same browser."""
    if not (browser.cookie and browser.link):
        return None
    came_by = invitations.of_link(session, row.workspace_id, row.assessment_id, tokens.digest(browser.link))
    found = responses.by_cookie(session, tokens.digest(browser.cookie))
    return found if found and came_by == row.id and found.assessment_id == row.assessment_id else None


def _invited(session: Session, token: str) -> Any:  # noqa: ANN401  # a row
    row = invitations.by_token(session, tokens.digest(token))
    if row is None:
        raise NotFoundError
    return row


def _invited_for_good(session: Session, token: str) -> Any:  # noqa: ANN401  # a row
    """Read again what can't change any more until the commit: a close waits, or is over."""
    row = _invited(session, token)
    assessments.hold(session, row.workspace_id, row.assessment_id)
    return _invited(session, token)


def _new_response(row: Any, random: Random) -> dict[str, Any]:  # noqa: ANN401
    """Functions in the order of their names: as they were typed they would tell whose list they come from."""
    return {
        "id": tokens.new_id(random),
        "workspace_id": row.workspace_id,
        "assessment_id": row.assessment_id,
        "role": row.role,
        "functions": ";".join(sorted(row.functions.split(";"))),
        "language": row.language,
        "state": "started",
    }
