"""Answering a survey: from the link to the sent answers, and taking them back."""

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.duration import minutes
from assessment.domain.questionnaire import Questionnaire, Section
from assessment.domain.routing import asked_items, sections
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError, UnauthenticatedError
from assessment.services import answering, tokens
from assessment.services.answering import Given
from assessment.services.principals import Respondent
from assessment.services.shelf import questionnaire_of
from assessment.services.tokens import RANDOM, Random
from assessment.storage import invitations, responses
from assessment.storage.responses import StoredAnswer
from assessment.storage.writer import Kept, Save, Writer

SECTION_SECONDS_MOST = 600.0


class Welcome(Struct, frozen=True, kw_only=True):
    """What the start page says; `state` draft, open, closed or revoked, `response` none, started, sent, withdrawn."""

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
    role: str
    functions: tuple[str, ...]
    questionnaire: Questionnaire | None
    questions: int
    minutes: tuple[int, int] | None


class Entered(Struct, frozen=True):
    """The way back in for this browser, and whose response it is."""

    cookie: str
    respondent: Respondent


class Sent(Struct, frozen=True):
    """What is shown once, after sending."""

    withdraw_code: str


def look(session: Session, token: str) -> Welcome:
    """Read what the link is for; nothing changes, so mail scanners may open it as they like."""
    row = _invited(session, token)
    state = "revoked" if row.revoked_on else row.assessment_state
    questions = 0
    questionnaire = None
    if row.questionnaire_digest is not None:
        questionnaire = questionnaire_of(session, row)
        questions = len(asked_items(questionnaire, row.role, row.functions.split(";")))
    return Welcome(
        state=state,
        response=row.response_state or "none",
        organisation=row.organisation,
        title=row.title,
        asker=row.asker,
        language=row.language,
        confidentiality=row.confidentiality,
        minimum_group=row.minimum_group,
        mode=row.mode,
        closes_on=row.closes_on,
        role=row.role,
        functions=tuple(row.functions.split(";")),
        questionnaire=questionnaire,
        questions=questions,
        minutes=minutes(questions) if questions else None,
    )


def enter(session: Session, token: str, random: Random = RANDOM) -> Entered:
    """Open the survey in this browser: the same response on every device, begun by the first of them."""
    row = _invited(session, token)
    if row.revoked_on:
        raise NotFoundError("This link is no longer valid.")
    if row.assessment_state != "open":
        raise ClosedError
    if row.response_id is None:
        responses.begin(session, _new_response(row, random))
    response = responses.of_invitation(session, row.workspace_id, row.id)
    cookie = tokens.new_token(random)
    responses.admit(session, row.workspace_id, response.id, tokens.digest(cookie))
    return Entered(cookie, respondent(session, cookie))


def respondent(session: Session, cookie: str) -> Respondent:
    """Say who answers in the browser that holds the cookie."""
    row = responses.by_cookie(session, tokens.digest(cookie))
    if row is None or row.revoked_on is not None:
        raise UnauthenticatedError("Open the survey by your link again.")
    return Respondent(
        response_id=row.id,
        workspace_id=row.workspace_id,
        assessment_id=row.assessment_id,
        questionnaire_id=row.questionnaire_id,
        questionnaire_version=row.questionnaire_version,
        questionnaire_digest=row.questionnaire_digest,
        role=row.role,
        functions=tuple(row.functions.split(";")),
        language=row.language,
        state=row.state,
        assessment_state=row.assessment_state,
        confidentiality=row.confidentiality,
        minimum_group=row.minimum_group,
        title=row.title,
        organisation=row.organisation,
        asker=row.asker,
        mode=row.mode,
        closes_on=row.closes_on,
    )


def pages(questionnaire: Questionnaire, who: Respondent) -> tuple[tuple[Section, ...], ...]:
    """Return the pages of this respondent's survey."""
    return sections(questionnaire, who.role, who.functions)


def answers(session: Session, who: Respondent) -> dict[str, StoredAnswer]:
    """Return one's own answers by item, sent or not; cleared ones bear an empty value."""
    return responses.answers(session, who.workspace_id, who.response_id)


def keep(
    writer: Writer, questionnaire: Questionnaire, who: Respondent, item: str, given: Given, now: datetime
) -> "Future[Kept]":
    """Keep one answer; the future ends when it is safe (`asyncio.wrap_future`), or with the refusal."""
    return keep_all(writer, questionnaire, who, {item: given}, now)[0]


def keep_all(
    writer: Writer, questionnaire: Questionnaire, who: Respondent, given: Mapping[str, Given], now: datetime
) -> "list[Future[Kept]]":
    """Keep a whole page as a plain form sends it.

    Without a sequence number the next one is taken. Pages name the number after the one they were made with, so that
    a forgotten tab does not overwrite newer answers: those come back `stale`.
    """
    if who.state != "started":
        raise _refusal(who)
    kept = answering.checked(answering.asked(questionnaire, who), dict(given))
    return [writer.keep(_save(who, item, each, now)) for item, each in kept.items()]


def shown(session: Session, who: Respondent, section: str, now: datetime) -> None:
    """Note the first showing of a page, named by its first section."""
    if who.state == "started" and who.assessment_state == "open":
        responses.shown(session, who.workspace_id, who.response_id, section, now)


def continued(session: Session, who: Respondent, section: str, now: datetime) -> None:
    """Note the first Continue of a page: how long it took, ten minutes at most (method 3)."""
    if who.state != "started" or who.assessment_state != "open":
        return
    began = responses.first_shown(session, who.workspace_id, who.response_id, section)
    if began is not None:
        seconds = min(max((now - began).total_seconds(), 0.0), SECTION_SECONDS_MOST)
        responses.continued(session, who.workspace_id, who.response_id, section, seconds)


def missing(questionnaire: Questionnaire, who: Respondent, held: Mapping[str, StoredAnswer]) -> tuple[str, ...]:
    """Name the items without an answer, in the order they are asked."""
    shown_items = (item for page in pages(questionnaire, who) for section in page for item in section.items)
    return tuple(item for item in shown_items if item not in held or not held[item].value)


def first_unanswered(questionnaire: Questionnaire, who: Respondent, held: Mapping[str, StoredAnswer]) -> int:
    """Return the number (from 0) of the first page with a missing item; the number of pages if there is none."""
    lacking = set(missing(questionnaire, who, held))
    survey = pages(questionnaire, who)
    for number, page in enumerate(survey):
        if any(item in lacking for section in page for item in section.items):
            return number
    return len(survey)


def send(session: Session, who: Respondent, now: datetime, random: Random = RANDOM) -> Sent:
    """Send the answers; what is still waiting to be saved afterwards is refused."""
    _startable(session, who)
    code = tokens.new_code(random)
    responses.change(
        session, who.workspace_id, who.response_id, state="sent", sent_at=now, withdraw_hash=tokens.code_digest(code)
    )
    return Sent(code)


def withdraw(session: Session, code: str) -> None:
    """Erase sent answers by the code that was shown after sending, until the close."""
    row = responses.by_code(session, tokens.code_digest(code))
    if row is None:
        raise NotFoundError("No answers belong to this code.")
    if row.assessment_state != "open":
        raise ClosedError("The survey is closed: its results stand, and can no longer be changed.")
    responses.erase(session, row.workspace_id, row.id)


def withdraw_unsent(session: Session, who: Respondent) -> None:
    """Erase answers that have not been sent, from the browser that gave them."""
    _startable(session, who)
    responses.erase(session, who.workspace_id, who.response_id)


def _startable(session: Session, who: Respondent) -> None:
    """Lock the response, and refuse where it can't be changed any more."""
    row = responses.lock(session, who.workspace_id, who.response_id)
    if row is None:
        raise NotFoundError
    if row.assessment_state != "open":
        raise ClosedError
    if row.state == "sent":
        raise AlreadySentError
    if row.state != "started":
        raise ConflictError("These answers have been withdrawn.")


def _refusal(who: Respondent) -> ConflictError:
    if who.state == "preview":
        return ConflictError("This is a preview: nothing is kept.")
    return AlreadySentError() if who.state == "sent" else ConflictError("These answers have been withdrawn.")


def _invited(session: Session, token: str) -> Any:  # noqa: ANN401  # a row
    row = invitations.by_token(session, tokens.digest(token))
    if row is None:
        raise NotFoundError
    return row


def _new_response(row: Any, random: Random) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": tokens.new_id(random),
        "workspace_id": row.workspace_id,
        "assessment_id": row.assessment_id,
        "invitation_id": row.id,
        "role": row.role,
        "functions": row.functions,
        "language": row.language,
        "state": "started",
    }


def _save(who: Respondent, item: str, given: Given, now: datetime) -> Save:
    return Save(
        workspace_id=who.workspace_id,
        response_id=who.response_id,
        item=item,
        value=given.value,
        reason=given.reason,
        evidence=given.evidence,
        sequence=given.sequence,
        saved_at=now,
    )
