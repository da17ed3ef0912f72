"""Answering a survey: from the first answer to sending and withdrawing."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire, Section
from assessment.domain.routing import sections
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError, UnauthenticatedError
from assessment.services import answering, draft_keys, marking, tokens
from assessment.services.answering import Given
from assessment.services.principals import Respondent
from assessment.services.survey_links import state_of
from assessment.storage import assessments, invitations, responses
from assessment.storage.responses import StoredAnswer
from assessment.storage.writer import Kept, Save, Writer

SECTION_SECONDS_MOST = 600.0
SENT_FOR = timedelta(hours=1)


class SentElsewhereError(ConflictError):
    """Another response of the same person was sent first; when is not told to whoever holds the link."""

    slug = "sent-elsewhere"
    title = "Answers were already sent with this invitation"


class NothingToSendError(ConflictError):
    """A draft without a saved answer can't be sent: it would stand in the place of the person's answers."""

    slug = "nothing-to-send"
    title = "Nothing is answered yet"


class UntiedError(ConflictError):
    """The cookie that ties an anonymous draft to its link is gone."""

    slug = "link-unknown"
    title = "Open your link again"


def respondent(session: Session, cookie: str, now: datetime | None = None) -> Respondent:
    """Return who answers in the browser that holds the cookie; after the closing moment of a closed assessment."""
    row = responses.by_cookie(session, tokens.digest(cookie))
    if row is None or (now is not None and draft_keys.is_expired(cookie, now)):
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
        assessment_state=state_of(row, now),
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
        invitation_id=row.invitation_id,
        revoked_on=row.revoked_on,
        moved_on=row.moved_on,
    )


def find_renewed(session: Session, cookie: str, now: datetime) -> str | None:
    """Return the session that took a cookie's place when its answers were sent, within the last hour.

    A browser that sent twice, or never got the answer to sending, still has the old cookie.
    """
    if draft_keys.has_expiry(cookie):
        return None
    possible = {tokens.digest(each): each for each in draft_keys.expiring_between(cookie, now, now + SENT_FOR)}
    existing = responses.existing_sessions(session, list(possible))
    return possible[existing[0]] if existing else None


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

    Without a sequence number the next one is taken. Pages name the number they were made with (`base`), so that no
    tab overwrites what another one has saved since: those come back `stale`.
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


def send(
    session: Session, who: Respondent, now: datetime, *, person: str | None = None, cookie: str = "", secret: str = ""
) -> str:
    """Send the answers, unless the person has sent others first; return the session that is good for an hour.

    `person` is the id of the person's first invitation: of an anonymous draft only its browser knows it. What is still
    waiting to be saved afterwards is refused.
    """
    invited = _lock_person(session, who)
    held = lock_open(session, who, now)
    _refuse_finished(held)
    if not responses.has_saved_answers(session, who.workspace_id, who.response_id):
        raise NothingToSendError
    if who.is_anonymous:
        _claim(session, who, person, cookie, secret)
    else:
        _refuse_sent(session, who, invited)
    sent_at = None if who.is_anonymous else now
    responses.change(session, who.workspace_id, who.response_id, state="sent", sent_at=sent_at)
    return _renew_session(session, who, cookie, now) if cookie else ""


def refuse_sent_elsewhere(session: Session, who: Respondent, *, person: str | None = None, secret: str = "") -> None:
    """Raise `SentElsewhereError` where the person has sent other answers; nothing changes."""
    if who.is_anonymous:
        if person and marking.is_marked(session, who.workspace_id, who.assessment_id, person, secret):
            raise SentElsewhereError
    elif who.invitation_id is not None:
        person_ids = invitations.chain(session, who.workspace_id, who.assessment_id, who.invitation_id)
        _refuse_sent(session, who, person_ids)


def _refuse_sent(session: Session, who: Respondent, invited: tuple[str, ...]) -> None:
    if responses.find_sent(session, who.workspace_id, invited):
        raise SentElsewhereError


def _lock_person(session: Session, who: Respondent) -> tuple[str, ...]:
    """Lock the person's invitations, so that of two drafts sent at once one is refused."""
    if who.invitation_id is None:
        return ()
    assessments.hold(session, who.workspace_id, who.assessment_id)
    person = invitations.chain(session, who.workspace_id, who.assessment_id, who.invitation_id)
    invitations.lock(session, who.workspace_id, person)
    return person


def withdraw(
    session: Session, who: Respondent, now: datetime, *, person: str | None = None, cookie: str = "", secret: str = ""
) -> None:
    """Erase a draft or a response from the browser that has it: afterwards its link starts empty.

    `UntiedError` for a sent anonymous response whose link is unknown: its mark would stay, and refuse new answers.
    """
    held = lock_open(session, who, now)
    if held.state not in ("started", "sent"):
        raise ConflictError("These answers have been withdrawn.")
    is_marked = held.state == "sent" and who.is_anonymous
    if is_marked and not person and cookie and not draft_keys.is_legacy(cookie):
        raise UntiedError
    if is_marked and person:
        marking.unmark_sent(session, who.workspace_id, who.assessment_id, person, secret)
    responses.erase(session, who.workspace_id, who.response_id)
    responses.end_sessions(session, who.workspace_id, who.response_id)


def end_sessions(session: Session, cookies: Collection[str]) -> None:
    """End sessions of one browser; what was answered stays, and its codes open it again."""
    for cookie in cookies:
        responses.end_session(session, tokens.digest(cookie))


def lock_open(session: Session, who: Respondent, now: datetime) -> Any:  # noqa: ANN401  # a row
    """Lock the response, and refuse where its assessment takes nothing any more."""
    row = responses.lock(session, who.workspace_id, who.response_id)
    if row is None:
        raise NotFoundError
    if state_of(row, now) != "open":
        raise ClosedError
    return row


def _refuse_finished(row: Any) -> None:  # noqa: ANN401  # a response
    if row.state == "sent":
        raise AlreadySentError
    if row.state != "started":
        raise ConflictError("These answers have been withdrawn.")


def _claim(session: Session, who: Respondent, person: str | None, cookie: str, secret: str) -> None:
    """Mark that the person has sent; only a session from before there were keys may lack its link."""
    if not person:
        if cookie and not draft_keys.is_legacy(cookie):
            raise UntiedError
        return
    if not marking.mark_sent(session, who.workspace_id, who.assessment_id, person, secret):
        raise SentElsewhereError


def _renew_session(session: Session, who: Respondent, cookie: str, now: datetime) -> str:
    """Replace all sessions of the response by one that ends in an hour, with the same code."""
    responses.end_sessions(session, who.workspace_id, who.response_id)
    renewed = draft_keys.expiring(cookie, now + SENT_FOR)
    responses.admit(session, who.workspace_id, who.response_id, tokens.digest(renewed))
    return renewed


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
        base=given.base,
    )
