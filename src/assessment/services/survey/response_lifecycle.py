"""Life cycle of a response: load, save answers, send, withdraw."""

from collections.abc import Collection, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, ErasureKind, ResponseState
from assessment.domain.questionnaire import Questionnaire, Section
from assessment.domain.survey.answer import Answer, SavedAnswer
from assessment.domain.survey.routing import build_survey_pages
from assessment.errors import AlreadySentError, ClosedError, ConflictError, NotFoundError, UnauthenticatedError
from assessment.services.auth import tokens
from assessment.services.auth.principals import Respondent
from assessment.services.survey import draft_keys, sent_marks
from assessment.services.survey.answer_validation import ValidAnswer, validate_answers
from assessment.services.survey.section_times import choose_day, coarsen_time
from assessment.services.survey.survey_links import get_assessment_state
from assessment.storage import assessments, erasures
from assessment.storage.answer_writer import AnswerSave, AnswerWriter, Save
from assessment.storage.erasures import Erasure
from assessment.storage.people import invitations, replaced_invitations
from assessment.storage.survey import respondent_sessions, responses
from assessment.storage.survey.respondent_sessions import SessionResponse
from assessment.storage.survey.responses import LockedResponse

SENT_SESSION_VALIDITY = timedelta(hours=1)


class SentElsewhereError(ConflictError):
    """Another response of the same person was sent. Anyone with the link can get this by sending: no time is shown."""

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
    return build_respondent(
        respondent_sessions.find_response_by_cookie(session, tokens.hash_token(cookie)), cookie, now
    )


def build_respondent(row: SessionResponse | None, cookie: str, now: datetime | None = None) -> Respondent:
    """Return the respondent of a response found by its cookie; raises and closes as `load_respondent`."""
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
        closes_at=row.closes_at,
        opened_on=row.opened_on,
        share_results=row.share_results,
        is_earlier_release_kept=row.is_earlier_release_kept,
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
        tokens.hash_token(candidate): candidate
        for candidate in draft_keys.list_expiring_sessions(cookie, now, now + SENT_SESSION_VALIDITY)
    }
    existing = respondent_sessions.find_live_sessions(session, list(possible))
    return possible[existing[0]] if existing else None


def list_pages(questionnaire: Questionnaire, respondent: Respondent) -> tuple[tuple[Section, ...], ...]:
    """Return the sections of each page of this respondent's survey."""
    return build_survey_pages(questionnaire, respondent.role, respondent.functions)


def load_answers(session: Session, respondent: Respondent) -> dict[str, SavedAnswer]:
    """Return the response's answers by item; cleared ones have an empty value."""
    return responses.load_stored_answers(session, respondent.workspace_id, respondent.response_id)


def save_answer(
    writer: AnswerWriter,
    questionnaire: Questionnaire,
    respondent: Respondent,
    item: str,
    answer: Answer,
    now: datetime,
) -> Future[SavedAnswer]:
    """Validate and save an answer; the future resolves after the commit (`asyncio.wrap_future`), or raises."""
    return save_answers(writer, questionnaire, respondent, {item: answer}, now)[0]


def save_answers(
    writer: AnswerWriter,
    questionnaire: Questionnaire,
    respondent: Respondent,
    answers: Mapping[str, Answer],
    now: datetime,
) -> list[Future[SavedAnswer]]:
    """Validate and save answers; `InvalidError`, and the errors of `save_valid_answers`."""
    return writer.save_together(validate_saves(questionnaire, respondent, answers, now))


def validate_saves(
    questionnaire: Questionnaire, respondent: Respondent, answers: Mapping[str, Answer], now: datetime
) -> list[Save]:
    """Validate answers and make their saves; raises as `save_answers`."""
    if respondent.state != ResponseState.STARTED:
        raise _make_refusal(respondent)
    return make_answer_saves(respondent, validate_answers(questionnaire, respondent, answers), now)


def save_valid_answers(
    writer: AnswerWriter, respondent: Respondent, answers: Mapping[str, ValidAnswer], now: datetime
) -> list[Future[SavedAnswer]]:
    """Save the answers of a page; `AlreadySentError`, `ConflictError`.

    Without a sequence number the next one is used. A page sends the number it was rendered with (`base`), so that a tab
    does not overwrite what another tab has saved since: such answers return as `stale`.
    """
    return writer.save_together(make_answer_saves(respondent, answers, now))


def make_answer_saves(respondent: Respondent, answers: Mapping[str, ValidAnswer], now: datetime) -> list[Save]:
    """Make the saves of valid answers; raises as `save_valid_answers`."""
    if respondent.state != ResponseState.STARTED:
        raise _make_refusal(respondent)
    day = choose_day(respondent, now)
    return [
        AnswerSave(respondent.workspace_id, respondent.response_id, item, answer, day)
        for item, answer in answers.items()
    ]


def send_response(
    session: Session,
    respondent: Respondent,
    now: datetime,
    *,
    person_id: str | None = None,
    cookie: str = "",
    secret: str = "",
) -> str:
    """Send the response and return the new session, which is valid for an hour.

    `person_id` is the id of the person's first invitation; for an anonymous draft only the browser's cookie has it.
    Saves still in the queue are refused afterwards. Raises `SentElsewhereError`, `NothingToSendError`,
    `UnknownLinkError`, `AlreadySentError`, `ClosedError`.
    """
    invitation_ids = _lock_invitations(session, respondent)
    response = lock_open_response(session, respondent, now)
    _check_started(response)
    if not responses.has_saved_answers(session, respondent.workspace_id, respondent.response_id):
        raise NothingToSendError
    if respondent.is_anonymous:
        _claim_sent_mark(session, respondent, person_id, cookie, secret)
    else:
        _check_not_sent(session, respondent, invitation_ids)
    sent_at = None if respondent.is_anonymous else choose_day(respondent, now)
    responses.update_response(
        session, respondent.workspace_id, respondent.response_id, state=ResponseState.SENT, sent_at=sent_at
    )
    return _renew_session(session, respondent, cookie, now) if cookie else ""


def _check_not_sent(session: Session, respondent: Respondent, invitation_ids: tuple[str, ...]) -> None:
    if responses.has_sent_response(session, respondent.workspace_id, invitation_ids):
        raise SentElsewhereError


def _lock_invitations(session: Session, respondent: Respondent) -> tuple[str, ...]:
    """Lock the person's invitations, so that only one of two concurrently sent drafts is accepted."""
    if respondent.invitation_id is None:
        return ()
    assessments.lock_assessment_state(session, respondent.assessment_key)
    invitation_ids = replaced_invitations.find_replacement_chain(
        session, respondent.assessment_key, respondent.invitation_id
    )
    invitations.lock_invitations(session, respondent.workspace_id, invitation_ids)
    return invitation_ids


def withdraw_response(
    session: Session,
    respondent: Respondent,
    now: datetime,
    *,
    person_id: str | None = None,
    cookie: str = "",
    secret: str = "",
) -> None:
    """Erase a draft or a response from the browser that has it: afterwards its link starts empty.

    `UnknownLinkError` for a sent anonymous response whose link is unknown: its mark would stay, and refuse new answers.
    """
    response = lock_open_response(session, respondent, now)
    if response.state not in (ResponseState.STARTED, ResponseState.SENT):
        raise ConflictError("These answers have been withdrawn.")
    is_marked = response.state == ResponseState.SENT and respondent.is_anonymous
    if is_marked and not person_id and cookie and not draft_keys.is_legacy_session(cookie):
        raise UnknownLinkError
    if is_marked and person_id:
        sent_marks.unmark_sent(session, respondent.assessment_key, person_id, secret)
    responses.erase_response(session, respondent.workspace_id, respondent.response_id)
    respondent_sessions.delete_sessions(session, respondent.workspace_id, respondent.response_id)
    erasures.record_erasure(
        session,
        Erasure(
            respondent.workspace_id,
            ErasureKind.RESPONSE,
            respondent.response_id,
            coarsen_time(respondent, now).date(),
        ),
    )


def end_sessions(session: Session, cookies: Collection[str]) -> None:
    """End sessions of one browser; their answers stay, and can be opened with their codes."""
    for cookie in cookies:
        respondent_sessions.delete_session(session, tokens.hash_token(cookie))


def lock_open_response(session: Session, respondent: Respondent, now: datetime) -> LockedResponse:
    """Lock the response; `ClosedError` if its assessment accepts no answers."""
    row = responses.lock_response(session, respondent.workspace_id, respondent.response_id)
    if row is None:
        raise NotFoundError
    if get_assessment_state(row, now) != AssessmentState.OPEN:
        raise ClosedError
    return row


def _check_started(response: LockedResponse) -> None:
    if response.state == ResponseState.SENT:
        raise AlreadySentError
    if response.state != ResponseState.STARTED:
        raise ConflictError("These answers have been withdrawn.")


def _claim_sent_mark(session: Session, respondent: Respondent, person_id: str | None, cookie: str, secret: str) -> None:
    """Set the mark that the person has sent; only a legacy session may lack its link."""
    if not person_id:
        if cookie and not draft_keys.is_legacy_session(cookie):
            raise UnknownLinkError
        return
    if not sent_marks.mark_sent(session, respondent.assessment_key, person_id, secret):
        raise SentElsewhereError


def _renew_session(session: Session, respondent: Respondent, cookie: str, now: datetime) -> str:
    """Replace all sessions of the response by one that expires in an hour and has the same code."""
    respondent_sessions.delete_sessions(session, respondent.workspace_id, respondent.response_id)
    renewed = draft_keys.set_expiry(cookie, now + SENT_SESSION_VALIDITY)
    respondent_sessions.add_session(
        session, respondent.workspace_id, respondent.response_id, tokens.hash_token(renewed)
    )
    return renewed


def _make_refusal(respondent: Respondent) -> ConflictError:
    if respondent.state == ResponseState.PREVIEW:
        return ConflictError("This is a preview: nothing is kept.")
    return (
        AlreadySentError()
        if respondent.state == ResponseState.SENT
        else ConflictError("These answers have been withdrawn.")
    )
