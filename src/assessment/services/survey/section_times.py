"""Times of a section: its first display, and the seconds until Continue. With anonymous answers no time is stored."""

from datetime import UTC, datetime, time

from sqlalchemy.orm import Session

from assessment.domain.closed_sets import AssessmentState, ResponseState
from assessment.services.auth.principals import Respondent
from assessment.storage.answer_writer import Save, SectionParameters
from assessment.storage.survey import responses

MAX_SECTION_SECONDS = 600.0


def is_first_display(session: Session, respondent: Respondent, section: str) -> bool:
    """Return whether to record the display of a page (id of its first section): the first one, while open.

    Read-only, so that a repeated display needs no write transaction.
    """
    return _is_accepting_answers(respondent) and not responses.has_section_time(
        session, respondent.workspace_id, respondent.response_id, section
    )


def record_display(session: Session, respondent: Respondent, section: str, now: datetime) -> None:
    """Record the first display of a page."""
    if _is_accepting_answers(respondent):
        responses.record_section_shown(
            session, respondent.workspace_id, respondent.response_id, section, coarsen_time(respondent, now)
        )


def record_continue(
    session: Session, respondent: Respondent, section: str, now: datetime, began: datetime | None = None
) -> None:
    """Record the seconds until the first Continue of a page, capped at ten minutes (method 3).

    No time is stored with anonymous answers, so there the page sends when it was displayed (`began`).
    """
    if not _is_accepting_answers(respondent):
        return
    if not respondent.is_anonymous:
        began = responses.find_section_start(session, respondent.workspace_id, respondent.response_id, section)
    if began is not None:
        seconds = _limit_seconds(now, began)
        if respondent.is_anonymous:
            seconds = _round_seconds(seconds)
        responses.record_section_seconds(
            session, respondent.workspace_id, respondent.response_id, section, seconds, choose_day(respondent, now)
        )


def make_display_saves(respondent: Respondent, section: str, now: datetime) -> list[Save]:
    """Make the save by which the writer does what `record_display` does."""
    own = (respondent.workspace_id, respondent.response_id, section)
    return [SectionParameters(*own, coarsen_time(respondent, now))]


def make_continue_saves(respondent: Respondent, section: str, now: datetime, began: datetime | None) -> list[Save]:
    """Make the save by which the writer does what `record_continue` does; none if nothing says when it began."""
    seconds = None
    if respondent.is_anonymous:
        if began is None:
            return []
        seconds = _round_seconds(_limit_seconds(now, began))
    own = (respondent.workspace_id, respondent.response_id, section)
    return [SectionParameters(*own, now, choose_day(respondent, now), seconds, MAX_SECTION_SECONDS)]


def choose_day(respondent: Respondent, now: datetime) -> datetime:
    """Return the midnight to store: nothing needs the time of an answer, and the close would have to truncate it."""
    return datetime.combine(coarsen_time(respondent, now).date(), time(), UTC)


def coarsen_time(respondent: Respondent, now: datetime) -> datetime:
    """Return the time to store; for anonymous answers the day of the opening, which is the same for everyone."""
    if not respondent.is_anonymous:
        return now
    return datetime.combine(respondent.opened_on or now.date(), time(), UTC)


def _limit_seconds(now: datetime, began: datetime) -> float:
    return min(max((now - began).total_seconds(), 0.0), MAX_SECTION_SECONDS)


def _round_seconds(seconds: float) -> float:
    """Round to whole seconds: a fraction could be matched with the access log."""
    return float(round(seconds))


def _is_accepting_answers(respondent: Respondent) -> bool:
    return respondent.state == ResponseState.STARTED and respondent.assessment_state == AssessmentState.OPEN
