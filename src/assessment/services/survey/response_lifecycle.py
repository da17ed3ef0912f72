"""Life cycle of a response: load, save answers, send, withdraw."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire, Section
from assessment.domain.survey.routing import build_survey_pages
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError, UnauthenticatedError
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.survey import answer_validation, draft_keys, sent_marks
from assessment.services.survey.answer_validation import AnswerInput
from assessment.services.survey.survey_links import get_assessment_state
from assessment.storage import assessments
from assessment.storage.answer_writer import AnswerSave, AnswerWriter, SavedAnswer
from assessment.storage.survey import invitations, responses
from assessment.storage.survey.responses import StoredAnswer

MAX_SECTION_SECONDS = 600.0
SENT_SESSION_VALIDITY = timedelta(hours=1)


class SentElsewhereError(ConflictError):
    """Another response of the same person was sent. Anyone with the link can see this, so the time is not shown."""

    slug = "sent-elsewhere"
    title = "Answers were already sent with this invitation"


class NothingToSendError(ConflictError):
    """An empty draft can't be sent: it would count as the person's response."""

    slug = "nothing-to-send"
    title = "Nothing is answered yet"


class UnknownLinkError(ConflictError):
    """The cookie that links an anonymous draft to its invitation is missing."""

    slug = "link-unknown"
    title = "Open your link again"


def load_respondent(session: Session, cookie: str, now: datetime | None = None) -> Respondent:
    """Return the respondent of a session cookie; `UnauthenticatedError` if it is unknown or expired.

    With `now`, the assessment's state is closed from its closing time on, even before the scheduled close.
    """
    row = responses.find_response_by_cookie(session, tokens.hash_token(cookie))
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
        assessment_state=get_assessment_state(row, now),
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


def find_renewed_session(session: Session, cookie: str, now: datetime) -> str | None:
    """Return the session that replaced a cookie when its answers were sent, within the last hour.

    A browser that sent twice, or never received the response to sending, still has the old cookie.
    """
    if draft_keys.has_expiry(cookie):
        return None
    possible = {
        tokens.hash_token(each): each
        for each in draft_keys.list_expiring_sessions(cookie, now, now + SENT_SESSION_VALIDITY)
    }
    existing = responses.find_live_sessions(session, list(possible))
    return possible[existing[0]] if existing else None


def list_pages(questionnaire: Questionnaire, who: Respondent) -> tuple[tuple[Section, ...], ...]:
    """Return the sections of each page of this respondent's survey."""
    return build_survey_pages(questionnaire, who.role, who.functions)


def load_answers(session: Session, who: Respondent) -> dict[str, StoredAnswer]:
    """Return the response's answers by item; cleared ones have an empty value."""
    return responses.load_stored_answers(session, who.workspace_id, who.response_id)


def save_answer(
    writer: AnswerWriter, questionnaire: Questionnaire, who: Respondent, item: str, given: AnswerInput, now: datetime
) -> Future[SavedAnswer]:
    """Save an answer; the future resolves after the commit (`asyncio.wrap_future`), or raises."""
    return save_answers(writer, questionnaire, who, {item: given}, now)[0]


def save_answers(
    writer: AnswerWriter, questionnaire: Questionnaire, who: Respondent, given: Mapping[str, AnswerInput], now: datetime
) -> list[Future[SavedAnswer]]:
    """Validate and save the answers of a page; `InvalidError`, `AlreadySentError`, `ConflictError`.

    Without a sequence number the next one is used. A page sends the number it was rendered with (`base`), so that a tab
    does not overwrite what another tab has saved since: such answers return as `stale`.
    """
    if who.state != "started":
        raise _make_refusal(who)
    kept = answer_validation.validate_answers(answer_validation.map_asked_items(questionnaire, who), dict(given))
    return [writer.keep(_make_save(who, item, each, now)) for item, each in kept.items()]


def is_first_display(session: Session, who: Respondent, section: str) -> bool:
    """Return whether to record the display of a page (id of its first section): the first one, while open.

    Read-only, so that a repeated display needs no write transaction.
    """
    return _is_accepting_answers(who) and not responses.has_section_time(
        session, who.workspace_id, who.response_id, section
    )


def record_display(session: Session, who: Respondent, section: str, now: datetime) -> None:
    """Record the first display of a page."""
    if _is_accepting_answers(who):
        responses.record_section_shown(session, who.workspace_id, who.response_id, section, _coarsen_time(who, now))


def record_continue(
    session: Session, who: Respondent, section: str, now: datetime, began: datetime | None = None
) -> None:
    """Record the seconds until the first Continue of a page, capped at ten minutes (method 3).

    No time is stored with anonymous answers, so there the page sends when it was displayed (`began`).
    """
    if not _is_accepting_answers(who):
        return
    if not who.is_anonymous:
        began = responses.find_section_start(session, who.workspace_id, who.response_id, section)
    if began is not None:
        seconds = min(max((now - began).total_seconds(), 0.0), MAX_SECTION_SECONDS)
        if who.is_anonymous:
            seconds = float(round(seconds))  # a fraction could be matched with the access log
        responses.record_section_seconds(session, who.workspace_id, who.response_id, section, seconds)


def find_missing_items(
    questionnaire: Questionnaire, who: Respondent, held: Mapping[str, StoredAnswer]
) -> tuple[str, ...]:
    """Return the ids of items without an answer, in survey order."""
    shown_items = (item for page in list_pages(questionnaire, who) for section in page for item in section.items)
    return tuple(item for item in shown_items if item not in held or not held[item].value)


def find_first_incomplete_page(questionnaire: Questionnaire, who: Respondent, held: Mapping[str, StoredAnswer]) -> int:
    """Return the index of the first page with a missing item; the number of pages if none is missing."""
    lacking = set(find_missing_items(questionnaire, who, held))
    survey = list_pages(questionnaire, who)
    for number, page in enumerate(survey):
        if any(item in lacking for section in page for item in section.items):
            return number
    return len(survey)


def send_response(
    session: Session, who: Respondent, now: datetime, *, person: str | None = None, cookie: str = "", secret: str = ""
) -> str:
    """Send the response and return the new session, which is valid for an hour.

    `person` is the id of the person's first invitation; for an anonymous draft only the browser's cookie contains it.
    Saves still in the queue are refused afterwards. Raises `SentElsewhereError`, `NothingToSendError`,
    `UntiedError`, `AlreadySentError`, `ClosedError`.
    """
    invited = _lock_person(session, who)
    held = lock_open_response(session, who, now)
    _check_started(held)
    if not responses.has_saved_answers(session, who.workspace_id, who.response_id):
        raise NothingToSendError
    if who.is_anonymous:
        _claim_sent_mark(session, who, person, cookie, secret)
    else:
        _check_not_sent(session, who, invited)
    sent_at = None if who.is_anonymous else now
    responses.update_response(session, who.workspace_id, who.response_id, state="sent", sent_at=sent_at)
    return _renew_session(session, who, cookie, now) if cookie else ""


def check_not_sent_elsewhere(session: Session, who: Respondent, *, person: str | None = None, secret: str = "") -> None:
    """Raise `SentElsewhereError` if the person has sent another response. Read-only."""
    if who.is_anonymous:
        if person and sent_marks.has_sent_mark(session, who.workspace_id, who.assessment_id, person, secret):
            raise SentElsewhereError
    elif who.invitation_id is not None:
        person_ids = invitations.find_replacement_chain(session, who.workspace_id, who.assessment_id, who.invitation_id)
        _check_not_sent(session, who, person_ids)


def _check_not_sent(session: Session, who: Respondent, invited: tuple[str, ...]) -> None:
    if responses.find_sent_response(session, who.workspace_id, invited):
        raise SentElsewhereError


def _lock_person(session: Session, who: Respondent) -> tuple[str, ...]:
    """Lock the person's invitations, so that only one of two concurrently sent drafts is accepted."""
    if who.invitation_id is None:
        return ()
    assessments.lock_assessment_state(session, who.workspace_id, who.assessment_id)
    person = invitations.find_replacement_chain(session, who.workspace_id, who.assessment_id, who.invitation_id)
    invitations.lock_invitations(session, who.workspace_id, person)
    return person


def withdraw_response(
    session: Session, who: Respondent, now: datetime, *, person: str | None = None, cookie: str = "", secret: str = ""
) -> None:
    """Erase a draft or a response from the browser that has it: afterwards its link starts empty.

    `UntiedError` for a sent anonymous response whose link is unknown: its mark would stay, and refuse new answers.
    """
    held = lock_open_response(session, who, now)
    if held.state not in ("started", "sent"):
        raise ConflictError("These answers have been withdrawn.")
    is_marked = held.state == "sent" and who.is_anonymous
    if is_marked and not person and cookie and not draft_keys.is_legacy_session(cookie):
        raise UnknownLinkError
    if is_marked and person:
        sent_marks.unmark_sent(session, who.workspace_id, who.assessment_id, person, secret)
    responses.erase_response(session, who.workspace_id, who.response_id)
    responses.delete_sessions(session, who.workspace_id, who.response_id)


def end_sessions(session: Session, cookies: Collection[str]) -> None:
    """End sessions of one browser; their answers stay, and can be opened with their codes."""
    for cookie in cookies:
        responses.delete_session(session, tokens.hash_token(cookie))


def lock_open_response(session: Session, who: Respondent, now: datetime) -> Any:  # noqa: ANN401  # a row
    """Lock the response; `ClosedError` if its assessment accepts no answers."""
    row = responses.lock_response(session, who.workspace_id, who.response_id)
    if row is None:
        raise NotFoundError
    if get_assessment_state(row, now) != "open":
        raise ClosedError
    return row


def _check_started(row: Any) -> None:  # noqa: ANN401  # a response
    if row.state == "sent":
        raise AlreadySentError
    if row.state != "started":
        raise ConflictError("These answers have been withdrawn.")


def _claim_sent_mark(session: Session, who: Respondent, person: str | None, cookie: str, secret: str) -> None:
    """Set the mark that the person has sent; only a legacy session may lack its link."""
    if not person:
        if cookie and not draft_keys.is_legacy_session(cookie):
            raise UnknownLinkError
        return
    if not sent_marks.mark_sent(session, who.workspace_id, who.assessment_id, person, secret):
        raise SentElsewhereError


def _renew_session(session: Session, who: Respondent, cookie: str, now: datetime) -> str:
    """Replace all sessions of the response by one that expires in an hour and has the same code."""
    responses.delete_sessions(session, who.workspace_id, who.response_id)
    renewed = draft_keys.set_expiry(cookie, now + SENT_SESSION_VALIDITY)
    responses.add_session(session, who.workspace_id, who.response_id, tokens.hash_token(renewed))
    return renewed


def _is_accepting_answers(who: Respondent) -> bool:
    return who.state == "started" and who.assessment_state == "open"


def _coarsen_time(who: Respondent, now: datetime) -> datetime:
    """Return the time to store; for anonymous answers the day of the opening, which is the same for everyone."""
    if not who.is_anonymous:
        return now
    return datetime.combine(who.opened_on or now.date(), time(), UTC)


def _make_refusal(who: Respondent) -> ConflictError:
    if who.state == "preview":
        return ConflictError("This is a preview: nothing is kept.")
    return AlreadySentError() if who.state == "sent" else ConflictError("These answers have been withdrawn.")


def _make_save(who: Respondent, item: str, given: AnswerInput, now: datetime) -> AnswerSave:
    return AnswerSave(
        workspace_id=who.workspace_id,
        response_id=who.response_id,
        item=item,
        value=given.value,
        reason=given.reason,
        evidence=given.evidence,
        sequence=given.sequence,
        saved_at=_coarsen_time(who, now),
        base=given.base,
    )
