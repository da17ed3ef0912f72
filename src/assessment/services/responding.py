"""Answering a survey: from the first answer to the sent ones, and taking them back."""

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, time

from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.closing_time import state_at
from assessment.domain.questionnaire import Questionnaire, Section
from assessment.domain.routing import sections
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError, UnauthenticatedError
from assessment.services import answering, marking, tokens
from assessment.services.answering import Given
from assessment.services.principals import Respondent
from assessment.services.tokens import RANDOM, Random
from assessment.storage import invitations, responses
from assessment.storage.responses import StoredAnswer
from assessment.storage.writer import Kept, Save, Writer

SECTION_SECONDS_MOST = 600.0


class Sent(Struct, frozen=True):
    """What is shown once, after sending."""

    withdraw_code: str


def respondent(session: Session, cookie: str, now: datetime | None = None) -> Respondent:
    """Say who answers in the browser that holds the cookie; from the closing time on the survey counts as closed."""
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
        assessment_state=row.assessment_state if now is None else state_at(row.assessment_state, row.closes_at, now),
        confidentiality=row.confidentiality,
        minimum_group=row.minimum_group,
        title=row.title,
        organisation=row.organisation,
        asker=row.asker,
        mode=row.mode,
        closes_on=row.closes_on,
        opened_on=row.opened_on,
        share_results=row.share_results,
        stands=bool(row.held_back),
        code_hash=row.code_hash,
    )


def personal_code(who: Respondent, cookie: str) -> str:
    """Return the code that leads back to anonymous answers; empty in a browser that came back by it."""
    code = tokens.code_of(cookie)
    return code if who.code_hash == tokens.code_digest(code) else ""


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


def is_news(session: Session, who: Respondent, section: str) -> bool:
    """Tell whether showing a page, named by its first section, is to be noted: the first time, while answers are taken.

    Reading tells, so that looking again writes nothing.
    """
    return _takes_answers(who) and not responses.was_shown(session, who.workspace_id, who.response_id, section)


def shown(session: Session, who: Respondent, section: str, now: datetime) -> None:
    """Note the first showing of a page."""
    if _takes_answers(who):
        responses.shown(session, who.workspace_id, who.response_id, section, _moment(who, now))


def continued(session: Session, who: Respondent, section: str, now: datetime, began: datetime | None = None) -> None:
    """Note the first Continue of a page: how long it took, ten minutes at most (method 3).

    Of anonymous answers no moment is kept; there the page itself says when it was shown (`began`).
    """
    if not _takes_answers(who):
        return
    if not who.is_anonymous:
        began = responses.first_shown(session, who.workspace_id, who.response_id, section)
    if began is not None:
        seconds = min(max((now - began).total_seconds(), 0.0), SECTION_SECONDS_MOST)
        if who.is_anonymous:
            seconds = float(round(seconds))  # fractions would be those of the moment, as the log of requests has it
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


def send(  # who came in by which link is known to the browser alone
    session: Session, who: Respondent, now: datetime, random: Random = RANDOM, *, link: str = "", secret: str = ""
) -> Sent:
    """Send the answers; what is still waiting to be saved afterwards is refused.

    `link` is the one that an anonymous browser came in by: its invitation is done, and nobody need be reminded.
    """
    _startable(session, who, now)
    code = tokens.new_code(random)
    sent_at = None if who.is_anonymous else now
    responses.change(
        session,
        who.workspace_id,
        who.response_id,
        state="sent",
        sent_at=sent_at,
        withdraw_hash=tokens.code_digest(code),
    )
    _finish(session, who, link, secret)
    return Sent(code)


def withdraw(session: Session, code: str, now: datetime) -> None:
    """Erase sent answers by the code that was shown after sending, until the close."""
    row = responses.by_code(session, tokens.code_digest(code))
    if row is None:
        raise NotFoundError("No answers belong to this code.")
    if state_at(row.assessment_state, row.closes_at, now) != "open":
        raise ClosedError("The survey is closed: its results stand, and can no longer be changed.")
    responses.erase(session, row.workspace_id, row.id)


def withdraw_unsent(session: Session, who: Respondent, now: datetime, *, link: str = "", secret: str = "") -> None:
    """Erase answers that have not been sent, from the browser that gave them."""
    _startable(session, who, now)
    responses.erase(session, who.workspace_id, who.response_id)
    _finish(session, who, link, secret)


def _startable(session: Session, who: Respondent, now: datetime) -> None:
    """Lock the response, and refuse where it can't be changed any more."""
    row = responses.lock(session, who.workspace_id, who.response_id)
    if row is None:
        raise NotFoundError
    if state_at(row.assessment_state, row.closes_at, now) != "open":
        raise ClosedError
    if row.state == "sent":
        raise AlreadySentError
    if row.state != "started":
        raise ConflictError("These answers have been withdrawn.")


def _finish(session: Session, who: Respondent, link: str, secret: str) -> None:
    """Mark the invitation of an anonymous browser; without its link somebody is reminded in vain, no more."""
    if not (who.is_anonymous and link):
        return
    invitation = invitations.of_link(session, who.workspace_id, who.assessment_id, tokens.digest(link))
    if invitation is not None:
        marking.finish(session, who.workspace_id, who.assessment_id, invitation, secret)


def _takes_answers(who: Respondent) -> bool:
    return who.state == "started" and who.assessment_state == "open"


def _moment(who: Respondent, now: datetime) -> datetime:
    """Return the moment that is kept: of anonymous answers the day the survey opened, which is nobody's."""
    if not who.is_anonymous:
        return now
    return datetime.combine(who.opened_on or now.date(), time(), UTC)


def _refusal(who: Respondent) -> ConflictError:
    if who.state == "preview":
        return ConflictError("This is a preview: nothing is kept.")
    return AlreadySentError() if who.state == "sent" else ConflictError("These answers have been withdrawn.")


def _save(who: Respondent, item: str, given: Given, now: datetime) -> Save:
    return Save(
        workspace_id=who.workspace_id,
        response_id=who.response_id,
        item=item,
        value=given.value,
        reason=given.reason,
        evidence=given.evidence,
        sequence=given.sequence,
        saved_at=_moment(who, now),
    )
